"""Asks the person at the terminal; a secret is never echoed. The questions go to the terminal itself, not to stdout."""

from __future__ import annotations

import os
import sys

from awsprof.errors import CancelledError, UsageError
from awsprof.text.display import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TextIO

    from awsprof.terminal.picker import Row


class Person:
    """Somebody at a terminal. Tests put a script in their place."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr

    def secret(self, prompt: str) -> str:
        """An answer that is not shown.

        Raises:
            CancelledError: the person left the question unanswered.
        """
        try:
            return _getpass(safe(prompt)).strip()
        except (EOFError, KeyboardInterrupt):
            raise self._left() from None

    def line(self, prompt: str) -> str:
        """An answer of one line.

        Raises:
            CancelledError: the person left the question unanswered.
        """
        try:
            self.stream.write(safe(prompt))
            self.stream.flush()
            answer = sys.stdin.readline()
        except KeyboardInterrupt:
            raise self._left() from None
        if not answer:
            raise self._left()
        return answer.strip()

    def _left(self) -> CancelledError:
        self.stream.write("\n")
        return CancelledError()

    def until_right(self, ask: Callable[[str], str], prompt: str, check: Callable[[str], str]) -> str:
        """Ask until an answer passes its check; after a wrong one, say what is wrong with it.

        Raises:
            CancelledError: the person left the question unanswered.
        """
        while True:
            try:
                return check(ask(prompt))
            except UsageError as error:
                self.stream.write(f"{error.what}\n{error.next_step}\n")

    def yes(self, question: str) -> bool:
        """Whether the person agrees; Enter means no."""
        return self.line(f"{question} [y/N] ").lower() in ("y", "yes")

    def choose(self, question: str, answers: Sequence[str | Row], first: str = "") -> str:
        """Return one of some answers, from a list that filters while one types.

        Args:
            question: what is asked.
            answers: what can be chosen, as rows if it is shown in another way.
            first: the answer that the list begins at.

        Raises:
            CancelledError: the person chose none, by Esc, Ctrl-C or Ctrl-D.
        """
        from awsprof.terminal import picker  # prompt_toolkit itself is imported when a list opens

        rows = [picker.Row(answer) if isinstance(answer, str) else answer for answer in answers]
        if os.environ.get("TERM", "dumb") == "dumb" and os.name != "nt":
            return self._typed(question, rows, first)
        return picker.pick(question, rows, first)

    def _typed(self, question: str, rows: list[Row], first: str) -> str:
        """For a terminal that can only print: by number, name or filter words; Enter takes the first, or leaves."""
        self.stream.write("".join(f"{number:>3}  {safe(row.label)}\n" for number, row in enumerate(rows, start=1)))
        while typed := self.line(f"{question} [1-{len(rows)}, or a name] ") or first:
            found = _fitting(rows, typed)
            if len(found) == 1:
                return found[0].answer
            several = f"{safe(typed)} fits {len(found)} of them; give the number or the whole name"
            self.stream.write(f"{several if found else f'nothing matches {safe(typed)}'}\n")
        raise CancelledError


def _fitting(rows: list[Row], typed: str) -> list[Row]:
    """The rows that an answer means: the one of that name, the one of that number, otherwise those that match it."""
    from awsprof.terminal.picker import matching

    named = [row for row in rows if row.answer == typed]
    if not named and typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(rows):
        named = [rows[int(typed) - 1]]
    return named or matching(rows, typed)


def _getpass(prompt: str) -> str:
    """Read without echo, also after Ctrl-Z and fg: the shell has set the terminal as it likes it meanwhile."""
    import signal
    from getpass import getpass

    if not hasattr(signal, "SIGCONT"):
        return getpass(prompt)
    before = signal.signal(signal.SIGCONT, lambda *_: _silence())
    try:
        return getpass(prompt)
    finally:
        signal.signal(signal.SIGCONT, before)


def _silence() -> None:
    import termios

    try:
        with open("/dev/tty", "rb", buffering=0) as terminal:
            modes = termios.tcgetattr(terminal)
            modes[3] &= ~termios.ECHO
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
    except (OSError, termios.error):
        pass  # no terminal of ours: then nothing is echoed there


def somebody(*, no_input: bool) -> Person | None:
    """The person at the terminal; None where stdin is none, or where nobody shall be asked."""
    return Person() if not no_input and sys.stdin is not None and sys.stdin.isatty() else None
