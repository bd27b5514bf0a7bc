"""What a shell's prompt reads of the profiles that were switched to: their sessions, and when those expire."""

from __future__ import annotations

import time

from awsprof.cache.store import file_name, is_plain, open_root, plain_names
from awsprof.profiles import expiry
from awsprof.text.times import clock, iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.private import Folder
    from awsprof.profiles.model import Profiles

NO_SESSION = "."  # the name of no file
_PROFILES_KEPT = 64


def _noted(stands: Folder, profile: str) -> str:
    """Return what is noted of a profile; nothing if it is not whole."""
    line = stands.read(file_name(profile))
    return line if line.endswith("\t.\n") and line.count("\t") == 8 else ""


def is_noted(root: Folder, profile: str, head: str) -> bool:
    """Whether prompts can read of a profile already."""
    line = _noted(root.folder("stands", make=True), profile)
    if not line.startswith(head + "\t"):
        return False
    session = line.split("\t")[7]
    return session == NO_SESSION or root.folder("session", make=True).modified(file_name(session)) is not None


def note(root: Folder, known: Profiles, head: str, profile: str) -> list[str]:
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
                stands.put(file_name(name), lines[name], when)
    for name, _ in switches:
        if not lines.get(name) and file_name(name) in stands.names():
            stands.remove(file_name(name))
    found = [line for line in lines.values() if line]
    _write_ends(root.folder("session", make=True), known, head, found)
    return found


def _is_older(line: str, head: str) -> bool:
    """Whether a line was made from the same AWS files, but as they were before."""
    return line.split("\t")[2:6:2] == head.split("\t")[2:6:2] and not line.startswith(head + "\t")


def _line(known: Profiles, head: str, name: str) -> str:
    """Return what to note of a profile; nothing if there is no such profile."""
    session = expiry.session(known, name, 0)
    ends = session and session.expires_at is not None and is_plain(session.profile)
    return "\t".join([head, name, session.profile if session and ends else NO_SESSION, ".\n"]) if name in known else ""


def _write_ends(at: Folder, known: Profiles, head: str, lines: list[str]) -> None:
    """Write the end of each session that a line of this head names, and remove those that none names."""
    gone = plain_names(at) - {line.split("\t")[7] for line in lines}
    used = {line.split("\t")[7] for line in lines if line.startswith(head + "\t")}
    for name in filter(is_plain, used & known.keys()):
        end = expiry.state_of(known[name], 0).expires_at or 0
        text = "\t".join([head, name, str(end), iso(end), clock(end, end)[-5:], ".\n"])
        at.put(file_name(name), text, end * 10**9)
    for name in gone:
        at.remove(file_name(name))


def _switches(stands: Folder, profile: str) -> list[tuple[str, int]]:
    """The profiles that were switched to, the last one first, and when, in nanoseconds."""
    times = {name: stands.modified(file_name(name)) or 0 for name in plain_names(stands)}
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
