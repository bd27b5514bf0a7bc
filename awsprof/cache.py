"""What shells read without a process: names to complete, ends of sessions to show. No secrets; delete it at will.

    awsprof/1/at/1790000000123456789   a stamp: empty, named by the instant that is also its modification time
    awsprof/1/names                    a head, then name TAB kind TAB description on each line, then a dot;
                                       ` mfa` follows the kind of a profile that `awsprof mfa` accepts
    awsprof/1/stands/work,dev          of a profile that was switched to: head TAB profile TAB its session TAB dot
    awsprof/1/session/work,mfa         head TAB session TAB its end as UTC seconds TAB in ISO TAB as local HH:MM TAB dot
    awsprof/1/key/AKIA...              of an access key: when IAM made it, as UTC seconds
    awsprof/1/bash/use work,dev        an answer that a shell may give again: command line TAB code TAB dot (replay.py)

The head names each AWS file that was read and what it was like then: `NS.SIZE.INODE`, NS being its modification time in
nanoseconds and the name of its stamp, or `-` if there was no file, or `?` if it had a time that a generator had set. A
shell compares file and stamp, newer or older, and what else it can see; if they differ, or after `?`, it asks for a new
list, and its prompt shows no end. Stamps named by their own time cannot be mixed up: no lock, no order. The file of a
session carries its end as modification time: so fish can tell what is left of it.
"""

from __future__ import annotations

import os
import time

from awsprof import chains, profiles, store
from awsprof import shell as shells
from awsprof.errors import FileError
from awsprof.files import read
from awsprof.masking import masked
from awsprof.text import clock, iso, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.profiles import Profiles
    from awsprof.store import Folder

    Seen = tuple[list[str], Profiles]

VERSION = "1"
ABSENT = "-"
UNKNOWN = "?"
NO_SESSION = "."  # the name of no file
_STAMPS_KEPT = 16
_PROFILES_KEPT = 64
_GENERATED = 347_155_200 * 10**9  # 1981: Nix and home-manager set a file's time to 1970, and zip knows none before 1980
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
    return store.base(base, make=make).folder(name, make=make).folder(VERSION, make=make)


def renew(environ: Mapping[str, str], profile: str = "", seen: Seen | None = None) -> None:
    """Write the cache anew where the AWS files are not those it was made from; note a profile just switched to.

    A cache that cannot be written is skipped silently: it is only ever a short cut.

    Args:
        environ: where the AWS files and the cache are.
        profile: the profile just switched to.
        seen: the times that the files had, and what was read of them after that: while they have them still, they are
            not read again.
    """
    try:  # not contextlib: importing it costs a tenth of a switch
        _renew(environ, profile, seen)
    except (OSError, ValueError, FileError):
        return


def _renew(environ: Mapping[str, str], profile: str, seen: Seen | None) -> None:
    root = _root_if_made(environ)
    paths = read.paths(environ)
    times = [time_of(path) for path in paths]
    spelt = _as_a_shell_spells(environ)
    head = "\t".join(["awsprof", VERSION, spelt[0], times[0], spelt[1], times[1]])
    fresh = root is not None and _is_made_from(root, head) and all(_is_stamped(root, moment) for moment in times)
    if root and fresh and (not is_plain(profile) or _is_noted(root, profile, head)):
        return
    known = seen[1] if seen and seen[0] == times else profiles.load(environ)
    if [time_of(path) for path in paths] != times or "\n" in head:
        return  # written to meanwhile: the next call will see it
    root = root or open_root(environ, make=True)
    for moment in times:
        stamp(root, moment)
    lines = _note(root, known, head, profile) if head.count("\t") == 5 else []  # no shell reads more
    if not fresh:  # the list comes last: where it is fresh, so is all else
        _forget_answers(root)
        root.put("names", "\n".join([head, *_lines(known), ".", ""]))
        named = [moment for line in lines for moment in line.split("\t")[3:6:2]]
        _prune(root.folder("at"), {instant(moment) for moment in (*times, *named)})


def _root_if_made(environ: Mapping[str, str]) -> Folder | None:
    try:
        return open_root(environ)
    except FileNotFoundError:
        return None


def _forget_answers(root: Folder) -> None:
    """Remove what was answered from the AWS files as they were: no guard of it holds any more."""
    for shell in set(shells.SHELLS).intersection(root.names()):
        at = root.folder(shell)
        for name in at.names():
            at.remove(name)


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


def _as_a_shell_spells(environ: Mapping[str, str]) -> tuple[str, str]:
    """The paths of the AWS files as a shell puts them together: it compares letter by letter."""
    home = environ.get("HOME", "")
    return (
        environ.get("AWS_CONFIG_FILE") or f"{home}/.aws/config",
        environ.get("AWS_SHARED_CREDENTIALS_FILE") or f"{home}/.aws/credentials",
    )


def _is_made_from(root: Folder, head: str) -> bool:
    """Whether the list has this head, and an end, and its files have times that tell whether they have changed."""
    text = root.read("names")
    return text.startswith(head + "\n") and text.endswith("\n.\n") and UNKNOWN not in head.split("\t")[3::2]


def _is_stamped(root: Folder, moment: str) -> bool:
    name = instant(moment)
    return name in (ABSENT, UNKNOWN) or root.folder("at", make=True).modified(name) == int(name)


def _lines(known: Profiles) -> list[str]:
    """Name, kind and description of every profile whose name a line can hold, sorted."""
    return [_described(known, name) for name in sorted(known) if name and safe(name) == name]


def _described(known: Profiles, name: str) -> str:
    profile = known[name]
    kind = profile.kind
    parts = (kind, profiles.account(known, profile), masked("region", profile.get("region")))
    mark = " mfa" if kind != "mfa" and chains.uses_mfa(known, name) else ""
    return f"{name}\t{kind}{mark}\t{safe(' '.join(part for part in parts if part))}"


def is_plain(name: str) -> bool:
    """Whether files can be named after a profile."""
    return bool(name) and not name.startswith(".") and set(name) <= _PLAIN


def _plain_names(at: Folder) -> set[str]:
    """The profiles that the files in a folder are named after; not another process's temporary files."""
    return {name for file in at.names() if is_plain(name := file.replace(",", ":"))}


def _file(name: str) -> str:
    return name.replace(":", ",")


def _noted(stands: Folder, profile: str) -> str:
    """What is noted of a profile, nothing where it is not whole."""
    line = stands.read(_file(profile))
    return line if line.endswith("\t.\n") and line.count("\t") == 8 else ""


def _is_noted(root: Folder, profile: str, head: str) -> bool:
    """Whether prompts can read of a profile already."""
    line = _noted(root.folder("stands", make=True), profile)
    if not line.startswith(head + "\t"):
        return False
    session = line.split("\t")[7]
    return session == NO_SESSION or root.folder("session", make=True).modified(_file(session)) is not None


def _note(root: Folder, known: Profiles, head: str, profile: str) -> list[str]:
    """Write what prompts read of the profile just switched to, and of those before as far as they are of these files.

    Gives what is noted then. The oldest go: a script may switch to each profile there is.
    """
    stands = root.folder("stands", make=True)
    switches = _switches(stands, profile)
    lines = {}
    for name, when in switches[:_PROFILES_KEPT]:
        lines[name] = _noted(stands, name)
        if name == profile or not lines[name] or _is_older(lines[name], head):
            lines[name] = _line(known, head, name)
            if lines[name]:
                stands.put(_file(name), lines[name], when)
    for name, _ in switches:
        if not lines.get(name) and _file(name) in stands.names():
            stands.remove(_file(name))
    found = [line for line in lines.values() if line]
    _write_ends(root.folder("session", make=True), known, head, found)
    return found


def _is_older(line: str, head: str) -> bool:
    """Whether a line was made from the same AWS files, but as they were before."""
    return line.split("\t")[2:6:2] == head.split("\t")[2:6:2] and not line.startswith(head + "\t")


def _line(known: Profiles, head: str, name: str) -> str:
    """What is noted of a profile, nothing where it has gone."""
    session = profiles.session(known, name, 0)
    ends = session and session.expires_at is not None and is_plain(session.profile)
    return "\t".join([head, name, session.profile if session and ends else NO_SESSION, ".\n"]) if name in known else ""


def _write_ends(at: Folder, known: Profiles, head: str, lines: list[str]) -> None:
    """Write the end of each session that a line of this head names, and remove those that none names."""
    gone = _plain_names(at) - {line.split("\t")[7] for line in lines}
    used = {line.split("\t")[7] for line in lines if line.startswith(head + "\t")}
    for name in filter(is_plain, used & known.keys()):
        end = profiles.state_of(known[name], 0).expires_at or 0
        text = "\t".join([head, name, str(end), iso(end), clock(end, end)[-5:], ".\n"])
        at.put(_file(name), text, end * 10**9)
    for name in gone:
        at.remove(_file(name))


def _switches(stands: Folder, profile: str) -> list[tuple[str, int]]:
    """The profiles that were switched to, the last one first, and when, in nanoseconds."""
    times = {name: stands.modified(_file(name)) or 0 for name in _plain_names(stands)}
    if is_plain(profile):
        times[profile] = time.time_ns()
    return sorted(times.items(), key=lambda item: item[1], reverse=True)


def recent(environ: Mapping[str, str]) -> list[str]:
    """Return the profiles that were switched to, the last one first; none if the cache cannot be read.

    A switch that a shell replayed is not noted: only those that called the program are.
    """
    try:
        return [name for name, _ in _switches(open_root(environ).folder("stands"), "")]
    except (OSError, ValueError):
        return []


def stamp(root: Folder, moment: str) -> str:
    """Return the path of the stamp of a moment, made if it is missing; empty for ABSENT and UNKNOWN."""
    name = instant(moment)
    if name in (ABSENT, UNKNOWN):
        return ""
    if not _is_stamped(root, moment):
        root.folder("at").put(name, "", int(name))
    return os.path.join(root.path, "at", name)


def put_answer(root: Folder, shell: str, line: str, code: str) -> None:
    """Keep the answer to a command line for a shell.

    Raises:
        OSError: it cannot be written.
    """
    root.folder(shell, make=True).put(_file(line), f"{line}\t{code}\t.\n")


def note_key(environ: Mapping[str, str], key_id: str, created: int) -> None:
    """Note when an access key was made (UTC seconds), as IAM told it. Skipped where it cannot be written."""
    try:
        if is_plain(key_id):
            open_root(environ, make=True).folder("key", make=True).put(key_id, f"{created}\n")
    except OSError:
        return


def key_created(environ: Mapping[str, str], key_id: str) -> int | None:
    """When an access key was made (UTC seconds), None where IAM never told it here."""
    try:
        return int(open_root(environ).folder("key").read(key_id)[:20]) if is_plain(key_id) else None
    except (OSError, ValueError):
        return None


def note_parent(environ: Mapping[str, str], session: str, parent: str) -> None:
    """Note with which access key a session was made, both by their key ids. Skipped if it cannot be written."""
    try:
        if is_plain(session) and is_plain(parent):
            open_root(environ, make=True).folder("parent", make=True).put(session, f"{parent}\n")
    except OSError:
        return


def parent_of(environ: Mapping[str, str], session: str) -> str:
    """Return the id of the access key that a session was made with; empty if that was not noted."""
    try:
        return open_root(environ).folder("parent").read(session)[:128].strip() if is_plain(session) else ""
    except (OSError, ValueError):
        return ""


def _prune(stamps: Folder, keep: set[str]) -> None:
    """Remove the oldest stamps: nothing that is read any more names them."""
    for name in sorted(set(stamps.names()) - keep, reverse=True)[_STAMPS_KEPT:]:
        stamps.remove(name)
