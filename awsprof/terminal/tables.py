"""The only room that knows rich. Cells are Text, never strings: rich reads `[profile]` in a string as markup."""

from __future__ import annotations

import os

from awsprof.text.display import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from rich.table import Table
    from rich.text import Text

# A pipe has no width: nothing is folded there, so that grep and awk find whole names.
_UNBOUNDED = 1_000_000
_GAP = 3  # between two columns


def columns(environ: Mapping[str, str], stream: TextIO) -> int:
    """How many columns text for a stream may take: COLUMNS, else the terminal's, else 80."""
    told = environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):  # no terminal, or no file at all
        return 80


def table(stream: TextIO, head: list[str], groups: list[list[list[str]]], *, may_go: tuple[str, ...] = ()) -> str:
    """Rows in groups under a head, as lines for a stream; a row whose first cell is not empty stands out.

    Args:
        stream: where it will be printed: a terminal has a width, and perhaps colours.
        head: the title of each column.
        groups: the rows.
        may_go: columns that are left out, in this order, where the terminal is too narrow for all.
    """
    from rich.console import Console  # only a table pays for rich

    width = None if stream.isatty() else _UNBOUNDED
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    groups = [[[safe(cell) for cell in row] for row in group] for group in groups]
    head, groups, widths = _fitting(console.width, head, groups, list(may_go))
    with console.capture() as captured:
        if sum(widths) <= console.width:
            console.print(_lines(widths, head, groups), soft_wrap=True)
        else:
            console.print(_folded(console.width, head, groups))
    return "\n".join(line.rstrip() for line in captured.get().rstrip().split("\n"))


def _fitting(
    width: int, head: list[str], groups: list[list[list[str]]], may_go: list[str]
) -> tuple[list[str], list[list[list[str]]], list[int]]:
    """Head and groups without the columns that do not fit, and how wide each column is."""
    from rich.cells import cell_len

    columns = zip(head, *(row for group in groups for row in group), strict=True)
    widths = [max(map(cell_len, column)) + _GAP for column in columns]
    widths[-1] -= _GAP
    if not may_go or sum(widths) <= width:
        return head, groups, widths
    gone = head.index(may_go.pop(0))
    groups = [[row[:gone] + row[gone + 1 :] for row in group] for group in groups]
    return _fitting(width, head[:gone] + head[gone + 1 :], groups, may_go)


def _lines(widths: list[int], head: list[str], groups: list[list[list[str]]]) -> Text:
    """The table where nothing has to be folded: as rich would draw it, some fifty times faster."""
    from rich.cells import cell_len
    from rich.text import Text

    def line(row: list[str]) -> str:
        cells = zip(row, widths, strict=True)
        return "".join(cell + " " * (width - cell_len(cell)) for cell, width in cells).rstrip() + "\n"

    drawn: list[str | tuple[str, str]] = [(line(head), "dim"), "─" * sum(widths)]
    for group in groups:
        drawn += ["\n", *((line(row), "bold") if row[0] else line(row) for row in group)]
    return Text.assemble(*drawn)


def _folded(width: int, head: list[str], groups: list[list[list[str]]]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for at, title in enumerate(head):
        # A name that is folded can be neither read nor copied: the other columns fold first.
        least = max((len(row[at]) for group in groups for row in group), default=0) if at == 1 else 0
        drawn.add_column(title, overflow="fold", min_width=min(least, width // 2))
    for group in groups:
        for row in group:
            style = "bold" if row[0] else ""
            drawn.add_row(*map(Text, row), style=style, end_section=row is group[-1])
    return drawn
