"""Every verb that writes, told at each thing it does to a file that it failed: the old bytes or the new, one error."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.secrets.canary import find_strace

from . import forcing
from .forcing import Operation, Ran
from .judge import judge
from .stopped import completed, recorded, runner
from .tally import LONG, Tally, tally
from .verbs import VERBS
from .world import State, world

__all__ = ["tally"]  # a fixture

CALLS = f"{forcing.CHANGES},{forcing.READS}"
ERRORS = ("ENOSPC", "EIO", "EACCES")
# In the short test a verb gets one of these, the next verb the next.
SAMPLE = (("write", "ENOSPC"), ("fsync", "EIO"), ("rename", "EACCES"), ("read(<~/.aws/.awsprof-tmp", "EIO"))


def faults(name: str, operations: list[Operation]) -> Iterator[tuple[Operation, str]]:
    """What fails, and how: where something changes in each way there is, else, and in the cache, as a disk fails."""
    if LONG:
        yield from (
            (operation, error)
            for operation in forcing.thinned(operations)
            for error in (ERRORS if operation.counts else ("EIO",))
        )
    else:
        call, error = SAMPLE[list(VERBS).index(name) % len(SAMPLE)]
        meant = [it for it in operations if it.what.startswith(call) and "/.cache" not in it.what]
        # botocore's parser stumbles over an error that is not at the beginning of a file.
        yield (meant or operations)[-1], error


def wrong_with(ran: Ran, now: State, before: State, after: State, *, replaced: bool, unlinking: bool) -> list[str]:
    """What is wrong after a fault: it is told in two lines and nothing is changed, or it was of no account."""
    if ran.status == 0:
        return [] if now.files == after.files else [f"exit 0, but it is not done: {ran.err!r}"]
    wrong = judge(before, after, now)
    if ran.status != 4:
        wrong.append(f"exit {ran.status}: {ran.err!r}")
    if "Traceback" in ran.err or "unexpected" in ran.err:
        wrong.append(f"not an error that was thought of: {ran.err!r}")
    told = ran.err[ran.err.rfind("awsprof: ") :].splitlines()
    if [line[:2] for line in told] != ["aw", "  "]:
        wrong.append(f"not one line what and one line what next: {ran.err!r}")
    if not replaced and now.files != before.files:
        wrong.append(f"changed all the same: {ran.err!r}")
    if now.left and not unlinking:
        wrong.append(f"left behind: {now.left}")
    return wrong


def first_replacement(operations: list[Operation]) -> int:
    return next(number for number, it in enumerate(operations) if it.call.startswith("rename"))


@pytest.mark.parametrize("name", VERBS)
def test_failed_anywhere(tmp_path: Path, tally: Tally, name: str) -> None:
    find_strace()
    verb = VERBS[name]
    before, after, operations = recorded(tmp_path / "whole", verb, 0, calls=CALLS)
    first = first_replacement(operations)
    seen: set[object] = set()
    for number, (operation, error) in enumerate(faults(name, operations)):
        with (
            world(tmp_path / str(number), verb, 0) as there,
            tally.run(f"{error} at an operation", f"{name}: {error} at {operation}") as wrong,
        ):
            ran = forcing.force(runner(there, verb), there.home, operation, f"error={error}")
            now, replaced = there.state(), operations.index(operation) > first
            unlinking = operation.call.startswith("unlink")
            wrong.extend(wrong_with(ran, now, before, after, replaced=replaced, unlinking=unlinking))
            if (key := (now, ran.status, len(there.sts.requests))) not in seen:
                seen.add(key)
                wrong.extend(completed(there, verb, now, after))
        shutil.rmtree(there.home)
    assert tally.ours == []
