"""The names that completion offers, kept where a shell can read them without a process. No secrets; delete it at will.

    awsprof/1/at/1790000000123456789   a stamp: empty, named by the instant that is also its modification time
    awsprof/1/names                    a head, then name TAB kind TAB description on each line, then a dot

The head names the AWS files that were read and their stamps: a shell compares file and stamp, newer or older, and asks
for a new list where they differ. Stamps named by their own time cannot be mixed up: no lock, no order.
"""

from __future__ import annotations

import os

from awsprof import profiles
from awsprof.files import read
from awsprof.text import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.profiles import Profiles

VERSION = "1"
ABSENT = "-"
_STAMPS_KEPT = 16


def folder(environ: Mapping[str, str]) -> str:
    """The cache folder: under XDG_CACHE_HOME, else ~/.cache (Windows: LOCALAPPDATA). Empty where there is none."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not base and os.name == "nt":
        base = environ.get("LOCALAPPDATA", "")
    if not base and environ.get("HOME"):
        base = os.path.join(environ["HOME"], ".cache")
    return os.path.join(base, "awsprof") if os.path.isabs(base) else ""


def renew(environ: Mapping[str, str]) -> None:
    """Write the list of names anew where the AWS files are not those it was made from.

    A cache that cannot be written is skipped silently: it is only ever a short cut.
    """
    root = folder(environ)
    if root:
        try:  # not contextlib: importing it costs a tenth of a switch
            _renew(environ, os.path.join(root, VERSION))
        except (OSError, ValueError):
            return


def _renew(environ: Mapping[str, str], root: str) -> None:
    paths = read.paths(environ)
    times = [_time(path) for path in paths]
    spelt = _as_a_shell_spells(environ)
    head = "\t".join(["awsprof", VERSION, spelt[0], times[0], spelt[1], times[1]])
    names = os.path.join(root, "names")
    if _is_made_from(names, head) and all(_stamped(root, time) for time in times):
        return
    lines = _lines(profiles.load(environ))
    if [_time(path) for path in paths] != times or "\n" in head:
        return  # written to meanwhile: the next call will see it
    os.makedirs(os.path.join(root, "at"), mode=0o700, exist_ok=True)
    for folder_ in (os.path.dirname(root), root, os.path.join(root, "at")):
        os.chmod(folder_, 0o700)
    for time in times:
        _stamp(root, time)
    _put(names, "\n".join([head, *lines, ".", ""]))
    _prune(os.path.join(root, "at"), times)


def _time(path: str) -> str:
    """When a file was last changed, in nanoseconds since the epoch."""
    try:
        return str(os.stat(path).st_mtime_ns)
    except FileNotFoundError:
        return ABSENT


def _as_a_shell_spells(environ: Mapping[str, str]) -> tuple[str, str]:
    """The paths of the AWS files as a shell puts them together: it compares letter by letter."""
    home = environ.get("HOME", "")
    return (
        environ.get("AWS_CONFIG_FILE") or f"{home}/.aws/config",
        environ.get("AWS_SHARED_CREDENTIALS_FILE") or f"{home}/.aws/credentials",
    )


def _is_made_from(path: str, head: str) -> bool:
    """Whether a list has this head, and an end."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
    except OSError:
        return False
    return text.startswith(head + "\n") and text.endswith("\n.\n")


def _stamped(root: str, time: str) -> bool:
    return time == ABSENT or os.path.exists(os.path.join(root, "at", time))


def _lines(known: Profiles) -> list[str]:
    """Name, kind and description of every profile whose name a line can hold, sorted."""
    return [
        "\t".join([name, known[name].kind, safe(_description(known, name))])
        for name in sorted(known)
        if name and safe(name) == name
    ]


def _description(known: Profiles, name: str) -> str:
    profile = known[name]
    parts = (profile.kind, profiles.account(known, profile), profile.get("region"))
    return " ".join(part for part in parts if part)


def _stamp(root: str, time: str) -> None:
    path = os.path.join(root, "at", time)
    if time == ABSENT or os.path.exists(path):
        return
    temporary = f"{path}.{os.getpid()}"
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    os.utime(temporary, ns=(int(time), int(time)))
    os.replace(temporary, path)


def _put(path: str, text: str) -> None:
    temporary = f"{path}.{os.getpid()}"
    if os.path.lexists(temporary):
        os.unlink(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    os.replace(temporary, path)


def _prune(at: str, keep: list[str]) -> None:
    """Remove the oldest stamps: nothing that is read any more names them."""
    for name in sorted(set(os.listdir(at)) - set(keep), reverse=True)[_STAMPS_KEPT:]:
        os.unlink(os.path.join(at, name))
