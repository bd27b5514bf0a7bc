"""`make bench`: how fast awsprof is beside bare Python, a typer program and its peers, in one run.

Prints one report and writes it to docs/performance.md with a plot. Nothing is asserted: it is one machine's figures.
"""

import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

from . import editing, homes, inside, plot, whole

SIZES = (10, 500, 10_000)
DOCS = Path(__file__).resolve().parents[2] / "docs"
INTRODUCTION = """\
# How fast is it?

Measured by `make bench` on one machine ({machine}), all of it in one run; on yours the ratios will be much
the same, the times will not. Medians, in milliseconds. Nothing in the tests asserts a time.

![time of a switch against the number of profiles](performance.svg)
"""
WHOLE = """
## Whole processes

As a user starts them; `×` is the ratio to `python -c pass` of the same venv.

| | {sizes} profiles | goal |
|---|{rules}---|
"""
INSIDE = """
## Inside a shell

No process is started, but for a switch by the program. The first call of a session apart; zsh's Tab without its own
`compadd`.

| | shell | {sizes} profiles |
|---|---|{rules}
"""
EDITING = """
## Editing

One profile of each AWS file changed, in process and as the program does it (without garbage collection), imports apart;
beside it botocore's own parse of both files done twice, which is what verification costs.

| profiles | an edit | botocore, twice | ratio | memory beside one of botocore's parses |
|---|---|---|---|---|
"""


MISSED = """
## Where a goal is missed

- Among 10,000 profiles a switch by the program takes five to seven bare Pythons, not four, and more where names have to
  be listed anew: every section is looked at, for one that is broken stops all AWS tools. A switch that was answered
  before is given again by the shell and does not grow.
- `list` of 10,000 profiles takes as long as their lines take to be drawn.
- Tab among 10,000 profiles, one domain typed, takes a little over 20 ms in bash and zsh: they go through the list.
- PowerShell compiles what it runs first: a first import takes a fifth of a second, not 40 ms, a first Tab as long.
- An edit among few profiles takes three of botocore's parses, not one: some milliseconds go to the disk.
"""


def main() -> None:
    """Measure, print, write."""
    runs = int(os.environ.get("AWSPROF_BENCH_RUNS", "20"))
    if not shutil.which("hyperfine"):
        sys.exit("awsprof: hyperfine is not installed: apt-get install hyperfine, or brew install hyperfine")
    with tempfile.TemporaryDirectory() as folder:
        seen = [_measure(Path(folder) / str(profiles), profiles, runs) for profiles in SIZES]
    report = _report(seen)
    print(report)
    if "--print" not in sys.argv:
        (DOCS / "performance.md").write_text(report)
        (DOCS / "performance.svg").write_text(plot.svg(_curves(seen)))


class Seen(NamedTuple):
    """What was measured in a home of so many profiles."""

    profiles: int
    processes: dict[str, float]
    figures: list[inside.Figure]
    edit: editing.Edit


def _measure(place: Path, profiles: int, runs: int) -> Seen:
    print(f"measuring among {profiles:,} profiles", file=sys.stderr, flush=True)
    environ = homes.make(place, profiles)
    return Seen(profiles, whole.measure(place, environ, runs), _inside(place, environ), editing.measure(environ))


def _inside(place: Path, environ: dict[str, str]) -> list[inside.Figure]:
    found = []
    for name in homes.shells():
        try:
            found += inside.figures(name, environ, place)
        except pytest.skip.Exception as reason:
            print(f"SKIPPED: {reason}", file=sys.stderr)
    return found


def _report(seen: list[Seen]) -> str:
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return (
        INTRODUCTION.format(machine=machine) + _whole_table(seen) + _inside_table(seen) + _editing_table(seen) + MISSED
    )


def _whole_table(seen: list[Seen]) -> str:
    goals = {row.name: row.goal for row in whole.rows(Path(), "")}
    text = _head(WHOLE)
    for name in seen[0].processes:
        cells = (f"{it.processes[name]:.0f} ({it.processes[name] / it.processes[whole.BARE]:.2f} ×)" for it in seen)
        text += f"| {name} | {' | '.join(cells)} | {goals[name]} |\n"
    return text


def _inside_table(seen: list[Seen]) -> str:
    text = _head(INSIDE)
    for row in zip(*(it.figures for it in seen), strict=True):
        cells = (f"{figure.later:.2f} (first {figure.first:.1f})" for figure in row)
        text += f"| {row[0].what} | {row[0].shell} | {' | '.join(cells)} |\n"
    return text


def _editing_table(seen: list[Seen]) -> str:
    text = EDITING
    for profiles, _, _, edit in seen:
        ratio, memory = edit.edit_ms / edit.parse_ms, edit.edit_kib / max(1, edit.parse_kib)
        text += f"| {profiles:,} | {edit.edit_ms:.1f} | {edit.parse_ms:.1f} | {ratio:.2f} × | {memory:.1f} × |\n"
    return text


def _head(table: str) -> str:
    return table.format(sizes=" | ".join(f"{size:,}" for size in SIZES), rules="---|" * len(SIZES))


def _curves(seen: list[Seen]) -> plot.Curves:
    """Time against number of profiles: what a person waits for."""
    shown = ("python -c pass", "awsprof use", "awsprof list", "aws configure get", "awsume", "aws-vault", "granted")
    names = [name for name in seen[0].processes if name.startswith(shown) and "renewed" not in name]
    curves = {name: [(it.profiles, it.processes[name]) for it in seen] for name in names}
    for row in zip(*(it.figures for it in seen), strict=True):
        if row[0].what == "switch":
            curves[f"switch in {row[0].shell}"] = [
                (it.profiles, each.later) for it, each in zip(seen, row, strict=True)
            ]
    return curves


if __name__ == "__main__":
    main()
