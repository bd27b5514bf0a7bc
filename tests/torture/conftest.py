"""`make torture` ends with one table: what was forced, on which program, how often, and how often that went wrong."""

from collections.abc import Iterator
from typing import cast

import pytest

from .tally import LONG, OURS, PROPERTY

PROGRAMS = (OURS, "aws configure set", "aws-mfa", "awsume")
Count = tuple[str, str, int, int]
"""What was forced, on which program; runs, and of these wrong."""


def counts_of(report: pytest.TestReport) -> Iterator[Count]:
    """What one test tells: its tally, or, of the tests elsewhere, itself."""
    if report.when == "teardown":
        yield from (cast("Count", value) for name, value in report.user_properties if name == PROPERTY)
    if report.when == "call" and not report.nodeid.startswith("tests/torture/"):
        yield f"tests of {report.nodeid.partition('::')[0]}", OURS, 1, int(report.failed)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    so_far: dict[str, dict[str, tuple[int, int]]] = {}
    reports = [it for found in terminalreporter.stats.values() for it in found if isinstance(it, pytest.TestReport)]
    for forced, program, runs, wrong in (count for report in reports for count in counts_of(report)):
        before = so_far.setdefault(forced, {}).get(program, (0, 0))
        so_far[forced][program] = (before[0] + runs, before[1] + wrong)
    if LONG and so_far:
        terminalreporter.section("how often it was forced, and how often that went wrong")
        for line in table(so_far):
            terminalreporter.write_line(line)


def table(counts: dict[str, dict[str, tuple[int, int]]]) -> list[str]:
    """The lines of a Markdown table, its columns under each other."""
    rows = [["what was forced", *PROGRAMS]]
    for forced, by_program in sorted(counts.items()):
        cells = [by_program.get(program) for program in PROGRAMS]
        rows.append([forced, *(f"{cell[1]:,} of {cell[0]:,}" if cell else "" for cell in cells)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |" for row in rows]
    return [lines[0], f"|{'|'.join('-' * (width + 2) for width in widths)}|", *lines[1:]]
