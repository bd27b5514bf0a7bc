"""A verb stopped half-way: recorded, run again from the same start, and completed by a second run."""

import re
import subprocess
from pathlib import Path

from . import forcing
from .forcing import Operation, Run
from .verbs import Verb
from .world import State, World, world

_DELETE = re.compile(r"aws iam delete-access-key --access-key-id (\w+)$", re.MULTILINE)


def runner(there: World, verb: Verb) -> Run:
    """How to run a verb behind strace."""
    return lambda before: there.verb(verb, before=before)


def recorded(
    folder: Path, verb: Verb, size: int, *, calls: str = forcing.CHANGES
) -> tuple[State, State, list[Operation]]:
    """What a verb that nothing stops makes of a home, and by which operations."""
    with world(folder, verb, size) as there:
        before = there.state()
        operations, done = forcing.record(runner(there, verb), there.home, calls=calls)
        assert done.status == 0, done.err
        assert operations
        return before, there.state(), operations


def completed(there: World, verb: Verb, stopped: State, after: State) -> list[str]:
    """What is wrong after the same command line once more."""
    done = there.verb(verb)
    lost = _DELETE.search(done.stderr)
    if done.returncode == 5 and lost and stopped.files != after.files:
        # AWS had made a key, and was killed before its secret was kept: the advice is followed.
        del there.sts._state.keys[lost[1]]
        done = there.verb(verb)
    now = there.state()
    wrong = [f"left behind: {left}" for left in now.left]
    if now.files != after.files:
        wrong.append(f"a second run ends elsewhere: {_first_difference(now, after)}; {told(done)}")
    # Where all was done before, a second run may say so: no such profile, exists already, two keys at AWS.
    if done.returncode and (stopped.files != after.files or done.returncode not in (2, 3, 5)):
        wrong.append(f"a second run fails: {told(done)}")
    return wrong


def told(done: "subprocess.CompletedProcess[str]") -> str:
    return f"exit {done.returncode}, {done.stderr.strip()!r}"


def _first_difference(now: State, after: State) -> str:
    for name, here, there in zip(State._fields, now.files, after.files, strict=False):
        for one, other in zip((here or "").split("\n"), (there or "").split("\n"), strict=False):
            if one != other:
                return f"{name}: {one!r}, not {other!r}"
    return "one is shorter"
