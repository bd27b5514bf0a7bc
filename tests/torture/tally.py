"""How often something was forced, and what went wrong then; `make torture` prints it as one table (conftest.py)."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from .forcing import StrayedError

LONG = bool(os.environ.get("AWSPROF_TORTURE"))
PROPERTY = "forced"
OURS = "awsprof"


class Tally:
    """Counts by what was forced and on which program; what is wrong is kept with how it came about."""

    def __init__(self) -> None:
        self.runs: dict[tuple[str, str], int] = {}
        self.wrong: dict[tuple[str, str], list[str]] = {}
        self.strayed: list[str] = []

    @contextmanager
    def run(self, forced: str, how: str, program: str = OURS) -> Iterator[list[str]]:
        """One run: what is put into the list that it gives was wrong."""
        wrong: list[str] = []
        try:
            yield wrong
        except StrayedError as stray:  # so it counts for nothing
            self.strayed.append(f"{how}: {stray}")
            return
        self.add(forced, 1, [f"{how}: {one}" for one in wrong[:1]], program)

    def add(self, forced: str, runs: int, wrong: list[str], program: str = OURS) -> None:
        """Several runs at once, and of each that went wrong a line."""
        at = (forced, program)
        self.runs[at] = self.runs.get(at, 0) + runs
        self.wrong.setdefault(at, []).extend(wrong)

    @property
    def ours(self) -> list[str]:
        """What went wrong with awsprof. The peers are measured, no more."""
        return [line for (_, program), lines in self.wrong.items() if program == OURS for line in lines]


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Iterator[Tally]:
    """A tally whose counts go into the table."""
    kept = Tally()
    yield kept
    # One in so many runs may go another way than the recorded one, on a machine where much else happens.
    assert len(kept.strayed) <= 1 + sum(kept.runs.values()) // 20, kept.strayed
    for (forced, program), runs in kept.runs.items():
        record_property(PROPERTY, [forced, program, runs, len(kept.wrong[forced, program])])
