"""The only room that knows rich. Cells are Text, never strings: rich reads `[profile]` in a string as markup."""

from __future__ import annotations

from awsprof.text import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def table(stream: TextIO, head: list[str], groups: list[list[list[str]]], *, strong: str = "") -> None:
    """Print rows in groups under a head; the row that holds `strong` stands out."""
    from rich import box  # only a table pays for rich
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for title in head:
        drawn.add_column(title, overflow="fold")
    for group in groups:
        for row in group:
            style = "bold" if strong and strong in row else ""
            drawn.add_row(*(Text(safe(cell)) for cell in row), style=style, end_section=row is group[-1])
    console = Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty())
    console.print(drawn)
