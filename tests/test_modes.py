"""Where the AWS files lie and whose they are: the program keeps modes, links and owners of both, or changes nothing."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX modes, links and owners")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

CONFIG = "[profile work:iam]\nregion = us-east-1\n"
CREDENTIALS = "[work:iam]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = old\n"
AFTER = {
    "config": CONFIG.replace("us-east-1", "eu-west-1"),
    "credentials": CREDENTIALS.replace("= old", f"= {'n' * 40}"),
}
KEY = f"AKIAIOSFODNN7EXAMPLE\n{'n' * 40}\n"
# Root maps itself to an ordinary user, who owns what root made.
ORDINARY = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
FILES = ("config", "credentials")


class Place:
    """A home folder, and the program in it: `add iam` changes both files."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        self.aws = self.home / ".aws"

    def write(self, folder: Path | None = None, bits: int = 0o600) -> None:
        folder = folder or self.aws
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, text in zip(FILES, (CONFIG, CREDENTIALS), strict=True):
            (folder / name).write_text(text)
            (folder / name).chmod(bits)

    def run(self, umask: int = 0o022, temporary: Path | None = None, argv: Sequence[str] = ()) -> tuple[int, str]:
        """The exit code and what was said, of a call that gives both files the values of AFTER."""
        words = ["add", "iam", "work", "--stdin", "--region", "eu-west-1", "--force"]
        environ = {"HOME": str(self.home), "TMPDIR": str(temporary or self.home), "PATH": os.environ["PATH"]}
        done = subprocess.run(
            [*argv, sys.executable, "-P", "-m", "awsprof", *words],
            input=KEY,
            env=environ,
            cwd="/",
            umask=umask,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stderr

    def texts(self, folder: Path | None = None) -> dict[str, str]:
        return {name: ((folder or self.aws) / name).read_text() for name in FILES}

    def modes(self, folder: Path | None = None) -> list[int]:
        return [stat.S_IMODE(((folder or self.aws) / name).stat().st_mode) for name in FILES]

    def others(self) -> list[str]:
        """What lies beside the files."""
        return sorted({entry.name for entry in self.aws.iterdir()} - {*FILES, ".awsprof.lock"})


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system than the tests' own."""
    if not os.access("/dev/shm", os.W_OK) or os.stat("/dev/shm").st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_what_is_missing_is_made_private(place: Place, umask: int) -> None:
    code, said = place.run(umask)
    assert (code, "other users can read" in said) == (0, False), said
    assert place.modes() == [0o600, 0o600]
    assert stat.S_IMODE(place.aws.stat().st_mode) == 0o700
    assert place.others() == []


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
@pytest.mark.parametrize("bits", [0o600, 0o640, 0o644], ids=oct)
def test_modes_are_kept(place: Place, umask: int, bits: int) -> None:
    place.write(bits=bits)
    code, said = place.run(umask)
    assert (code, place.texts(), place.modes()) == (0, AFTER, [bits, bits])
    warning = f"other users can read {place.aws / 'credentials'}; run chmod 600 {place.aws / 'credentials'}"
    assert said.count("other users can read") == said.count(warning) == (bits != 0o600)


def _links_to_files(place: Place) -> Path:
    dotfiles = place.home / "dotfiles"
    place.write(dotfiles)
    place.aws.mkdir()
    for name in FILES:
        (place.aws / name).symlink_to(f"../dotfiles/{name}")
    return dotfiles


def _link_to_the_folder(place: Place) -> Path:
    dotfiles = place.home / "dotfiles"
    place.write(dotfiles)
    place.aws.symlink_to("dotfiles")
    return dotfiles


def _link_to_a_link(place: Place) -> Path:
    dotfiles = _links_to_files(place)
    (place.home / "a").symlink_to(place.aws)
    (place.home / "b").symlink_to("a")
    place.aws = place.home / "b"
    return dotfiles


LINKS = {"both files": _links_to_files, "the folder": _link_to_the_folder, "links to links": _link_to_a_link}


@pytest.mark.parametrize("make", LINKS.values(), ids=LINKS)
def test_links_stay(place: Place, make: Callable[[Place], Path]) -> None:
    real = make(place)
    links = {path: os.readlink(path) for path in place.home.rglob("*") if path.is_symlink()}
    assert place.run()[0] == 0
    assert {path: os.readlink(path) for path in place.home.rglob("*") if path.is_symlink()} == links
    assert (place.texts(real), place.modes(real)) == (AFTER, [0o600, 0o600])


def test_a_link_to_no_folder_makes_it(place: Place) -> None:
    place.aws.symlink_to("not/yet")
    code, said = place.run()
    assert (code, os.readlink(place.aws), place.modes()) == (0, "not/yet", [0o600, 0o600]), said
    assert stat.S_IMODE(place.aws.stat().st_mode) == 0o700


def test_the_temporary_folder_may_be_on_another_file_system(place: Place, elsewhere: Path) -> None:
    place.write()
    assert place.run(temporary=elsewhere)[0] == 0
    assert (place.texts(), place.others(), list(elsewhere.iterdir())) == (AFTER, [], [])


def test_the_files_may_be_on_another_file_system(place: Place, elsewhere: Path) -> None:
    place.write(elsewhere)
    place.aws.mkdir()
    (place.aws / "credentials").symlink_to(elsewhere / "credentials")
    (place.aws / "config").symlink_to(elsewhere / "config")
    assert place.run()[0] == 0
    assert (place.texts(elsewhere), place.others()) == (AFTER, [])
    assert [(place.aws / name).is_symlink() for name in FILES] == [True, True]


def test_hard_links_are_told(place: Place) -> None:
    place.write()
    for name in FILES:
        os.link(place.aws / name, place.home / name)
    code, said = place.run()
    assert (code, place.texts(), place.texts(place.home)["config"]) == (0, AFTER, CONFIG)
    assert [said.count(f"{place.aws / name} was a hard link;") for name in FILES] == [1, 1]


@pytest.mark.skipif(not ROOT, reason="only root can make files of another user")
class TestOwners:
    def test_root_keeps_them(self, place: Place) -> None:
        place.write(bits=0o640)
        for name in FILES:
            os.chown(place.aws / name, 12345, 23456)
        assert place.run()[0] == 0
        found = [(place.aws / name).stat() for name in FILES]
        assert [(one.st_uid, one.st_gid) for one in found] == [(12345, 23456)] * 2
        assert (place.texts(), place.modes()) == (AFTER, [0o640, 0o640])

    @pytest.mark.parametrize("name", FILES)
    def test_nobody_else_takes_them(self, place: Place, name: str) -> None:
        place.write(bits=0o644)
        os.chown(place.aws / name, 12345, 23456)
        code, said = place.run(argv=ordinary())
        assert code == 4, said
        assert f"{place.aws / name} belongs to another user (id " in said
        assert (place.texts(), place.others()) == ({"config": CONFIG, "credentials": CREDENTIALS}, [])

    @pytest.mark.parametrize("name", FILES)
    def test_an_unreadable_one_is_said(self, place: Place, name: str) -> None:
        place.write()
        os.chown(place.aws / name, 12345, 23456)
        code, said = place.run(argv=ordinary())
        assert (code, f"cannot read {place.aws / name}: Permission denied" in said) == (4, True), said
        assert place.texts() == {"config": CONFIG, "credentials": CREDENTIALS}


def ordinary() -> list[str]:
    if not shutil.which("unshare") or subprocess.run([*ORDINARY, "true"], check=False).returncode:
        pytest.skip("unshare cannot map root to an ordinary user here")
    return ORDINARY


@pytest.mark.skipif(not shutil.which("setfacl"), reason="setfacl is not installed")
def test_acls_are_kept(place: Place) -> None:
    place.write()
    paths = [str(place.aws / name) for name in FILES]
    subprocess.run(["setfacl", "-m", "u:12345:r,g::-,o::-", *paths], check=True)
    before = subprocess.run(["getfacl", "-nEp", *paths], capture_output=True, check=True).stdout
    code, said = place.run()
    assert (code, place.texts(), place.others()) == (0, AFTER, []), said
    assert subprocess.run(["getfacl", "-nEp", *paths], capture_output=True, check=True).stdout == before
