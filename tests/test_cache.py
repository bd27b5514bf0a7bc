"""What prompts read: a file for each profile that was switched to, one for each session."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from awsprof.cache import refresh, stamps
from awsprof.commands import use
from awsprof.profiles import model

from .conftest import Home

CONFIG = """\
[profile work:mfa]
mfa_device_arn = arn:aws:iam::123456789012:mfa/you
[profile work:dev]
role_arn = arn:aws:iam::123456789012:role/Dev
source_profile = work:mfa
[profile work:ops]
role_arn = arn:aws:iam::123456789012:role/Ops
source_profile = work:mfa
[profile home:mfa]
mfa_device_arn = arn:aws:iam::210987654321:mfa/you
[profile home:dev]
role_arn = arn:aws:iam::210987654321:role/Dev
source_profile = home:mfa
[profile plain]
region = eu-west-1
[profile a/b]
source_profile = work:mfa
role_arn = arn:aws:iam::123456789012:role/Dev
[profile .hidden]
region = eu-west-1
[profile a b]
region = eu-west-1
[profile $(touch P)]
region = eu-west-1
[profile -]
region = eu-west-1
"""
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
KEYS = "[{}]\naws_access_key_id = ASIA\naws_secret_access_key = {}\naws_session_token = t\n"
FIRST = "2026-11-24T03:12:05Z"
FIRST_LINE = ["1795489925", FIRST, "03:12"]
LATER = "2026-11-25T04:00:00Z"
LATER_LINE = ["1795579200", LATER, "04:00"]


def credentials(end: str = FIRST, name: str = "work:mfa") -> str:
    return KEYS.format(name, SECRET) + f"expiration = {end}\n"


@pytest.fixture
def work(home: Home) -> Home:
    home.write(CONFIG, credentials())
    return home


def change(home: Home, config: str, keys: str) -> None:
    """Write both files at another time than before, however coarse the clock of the file system is."""
    before = home.credentials.stat().st_mtime_ns
    home.write(config, keys)
    for file in (home.config, home.credentials):
        os.utime(file, ns=(1, before + 10**9))


def root(home: Home) -> Path:
    return home.folder / ".cache/awsprof/1"


def head(home: Home) -> list[str]:
    files = [Path(home.environ["AWS_CONFIG_FILE"]), home.credentials]
    return ["awsprof", "1", *(part for file in files for part in (str(file), described(file)))]


def described(file: Path) -> str:
    found = file.stat()
    return f"{found.st_mtime_ns}.{found.st_size}.{found.st_ino}"


def kept(home: Home, kind: str) -> dict[str, list[str]]:
    """What stands in each file after the head of the AWS files as they are; whole lines where the head is another."""
    found = {}
    for path in (root(home) / kind).iterdir():
        text = path.read_text()
        assert text.endswith("\t.\n")
        assert text.count("\n") == 1
        fields = text.removesuffix("\t.\n").split("\t")
        found[path.name] = fields[6:] if fields[:6] == head(home) else fields
    return found


NOTED: dict[str, tuple[dict[str, list[str]], dict[str, list[str]]]] = {
    "work:dev": ({"work,dev": ["work:dev", "work:mfa"]}, {"work,mfa": ["work:mfa", *FIRST_LINE]}),
    "work:mfa": ({"work,mfa": ["work:mfa", "work:mfa"]}, {"work,mfa": ["work:mfa", *FIRST_LINE]}),
    "home:dev": ({"home,dev": ["home:dev", "."]}, {}),
    "plain": ({"plain": ["plain", "."]}, {}),
    "-": ({"-": ["-", "."]}, {}),
    "a/b": ({}, {}),
    ".hidden": ({}, {}),
    "a b": ({}, {}),
    "$(touch P)": ({}, {}),
    "gone": ({}, {}),
    "": ({}, {}),
}


@pytest.mark.parametrize("profile", NOTED)
@pytest.mark.parametrize("fresh", [False, True], ids=["", "with-a-fresh-list"])
def test_a_switch(work: Home, profile: str, fresh: bool) -> None:
    if fresh:
        refresh.renew(work.environ)
    refresh.renew(work.environ, profile)
    assert (kept(work, "stands"), kept(work, "session")) == NOTED[profile]


def test_use_notes_its_profile(work: Home) -> None:
    work.call(lambda ctx: use.run(ctx, "dev", domain="work"))
    assert (kept(work, "stands"), kept(work, "session")) == NOTED["work:dev"]


def test_all_are_made_fresh_at_once(work: Home) -> None:
    for profile in ("work:dev", "work:ops", "home:dev", "plain"):
        refresh.renew(work.environ, profile)
    change(work, CONFIG, credentials(LATER) + credentials(name="home:mfa"))
    refresh.renew(work.environ)
    assert kept(work, "stands") == {
        "work,dev": ["work:dev", "work:mfa"],
        "work,ops": ["work:ops", "work:mfa"],
        "home,dev": ["home:dev", "home:mfa"],
        "plain": ["plain", "."],
    }
    assert kept(work, "session") == {
        "work,mfa": ["work:mfa", *LATER_LINE],
        "home,mfa": ["home:mfa", *FIRST_LINE],
    }


GONE = {
    "the profile": (CONFIG.replace("work:dev", "work:other"), credentials(), [], []),
    "its session": (CONFIG, "", ["work,dev"], []),
    "its source": (CONFIG.replace("source_profile = work:mfa\n", ""), credentials(), ["work,dev"], []),
    "the end": (CONFIG, KEYS.format("work:mfa", SECRET), ["work,dev"], []),
    "nothing": (CONFIG, credentials(), ["work,dev"], ["work,mfa"]),
}


@pytest.mark.parametrize(("config", "keys", "stands", "session"), GONE.values(), ids=GONE)
def test_what_has_gone_is_pruned(work: Home, config: str, keys: str, stands: list[str], session: list[str]) -> None:
    refresh.renew(work.environ, "work:dev")
    change(work, config, keys)
    refresh.renew(work.environ)
    assert ([*kept(work, "stands")], [*kept(work, "session")]) == (stands, session)


def test_a_session_was_last_modified_at_its_end(work: Home) -> None:
    refresh.renew(work.environ, "work:dev")
    assert (root(work) / "session/work,mfa").stat().st_mtime_ns == int(FIRST_LINE[0]) * 10**9


def test_what_is_noted_already_is_left_alone(work: Home) -> None:
    refresh.renew(work.environ, "work:dev")
    before = (root(work) / "stands/work,dev").stat().st_ino
    refresh.renew(work.environ, "work:dev")
    assert (root(work) / "stands/work,dev").stat().st_ino == before


SPOILT = {
    "cut short": ("stands/work,dev", b"awsprof\t1\t"),
    "empty": ("stands/work,dev", b""),
    "random": ("stands/work,dev", b"\0\xff\t\n"),
    "gone": ("stands/work,dev", None),
    "session gone": ("session/work,mfa", None),
    "of no profile": ("stands/no,such", b"x"),
}


@pytest.mark.parametrize(("name", "data"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_file_is_made_anew(work: Home, name: str, data: bytes | None) -> None:
    refresh.renew(work.environ, "work:dev")
    path = root(work) / name
    path.unlink(missing_ok=True)
    if data is not None:
        path.write_bytes(data)
    refresh.renew(work.environ, "work:ops" if name == "stands/no,such" else "work:dev")
    assert kept(work, "session") == {"work,mfa": ["work:mfa", *FIRST_LINE]}
    assert kept(work, "stands")["work,dev"] == ["work:dev", "work:mfa"]
    assert not (root(work) / "stands/no,such").exists()


def test_a_line_that_names_no_session_of_these_files(work: Home) -> None:
    refresh.renew(work.environ, "work:dev")
    path = root(work) / "stands/work,dev"
    path.write_text(path.read_text().replace("work:mfa", "../../evil"))
    refresh.renew(work.environ, "work:ops")
    assert [*kept(work, "session")] == ["work,mfa"]
    assert not list(work.folder.rglob("evil*"))


def test_other_aws_files_keep_theirs(work: Home) -> None:
    """Two projects, each with AWS files of its own, in two terminals."""
    refresh.renew(work.environ, "work:dev")
    mine = {path: path.read_text() for path in root(work).glob("s*/*")}
    assert len(mine) == 2
    other = work.folder / "other"
    other.write_text("[profile only:there]\nregion = x\n")
    theirs = work.environ | {"AWS_CONFIG_FILE": str(other)}
    for number in range(40):
        os.utime(other, ns=(1, 1_900_000_000_000_000_000 + number))
        refresh.renew(theirs, "only:there")
    assert {path: path.read_text() for path in mine} == mine
    assert all((root(work) / "at" / field.partition(".")[0]).exists() for field in head(work)[3::2])
    assert (root(work) / "stands/only,there").exists()


def test_only_the_last_ones_are_kept(home: Home) -> None:
    """A script may switch to each profile there is."""
    home.write("".join(f"[profile many:{number}]\nregion = x\n" for number in range(80)))
    for number in range(80):
        refresh.renew(home.environ, f"many:{number}")
        os.utime(root(home) / f"stands/many,{number}", ns=(1, number * 10**9))
    refresh.renew(home.environ, "many:3")
    refresh.renew(home.environ, "many:2")
    assert 60 < len(kept(home, "stands")) < 70
    assert {"many,2", "many,79", "many,78"} <= kept(home, "stands").keys()


def test_private_without_secrets(work: Home) -> None:
    old = os.umask(0)
    try:
        refresh.renew(work.environ, "work:dev")
    finally:
        os.umask(old)
    paths = [*root(work).rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_dir()} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in paths if path.is_file()} == {0o600}
    assert not [path for path in paths if path.is_file() and SECRET in path.read_text()]
    assert not [path for path in paths if "~" in path.name], "no temporary file is left"


def test_a_tab_in_a_path_is_declined(work: Home) -> None:
    odd = work.folder / "a\tb"
    work.config.rename(odd)
    refresh.renew(work.environ | {"AWS_CONFIG_FILE": str(odd)}, "work:dev")
    assert not [*root(work).glob("s*/*")]


@pytest.mark.parametrize("place", ["stands", "session", "stands/work,dev", "session/work,mfa"])
def test_what_cannot_be_written_is_no_error(work: Home, place: str) -> None:
    path = root(work) / place
    path.parent.mkdir(parents=True)
    if "/" in place:
        path.mkdir()
    else:
        path.write_text("")
    work.call(lambda ctx: use.run(ctx, "work:dev"))
    assert "work:dev" in work.err


def test_many_at_once(work: Home) -> None:
    """Terminals that switch while others do leave whole files and no others."""
    code = (
        "import os, sys; from awsprof.cache import refresh\n"
        "for n in range(150): refresh.renew(os.environ, sys.argv[1 + n % (len(sys.argv) - 1)])"
    )
    profiles = ["work:dev", "work:ops", "home:dev", "plain", "work:mfa"]
    environ = work.environ | {"TZ": "UTC"}
    running = [subprocess.Popen([sys.executable, "-c", code, *profiles], env=environ) for _ in range(3)]
    for number in range(20):
        change(work, CONFIG, credentials(LATER if number % 2 else FIRST))
        refresh.renew(work.environ, profiles[number % 5])
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0]
    for profile in profiles:
        refresh.renew(work.environ, profile)
    change(work, CONFIG, credentials(LATER))
    refresh.renew(work.environ)
    assert {name: fields[0] for name, fields in kept(work, "stands").items()} == {
        profile.replace(":", ","): profile for profile in profiles
    }
    assert kept(work, "session") == {"work,mfa": ["work:mfa", *LATER_LINE]}


def test_what_was_read_already_is_not_read_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write("[profile work:dev]\n")
    times = [stamps.time_of(str(path)) for path in (home.config, home.credentials)]
    known = model.load(home.environ)
    monkeypatch.setattr(model, "load", lambda _: pytest.fail("read again"))
    refresh.renew(home.environ, "", (times, known))
    assert "work:dev" in (home.folder / ".cache/awsprof/1/names").read_text()


def test_what_was_read_of_other_files_is_not_believed(home: Home) -> None:
    home.write("[profile work:old]\n")
    known = model.load(home.environ)
    home.write("[profile work:new]\n")
    refresh.renew(home.environ, "", (["1", "2"], known))
    names = (home.folder / ".cache/awsprof/1/names").read_text()
    assert "work:new" in names
    assert "work:old" not in names
