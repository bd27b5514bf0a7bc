"""A list on the terminal that filters while one types. The only module that imports prompt_toolkit."""

from __future__ import annotations

import os
import sys

from awsprof.errors import CancelledError
from awsprof.text.display import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TextIO

_ESCAPE_SECONDS = 0.05  # within this time an Esc may turn out to be the start of an arrow key
_PAGE = 10
_DIGITS = frozenset("0123456789")


class Row:
    """Something that can be chosen: the answer, how it is shown, and an account id that a filter finds it by."""

    __slots__ = ("account", "answer", "label")

    def __init__(self, answer: str, label: str = "", account: str = "") -> None:
        self.answer = answer
        self.label = label or answer
        self.account = account


def matching(rows: list[Row], typed: str) -> list[Row]:
    """Return the rows that hold every word, in any order; one that is exactly what was typed comes first."""
    words = typed.casefold().split()
    found = [row for row in rows if all(_holds(row, word) for word in words)]
    return sorted(found, key=lambda row: typed.strip() not in (row.answer, row.answer.partition(":")[2]))


def _holds(row: Row, word: str) -> bool:
    return word in row.answer.casefold() or (set(word) <= _DIGITS and word in row.account)


class Choice:
    """What the person sees and has typed so far; keys change it, the terminal only draws it."""

    def __init__(self, rows: list[Row], first: str = "") -> None:
        self.rows = self.found = rows
        self.typed = ""
        self.at = next((at for at, row in enumerate(rows) if row.answer == first), 0)

    @property
    def chosen(self) -> str | None:
        """The answer that Enter takes; None if the filter matches nothing."""
        return self.found[self.at].answer if self.found else None

    def type(self, text: str) -> None:
        """Add to the filter. A paste may bring spaces and line ends, which separate words."""
        self._filter(self.typed + "".join(c if c.isprintable() else " " for c in text))

    def erase(self, *, word: bool = False, line: bool = False) -> None:
        """Take away the last character, word, or everything."""
        start = "" if line else self.typed[:-1]
        if word:
            kept = self.typed.rstrip()
            start = kept[: kept.rfind(" ") + 1]
        self._filter(start)

    def _filter(self, typed: str) -> None:
        self.typed, self.at = typed, 0
        self.found = matching(self.rows, typed) if typed.split() else self.rows

    def move(self, by: int) -> None:
        """Move the pointer, and stop at both ends."""
        self.at = max(0, min(self.at + by, len(self.found) - 1))


def pick(question: str, rows: list[Row], first: str = "") -> str:
    """Return the answer that the person picks; the list begins at `first`.

    Raises:
        CancelledError: none was chosen: Esc, Ctrl-C or Ctrl-D.
    """
    choice = Choice(rows, first)
    stream, close = _screen()
    try:
        answer = _application(question, choice, stream).run()
    except (EOFError, KeyboardInterrupt):
        raise CancelledError from None
    finally:
        close()
    if answer is None:
        raise CancelledError
    return str(answer)


def _screen() -> tuple[TextIO, Callable[[], None]]:
    """Return where the list is drawn, which is never stdout: stderr, or the terminal itself if that was redirected."""
    if sys.stderr.isatty() or os.name == "nt":
        return sys.stderr, lambda: None
    try:
        terminal = open("/dev/tty", "w")  # noqa: SIM115 - the caller closes it
    except OSError:
        return sys.stderr, lambda: None
    return terminal, terminal.close


def _application(question: str, choice: Choice, stream: TextIO) -> Any:
    from prompt_toolkit import Application
    from prompt_toolkit.layout import FormattedTextControl, HSplit, Layout, Window
    from prompt_toolkit.output import create_output

    output = create_output(stdout=stream)
    # A request for the cursor's position that no terminal answers would delay the end, and print a warning.
    vars(output).update(enable_cpr=False)
    asked = Window(FormattedTextControl(lambda: _question(question, choice)), height=1)
    application: Any = Application(
        layout=Layout(HSplit([asked, _list(choice)])),
        key_bindings=_keys(choice),
        output=output,
        erase_when_done=True,
    )
    application.ttimeoutlen = _ESCAPE_SECONDS
    application.timeoutlen = 0
    return application


def _question(question: str, choice: Choice) -> Any:
    if not choice.typed:
        return [("bold", f"{question} "), ("", "(type to filter)")]
    note = "" if choice.found else "  (nothing matches)"
    return [("bold", f"{question} "), ("", safe(choice.typed)), ("", note)]


def _list(choice: Choice) -> Any:
    from prompt_toolkit.data_structures import Point
    from prompt_toolkit.layout import FormattedTextControl, Window

    def lines() -> Any:
        return [_line(row.label, chosen=at == choice.at) for at, row in enumerate(choice.found)]

    control = FormattedTextControl(
        lines, focusable=True, show_cursor=False, get_cursor_position=lambda: Point(0, choice.at)
    )
    return Window(control, always_hide_cursor=True)


def _line(label: str, *, chosen: bool) -> tuple[str, str]:
    return ("reverse", f"> {safe(label)}\n") if chosen else ("", f"  {safe(label)}\n")


def _keys(choice: Choice) -> Any:
    from prompt_toolkit.key_binding import KeyBindings
    from prompt_toolkit.keys import Keys

    keys = KeyBindings()
    moves = {"up": -1, "c-p": -1, "down": 1, "c-n": 1, "pageup": -_PAGE, "pagedown": _PAGE}
    for key, by in (moves | {"home": -len(choice.rows), "end": len(choice.rows)}).items():
        keys.add(key)(lambda _, by=by: choice.move(by))
    keys.add("backspace")(lambda _: choice.erase())
    keys.add("c-w")(lambda _: choice.erase(word=True))
    keys.add("c-u")(lambda _: choice.erase(line=True))
    for key in (Keys.Any, Keys.BracketedPaste):
        keys.add(key)(lambda event: choice.type(event.data))
    for key in ("escape", "c-c", "c-d", "<sigint>"):
        keys.add(key, eager=True)(lambda event: _leave(event.app, None))
    keys.add("enter")(lambda event: _take(event.app, choice))
    return keys


def _take(application: Any, choice: Choice) -> None:
    if choice.chosen is not None:
        _leave(application, choice.chosen)


def _leave(application: Any, answer: str | None) -> None:
    """End the list, once: after Esc, keys that came with it must neither choose nor fail."""
    if not application.future.done():
        application.exit(result=answer)
