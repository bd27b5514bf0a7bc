"""What an AWS file was like, and stamps: empty files that are as old, with which a shell compares it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.files.private import Folder

ABSENT = "-"
UNKNOWN = "?"
_STAMPS_KEPT = 16
_GENERATED = 347_155_200 * 10**9  # 1981: Nix and home-manager set a file's time to 1970, and zip knows none before 1980


def time_of(path: str) -> str:
    """Return what shells compare a file by: `NS.SIZE.INODE`, or ABSENT, or UNKNOWN if a generator set its time."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return ABSENT
    return f"{found.st_mtime_ns}.{found.st_size}.{found.st_ino}" if found.st_mtime_ns >= _GENERATED else UNKNOWN


def instant(moment: str) -> str:
    """Return the modification time in what `time_of` gives, which is the name of its stamp, ABSENT or UNKNOWN."""
    return moment.partition(".")[0]


def is_stamped(root: Folder, moment: str) -> bool:
    """Return whether the stamp of a moment is there, or none is needed."""
    name = instant(moment)
    return name in (ABSENT, UNKNOWN) or root.folder("at", make=True).modified(name) == int(name)


def stamp(root: Folder, moment: str) -> str:
    """Return the path of the stamp of a moment, made if it is missing; empty for ABSENT and UNKNOWN."""
    name = instant(moment)
    if name in (ABSENT, UNKNOWN):
        return ""
    if not is_stamped(root, moment):
        root.folder("at").put(name, "", int(name))
    return os.path.join(root.path, "at", name)


def prune(stamps: Folder, keep: set[str]) -> None:
    """Remove the oldest stamps: nothing that is read any more names them."""
    for name in sorted(set(stamps.names()) - keep, reverse=True)[_STAMPS_KEPT:]:
        stamps.remove(name)
