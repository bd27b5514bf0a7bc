"""File systems whose flock fails: strace answers what Lustre, NFS and the Windows drives of WSL answer."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from awsprof.files import lock, lockfile, read
from tests.files.test_lock import EDITS, HOLD
from tests.secrets.canary import find_strace

pytestmark = pytest.mark.skipif(os.name == "nt", reason="flock, signals and process ids of POSIX")
MISSING = ["ENOLCK", "ENOSYS", "EOPNOTSUPP", "EINVAL"]
TRY = """
import sys
from awsprof.errors import FileError
from awsprof.files import lock
try:
    with lock.held(sys.argv[1], wait=float(sys.argv[2]), waiting=lambda: print("waiting")) as had:
        print(had)
except FileError as error:
    print(error.exit_code, error.what)
"""


def words(error: str, code: str, *arguments: object, when: str = "") -> list[str]:
    """A Python program whose calls of flock fail."""
    find_strace()
    inject = f"inject=flock:error={error}{when}"
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", inject, "--"]
    return [*strace, sys.executable, "-c", code, *map(str, arguments)]


def outcome(error: str, path: Path, *, wait: float = 0, when: str = "") -> str:
    argv = words(error, TRY, path, wait, when=when)
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def holder(path: Path) -> subprocess.Popen[str]:
    """A process that holds the lock without flock until its stdin ends."""
    argv = words("ENOSYS", HOLD, path)
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@pytest.fixture
def owner(path: Path) -> Path:
    return path.with_name("lock.owner")


@pytest.mark.parametrize("error", MISSING)
def test_without_flock_the_lock_is_taken_at_once(path: Path, error: str) -> None:
    assert outcome(error, path, wait=3600) == "True"
    assert names(path.parent) == ["lock"]


@pytest.mark.parametrize("error", ["EAGAIN", "EACCES"])
def test_only_these_errors_mean_that_another_process_holds_it(path: Path, error: str) -> None:
    assert outcome(error, path) == "waiting\nFalse"
    assert outcome(error, path, wait=3600, when=":when=1") == "waiting\nTrue"


@pytest.mark.parametrize("code", [errno.EIO, errno.EBADF, errno.ESTALE, errno.ENOMEM], ids=errno.errorcode.get)
def test_any_other_error_is_reported_at_once(path: Path, code: int) -> None:
    reason = os.strerror(code)
    assert (
        outcome(errno.errorcode[code], path, wait=3600)
        == f"4 cannot lock the lock file {path}: {reason}; nothing was changed"
    )


def test_another_process_holds_it(path: Path, owner: Path) -> None:
    with holder(path) as process:
        assert stat.S_IMODE(owner.stat().st_mode) == 0o600
        assert outcome("ENOLCK", path) == "waiting\nFalse"
        assert process.stdin is not None
    assert outcome("ENOLCK", path) == "True"
    assert names(path.parent) == ["lock"]


def test_a_killed_holder_does_not_keep_it(path: Path, owner: Path) -> None:
    process = holder(path)
    os.kill(int(owner.read_text().split()[1]), signal.SIGKILL)
    process.communicate()
    assert owner.exists()
    assert outcome("ENOLCK", path) == "True"
    assert names(path.parent) == ["lock"]


def ended() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def here(pid: int) -> str:
    return f"{lockfile._machine()} {pid} 0011223344556677"


# What the lock file holds, its age in seconds, and whether it may be replaced.
LEFTOVERS = {
    "a process of this machine that runs": (here(os.getpid()), 86400, False),
    "a process of this machine that has ended": (here(ended()), 0, True),
    "no process id that can be": (here(10**30), 0, True),
    "another machine, a minute old": ("other 1 0011223344556677", 60, False),
    "another machine, an hour old": ("other 1 0011223344556677", 3600, True),
    "something else, a minute old": ("who knows", 60, False),
    "something else, an hour old": ("who knows", 3600, True),
    "killed before it wrote, just now": ("", 0, False),
    "killed before it wrote, a minute ago": ("", 60, True),
}


@pytest.mark.parametrize(("text", "age", "expected"), LEFTOVERS.values(), ids=LEFTOVERS)
def test_a_leftover_is_replaced(path: Path, owner: Path, text: str, age: int, expected: bool) -> None:
    owner.write_text(text)
    path.touch()
    now = path.stat().st_mtime
    os.utime(owner, (now - age, now - age))
    assert outcome("ENOSYS", path) == ("True" if expected else "waiting\nFalse")
    assert names(path.parent) == (["lock"] if expected else ["lock", "lock.owner"])


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives a file away")
def test_under_sudo_the_lock_file_belongs_to_the_folders_owner(tmp_path: Path, path: Path, owner: Path) -> None:
    shutil.chown(tmp_path, "nobody")
    with holder(path):
        assert owner.stat().st_uid == tmp_path.stat().st_uid != 0


def test_a_link_in_its_place_is_not_followed(path: Path, owner: Path) -> None:
    owner.symlink_to("precious")
    assert outcome("ENOSYS", path) == "waiting\nFalse"
    assert not owner.with_name("precious").exists()


def test_the_error_names_the_process_and_the_file(path: Path, owner: Path) -> None:
    assert lockfile.owner_of(str(owner)) == ""
    owner.write_text("build-7/boot/ns 123 0011223344556677")
    assert lockfile.owner_of(str(owner)) == f"if process 123 on build-7 has ended, delete {owner}"
    assert lock._timeout(str(path.parent), str(path)).next_step == lockfile.owner_of(str(owner))


def test_without_flock_nobody_loses_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    writers = [subprocess.Popen(words("ENOLCK", EDITS, path, who)) for who in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    file = read.load(str(path))
    assert {header: len(file.values(header)) for header in file.sections} == {f"p{who}": 10 for who in range(4)}
    assert names(tmp_path) == [".awsprof.lock", "credentials"]
