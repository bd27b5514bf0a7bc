"""A switch without a process: what the program answered once is given again, and only where it would say the same."""

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from awsprof.shell.guard import SPELLINGS

from .counted import CONFIG, Counted, age
from .shells import TABLE, Home, Shell


@pytest.fixture(params=sorted(SPELLINGS))
def shell(request: pytest.FixtureRequest) -> Shell:
    found = TABLE[request.param]
    found.find()
    return found


@pytest.fixture
def counted(tmp_path: Path) -> Counted:
    return Counted(Home(tmp_path))


DAY = [
    "awsprof use work:dev",
    "awsuse work:prod",
    "awsprof use -",
    "awsprof use work:mfa",
    "awsprof use bare",
    "awsoff",
]


def test_a_day_is_answered_once(counted: Counted, shell: Shell) -> None:
    first, calls = counted.run(shell, *DAY)
    again, none = counted.run(shell, *DAY)
    shutil.rmtree(counted.answers.parent)
    counted.answers.parent.write_text("a file where the cache would be: nothing can be kept")
    without, _ = counted.run(shell, *DAY)
    assert calls == ["use work:dev", "use work:prod", "use work:mfa", "use bare", "off"]
    assert none == []
    assert again.seen == first.seen == without.seen
    assert again.status == 0


def test_off_remembers_two_profiles(counted: Counted, shell: Shell) -> None:
    """The next `use -` after it finds the one before, too: answered by the program, or from the cache."""
    lines = ["awsuse work:dev", "awsuse work:prod", "awsoff", "awsprof use -", "awsprof use -", "awsoff", "awsoff"]
    first, _ = counted.run(shell, *lines)
    again, calls = counted.run(shell, *lines)
    assert [seen.environ.get(b"AWS_PROFILE") for seen in first.seen[4:7]] == [None, b"work:prod", b"work:dev"]
    assert again.seen == first.seen
    assert first.seen[-1].environ[b"AWSPROF_PREVIOUS"] == b"work:dev\nwork:prod"
    assert calls == ["use -", "use -", "off"]  # the second `off` has nothing to undo


def test_regions_left_to_each_profile_are_replayed(counted: Counted, shell: Shell) -> None:
    lines = ["awsuse work:dev", "awsuse work:prod", "awsoff"]
    never = {"AWSPROF_REGION": "never", "AWS_REGION": "mine-1"}
    first, _ = counted.run(shell, *lines, environ=never)
    again, calls = counted.run(shell, *lines, environ=never)
    regions = [seen.environ.get(b"AWS_REGION") for seen in again.seen[1:]]
    assert regions == [b"mine-1", None, None, b"mine-1"]
    assert again.seen == first.seen
    assert calls == []
    assert counted.run(shell, "awsuse work:dev")[1] == ["use work:dev"]


def test_two_names_of_one_file_are_not_mixed_up(counted: Counted, shell: Shell) -> None:
    """A comma stands for the colon in the answer's file: a name that has one is asked for each time."""
    lines = ["awsprof use work:dev", "awsprof use work,dev", "awsprof use work,dev"]
    ran, calls = counted.run(shell, *lines)
    assert [seen.environ[b"AWS_REGION"] for seen in ran.seen[2:]] == [b"eu-west-1", b"us-east-1", b"us-east-1"]
    assert calls == ["use work:dev", "use work,dev", "use work,dev"]


# What is different, and so has to be asked of the program; how it is made so.
ENVIRONMENTS: dict[str, dict[str, str]] = {
    "masking keys": {"AWS_ACCESS_KEY_ID": "A"},
    "an empty mask": {"AWS_DEFAULT_PROFILE": ""},
    "a mask of another tool": {"GRANTED_SSO_REGION": "r"},
    "a profile from elsewhere": {"AWS_PROFILE": "bare"},
    "an end from elsewhere": {"AWS_SESSION_EXPIRATION": "2099-01-01T00:00:00Z"},
    "a region of one's own": {"AWS_REGION": "us-west-2"},
    "an empty region of one's own": {"AWS_DEFAULT_REGION": ""},
    "more saved than regions": {"AWSPROF_SAVED": "||AWS_ROLE_ARN=x"},
    "an endpoint": {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"},
    "an endpoint of a service": {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"},
    "an empty endpoint": {"AWS_ENDPOINT_URL_STS": ""},
    "a bearer token": {"AWS_BEARER_TOKEN_BEDROCK": "t"},
    "models from elsewhere": {"AWS_DATA_PATH": "/x"},
    "a profile of the EB CLI": {"AWS_EB_PROFILE": "bare"},
    "keys that Go, Java and Ruby read": {"AWS_SECRET_KEY": "s"},
    "a region that Ruby reads": {"AMAZON_REGION": "r"},
    "regions left to each profile": {"AWSPROF_REGION": "never"},
    "another zone": {"TZ": "Asia/Tokyo"},
    "files named, though the same": {"AWS_CONFIG_FILE": "~/.aws/config"},
}


@pytest.mark.parametrize("environ", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_another_environment_is_for_the_program(counted: Counted, shell: Shell, environ: dict[str, str]) -> None:
    counted.run(shell, "awsprof use work:dev")
    _, calls = counted.run(shell, "awsprof use work:dev", environ=environ)
    assert calls == ["use work:dev"]


def _touched(counted: Counted) -> None:
    age(counted.files[0], 10)


def _older(counted: Counted) -> None:
    age(counted.files[0], 7200)


def _credentials_gone(counted: Counted) -> None:
    counted.files[1].unlink()


def _links(counted: Counted) -> None:
    config = counted.files[0]
    moved = config.rename(config.with_name("moved"))
    config.symlink_to(moved)


def _folder_links(counted: Counted) -> None:
    """To a folder whose files are as old."""
    folder = counted.files[0].parent
    folder.rename(folder.with_name("moved"))
    _other_folder(counted, "other")
    folder.symlink_to("other")


def _folder_replaced(counted: Counted) -> None:
    folder = counted.files[0].parent
    folder.rename(folder.with_name("moved"))
    _other_folder(counted, ".aws")


def _other_folder(counted: Counted, name: str) -> None:
    """A folder in which work:dev has another region, and whose files have the times of the first one's."""
    moved, other = counted.home.path / "moved", counted.home.path / name
    shutil.copytree(moved, other)
    config = other / "config"
    config.write_text(config.read_text().replace("eu-west-1", "eu-west-9"))
    os.utime(other)
    for file in other.iterdir():
        when = (moved / file.name).stat().st_mtime_ns
        os.utime(file, ns=(when, when))


def _upgraded(counted: Counted) -> None:
    age(counted.program, 100)


def _earlier_on_path(counted: Counted) -> None:
    first = counted.home.root / "first"
    first.mkdir()
    (first / "awsprof").write_bytes(counted.program.read_bytes())
    (first / "awsprof").chmod(0o755)
    counted.home.environ["PATH"] = f"{first}:{counted.home.environ['PATH']}"


def _ends_soon(counted: Counted) -> None:
    counted.write(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 600)))
    age(counted.files[0], 3600)


def _stamps_gone(counted: Counted) -> None:
    for stamp in (counted.answers / "at").iterdir():
        stamp.unlink()


def _truncated(counted: Counted) -> None:
    for answer in _answers(counted):
        answer.write_bytes(answer.read_bytes()[:-2])


def _random(counted: Counted) -> None:
    for answer in _answers(counted):
        answer.write_bytes(b"use work:dev\ttouch pwned\0\n\xff")


def _other_line(counted: Counted) -> None:
    for answer in _answers(counted):
        answer.write_text("use work:prod\ttouch pwned\t.\n")


def _link_to_answer(counted: Counted) -> None:
    for answer in _answers(counted):
        answer.with_name("kept").write_text("use work:dev\ttouch pwned\t.\n")
        answer.unlink()
        answer.symlink_to("kept")


def _folder_for_answer(counted: Counted) -> None:
    for answer in _answers(counted):
        answer.unlink()
        answer.mkdir()


def _foreign(counted: Counted) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file of another user")
    for answer in _answers(counted):
        answer.write_text("use work:dev\ttouch pwned\t.\n")
        answer.chmod(0o600)
        os.chown(answer, 12345, -1)


def _answers(counted: Counted) -> list[Path]:
    found = [file for name in SPELLINGS for file in (counted.answers / name).glob("use work,dev")]
    assert found
    return found


CHANGES: dict[str, Callable[[Counted], None]] = {
    "a newer config": _touched,
    "an older config": _older,
    "no credentials": _credentials_gone,
    "config is a link now": _links,
    "the AWS folder is a link now": _folder_links,
    "the AWS folder is another": _folder_replaced,
    "another awsprof": _upgraded,
    "another awsprof earlier on PATH": _earlier_on_path,
    "the session ends soon": _ends_soon,
    "stamps removed": _stamps_gone,
    "a truncated answer": _truncated,
    "a random answer": _random,
    "an answer to something else": _other_line,
    "a link for an answer": _link_to_answer,
    "a folder for an answer": _folder_for_answer,
    "an answer of somebody else's": _foreign,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_is_for_the_program(counted: Counted, shell: Shell, change: Callable[[Counted], None]) -> None:
    if shell.name == "pwsh" and change is _stamps_gone:
        pytest.skip("PowerShell compares times with the guard's own: it looks at no stamps")
    counted.run(shell, "awsprof use work:dev")
    change(counted)
    ran, calls = counted.run(shell, "awsprof use work:dev")
    assert calls == ["use work:dev"]
    assert ran.seen[2].status == 0
    assert not (counted.home.work / "pwned").exists()


def test_a_linked_aws_folder_that_leads_elsewhere_then(counted: Counted, shell: Shell) -> None:
    """As a tool does that keeps a folder for each customer."""
    folder = counted.files[0].parent
    folder.rename(folder.with_name("moved"))
    folder.symlink_to("moved")
    counted.run(shell, "awsprof use work:dev")
    _, calls = counted.run(shell, "awsprof use work:dev")
    assert calls == []
    _other_folder(counted, "other")
    folder.unlink()
    folder.symlink_to("other")
    ran, calls = counted.run(shell, "awsprof use work:dev")
    assert (calls, ran.seen[2].environ[b"AWS_REGION"]) == (["use work:dev"], b"eu-west-9")


def test_a_time_that_a_generator_set_leaves_no_answer(counted: Counted, shell: Shell) -> None:
    """home-manager links each file to one of a store, and all those are of 1970."""
    for file in counted.files:
        os.utime(file, (1, 1))
    for region in ("eu-west-1", "eu-west-9"):
        stored = counted.home.path / region
        stored.write_text(CONFIG.replace("eu-west-1", region))
        os.utime(stored, (1, 1))
        counted.files[0].unlink()
        counted.files[0].symlink_to(stored)
        ran, calls = counted.run(shell, "awsprof use work:dev")
        assert (calls, ran.seen[2].environ[b"AWS_REGION"]) == (["use work:dev"], region.encode())


# Lines that leave no answer: what they did is more than regions, or depends on more than an answer can tell.
LEAVE_NOTHING = {
    "an endpoint": (["awsprof use bare"], {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}, ["use bare"]),
    "off with an endpoint": (["awsprof use bare", "awsprof off"], {"AWS_ENDPOINT_URL": "x"}, ["use bare", "off"]),
    "a bare name": (["awsprof use work:dev", "awsprof use prod"], {}, ["use work:dev", "use prod"]),
    "--region": (["awsprof use bare --region us-east-1"], {}, ["use bare --region us-east-1"]),
    "removed keys": (["awsprof use bare"], {"AWS_ACCESS_KEY_ID": "A"}, ["use bare"]),
    "restored a profile": (["awsprof use work:dev", "awsprof off"], {"AWS_PROFILE": "bare"}, ["use work:dev", "off"]),
    "a name that is not there": (["awsprof use gone"], {}, ["use gone"]),
    "status": (["awsprof status"], {}, ["status"]),
}


@pytest.mark.parametrize(("lines", "environ", "expected"), LEAVE_NOTHING.values(), ids=LEAVE_NOTHING)
def test_what_is_no_plain_switch_is_asked_each_time(
    counted: Counted, shell: Shell, lines: list[str], environ: dict[str, str], expected: list[str]
) -> None:
    counted.run(shell, *lines, environ=environ)
    _, calls = counted.run(shell, *lines, environ=environ)
    assert calls[-1] == expected[-1]


REPORTED = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_BEARER_TOKEN_BEDROCK", "AWS_DATA_PATH", "AWS_EB_PROFILE")
SET = {"bash": "export {}=x", "zsh": "export {}=x", "fish": "set -gx {} x", "pwsh": "$env:{} = 'x'"}


@pytest.mark.parametrize("name", REPORTED)
def test_a_replay_drops_no_report(counted: Counted, shell: Shell, name: str) -> None:
    """The variable is set after the switch was answered: each switch until it is gone says so."""
    lines = ["awsprof use work:dev", "awsprof use bare", "awsprof use work:dev"]
    counted.run(shell, *lines)
    ran, calls = counted.run(shell, lines[0], SET[shell.name].format(name), lines[1], lines[2])
    assert calls == ["use bare", "use work:dev"]
    assert ran.err.count(f"kept {name}: ") == 2


def test_a_file_that_changed_just_now_leaves_no_answer(counted: Counted, shell: Shell) -> None:
    age(counted.files[1], -60)  # a minute ahead: however slow this machine is, it changed just now
    counted.run(shell, "awsprof use work:dev")
    assert not (counted.answers / shell.name).exists()


def test_two_regions_of_ones_own_come_back(counted: Counted, shell: Shell) -> None:
    own = {"AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-west-1"}
    lines = ["awsprof use work:dev", "awsprof use work:prod", "awsprof off"]
    first, _ = counted.run(shell, *lines, environ=own)
    again, calls = counted.run(shell, *lines, environ=own)
    assert calls == []
    assert again.seen == first.seen
    assert again.seen[-1].environ[b"AWS_REGION"] == b"us-west-2"
