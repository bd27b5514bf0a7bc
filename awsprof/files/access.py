"""Who may read a replaced file: owner, mode, access control list (ACL) and other extended attributes.

Nothing here lets anybody read more than before. A temporary file is private to its owner until it has been renamed;
ACL and mode follow through the open descriptor. A process killed in between leaves the new file with mode 0600.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys

from awsprof.errors import FileError
from awsprof.files import meaning
from awsprof.files.owner import own_as_folder
from awsprof.text.display import quoted

_PRIVATE = 0o600
_POSIX_ACL = "system.posix_acl_access"
_ACLS = (_POSIX_ACL, "system.nfs4_acl")
# Hashes of the old bytes, the rights of a program, what an overlay file system keeps for itself, folders' attributes.
_NOT_COPIED = ("security.ima", "security.evm", "security.capability", "trusted.", "system.")


class Access:
    """The access to a file that is about to be replaced, and what could not be given to its successor."""

    def __init__(self, path: str, found: os.stat_result | None, mode: int) -> None:
        """Read the access of a file.

        Args:
            path: the file, links resolved.
            found: its status; None if it does not exist.
            mode: the mode of a new file.
        """
        self.path = path
        self.found = found
        self.mode = stat.S_IMODE(found.st_mode) if found else mode
        self.attributes = _attributes(path) if found else {}
        self.warnings: list[str] = []

    def prepare(self, descriptor: int) -> None:
        """Give a temporary file everything that lets nobody else read it: owner, group, attributes.

        Raises:
            FileError: the owner cannot be kept.
            OSError: the disk failed.
        """
        if os.name == "nt":
            return
        try:
            _set_mode(descriptor, _PRIVATE)
        except OSError as error:  # a file system without modes; others create the file with 0600 or less
            _require_unsupported("mode", error)
        if self.found is None:
            own_as_folder(descriptor, os.path.dirname(self.path))
        else:
            self._keep_owner(descriptor, self.found)
        for name, value in self.attributes.items():
            if name not in _ACLS and not _copied(descriptor, name, value):
                self.warnings.append(f"{quoted(self.path)} lost the extended attribute {quoted(name)}")

    def _keep_owner(self, descriptor: int, found: os.stat_result) -> None:
        """Give the file the old one's owner and group, unless they are right already, and look at what came of it."""
        if _owner(os.fstat(descriptor)) == _owner(found):
            return
        try:
            os.fchown(descriptor, found.st_uid, found.st_gid)
        except OSError as error:
            _require_unsupported("owner", error)
        made = os.fstat(descriptor)
        if made.st_uid != found.st_uid:
            raise other_owner(self.path, found)
        if made.st_gid != found.st_gid:
            self._withhold_from_group()

    def _withhold_from_group(self) -> None:
        """Give another group nothing, and others no more than the old group had. An ACL of the old group is lost."""
        self.mode &= ~0o077 | (self.mode >> 3 & 0o007)
        self.attributes |= dict.fromkeys(name for name in self.attributes if name in _ACLS)

    def grant(self, descriptor: int) -> None:
        """Give the file, now in place, its ACL and mode. Without its ACL it stays private to its owner."""
        if os.name == "nt":
            return
        if not self._has_acl(descriptor):
            self.mode &= ~0o077
            self.warnings.append(
                f"{quoted(self.path)} lost its access control list (ACL), and only its owner can read it now"
                "; run setfacl to restore it"
            )
        with contextlib.suppress(OSError):  # too late to stop: the file is in place
            _set_mode(descriptor, self.mode)
        if (os.fstat(descriptor).st_mode ^ self.mode) & 0o777:  # some file systems accept a mode and ignore it
            self._warn_of_mode(descriptor)

    def _warn_of_mode(self, descriptor: int) -> None:
        path, mode = quoted(self.path), stat.S_IMODE(os.fstat(descriptor).st_mode)
        if mode & ~self.mode & 0o077:
            self.warnings.append(
                f"other users may be able to read {path}: the file system does not keep its mode"
                f" ({mode:o} instead of {self.mode:o}); move it to another disk"
            )
        else:
            self.warnings.append(
                f"cannot set the mode of {path} to {self.mode:o}; it is {mode:o}; run chmod {self.mode:o} {path}"
            )

    def warn_of_sync(self, error: OSError) -> None:
        """Warn that the file system does not write a file to the disk on demand; once for a folder."""
        folder = quoted(os.path.dirname(self.path))
        self.warnings.append(
            f"cannot sync {folder} to the disk ({error.strerror}); after a power failure, check the files there"
        )

    def _has_acl(self, descriptor: int) -> bool:
        """Whether the file now has the old one's ACL, or none if that had none."""
        acls = [name for name in self.attributes if name in _ACLS]
        if not acls:
            return _without_inherited_acl(descriptor)
        return all(_copied(descriptor, name, self.attributes[name]) for name in acls)


def other_owner(path: str, found: os.stat_result) -> FileError:
    """Return the error for a file whose owner would change."""
    return FileError(
        f"{quoted(path)} belongs to another user (id {found.st_uid}), and its owner would change; nothing was written",
        "run awsprof as that user",
    )


def _owner(found: os.stat_result) -> tuple[int, int]:
    return found.st_uid, found.st_gid


def _require_unsupported(call: str, error: OSError) -> None:
    if meaning.of(call, error) != meaning.UNSUPPORTED:
        raise error


def _set_mode(descriptor: int, mode: int) -> None:
    if stat.S_IMODE(os.fstat(descriptor).st_mode) != mode:
        os.fchmod(descriptor, mode)


def _attributes(path: str) -> dict[str, bytes | None]:
    """The extended attributes to keep; None for one that exists and cannot be read."""
    if sys.platform != "linux":  # Python has no such calls elsewhere
        return {}
    try:
        names = os.listxattr(path)
    except OSError as error:
        return {} if meaning.of("attributes", error) == meaning.UNSUPPORTED else {_POSIX_ACL: None}  # it may have one
    return {name: _value(path, name) for name in names if name in _ACLS or not name.startswith(_NOT_COPIED)}


def _value(file: int | str, name: str) -> bytes | None:
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return os.getxattr(file, name)
    return None


def _copied(descriptor: int, name: str, value: bytes | None) -> bool:
    """Whether the file has an attribute's value, given to it if it had another."""
    if value is None or sys.platform != "linux":
        return False
    with contextlib.suppress(OSError):
        if _value(descriptor, name) != value:
            os.setxattr(descriptor, name, value)
        return True
    return False


def _without_inherited_acl(descriptor: int) -> bool:
    """Whether the file has no ACL; one that it inherited from its folder's default ACL is removed."""
    if sys.platform != "linux" or _value(descriptor, _POSIX_ACL) is None:
        return True
    with contextlib.suppress(OSError):
        os.removexattr(descriptor, _POSIX_ACL)
        return True
    return False
