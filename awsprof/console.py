"""The only room that knows rich. Cells are Text, never strings: rich reads `[profile]` in a string as markup."""

from __future__ import annotations

from awsprof.text import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


# A pipe has no width: nothing is folded there, so that grep and awk find whole names.
_UNBOUNDED = 1_000_000


def table(stream: TextIO, head: list[str], groups: list[list[list[str]]]) -> None:
    """Print rows in groups under a head; a row whose first cell is not empty stands out."""
    from rich import box  # only a table pays for rich
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for title in head:
        drawn.add_column(title, overflow="fold")
    for group in groups:
        for row in group:
            style = "bold" if row[0] else ""
            drawn.add_row(*(Text(safe(cell)) for cell in row), style=style, end_section=row is group[-1])
    width = None if stream.isatty() else _UNBOUNDED
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(drawn)
    stream.write("".join(f"{line.rstrip()}\n" for line in captured.get().rstrip().split("\n")))
