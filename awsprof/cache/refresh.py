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

from awsprof.cache import prompt, stamps, store
from awsprof.cache.stamps import UNKNOWN, time_of
from awsprof.cache.store import VERSION
from awsprof.errors import FileError
from awsprof.files import read
from awsprof.profiles import chains, model
from awsprof.shell import table
from awsprof.text.display import safe
from awsprof.text.masking import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.private import Folder
    from awsprof.profiles.model import Profiles

    Seen = tuple[list[str], Profiles]


def renew(environ: Mapping[str, str], profile: str = "", seen: Seen | None = None) -> None:
    """Write the cache again if the AWS files are not those it was made from; note a profile just switched to.

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
    root = store.root_if_made(environ)
    paths = read.paths(environ)
    times = [time_of(path) for path in paths]
    spelt = _as_a_shell_spells(environ)
    head = "\t".join(["awsprof", VERSION, spelt[0], times[0], spelt[1], times[1]])
    fresh = root is not None and _is_made_from(root, head) and all(stamps.is_stamped(root, moment) for moment in times)
    if root and fresh and (not store.is_plain(profile) or prompt.is_noted(root, profile, head)):
        return
    known = seen[1] if seen and seen[0] == times else model.load(environ)
    if [time_of(path) for path in paths] != times or "\n" in head:
        return  # written to meanwhile: the next call will see it
    root = root or store.open_root(environ, make=True)
    for moment in times:
        stamps.stamp(root, moment)
    lines = prompt.note(root, known, head, profile) if head.count("\t") == 5 else []  # no shell reads more
    if not fresh:  # the list comes last: where it is fresh, so is all else
        _forget_answers(root)
        root.put("names", "\n".join([head, *_lines(known), ".", ""]))
        named = [moment for line in lines for moment in line.split("\t")[3:6:2]]
        stamps.prune(root.folder("at"), {stamps.instant(moment) for moment in (*times, *named)})


def _forget_answers(root: Folder) -> None:
    """Remove what was answered from the AWS files as they were: no guard of it holds any more."""
    for shell in set(table.SHELLS).intersection(root.names()):
        at = root.folder(shell)
        for name in at.names():
            at.remove(name)


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


def _lines(known: Profiles) -> list[str]:
    """Name, kind and description of every profile whose name a line can hold, sorted."""
    return [_described(known, name) for name in sorted(known) if name and safe(name) == name]


def _described(known: Profiles, name: str) -> str:
    profile = known[name]
    kind = profile.kind
    parts = (kind, model.account(known, profile), masked("region", profile.get("region")))
    mark = " mfa" if kind != "mfa" and chains.uses_mfa(known, name) else ""
    return f"{name}\t{kind}{mark}\t{safe(' '.join(part for part in parts if part))}"
