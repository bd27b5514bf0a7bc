"""Replaces a file so that a reader sees the old bytes or the new ones, whatever happens in between.

One lock for everybody who follows it; a temporary file beside the target, for a rename works within one folder only;
owner and mode kept; links followed; a file that changed meanwhile is read again. See docs/design.md ("Writing").
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
import time

from awsprof.errors import FileError
from awsprof.files.lock import own_as_folder
from awsprof.files.read import read_bytes
from awsprof.text import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_PREFIX = ".awsprof-tmp-"
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
    edit: Callable[[bytes], bytes],
    wrong: Callable[[str], FileError | None],
    *,
    private: bool = True,
    trial: bool = False,
) -> list[str]:
    """Replace a file by its edited self, under the lock of its folder.

    Args:
        path: the file; a link is followed, a missing file is made with mode 0600.
        edit: old bytes to new bytes; called again where the file changed meanwhile.
        wrong: why the temporary file at a path is not as it should be; None where it is.
        private: whether a file that others can read is worth a warning.
        trial: do all that could fail, but leave the file as it is.

    Returns:
        Warnings, one line each.

    Raises:
        FileError: it cannot be done; the file is as it was.
    """
    target = os.path.realpath(path)
    try:
        found = _rewrite(target, edit, wrong, trial=trial)
    except OSError as error:
        reason = error.strerror or str(error)
        raise FileError(f"cannot write {quoted(path)}: {reason}; it is as it was", "mend that and try again") from None
    return _warnings(target, found, private=private) if found else []


def _rewrite(
    target: str, edit: Callable[[bytes], bytes], wrong: Callable[[str], FileError | None], *, trial: bool
) -> os.stat_result | None:
    """Replace the target; what it was, None where it was missing or nothing had to change."""
    for _ in range(_TRIES):
        found = _stat(target)
        old = read_bytes(target)
        new = edit(old)
        if new == old:
            return None
        _refuse_what_cannot_be_kept(target, found)
        temporary = os.path.join(os.path.dirname(target), _PREFIX + secrets.token_hex(8))
        try:
            _write(temporary, new, found)
            error = wrong(temporary)
            if _identity(_stat(target)) != _identity(found):
                continue
            if error is not None:
                raise error
            if not trial:
                _put_in_place(temporary, target)
            return found
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary)
    raise FileError(f"{quoted(target)} keeps changing; nothing was written", "see what else writes it, and try again")


def _stat(target: str) -> os.stat_result | None:
    try:
        return os.stat(target)
    except FileNotFoundError:
        return None


def _identity(found: os.stat_result | None) -> tuple[int, ...]:
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns) if found else ()


def _refuse_what_cannot_be_kept(target: str, found: os.stat_result | None) -> None:
    if found and not stat.S_ISREG(found.st_mode):
        raise FileError(f"{quoted(target)} is not a regular file; nothing was written", "name another file")
    if target in _mount_points():
        raise FileError(
            f"{quoted(target)} is mounted by itself and cannot be replaced; nothing was written",
            "mount the folder it is in instead",
        )
    if found and hasattr(os, "geteuid") and os.geteuid() not in (0, found.st_uid):
        raise FileError(
            f"{quoted(target)} belongs to another user and would change hands; nothing was written",
            "run awsprof as its owner",
        )


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


def _write(temporary: str, data: bytes, found: os.stat_result | None) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o600)
    with open(descriptor, "wb") as file:
        if hasattr(os, "fchmod"):
            _keep_owner_and_mode(descriptor, temporary, found)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _keep_owner_and_mode(descriptor: int, temporary: str, found: os.stat_result | None) -> None:
    if found is None:
        os.fchmod(descriptor, 0o600)
        own_as_folder(descriptor, os.path.dirname(temporary))
        return
    mode = stat.S_IMODE(found.st_mode)
    made = os.fstat(descriptor)
    if (made.st_uid, made.st_gid) != (found.st_uid, found.st_gid):
        try:
            os.fchown(descriptor, found.st_uid, found.st_gid)
        except PermissionError:
            if made.st_uid != found.st_uid:
                raise
            mode &= ~0o070  # a group that cannot be kept gets nothing
    os.fchmod(descriptor, mode)


def _put_in_place(temporary: str, target: str) -> None:
    for wait in _WAITS if os.name == "nt" else ():
        try:
            os.replace(temporary, target)
            break
        except PermissionError:  # Windows replaces no file that a reader holds open
            time.sleep(wait)
    else:
        os.replace(temporary, target)
    _sync_folder(os.path.dirname(target))


def _sync_folder(folder: str) -> None:
    """Make the rename last. Some file systems cannot; the file is replaced by now all the same."""
    if hasattr(os, "O_DIRECTORY"):
        with contextlib.suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _warnings(target: str, found: os.stat_result, *, private: bool) -> list[str]:
    if os.name == "nt":
        return []
    warnings = []
    if found.st_nlink > 1:
        warnings.append(f"{quoted(target)} was a hard link: its other names keep the old text")
    if private and found.st_mode & 0o077:
        warnings.append(f"others can read {quoted(target)}: chmod 600 {quoted(target)}")
    return warnings
