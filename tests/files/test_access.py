"""The same people can read a file before and after it is replaced, ACLs included; what is lost widens nothing."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from awsprof.files import lock, replace
from tests.secrets.canary import find_strace
from tests.torture import forcing

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
pytestmark = [
    pytest.mark.skipif(not ROOT, reason="only root can act as several users"),
    pytest.mark.skipif(not shutil.which("setfacl"), reason="setfacl is not installed"),
]
OWNER, NAMED, MEMBER, OTHER, GROUP = 12345, 12346, 12347, 12348, 23456
USERS = {"owner": (OWNER, OWNER), "named": (NAMED, NAMED), "member": (MEMBER, GROUP), "other": (OTHER, OTHER)}
REPLACE = (
    "import sys; from awsprof.files import replace\n"
    "print(*replace.rewrite(sys.argv[1], lambda _: b'new', lambda _: None, private=False), sep='\\n')"
)


def readers(path: Path) -> set[str]:
    """Who of four users, who share no group but the file's, can read it."""
    return {who for who, (uid, gid) in USERS.items() if _can(uid, gid, "-r", path)}


def _can(uid: int, gid: int, what: str, path: Path) -> bool:
    user = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
    return subprocess.run([*user, "test", what, str(path)], check=False).returncode == 0


def setfacl(path: Path, *entries: str, default: bool = False) -> None:
    words = ["setfacl", *(["-d"] if default else []), "-m", ",".join(entries), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if "not supported" in done.stderr:
        pytest.skip("this file system has no ACLs")
    assert done.returncode == 0, done.stderr


def acl(path: Path) -> list[str]:
    return subprocess.run(["getfacl", "-nE", str(path)], capture_output=True, text=True, check=True).stdout.splitlines()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def rewrite(path: Path, inject: str = "", user: tuple[str, ...] = ()) -> str:
    """Replace a file in a process of its own, in which system calls may be made to fail; gives its warnings."""
    strace = ["strace", "-qq", "-o", "/dev/null", "-e", f"inject={inject}", "--"] if inject else []
    words = [*user, *strace, sys.executable, "-c", REPLACE, str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, path.read_bytes()) == (0, "", b"new")
    return done.stdout.strip().replace(str(path), "FILE")


@pytest.fixture
def path(reachable: Path) -> Path:
    """A file of a user and a group, in a folder that everybody can reach."""
    folder = reachable / "aws"
    folder.mkdir()
    file = folder / "credentials"
    file.write_bytes(b"old")
    file.chmod(0o600)
    for it in (folder, file):
        os.chown(it, OWNER, GROUP)
    return file


ACLS = {
    "a named user": (0o600, [f"u:{NAMED}:r"]),
    "a named user, the group too": (0o640, [f"u:{NAMED}:r"]),
    "a named user, masked": (0o600, [f"u:{NAMED}:r", "m::-"]),
    "a named user is denied": (0o644, [f"u:{NAMED}:-"]),
    "a named group": (0o600, [f"g:{OTHER}:r"]),
    "the group is denied": (0o604, [f"u:{NAMED}:r", "g::-"]),
    "no ACL, private": (0o600, []),
    "no ACL, the group": (0o640, []),
    "no ACL, everybody": (0o644, []),
}
LOST = "FILE lost its access control list (ACL), and only its owner can read it now; run setfacl to restore it"


@pytest.mark.parametrize("inherits", [False, True], ids=["", "a default ACL on the folder"])
@pytest.mark.parametrize(("bits", "entries"), ACLS.values(), ids=ACLS)
def test_the_same_people_can_read_it(path: Path, bits: int, entries: list[str], inherits: bool) -> None:
    path.chmod(bits)
    if entries:
        setfacl(path, *entries)
    if inherits:
        setfacl(path.parent, f"u:{NAMED}:rwx", f"u:{OTHER}:rwx", "g::rwx", "o::rwx", default=True)
    before = acl(path), mode(path), readers(path)
    assert rewrite(path) == ""
    assert (acl(path), mode(path), readers(path)) == before


# What fails, and who of those who could read the file before may read it then.
FAULTS = {
    "it cannot be set": "fsetxattr:error=EPERM",
    "the file system is full": "fsetxattr:error=ENOSPC",
    "it cannot be read": "getxattr:error=EIO",
    "attributes cannot be listed": "listxattr:error=EPERM",
}


@pytest.mark.parametrize("inject", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize(("bits", "entries"), [case for case in ACLS.values() if case[1]], ids=[*ACLS][:6])
def test_an_acl_that_cannot_be_kept_leaves_the_owner_alone(
    path: Path, bits: int, entries: list[str], inject: str
) -> None:
    find_strace()
    path.chmod(bits)
    setfacl(path, *entries)
    assert rewrite(path, inject) == LOST
    assert (readers(path), mode(path)) == ({"owner"}, bits & 0o700)


def test_an_inherited_acl_that_cannot_be_removed_leaves_the_owner_alone(path: Path) -> None:
    find_strace()
    path.chmod(0o640)
    setfacl(path.parent, f"u:{NAMED}:rw", default=True)
    assert rewrite(path, "fremovexattr:error=EPERM") == LOST
    assert readers(path) == {"owner"}


def test_a_file_system_without_attributes_keeps_the_mode(path: Path) -> None:
    find_strace()
    path.chmod(0o640)
    assert rewrite(path, "listxattr,getxattr,fgetxattr:error=EOPNOTSUPP") == ""
    assert (mode(path), readers(path)) == (0o640, {"owner", "member"})


@pytest.mark.parametrize(
    ("bits", "entries", "expected"),
    [
        (0o640, [], {"owner"}),
        (0o644, [], {"owner", "named", "member", "other"}),
        (0o604, [], {"owner"}),
        (0o600, [f"u:{NAMED}:r"], {"owner"}),
        (0o644, [f"u:{NAMED}:-"], {"owner"}),
    ],
)
def test_a_group_that_cannot_be_kept(path: Path, bits: int, entries: list[str], expected: set[str]) -> None:
    """The owner is not in the file's group: the new file is in the owner's own, and so are its ACL's entries."""
    path.chmod(bits)
    if entries:
        setfacl(path, *entries)
    user = ("setpriv", f"--reuid={OWNER}", f"--regid={OWNER}", "--clear-groups")
    rewrite(path, user=user)
    assert (path.stat().st_gid, readers(path)) == (OWNER, expected)


def test_other_attributes_are_kept(path: Path) -> None:
    os.setxattr(path, "user.note", b"mine\0")
    assert rewrite(path) == ""
    assert os.getxattr(path, "user.note") == b"mine\0"
    find_strace()
    assert rewrite_again(path, "fsetxattr:error=EDQUOT") == "FILE lost the extended attribute user.note"
    assert os.listxattr(path) == []


def rewrite_again(path: Path, inject: str) -> str:
    path.write_bytes(b"old")
    return rewrite(path, inject)


def test_where_new_files_inherit_an_acl_they_are_private(path: Path) -> None:
    home = path.parent
    setfacl(home, f"u:{NAMED}:rwx", "g::rwx", "o::rwx", default=True)
    folder = home / ".aws"
    lock.make_folder(str(folder))
    new = folder / "credentials"
    rewrite(new)
    with lock.held(str(folder / ".awsprof.lock")):
        pass
    assert (mode(folder), _can(NAMED, NAMED, "-x", folder), _can(MEMBER, GROUP, "-x", folder)) == (0o700, False, False)
    folder.chmod(0o711)  # so that only the files' own access counts
    assert [readers(it) for it in (new, folder / ".awsprof.lock")] == [{"owner"}, {"owner"}]


def _acl(path: Path) -> None:
    path.chmod(0o600)
    setfacl(path, f"u:{NAMED}:r")


def _group(path: Path) -> None:
    path.chmod(0o640)


@pytest.mark.parametrize("prepare", [_acl, _group], ids=["an ACL", "the group"])
def test_killed_anywhere_nobody_else_can_read_what_is_left(path: Path, prepare: Callable[[Path], None]) -> None:
    """A kill between the rename and the mode leaves the new file private; awsprof keeps that mode from then on."""
    find_strace()
    words = [sys.executable, "-c", REPLACE, str(path)]

    def fresh() -> None:
        replace.remove_leftovers(str(path.parent))
        path.unlink()
        path.write_bytes(b"old")
        os.chown(path, OWNER, GROUP)
        prepare(path)

    def run(before: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*before, *words], capture_output=True, text=True, check=False)

    fresh()
    allowed = readers(path)
    operations, done = forcing.record(run, path.parent)
    assert (done.status, readers(path)) == (0, allowed)
    states = set()
    for operation in operations:
        if not operation.changes:
            continue
        fresh()
        assert forcing.force(run, path.parent, operation, "signal=KILL").status == -9
        left = [mode(it) for it in path.parent.glob(".awsprof-tmp-*")]
        assert left in ([], [0o600]), operation
        states.add((path.read_bytes(), len(left), readers(path) == allowed, readers(path) == {"owner"}))
    assert states == {
        (b"old", 0, True, False),
        (b"old", 1, True, False),
        (b"new", 0, False, True),
        (b"new", 0, True, False),
    }


# What the file system refuses, and the one warning; the file has its new bytes, owner and group all the same.
REFUSALS = {
    "the mode is right already": ("fchmod:error=EPERM", 0o600, ""),
    "the mode": ("fchmod:error=EPERM", 0o640, "cannot set the mode of FILE to 640; it is 600; run chmod 640 FILE"),
    "the mode is accepted and ignored": (
        "fchmod:retval=0",
        0o640,
        "cannot set the mode of FILE to 640; it is 600; run chmod 640 FILE",
    ),
    **{
        f"fsync, {code}": (
            f"fsync:error={code}",
            0o600,
            f"cannot sync FOLDER to the disk ({text}); after a power failure",
        )
        for code, text in (("EINVAL", "Invalid argument"), ("ENOSYS", "Function not implemented"))
    },
}


@pytest.mark.parametrize(("inject", "bits", "warning"), REFUSALS.values(), ids=REFUSALS)
def test_what_the_file_system_does_not_do_is_one_warning(path: Path, inject: str, bits: int, warning: str) -> None:
    find_strace()
    path.chmod(bits)
    before = path.stat()
    said = rewrite(path, inject).replace(str(path.parent), "FOLDER")
    assert said.startswith(warning)
    assert len(said.splitlines()) == bool(warning)
    assert (path.stat().st_uid, path.stat().st_gid) == (before.st_uid, before.st_gid)


def failed(path: Path, inject: str) -> str:
    """Try to replace a file while a system call fails; give the error."""
    strace = ["strace", "-qq", "-o", "/dev/null", "-e", f"inject={inject}", "--"]
    done = subprocess.run(
        [*strace, sys.executable, "-c", REPLACE, str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, path.read_bytes(), sorted(it.name for it in path.parent.iterdir())) == (
        1,
        b"old",
        ["credentials"],
    )
    return done.stderr.splitlines()[-1].replace(str(path), "FILE")


CHANGED = f"FILE belongs to another user (id {OWNER}), and its owner would change; nothing was written"


@pytest.mark.parametrize(
    ("inject", "expected"),
    [
        *((f"fchown:{fault}", CHANGED) for fault in ("error=EPERM", "error=EINVAL", "error=ENOSYS", "retval=0")),
        ("fchown:error=EIO", "cannot write FILE: Input/output error; it is unchanged"),
        ("fsync:error=EIO", "cannot write FILE: Input/output error; it is unchanged"),
        ("fsync:error=ENOSPC", "cannot write FILE: No space left on device; it is unchanged"),
    ],
)
def test_an_owner_that_would_change_and_a_failing_disk_leave_the_file(path: Path, inject: str, expected: str) -> None:
    find_strace()
    assert failed(path, inject) == f"awsprof.errors.FileError: {expected}"


@pytest.mark.parametrize("error", ["EPERM", "EINVAL", "EOPNOTSUPP"])
def test_a_group_that_the_file_system_refuses_gets_nothing(path: Path, error: str) -> None:
    find_strace()
    os.chown(path, 0, GROUP)
    path.chmod(0o640)
    assert rewrite(path, f"fchown:error={error}") == ""
    assert (path.stat().st_uid, mode(path)) == (0, 0o600)
