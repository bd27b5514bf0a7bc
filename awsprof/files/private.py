"""The files of the cache: folders that only the user can write to, files that are written whole.

A folder is opened once and everything happens through that handle, so a path that somebody swaps or links meanwhile
leads nowhere. Nothing is followed, overwritten or removed outside the user's own folders. Windows has no such handles
and keeps the cache in the user's profile: there the same calls take whole paths.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_HANDLES = os.open in os.supports_dir_fd
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOFOLLOW | getattr(os, "O_BINARY", 0)
_OLD = os.O_RDONLY | _NOFOLLOW | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Folder:
    """An open folder of the user's own. Every method raises OSError if the file system refuses."""

    __slots__ = ("handle", "path")

    def __init__(self, path: str, handle: int | None) -> None:
        self.path = path
        self.handle = handle

    def __del__(self) -> None:
        if self.handle is not None:
            os.close(self.handle)

    def folder(self, name: str, *, make: bool = False) -> Folder:
        """Open a folder in this one, never through a link. A missing one is made if `make` says so."""
        path, at = os.path.join(self.path, name), self._at(name)
        if make:
            _make(at, self.handle)
        if not _HANDLES:
            os.listdir(path)
            return Folder(path, None)
        found = Folder(path, os.open(at, _FOLDER | _NOFOLLOW, dir_fd=self.handle))
        if found.require_own() != 0o700:
            os.fchmod(found.handle or 0, 0o700)
        return found

    def require_own(self) -> int:
        """Return the folder's mode; raise PermissionError if it belongs to somebody else."""
        found = os.fstat(self.handle) if self.handle is not None else None
        if found and found.st_uid != os.geteuid():
            raise PermissionError(f"{self.path} belongs to another user")
        return stat.S_IMODE(found.st_mode) if found else 0o700

    def names(self) -> list[str]:
        """List what is in the folder."""
        return os.listdir(self.path if self.handle is None else self.handle)

    def modified(self, name: str) -> int | None:
        """Return when a file was modified, in nanoseconds since the epoch; None if there is no file of the user's."""
        try:
            found = os.stat(self._at(name), dir_fd=self.handle, follow_symlinks=False)
        except FileNotFoundError:
            return None
        return found.st_mtime_ns if _is_own_file(found) else None

    def read(self, name: str) -> str:
        """Return the text of a file; empty if there is no file of the user's."""
        try:
            descriptor = os.open(self._at(name), _OLD, dir_fd=self.handle)
        except OSError:
            return ""
        with open(descriptor, encoding="utf-8", errors="surrogateescape") as file:
            return file.read() if _is_own_file(os.fstat(descriptor)) else ""

    def put(self, name: str, text: str, when: int | None = None) -> None:
        """Write a file whole, readable by its owner only.

        Args:
            name: the file; one that is already there is replaced.
            text: what it will hold.
            when: its modification time in nanoseconds since the epoch; None for now.
        """
        temporary = f"{name}~{os.urandom(8).hex()}"
        descriptor = os.open(self._at(temporary), _NEW, 0o600, dir_fd=self.handle)
        try:
            with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(text)
                file.flush()
                if when is not None:
                    os.utime(descriptor if _HANDLES else self._at(temporary), ns=(when, when))
            os.replace(self._at(temporary), self._at(name), src_dir_fd=self.handle, dst_dir_fd=self.handle)
        except BaseException:
            self.remove(temporary)
            raise

    def remove(self, name: str) -> None:
        """Remove a file; a link is removed, not what it leads to."""
        os.unlink(self._at(name), dir_fd=self.handle)

    def _at(self, name: str) -> str:
        return name if self.handle is not None else os.path.join(self.path, name)


def _is_own_file(found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and (not _HANDLES or found.st_uid == os.geteuid())


def base(path: str, *, make: bool = False) -> Folder:
    """Open the folder that holds the cache, such as ~/.cache, which may be a link to another folder of the user's.

    Args:
        path: an absolute path.
        make: make what is missing of it, with mode 0700 whatever the umask.

    Raises:
        OSError: it belongs to somebody else, everybody can write to it, or it cannot be opened or made.
    """
    for missing in reversed([*_missing(path)]) if make else ():
        _refuse_for_root(os.path.dirname(missing))
        _make(missing)
    found = Folder(path, os.open(path, _FOLDER) if _HANDLES else None)
    found.require_own()
    if found.handle is not None and not is_guarded(os.fstat(found.handle)):
        raise PermissionError(f"everybody can replace what is in {path}")
    return found


def is_guarded(folder: os.stat_result) -> bool:
    """Return whether not everybody can replace what is in a folder. Its group may: on Debian it is the user's own."""
    return not folder.st_mode & 0o002 or bool(folder.st_mode & stat.S_ISVTX)


def _missing(path: str) -> Iterator[str]:
    while not os.path.lexists(path):
        yield path
        path = os.path.dirname(path)


def _refuse_for_root(folder: str) -> None:
    """Raise PermissionError if root, called with a user's HOME, would leave something of its own in that home."""
    if _HANDLES and os.geteuid() == 0 and os.stat(folder).st_uid != 0:
        raise PermissionError(f"{folder} belongs to another user")


def _make(path: str, at: int | None = None) -> None:
    """Make a folder with mode 0700 unless it is there; a umask that takes from the owner is no reason for less."""
    try:
        os.mkdir(path, 0o700, dir_fd=at)
    except FileExistsError:
        return
    if _HANDLES and os.stat(path, dir_fd=at, follow_symlinks=False).st_mode & 0o700 != 0o700:
        os.chmod(path, 0o700, dir_fd=at)
