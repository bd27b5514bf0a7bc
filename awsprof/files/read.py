"""Reads an AWS file as botocore does: its path, its bytes, and which profiles it describes; parse has the lines."""

from __future__ import annotations

import os
import stat

from awsprof.errors import FileError
from awsprof.files.parse import IniFile, Option, Section, nested, parse, split_lines
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    # What is to change: by profile, each setting with its new value, or None where it is removed; None instead of
    # settings where the profile goes.
    Settings = Mapping[str, str | None]
    Changes = Mapping[str, Settings | None]

REFERENCES = ("source_profile", "include_profile")  # settings that name a profile; the second is aws-vault's

# Who reads files needs no other module: what is read, and the parser itself, are named here, too.
__all__ = [
    "REFERENCES",
    "Changes",
    "IniFile",
    "Option",
    "Section",
    "Settings",
    "config_profile",
    "config_sections",
    "header_named",
    "load",
    "nested",
    "parse",
    "paths",
    "read_bytes",
    "split_lines",
]


def load(path: str) -> IniFile:
    """Read one AWS file; a missing one is empty.

    Raises:
        FileError: it is there and cannot be read.
    """
    return parse(read_bytes(path), path)


def read_bytes(path: str) -> bytes:
    """The bytes of a file, none where it is missing.

    Raises:
        FileError: it is there and cannot be read.
    """
    try:
        # A fifo in the file's place would block for ever: open it without waiting, then look.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        try:
            return _contents(descriptor, path)
        finally:
            os.close(descriptor)
    except FileNotFoundError:
        return b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"cannot read {quoted(path)}: {reason}", "check its permissions") from None


def _contents(descriptor: int, path: str) -> bytes:
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()
    if stat.S_ISCHR(mode):  # AWS_CONFIG_FILE=/dev/null: no file, for botocore too
        return b""
    what = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
    raise FileError(f"{quoted(path)} is {what}", "expected a regular file, or no file, at this path")


def config_profile(header: str) -> str | None:
    """The profile that a section of the config file describes, None where it is something else.

    botocore's rule: the header begins with `profile` and splits, as a shell would split it, into two words.
    """
    if header == "default":
        return header
    if header[:8] == "profile " and header[8:].replace(":", "_").replace("-", "_").isidentifier():
        return header[8:]  # as most are: one plain word
    return _named(header, "profile")


def _named(header: str, kind: str) -> str | None:
    """The name in a header of some kind, None where it is another header: botocore wants two words."""
    words = _words(header) if header.startswith(kind) else []
    return words[1] if len(words) == 2 else None


def header_named(file: IniFile, kind: str, name: str) -> str | None:
    """The header of the section of some kind (`sso-session`) and name; of two for one name the later counts."""
    found = [header for header in file.sections if _named(header, kind) == name]
    return found[-1] if found else None


def _words(header: str) -> list[str]:
    if header.isascii() and header.isprintable() and not any(c in header for c in "'\"\\"):
        return header.split()
    import shlex  # only an odd header pays for it

    try:
        return shlex.split(header)
    except ValueError:
        return []


def config_sections(file: IniFile) -> Iterator[tuple[str, Section]]:
    """Every profile of a config file with its section, in order; of two for one profile the later counts."""
    for header, section in file.sections.items():
        name = config_profile(header)
        if name is not None:
            yield name, section


def paths(environ: Mapping[str, str]) -> tuple[str, str]:
    """Where the config and the credentials file are, by AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE."""
    return (
        _expand(environ.get("AWS_CONFIG_FILE") or "~/.aws/config", environ),
        _expand(environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials", environ),
    )


def _expand(path: str, environ: Mapping[str, str]) -> str:
    if "$" in path:
        path = os.path.expandvars(path)  # botocore does so, too
    if path[:2] in ("~", "~/") and environ.get("HOME") and os.name != "nt":  # Windows has USERPROFILE
        return environ["HOME"].rstrip("/") + path[1:]
    return os.path.expanduser(path)
