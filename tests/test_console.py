"""Tables: harmless, aligned, and whole in a pipe."""

import io
import re

import pytest

from awsprof.terminal import tables


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(groups: list[list[list[str]]], stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    return tables.table(stream, ["", "profile", "kind"], groups) + "\n"


def test_a_table_in_a_pipe_is_aligned_and_has_no_trailing_blanks() -> None:
    lines = drawn([[["*", "work:dev", "role"], ["", "w", ""]], [["", "東京:x", "keys"]]]).split("\n")
    assert lines[0] == "    profile    kind"
    assert set(lines[1]) == {"─"}
    assert lines[2:] == ["*   work:dev   role", "    w", "", "    東京:x     keys", ""]


@pytest.mark.parametrize("marked", ["", "*"])
def test_what_fits_is_drawn_as_rich_draws_a_table(marked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    groups = [[[marked, "work:dev", "role"], ["", "w", ""]], [["", "東京:x", "keys"]]]
    lines = drawn(groups)
    monkeypatch.setattr(tables, "_lines", lambda widths, *table: tables._folded(sum(widths), *table))
    assert drawn(groups) == lines


def test_nothing_is_cut_or_folded_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    name = "x" * 300
    assert f"   {name}   role" in drawn([[["", name, "role"]]]).split("\n")


def test_a_terminal_folds_and_cuts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = re.sub(r"\x1b\[[0-9;]*m", "", drawn([[["", "x" * 99, "role"]]], Terminal()))
    assert text.count("x") == 99
    assert max(map(len, text.split("\n"))) <= 40


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (60, ["profile", "kind", "account", "region"]),
        (44, ["profile", "kind", "region"]),
        (34, ["profile", "kind"]),
        (30, ["profile", "kind"]),
    ],
)
def test_a_narrow_terminal_has_fewer_columns_and_whole_names(
    width: int, columns: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [[["", "acme:administrator", "role", "123456789012", "eu-west-1"]]]
    text = tables.table(Terminal(), ["", "profile", "kind", "account", "region"], rows, may_go=("account", "region"))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", text).split("\n")
    assert lines[0].split() == columns
    assert lines[2].split()[0] == "acme:administrator"


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("[red]x[/red]", "[red]x[/red]"),
        ("[/]", "[/]"),
        ("[link=http://x]y", "[link=http://x]y"),
        (":smile:", ":smile:"),
        ("\x1b[31mx", r"\x1b[31mx"),
        ("a\nb", r"a\nb"),
        ("\x9b\u202e\udcff", r"\u009b\u202e\xff"),
    ],
)
def test_cells_are_shown_as_they_are(cell: str, shown: str) -> None:
    assert drawn([[["", cell, "k"]]]).split("\n")[2] == f"   {shown}{' ' * max(0, 7 - len(shown))}   k"


def test_only_a_marked_row_stands_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    text = drawn([[["*", "a", "b"], ["", "b", "a"]]], Terminal())
    assert [line.startswith("\x1b[1m") for line in text.split("\n")[2:4]] == [True, False]
