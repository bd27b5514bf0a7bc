"""Tables: harmless, aligned, and whole in a pipe."""

import io
import re

import pytest

from awsprof import console


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def drawn(groups: list[list[list[str]]], stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    console.table(stream, ["", "profile", "kind"], groups)
    return stream.getvalue()


def test_a_table_in_a_pipe_is_aligned_and_has_no_trailing_blanks() -> None:
    lines = drawn([[["*", "work:dev", "role"], ["", "w", ""]], [["", "東京:x", "keys"]]]).split("\n")
    assert lines[0] == "    profile    kind"
    assert set(lines[1]) == {"─"}
    assert lines[2:] == ["*   work:dev   role", "    w", "", "    東京:x     keys", ""]


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
    ("cell", "shown"),
    [
        ("[red]x[/red]", "[red]x[/red]"),
        ("[/]", "[/]"),
        ("[link=http://x]y", "[link=http://x]y"),
        (":smile:", ":smile:"),
        ("\x1b[31mx", "\ufffd[31mx"),
        ("a\nb", "a\ufffdb"),
        ("\x9b\u202e\udcff", "\ufffd\ufffd\ufffd"),
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
