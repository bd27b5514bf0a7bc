"""A cache that somebody else made, or that a cloned repository brings: no shell evaluates it or believes it."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from .counted import Counted
from .shells import TABLE, Home, Shell, changed
from .test_channel import stand_in
from .users import ATTACKER, VICTIM, attacking, give, give_home, shell_of

POSIX = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"], indirect=True)
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
LINES = ["status", "list", "domains", "use work:dev", "use -", "off", "whoami --help", "cache"]


def plant(root: Path, shell: Shell, lines: list[str]) -> None:
    """A cached answer to each command line, and a list of names, as the program would leave them."""
    folder = root / "awsprof/1" / shell.name
    folder.mkdir(parents=True)
    for line in lines:
        (folder / line.replace(":", ",")).write_text(f"{line}\ttouch pwned\t.\n")
    (root / "awsprof/1/names").write_text("awsprof\t1\ta\t-\tb\t-\nplanted:name\trole\tx\n.\n")
    for path in [root, *root.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)


RELATIVE: dict[str, tuple[dict[str, str | None], str]] = {
    "XDG_CACHE_HOME": ({"XDG_CACHE_HOME": ".cache"}, ".cache"),
    "XDG_CACHE_HOME with a tilde": ({"XDG_CACHE_HOME": "~/.cache"}, "~/.cache"),
    "HOME": ({"HOME": "."}, ".cache"),
    "HOME empty": ({"HOME": "", "XDG_CACHE_HOME": "."}, "."),
}


@POSIX
@pytest.mark.parametrize(("environ", "place"), RELATIVE.values(), ids=RELATIVE)
def test_a_cloned_repository(home: Home, shell: Shell, environ: dict[str, str | None], place: str) -> None:
    """A relative path leads into the current folder, where everything belongs to the user."""
    plant(home.work / place, shell, LINES)
    aws = {
        "AWS_CONFIG_FILE": f"{home.path}/.aws/config",
        "AWS_SHARED_CREDENTIALS_FILE": f"{home.path}/.aws/credentials",
    }
    before = sorted(path.name for path in (home.work / place / "awsprof").rglob("*"))
    ran = home.run(shell, [f"awsprof {line}" for line in LINES], environ={**environ, **aws})
    assert not list(home.root.rglob("pwned")), ran.err
    assert sorted(path.name for path in (home.work / place / "awsprof").rglob("*")) == before


@POSIX
def test_only_switches_are_replayed(home: Home, shell: Shell) -> None:
    """A cached answer to another command line is not even looked for, in one's own cache either."""
    others = ["status", "list", "use", "off --shell", "use work:dev --region", "use --help", "useX", "use -x"]
    plant(home.path / ".cache", shell, others)
    words = [*others, "'use work:dev'", "'off'' '"]
    home.run(shell, [f"awsprof {line}" for line in words])
    assert not list(home.root.rglob("pwned"))


def _base(home: Home) -> Path:
    return home.path / ".cache"


def _awsprof(home: Home) -> Path:
    return home.path / ".cache/awsprof"


def _layout(home: Home) -> Path:
    return home.path / ".cache/awsprof/1"


FOLDERS = {"base": _base, "awsprof": _awsprof, "1": _layout}


@ROOT_ONLY
@POSIX
@pytest.mark.parametrize("which", [*FOLDERS, "shell", "file"])
def test_a_part_of_the_cache_that_is_another_users(home: Home, shell: Shell, which: str) -> None:
    """Only that one part is another user's: the rest is root's own."""
    plant(home.path / ".cache", shell, ["use work:dev", "off"])
    answers = home.path / ".cache/awsprof/1" / shell.name
    parts = {**{name: find(home) for name, find in FOLDERS.items()}, "shell": answers, "file": answers / "use work,dev"}
    os.chown(parts[which], ATTACKER, ATTACKER)
    start, _, seen = home.run(shell, ["awsprof use work:dev"]).seen
    assert not list(home.root.rglob("pwned"))
    assert changed(start, seen)["AWS_PROFILE"] == "work:dev"


@POSIX
@pytest.mark.parametrize("which", ["awsprof", "awsprof/1", "awsprof/1/SHELL", "awsprof/1/SHELL/use work,dev"])
def test_a_part_of_the_cache_that_is_a_link(home: Home, shell: Shell, which: str) -> None:
    plant(home.path / ".cache", shell, ["use work:dev"])
    part = home.path / ".cache" / which.replace("SHELL", shell.name)
    part.rename(home.root / "elsewhere")
    part.symlink_to(home.root / "elsewhere")
    start, _, seen = home.run(shell, ["awsprof use work:dev"]).seen
    assert not list(home.root.rglob("pwned"))
    assert changed(start, seen)["AWS_PROFILE"] == "work:dev"


@ROOT_ONLY
@POSIX
def test_a_cache_that_an_attacker_planted(home: Home, shell: Shell) -> None:
    """Two ordinary users: the attacker made the folder that XDG_CACHE_HOME names before the victim did."""
    give_home(home)
    planted = home.root / "shared"
    planted.mkdir()
    plant(planted, shell, ["use work:dev", "off"])
    for path in [planted, *planted.rglob("*")]:
        path.chmod(0o777)
    give(planted, ATTACKER)
    before = times(planted / "awsprof")
    lines = ["awsprof use work:dev", "awsprof off"]
    start, _, seen, off = home.run(shell, lines, argv=shell_of(shell), environ={"XDG_CACHE_HOME": str(planted)}).seen
    assert (changed(start, seen)["AWS_PROFILE"], seen.status, off.status) == ("work:dev", 0, 0), seen.err
    assert not list(home.root.rglob("pwned"))
    assert times(planted / "awsprof") == before


def times(folder: Path) -> dict[Path, int]:
    """When everything in a folder was changed."""
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


SWAP = """
import ctypes, os, sys
swap = ctypes.CDLL(None).renameat2
print("ready", flush=True)
while True:
    swap(-100, os.fsencode(sys.argv[1]), -100, os.fsencode(sys.argv[2]), 2)
"""


@ROOT_ONLY
@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 swaps two folders")
@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_a_cache_that_is_swapped_between_look_and_read(home: Home, shell: Shell) -> None:
    """~/.cache was opened up after the cache was made. fish cannot look at a file that it has open."""
    give_home(home)
    plant(home.path / ".cache", shell, ["use work:dev"])
    (answer,) = home.path.glob(".cache/awsprof/1/*/use*")
    answer.write_text("use work:dev\t\\builtin true\t.\n")
    give(home.path / ".cache", VICTIM)
    (home.path / ".cache").chmod(0o777)
    evil = home.path / ".cache/evil"
    shutil.copytree(home.path / ".cache/awsprof", evil)
    for path in [evil, *evil.rglob("*")]:
        path.chmod(0o755)
    next(evil.glob("1/*/use*")).write_text("use work:dev\ttouch pwned\t.\n")
    give(evil, ATTACKER)
    environ = stand_in(home, "")
    with attacking(SWAP, home.path / ".cache/awsprof", evil):
        home.script(
            shell,
            [shell.load(), "for i in {1..5000}; do __awsprof_replay use work:dev; done 2>/dev/null"],
            argv=shell_of(shell),
            environ=environ,
        )
    assert not list(home.root.rglob("pwned"))


@ROOT_ONLY
@POSIX
def test_root_in_a_users_home(tmp_path: Path, shell: Shell) -> None:
    """`sudo -E`: nothing of the user's cache is evaluated, and nothing in it becomes root's."""
    counted = Counted(Home(tmp_path))
    counted.run(shell, "awsprof use work:dev")
    give(counted.home.path, VICTIM)
    (counted.answers / shell.name / "use work,dev").write_text("use work:dev\ttouch pwned\t.\n")
    names = sorted(str(path) for path in counted.home.path.rglob("*"))
    ran, calls = counted.run(shell, "awsprof use work:dev", "awsprof use work:prod")
    assert calls == ["use work:dev", "use work:prod"]
    assert [seen.status for seen in ran.seen] == [0] * 4
    assert not list(tmp_path.rglob("pwned"))
    assert sorted(str(path) for path in counted.home.path.rglob("*")) == names
    assert {path.lstat().st_uid for path in counted.home.path.rglob("*")} == {VICTIM}


@ROOT_ONLY
@POSIX
def test_root_leaves_no_cache_in_a_users_home(tmp_path: Path, shell: Shell) -> None:
    counted = Counted(Home(tmp_path))
    give(counted.home.path, VICTIM)
    counted.run(shell, "awsprof use work:dev")
    assert not (counted.home.path / ".cache").exists()


def test_the_shells_are_those_with_a_hook() -> None:
    assert set(TABLE) == {"bash", "zsh", "fish", "pwsh"}
