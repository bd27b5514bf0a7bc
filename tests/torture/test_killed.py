"""Every verb that writes, killed before each thing it does to a file: what is left works, the next run completes it."""

import shutil
from pathlib import Path

import pytest

from tests.secrets.canary import find_strace

from . import forcing
from .forcing import Operation
from .judge import judge
from .stopped import completed, recorded, runner
from .tally import LONG, Tally, tally
from .verbs import VERBS
from .world import SIZES, world

__all__ = ["tally"]  # a fixture

KILL = "signal=KILL"


def test_a_kill_comes_before_the_operation(tmp_path: Path) -> None:
    """What all this stands on: strace kills before the rename is done, not after."""
    find_strace()
    verb = VERBS["set"]
    before, _, operations = recorded(tmp_path / "first", verb, 0)
    rename = next(it for it in operations if it.call.startswith("rename") and ".aws/config" in it.what)
    with world(tmp_path / "then", verb, 0) as there:
        assert forcing.force(runner(there, verb), there.home, rename, KILL).status == -9
        assert there.state() == before._replace(left=(".aws/.awsprof-tmp-* 600",))


def chosen(operations: list[Operation], size: str) -> list[Operation]:
    """Where to kill: with few profiles everywhere, with more, and in the short test, round each rename, or the last."""
    if LONG and size == "few":
        return forcing.thinned(operations)
    changing = [it for it in operations if it.counts]
    renames = [number for number, it in enumerate(changing) if it.call.startswith("rename")]
    before = renames[-1:] if size == "10,000" else renames
    return [changing[number] for number in (*before, renames[-1] + 1)]


@pytest.mark.parametrize("size", SIZES if LONG else ["few"])
@pytest.mark.parametrize("name", VERBS)
def test_killed_anywhere(tmp_path: Path, tally: Tally, name: str, size: str) -> None:
    find_strace()
    verb = VERBS[name]
    before, after, operations = recorded(tmp_path / "whole", verb, SIZES[size])
    assert before != after
    judged: set[tuple[object, ...]] = set()
    for number, operation in enumerate(chosen(operations, size)):
        with (
            world(tmp_path / str(number), verb, SIZES[size]) as there,
            tally.run(f"kill -9, {size} profiles", f"{name}: {operation}") as wrong,
        ):
            assert there.state() == before
            ran = forcing.force(runner(there, verb), there.home, operation, KILL)
            assert ran.status == -9, ran
            now = there.state()
            if (seen := (now, len(there.sts.requests))) not in judged:  # what was judged once is judged alike again
                judged.add(seen)
                wrong.extend(judge(before, after, now) + completed(there, verb, now, after))
        shutil.rmtree(there.home)
    assert tally.ours == []
