"""The answers that a shell may give again without a process, left in the cache under the command line they answer.

    awsprof/1/bash/use work,dev   one line: the command line TAB code TAB dot

The code is a guard, then the change, then the message, all constant: the guard holds everything they were made from. A
hook finds the file, sees that it is whole, and evaluates it; where the guard does not hold, the program is called. Only
an answer that removed, saved and restored nothing but regions is left. docs/shells.md says what a guard cannot see.
"""

from __future__ import annotations

import os
import sys
import time

import awsprof
from awsprof.cache import stamps, store
from awsprof.errors import ShellError
from awsprof.files import read
from awsprof.shell import environment, guard
from awsprof.text.times import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.files.private import Folder
    from awsprof.shell.environment import Change

# What an answer is made from besides files: where those are, how a time is told, and whether regions are set.
_INPUTS = ("HOME", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "TZ", environment.REGION_RULE)
_RACY = 2 * 10**9  # nanoseconds: what changed so lately may change again within a second, and some shells see seconds
SOON = 900  # seconds: `use` offers to renew a session with less left, so its answer is not replayed


class Basis:
    """What a call that may be answered again is made from: taken before the AWS files are read."""

    __slots__ = ("paths", "times")

    def __init__(self, ctx: Context) -> None:
        self.paths = read.paths(ctx.environ)
        try:
            self.times = [stamps.time_of(path) for path in self.paths]
        except (OSError, ValueError):  # whoever reads them tells it better
            self.times = []


def keep_use(ctx: Context, basis: Basis, name: str, region: str, end: int | None, lines: list[str]) -> None:
    """Leave the answer to `use NAME`, where it may be given again.

    Args:
        ctx: the surroundings of the call.
        basis: what it was made from.
        name: the profile; its whole name was the word.
        region: the region that was set, empty where the profile has none.
        end: the end of its session in seconds since the epoch, None where none is known.
        lines: what was said.
    """
    saved = environment.switch(ctx.environ, name, "", "")[environment.SAVED] or ""
    ends_soon = end is not None and end - SOON <= ctx.now()
    if ends_soon or not store.is_plain(name) or not _spelt_plainly(ctx):
        return
    before = {**dict.fromkeys(environment.MANAGED, "."), environment.PROFILE: name, environment.SAVED: saved}
    before[environment.REGION_RULE] = ctx.environ.get(environment.REGION_RULE, "")
    change = environment.switch(before, name, region, iso(end) if end is not None else "")
    _keep(ctx, f"use {name}", change, lines, saved, basis, None if end is None else end - SOON)


def keep_off(ctx: Context, lines: list[str]) -> None:
    """Leave the answer to `off`, where it may be given again. It is made from no file."""
    saved = ctx.environ.get(environment.SAVED, "")
    before = {**dict.fromkeys(environment.MANAGED, "."), environment.PROFILE: "", environment.SAVED: saved}
    change, _ = environment.off(before)
    _keep(ctx, "off", change, lines, saved, None, None)


def _spelt_plainly(ctx: Context) -> bool:
    """Whether the paths of the AWS files depend on nothing but the inputs, and on no current folder."""
    spelt = (ctx.environ.get("AWS_CONFIG_FILE", ""), ctx.environ.get("AWS_SHARED_CREDENTIALS_FILE", ""))
    return "$" not in "".join(spelt) and all(map(os.path.isabs, read.paths(ctx.environ)))


def _keep(
    ctx: Context, line: str, change: Change, lines: list[str], saved: str, basis: Basis | None, until: int | None
) -> None:
    program = sys.argv[0]
    spell = guard.SPELLINGS.get(ctx.channel.shell_name) if ctx.channel else None
    # What a shell can put together from its two regions: no other field, nothing escaped.
    only_regions = saved.count("|") == 1 and "%" not in saved
    if spell is None or not only_regions or environment.masking(ctx.environ) or not os.path.isabs(program):
        return
    if any(map(environment.is_reported, ctx.environ)):  # the answer would say so, and the guard forbids it
        return
    try:  # a cache that cannot be written is skipped silently: it is only ever a short cut
        root = store.open_root(ctx.environ, make=True)
        files = _files(root, basis, program)
        needed = guard.Guard(
            {name: ctx.environ.get(name) for name in _INPUTS} if basis else {},
            saved=saved,
            first=basis is not None,
            files=files,
            program=program,
            until=until,
            until_stamp=stamps.stamp(root, str(until * 10**9)) if until is not None else "",
        )
        code = spell(needed, change, [text for text in lines if text])
        if files and code.isascii() and code.isprintable():
            store.put_answer(root, ctx.channel.shell_name if ctx.channel else "", line, code)
    except (OSError, ValueError, ShellError):
        return


def _files(root: Folder, basis: Basis | None, program: str) -> list[guard.File]:
    """List the files that an answer is made from, each with its stamp, and the folders of the AWS files.

    None if an AWS file changed too lately, or has a time that does not tell whether it changed. The time of awsprof's
    own files may be one that a package manager set: those are in a folder of their own for each version.
    """
    paths, times = (basis.paths, basis.times) if basis else ((), [])
    if [stamps.time_of(path) for path in paths] != times:  # written to meanwhile
        return []
    moments = [stamps.instant(moment) for moment in times]
    if any(moment == stamps.UNKNOWN or _is_racy(moment) for moment in moments):
        return []
    folders = dict.fromkeys(map(os.path.dirname, paths))
    files = {
        **dict(zip(paths, moments, strict=True)),
        **{path: _modified(path) for path in (program, awsprof.__file__)},
    }
    return [_as_it_is(root, path, moment) for path, moment in files.items()] + [
        _as_it_is(root, path, _modified(path), folder=True) for path in folders
    ]


def _as_it_is(root: Folder, path: str, moment: str, *, folder: bool = False) -> guard.File:
    return guard.File(path, os.path.realpath(path), stamps.stamp(root, moment), _hops(path), folder=folder)


def _is_racy(moment: str) -> bool:
    return moment != stamps.ABSENT and time.time_ns() - int(moment) < _RACY


def _modified(path: str) -> str:
    try:
        return str(os.stat(path).st_mtime_ns)
    except FileNotFoundError:
        return stamps.ABSENT


def _hops(path: str) -> list[tuple[str, int]]:
    """The path and each that it leads to, with their own times; none where there is no file."""
    hops = []
    while os.path.lexists(path):
        hops.append((path, os.lstat(path).st_mtime_ns))
        if not os.path.islink(path):
            return hops
        path = os.path.join(os.path.dirname(path), os.readlink(path))
    return []
