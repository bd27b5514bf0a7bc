"""The generated part of the hook files, and the list of names that completion reads."""

import os
from pathlib import Path

import pytest

from awsprof.cache import refresh
from awsprof.cli import completion
from awsprof.errors import NoSuchProfileError
from awsprof.profiles import model
from awsprof.sessions import renewal
from awsprof.shell import install
from tests.conftest import Home

CONFIG = """\
[profile work:mfa]
mfa_device_arn = arn:aws:iam::123456789012:mfa/you
[profile work:dev]
role_arn = arn:aws:iam::123456789012:role/Dev
source_profile = work:mfa
region = eu-west-1
[profile \x1b[31mred]
region = x
"""
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
CREDENTIALS = f"[work:iam]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {SECRET}\n"


@pytest.mark.parametrize("name", completion.HOOKS)
def test_the_hook_files_know_every_command(name: str) -> None:
    text = Path(install.hook_path(name)).read_text(encoding="ascii")
    assert completion.spliced(text, name) == text, "run: make completions"
    assert text.count(completion.BEGIN) == text.count(completion.END) == 1


def test_the_table() -> None:
    lines = completion.rows()
    assert "use\tPROFILE|-\t" in lines
    assert "add role\t--region=REGION\tThe AWS region" in lines
    assert not [line for line in lines if line.startswith("\tcache\t")], "hidden commands stay hidden"
    assert all(line.count("\t") == 2 and line.isascii() for line in lines)


def listed(home: Home) -> list[str]:
    return (home.folder / ".cache/awsprof/1/names").read_text().splitlines()


def stamp(path: Path) -> str:
    found = path.stat()
    return f"{found.st_mtime_ns}.{found.st_size}.{found.st_ino}"


def test_the_list(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    refresh.renew(home.environ)
    head = ["awsprof", "1", str(home.config), stamp(home.config), str(home.credentials), stamp(home.credentials)]
    assert listed(home) == [
        "\t".join(head),
        "work:dev\trole mfa\trole 123456789012 eu-west-1",
        "work:iam\tiam mfa\tiam 123456789012",
        "work:mfa\tmfa\tmfa 123456789012",
        ".",
    ]


CHAINS = {
    "of a domain with a session": ("x:role", "", "mfa_device_arn = arn", "role mfa"),
    "with the session of another domain": ("y:role", "x:mfa", "mfa_device_arn = arn", "role mfa"),
    "with no session": ("y:role", "x:iam", "mfa_device_arn = arn", "role"),
    "with a session that is not there": ("x:role", "x:mfa", None, "role"),
}


@pytest.mark.parametrize(("name", "source", "session", "kind"), CHAINS.values(), ids=CHAINS)
def test_the_list_marks_what_the_command_mfa_accepts(
    home: Home, name: str, source: str, session: str | None, kind: str
) -> None:
    sections = {f"profile {name}": f"role_arn = arn\nsource_profile = {source}", "profile x:mfa": session}
    home.write("".join(f"[{header}]\n{text}\n" for header, text in sections.items() if text))
    refresh.renew(home.environ)
    assert [line.split("\t")[1] for line in listed(home) if line.startswith(f"{name}\t")] == [kind]
    accepted = True
    try:
        renewal.find(model.load(home.environ), name, "")
    except NoSuchProfileError:
        accepted = False
    assert accepted == kind.endswith("mfa")


def test_it_is_private_and_holds_no_secret(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    old = os.umask(0)
    try:
        refresh.renew(home.environ)
    finally:
        os.umask(old)
    root = home.folder / ".cache/awsprof"
    modes = {str(path.relative_to(root)): path.stat().st_mode & 0o777 for path in [root, *root.rglob("*")]}
    assert {mode for path, mode in modes.items() if (root / path).is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if (root / path).is_file()} == {0o600}
    assert not [path for path in root.rglob("*") if path.is_file() and SECRET in path.read_text()]


def test_stamps_carry_the_time_of_the_files(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    os.utime(home.config, ns=(1, 1_700_000_000_123_456_789))
    refresh.renew(home.environ)
    at = home.folder / ".cache/awsprof/1/at"
    assert (at / "1700000000123456789").stat().st_mtime_ns == 1_700_000_000_123_456_789


def test_a_fresh_list_is_left_alone(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    refresh.renew(home.environ)
    names = home.folder / ".cache/awsprof/1/names"
    before = names.stat().st_ino
    refresh.renew(home.environ)
    assert names.stat().st_ino == before


@pytest.mark.parametrize("spoil", ["newer", "older", "gone", "another file", "cut short", "scrambled", "no stamps"])
def test_a_list_that_is_not_fresh_is_made_anew(home: Home, spoil: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    refresh.renew(home.environ)
    names = home.folder / ".cache/awsprof/1/names"
    good = names.read_text()
    match spoil:
        case "newer":
            home.config.write_text("[profile a]\nregion = x\n")
        case "older":
            os.utime(home.credentials, ns=(1, 10**18))
        case "gone":
            home.credentials.unlink()
        case "another file":
            home.environ["AWS_CONFIG_FILE"] = str(home.folder / "other")
        case "cut short":
            names.write_text(good[:-30])
        case "scrambled":
            names.write_bytes(b"\0\xff")
        case "no stamps":
            for path in names.parent.glob("at/*"):
                path.unlink()
    refresh.renew(home.environ)
    paths = [home.environ["AWS_CONFIG_FILE"], str(home.credentials)]
    times = [stamp(Path(path)) if Path(path).exists() else "-" for path in paths]
    assert listed(home)[0] == "\t".join(["awsprof", "1", paths[0], times[0], paths[1], times[1]])
    assert listed(home)[-1] == "."
    assert all(time == "-" or (names.parent / "at" / time.partition(".")[0]).exists() for time in times)


def test_old_stamps_go(home: Home) -> None:
    for number in range(40):
        home.write(CONFIG, CREDENTIALS)
        os.utime(home.config, ns=(1, 1_700_000_000_000_000_000 + number))
        refresh.renew(home.environ)
    assert len(list((home.folder / ".cache/awsprof/1/at").iterdir())) < 25


@pytest.mark.parametrize("cache_home", ["relative", "/dev/null/x", ""])
def test_a_list_that_cannot_be_written_is_no_error(home: Home, cache_home: str) -> None:
    home.write(CONFIG)
    refresh.renew(home.environ | {"XDG_CACHE_HOME": cache_home, "HOME": "" if not cache_home else str(home.folder)})


def test_aws_files_that_cannot_be_read_are_no_error(home: Home) -> None:
    home.config.mkdir()
    refresh.renew(home.environ)
    assert not (home.folder / ".cache").exists()
