"""Replaces a file so that a reader sees the old bytes or the new ones, whatever happens in between.

A temporary file next to the target, because a rename works within one folder only; owner, mode and ACL kept (see
access.py); links followed; a file that changed meanwhile is read again. See docs/design.md ("Writing").
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time

from awsprof.errors import FileError
from awsprof.files import meaning
from awsprof.files.access import Access, other_owner
from awsprof.files.read import read_bytes
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    Edit = Callable[[bytes], bytes | None]

_PREFIX = ".awsprof-tmp-"
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_TRIES = 50
_WAITS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


def remove_leftovers(folder: str) -> None:
    """Remove the temporary files of killed writers: they hold secrets. Only under the folder's lock."""
    names: list[str] = []
    with contextlib.suppress(OSError):
        names = os.listdir(folder)
    for name in names:
        if name.startswith(_PREFIX):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, name))


def rewrite(
    path: str,
    edit: Edit,
    wrong: Callable[[str], FileError | None],
    *,
    private: bool = True,
    mode: int = 0o600,
    trial: bool = False,
) -> list[str]:
    """Replace a file by its edited self.

    Args:
        path: the file; a link is followed, a missing file is created.
        edit: old bytes to new bytes, or to None to remove the file; called again if the file changed meanwhile.
        wrong: why the temporary file at a path is not as it should be; None if it is.
        private: whether a file that others can read is worth a warning.
        mode: the mode of a new file, whatever the umask.
        trial: do all that could fail, but leave the file as it is.

    Returns:
        Warnings, one line each.

    Raises:
        FileError: it cannot be done; the file is unchanged.
    """
    target = os.path.realpath(path)
    try:
        access = _rewrite(target, edit, wrong, mode, trial=trial)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"cannot write {quoted(path)}: {reason}; it is unchanged", "fix this and try again") from None
    return _warnings(access, private=private) if access else []


def _rewrite(
    target: str, edit: Edit, wrong: Callable[[str], FileError | None], mode: int, *, trial: bool
) -> Access | None:
    """Replace the target; the access to it as it was, None if nothing had to change."""
    for _ in range(_TRIES):
        found = _stat(target)
        old = read_bytes(target)
        new = edit(old)
        if new == old:
            return None
        _refuse_what_cannot_be_kept(target, found)
        access = Access(target, found, mode)
        if new is None:
            done = _removed(target, found, trial=trial)
        else:
            done = _replaced(target, new, access, wrong, trial=trial)
        if done:
            return access
    raise FileError(
        f"{quoted(target)} keeps changing; nothing was written", "stop the program that writes it, then try again"
    )


def _replaced(
    target: str, new: bytes, access: Access, wrong: Callable[[str], FileError | None], *, trial: bool
) -> bool:
    """Whether the new bytes could be put in place: not if somebody else changed the target meanwhile."""
    temporary = os.path.join(os.path.dirname(target), _PREFIX + secrets.token_hex(8))
    descriptor = os.open(temporary, _FLAGS, 0o600)
    try:
        with open(descriptor, "wb") as file:
            access.prepare(descriptor)
            _write(file, new, access)
            error = wrong(temporary)
            # A run that holds no lock may have taken the temporary file for a leftover.
            if _identity(_stat(target)) != _identity(access.found) or _stat(temporary) is None:
                return False
            if error is not None:
                raise error
            return trial or _in_place(temporary, target, file, access)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)


def _in_place(temporary: str, target: str, file: IO[bytes], access: Access) -> bool:
    descriptor = file.fileno()
    try:
        _rename(temporary, target, file)
    except FileNotFoundError:
        return False
    access.grant(descriptor)
    _sync_folder(os.path.dirname(target))
    return True


def _removed(target: str, found: os.stat_result | None, *, trial: bool) -> bool:
    """Whether the target could be removed: not if somebody else changed it meanwhile."""
    if found and hasattr(os, "geteuid") and os.geteuid() not in (0, found.st_uid):
        raise other_owner(target, found)
    if _identity(_stat(target)) != _identity(found):
        return False
    if not trial:
        os.unlink(target)
        _sync_folder(os.path.dirname(target))
    return True


def _stat(target: str) -> os.stat_result | None:
    try:
        return os.stat(target)
    except FileNotFoundError:
        return None


def _identity(found: os.stat_result | None) -> tuple[int, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) if found else ()


def _refuse_what_cannot_be_kept(target: str, found: os.stat_result | None) -> None:
    if found and not stat.S_ISREG(found.st_mode):
        raise FileError(
            f"{quoted(target)} is not a regular file; nothing was written",
            "expected a regular file, or no file, at this path",
        )
    if found and _is_immutable(target):
        raise FileError(
            f"{quoted(target)} is immutable or append-only and cannot be replaced; nothing was written",
            f"run chattr -ia {quoted(target)} (macOS: chflags nouchg), then try again",
        )
    if target in _mount_points():
        raise FileError(
            f"{quoted(target)} is mounted by itself and cannot be replaced; nothing was written",
            "mount the folder that contains it instead",
        )


def _is_immutable(target: str) -> bool:
    """Return whether the system refuses to open a file for writing whatever its mode; a mode alone stops no rename."""
    if os.name == "nt":
        return False
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_NONBLOCK))
    except OSError as error:
        return error.errno == errno.EPERM
    return False


def _mount_points() -> list[str]:
    """What is mounted where. A bind mount of one file shows nowhere else: its device and inode are the file's own."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            points = [line.split(" ")[4] for line in file]
    except (OSError, IndexError):
        return []
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        points = [point.replace(code, character) for point in points]
    return points


def _write(file: IO[bytes], data: bytes, access: Access) -> None:
    file.write(data)
    file.flush()
    try:
        os.fsync(file.fileno())
    except OSError as error:
        if meaning.of("sync", error) != meaning.UNSUPPORTED:
            raise
        access.warn_of_sync(error)


def _rename(temporary: str, target: str, file: IO[bytes]) -> None:
    if os.name == "nt":
        file.close()  # Windows renames no open file
    for wait in _WAITS if os.name == "nt" else ():
        with contextlib.suppress(PermissionError):  # Windows replaces no file that a reader holds open
            return os.replace(temporary, target)
        time.sleep(wait)
    return os.replace(temporary, target)


def _sync_folder(folder: str) -> None:
    """Make the rename last. Some file systems cannot; the file is replaced by now all the same."""
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _warnings(access: Access, *, private: bool) -> list[str]:
    found, name = access.found, quoted(access.path)
    if found is None or os.name == "nt":
        return access.warnings
    warnings = list(access.warnings)
    if found.st_nlink > 1:
        warnings.append(f"{name} was a hard link; the other links still have the old contents")
    if private and access.mode & 0o077:
        warnings.append(f"other users can read {name}; run chmod 600 {name}")
    if not private and not access.mode & 0o200:
        warnings.append(f"{name} is read-only (mode {access.mode:o}); it was replaced and is still read-only")
    return warnings
