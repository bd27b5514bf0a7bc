"""Locks that the kernel frees when their holder dies: one for the files of a folder, one for each MFA session.

Some twenty lines of our own: importing filelock costs five bare Pythons, and its lock file is 0644. If the file system
has no flock, lockfile.py does it instead.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time

from awsprof.errors import FileError
from awsprof.files import meaning
from awsprof.files.owner import own_as_folder
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WAIT = 10.0
_POLL = 0.05
_OWNED = ".owner"


@contextlib.contextmanager
def held(path: str, *, wait: float = _WAIT, waiting: Callable[[], None] = lambda: None) -> Iterator[bool]:
    """Hold the lock file at a path, which is created 0600 and never removed; yield whether the lock was free in time.

    Args:
        path: the lock file; its folder must exist.
        wait: how long to wait for another holder, in seconds.
        waiting: called once, before the wait, if there is another holder.

    Raises:
        FileError: the lock file cannot be opened or locked.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        raise _refused("open", path, error) from None
    with contextlib.ExitStack() as taken:
        taken.callback(os.close, descriptor)
        _unmask(descriptor, 0o600)
        own_as_folder(descriptor, os.path.dirname(path))

        def attempt() -> bool:
            return _try(descriptor, path, taken)

        yield attempt() or _taken_within(attempt, wait, waiting)


def _refused(what: str, path: str, error: OSError) -> FileError:
    return FileError(
        f"cannot {what} the lock file {quoted(path)}: {error.strerror}; nothing was changed", "fix this and try again"
    )


def _taken_within(attempt: Callable[[], bool], wait: float, waiting: Callable[[], None]) -> bool:
    waiting()
    until = time.monotonic() + wait
    while time.monotonic() < until:
        time.sleep(_POLL)
        if attempt():
            return True
    return False


def _try(descriptor: int, path: str, taken: contextlib.ExitStack) -> bool:
    """Return whether the lock was free. Raise FileError if nobody holds it, and it cannot be taken either."""
    try:
        _flock(descriptor)
    except OSError as error:
        found = meaning.of("lock", error)
        if found == meaning.HELD:
            return False
        if found == meaning.FAILED or os.name == "nt":
            raise _refused("lock", path, error) from None
        return _without_flock(descriptor, path, taken)
    return True


def _flock(descriptor: int) -> None:
    if os.name == "nt":
        import msvcrt  # only there on Windows

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore] # Windows only
    else:
        import fcntl  # not there on Windows

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _without_flock(descriptor: int, path: str, taken: contextlib.ExitStack) -> bool:
    from awsprof.files import lockfile  # few file systems need it

    try:
        return lockfile.take(path + _OWNED, descriptor, taken)
    except OSError as error:
        raise _refused("create", path + _OWNED, error) from None


@contextlib.contextmanager
def folders(paths: list[str]) -> Iterator[None]:
    """Hold the lock of each folder, in one order for everybody. A missing folder is created with mode 0700.

    Raises:
        FileError: another process has held a lock for ten seconds, or a folder cannot be created.
    """
    with contextlib.ExitStack() as stack:
        for folder in sorted(set(paths)):
            make_folder(folder)
            path = os.path.join(folder, ".awsprof.lock")
            if not stack.enter_context(held(path)):
                raise _timeout(folder, path)
        yield


def _timeout(folder: str, path: str) -> FileError:
    from awsprof.files import lockfile  # after ten seconds

    return FileError(
        f"another awsprof has held the lock on {quoted(folder)} for {_WAIT:.0f} seconds; nothing was changed",
        lockfile.owner_of(path + _OWNED) or "wait until it has finished, then try again",
    )


def make_folder(folder: str, mode: int = 0o700) -> None:
    """Create a folder, by default that of an AWS file, and its missing parents (0755); the umask does not matter.

    Raises:
        FileError: it cannot be created.
    """
    missing = []
    path = folder
    while not os.path.isdir(path) and path != os.path.dirname(path):
        missing.append(path)
        path = os.path.dirname(path)
    try:
        for path in reversed(missing):
            _make(path, mode if path == folder else 0o755)
    except OSError as error:
        raise FileError(
            f"cannot create the folder {quoted(folder)}: {error.strerror}", "create it yourself, then try again"
        ) from None


def _make(folder: str, mode: int) -> None:
    try:
        os.mkdir(folder, mode)
    except FileExistsError:
        if os.path.isdir(folder):
            return  # another process made it meanwhile
        raise
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows has neither modes nor owners
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        _unmask(descriptor, mode)
        own_as_folder(descriptor, os.path.dirname(folder))
    finally:
        os.close(descriptor)


def _unmask(descriptor: int, mode: int) -> None:
    """Add the bits of a mode that the umask took. A file system without modes keeps its own."""
    made = stat.S_IMODE(os.fstat(descriptor).st_mode)
    if os.name != "nt" and made & mode != mode:
        with contextlib.suppress(OSError):
            os.fchmod(descriptor, made | mode)
