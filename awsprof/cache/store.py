"""The cache folder, opened safely, and the names of files in it."""

from __future__ import annotations

import os

from awsprof.files import private

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.private import Folder

VERSION = "1"
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@+:-")


def folder(environ: Mapping[str, str]) -> str:
    """The cache folder: under XDG_CACHE_HOME, else ~/.cache (Windows: LOCALAPPDATA). Empty where there is none."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not base and os.name == "nt":
        base = environ.get("LOCALAPPDATA", "")
    if not base and environ.get("HOME"):
        base = os.path.join(environ["HOME"], ".cache")
    return os.path.join(base, "awsprof") if os.path.isabs(base) else ""


def open_root(environ: Mapping[str, str], *, make: bool = False) -> Folder:
    """Open the folder of this layout of the cache.

    Args:
        environ: where the cache is.
        make: make what is missing.

    Raises:
        OSError: there is none, or one of its folders belongs to somebody else or, below the first, is a link.
    """
    place = folder(environ)
    if not place:
        raise FileNotFoundError("no cache: XDG_CACHE_HOME or HOME is missing or relative")
    base, name = os.path.split(place)
    return private.base(base, make=make).folder(name, make=make).folder(VERSION, make=make)


def root_if_made(environ: Mapping[str, str]) -> Folder | None:
    """Open the folder of this layout; None if there is none yet."""
    try:
        return open_root(environ)
    except FileNotFoundError:
        return None


def is_plain(name: str) -> bool:
    """Whether files can be named after a profile."""
    return bool(name) and not name.startswith(".") and set(name) <= _PLAIN


def plain_names(at: Folder) -> set[str]:
    """The profiles that the files in a folder are named after; not another process's temporary files."""
    return {name for file in at.names() if is_plain(name := file.replace(",", ":"))}


def file_name(name: str) -> str:
    """Return the name of a file for a profile: Windows allows no colon."""
    return name.replace(":", ",")


def put_answer(root: Folder, shell: str, line: str, code: str) -> None:
    """Keep the answer to a command line for a shell.

    Raises:
        OSError: it cannot be written.
    """
    root.folder(shell, make=True).put(file_name(line), f"{line}\t{code}\t.\n")
