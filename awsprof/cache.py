"""What shells read without a process: names to complete, ends of sessions to show. No secrets; delete it at will.

    awsprof/1/at/1790000000123456789   a stamp: empty, named by the instant that is also its modification time
    awsprof/1/names                    a head, then name TAB kind TAB description on each line, then a dot
    awsprof/1/stands/work,dev          of a profile that was switched to: head TAB profile TAB its session TAB dot
    awsprof/1/session/work,mfa         head TAB session TAB its end as UTC seconds TAB in ISO TAB as local HH:MM TAB dot
    awsprof/1/key/AKIA...              of an access key: when IAM made it, as UTC seconds
    awsprof/1/bash/use work,dev        an answer that a shell may give again: command line TAB code TAB dot (replay.py)

The head names the AWS files that were read and their stamps: a shell compares file and stamp, newer or older; where
they differ it asks for a new list, and its prompt shows no end. Stamps named by their own time cannot be mixed up: no
lock, no order. The file of a session carries its end as modification time: so fish can tell what is left of it.
"""

from __future__ import annotations

import os
import time

from awsprof import profiles
from awsprof import shell as shells
from awsprof.errors import FileError
from awsprof.files import read
from awsprof.text import clock, iso, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.profiles import Profiles

    Seen = tuple[list[str], Profiles]

VERSION = "1"
ABSENT = "-"
NO_SESSION = "."  # the name of no file
_STAMPS_KEPT = 16
_PROFILES_KEPT = 64
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@+:-")


def folder(environ: Mapping[str, str]) -> str:
    """The cache folder: under XDG_CACHE_HOME, else ~/.cache (Windows: LOCALAPPDATA). Empty where there is none."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not base and os.name == "nt":
        base = environ.get("LOCALAPPDATA", "")
    if not base and environ.get("HOME"):
        base = os.path.join(environ["HOME"], ".cache")
    return os.path.join(base, "awsprof") if os.path.isabs(base) else ""


def root(environ: Mapping[str, str]) -> str:
    """The folder of this layout of the cache, empty where there is none."""
    base = folder(environ)
    return os.path.join(base, VERSION) if base else ""


def renew(environ: Mapping[str, str], profile: str = "", seen: Seen | None = None) -> None:
    """Write the cache anew where the AWS files are not those it was made from; note a profile just switched to.

    A cache that cannot be written is skipped silently: it is only ever a short cut.

    Args:
        environ: where the AWS files and the cache are.
        profile: the profile just switched to.
        seen: the times that the files had, and what was read of them after that: while they have them still, they are
            not read again.
    """
    place = root(environ)
    if place:
        try:  # not contextlib: importing it costs a tenth of a switch
            _renew(environ, place, profile, seen)
        except (OSError, ValueError, FileError):
            return


def _renew(environ: Mapping[str, str], root: str, profile: str, seen: Seen | None) -> None:
    paths = read.paths(environ)
    times = [time_of(path) for path in paths]
    spelt = _as_a_shell_spells(environ)
    head = "\t".join(["awsprof", VERSION, spelt[0], times[0], spelt[1], times[1]])
    names = os.path.join(root, "names")
    fresh = _is_made_from(names, head) and all(_stamped(root, moment) for moment in times)
    if fresh and (not is_plain(profile) or _is_noted(root, profile, head)):
        return
    known = seen[1] if seen and seen[0] == times else profiles.load(environ)
    if [time_of(path) for path in paths] != times or "\n" in head:
        return  # written to meanwhile: the next call will see it
    _make_folders(root)
    for moment in times:
        stamp(root, moment)
    lines = _note(root, known, head, profile) if head.count("\t") == 5 else []  # no shell reads more
    if not fresh:  # the list comes last: where it is fresh, so is all else
        _forget_answers(root)
        _put(names, "\n".join([head, *_lines(known), ".", ""]))
        _prune(os.path.join(root, "at"), {*times, *(line.split("\t")[at] for line in lines for at in (3, 5))})


def _forget_answers(root: str) -> None:
    """Remove what was answered from the AWS files as they were: no guard of it holds any more."""
    for shell in shells.SHELLS:
        at = os.path.join(root, shell)
        for name in os.listdir(at) if os.path.isdir(at) else ():
            os.unlink(os.path.join(at, name))


def _make_folders(root: str) -> None:
    for path in (os.path.dirname(root), root, *(os.path.join(root, name) for name in ("at", "stands", "session"))):
        os.makedirs(path, mode=0o700, exist_ok=True)
        os.chmod(path, 0o700)


def time_of(path: str) -> str:
    """When a file was last changed, in nanoseconds since the epoch; ABSENT where there is none."""
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


def _stamped(root: str, moment: str) -> bool:
    return moment == ABSENT or os.path.exists(os.path.join(root, "at", moment))


def _lines(known: Profiles) -> list[str]:
    """Name, kind and description of every profile whose name a line can hold, sorted."""
    return [_described(known, name) for name in sorted(known) if name and safe(name) == name]


def _described(known: Profiles, name: str) -> str:
    profile = known[name]
    kind = profile.kind
    parts = (kind, profiles.account(known, profile), profile.get("region"))
    return f"{name}\t{kind}\t{safe(' '.join(part for part in parts if part))}"


def is_plain(name: str) -> bool:
    """Whether files can be named after a profile."""
    return bool(name) and not name.startswith(".") and set(name) <= _PLAIN


def _plain_names(folder_: str) -> set[str]:
    """The profiles that the files in a folder are named after; not another process's temporary files."""
    return {name for file in os.listdir(folder_) if is_plain(name := file.replace(",", ":"))}


def _path(root: str, kind: str, name: str) -> str:
    return os.path.join(root, kind, name.replace(":", ","))


def _noted(root: str, profile: str) -> str:
    """What is noted of a profile, nothing where it is not whole."""
    try:
        with open(_path(root, "stands", profile), encoding="utf-8", errors="surrogateescape") as file:
            line = file.read()
    except OSError:
        return ""
    return line if line.endswith("\t.\n") and line.count("\t") == 8 else ""


def _is_noted(root: str, profile: str, head: str) -> bool:
    """Whether prompts can read of a profile already."""
    line = _noted(root, profile)
    if not line.startswith(head + "\t"):
        return False
    session = line.split("\t")[7]
    return session == NO_SESSION or os.path.exists(_path(root, "session", session))


def _note(root: str, known: Profiles, head: str, profile: str) -> list[str]:
    """Write what prompts read of the profile just switched to, and of those before as far as they are of these files.

    Gives what is noted then. The oldest go: a script may switch to each profile there is.
    """
    switches = _switches(root, profile)
    lines = {}
    for name, when in switches[:_PROFILES_KEPT]:
        lines[name] = _noted(root, name)
        if name == profile or not lines[name] or _is_older(lines[name], head):
            lines[name] = _line(known, head, name)
            if lines[name]:
                _put(_path(root, "stands", name), lines[name], when)
    for name, _ in switches:
        if not lines.get(name) and os.path.exists(_path(root, "stands", name)):
            os.unlink(_path(root, "stands", name))
    found = [line for line in lines.values() if line]
    _write_ends(root, known, head, found)
    return found


def _is_older(line: str, head: str) -> bool:
    """Whether a line was made from the same AWS files, but as they were before."""
    return line.split("\t")[2:6:2] == head.split("\t")[2:6:2] and not line.startswith(head + "\t")


def _line(known: Profiles, head: str, name: str) -> str:
    """What is noted of a profile, nothing where it has gone."""
    session = profiles.session(known, name, 0)
    ends = session and session.expires_at is not None and is_plain(session.profile)
    return "\t".join([head, name, session.profile if session and ends else NO_SESSION, ".\n"]) if name in known else ""


def _write_ends(root: str, known: Profiles, head: str, lines: list[str]) -> None:
    """Write the end of each session that a line of this head names, and remove those that none names."""
    folder_ = os.path.join(root, "session")
    gone = _plain_names(folder_) - {line.split("\t")[7] for line in lines}
    used = {line.split("\t")[7] for line in lines if line.startswith(head + "\t")}
    for name in filter(is_plain, used & known.keys()):
        end = profiles.state_of(known[name], 0).expires_at or 0
        text = "\t".join([head, name, str(end), iso(end), clock(end)[-5:], ".\n"])
        _put(_path(root, "session", name), text, end * 10**9)
    for name in gone:
        os.unlink(_path(root, "session", name))


def _switches(root: str, profile: str) -> list[tuple[str, int]]:
    """The profiles that were switched to, the last one first, and when, in nanoseconds."""
    names = _plain_names(os.path.join(root, "stands"))
    times = {name: os.stat(_path(root, "stands", name)).st_mtime_ns for name in names}
    if is_plain(profile):
        times[profile] = time.time_ns()
    return sorted(times.items(), key=lambda item: item[1], reverse=True)


def recent(environ: Mapping[str, str]) -> list[str]:
    """Return the profiles that were switched to, the last one first; none if the cache cannot be read.

    A switch that a shell replayed is not noted: only those that called the program are.
    """
    place = root(environ)
    try:
        return [name for name, _ in _switches(place, "")] if place else []
    except OSError:
        return []


def stamp(root: str, moment: str) -> str:
    """The path of the stamp of an instant, made where it is missing; empty for ABSENT."""
    if moment == ABSENT:
        return ""
    path = os.path.join(root, "at", moment)
    if not os.path.exists(path):
        temporary = f"{path}.{os.getpid()}"
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        os.utime(temporary, ns=(int(moment), int(moment)))
        os.replace(temporary, path)
    return path


def put_answer(root: str, shell: str, line: str, code: str) -> None:
    """Keep the answer to a command line for a shell.

    Raises:
        OSError: it cannot be written.
    """
    at = os.path.join(root, shell)
    os.makedirs(at, mode=0o700, exist_ok=True)
    os.chmod(at, 0o700)
    _put(_path(root, shell, line), f"{line}\t{code}\t.\n")


def note_key(environ: Mapping[str, str], key_id: str, created: int) -> None:
    """Note when an access key was made (UTC seconds), as IAM told it. Skipped where it cannot be written."""
    place = root(environ)
    if not place or not is_plain(key_id):
        return
    at = os.path.join(place, "key")
    try:
        _make_folders(place)
        os.makedirs(at, mode=0o700, exist_ok=True)
        _put(os.path.join(at, key_id), f"{created}\n")
    except OSError:
        return


def key_created(environ: Mapping[str, str], key_id: str) -> int | None:
    """When an access key was made (UTC seconds), None where IAM never told it here."""
    place = root(environ)
    if not place or not is_plain(key_id):
        return None
    try:
        with open(os.path.join(place, "key", key_id), encoding="ascii") as file:
            return int(file.read(20))
    except (OSError, ValueError):
        return None


def _put(path: str, text: str, when: int | None = None) -> None:
    temporary = f"{path}~{os.getpid()}"
    if os.path.lexists(temporary):
        os.unlink(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    if when is not None:
        os.utime(temporary, ns=(when, when))
    os.replace(temporary, path)


def _prune(at: str, keep: set[str]) -> None:
    """Remove the oldest stamps: nothing that is read any more names them."""
    for name in sorted(set(os.listdir(at)) - keep, reverse=True)[_STAMPS_KEPT:]:
        os.unlink(os.path.join(at, name))
