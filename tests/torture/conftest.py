"""`make torture` ends with one table: what was forced, on which program, how often, and how often that went wrong."""

import pytest

from .tally import LONG, OURS, PROPERTY

PROGRAMS = (OURS, "aws configure set", "aws-mfa", "awsume")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == PROPERTY and report.when == "teardown":
                    forced, program, runs, wrong = value
                    so_far = counts.setdefault(forced, {}).get(program, (0, 0))
                    counts[forced][program] = (so_far[0] + runs, so_far[1] + wrong)
    if counts and LONG:
        terminalreporter.section("forced: runs, and of these wrong")
        for line in table(counts):
            terminalreporter.write_line(line)


def table(counts: dict[str, dict[str, tuple[int, int]]]) -> list[str]:
    rows = [["what was forced", *PROGRAMS]]
    for forced, by_program in sorted(counts.items()):
        cells = [by_program.get(program) for program in PROGRAMS]
        rows.append([forced, *(f"{cell[0]:,}: {cell[1]:,} wrong" if cell else "-" for cell in cells)])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
