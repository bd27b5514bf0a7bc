"""Asks the person at the terminal; a secret is never echoed. The questions go to the terminal itself, not to stdout."""

from __future__ import annotations

import os
import sys

from awsprof.errors import CancelledError, UsageError
from awsprof.text import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO


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

    def choose(self, question: str, answers: list[str], labels: list[str] | None = None, first: str = "") -> str:
        """One of some answers, from a list that filters while one types.

        Args:
            question: what is asked.
            answers: what can be chosen.
            labels: how each is shown; by default as it is.
            first: the answer that the list begins at.

        Raises:
            CancelledError: the person chose none, by Esc, Ctrl-C or Ctrl-D.
        """
        shown = [safe(label) for label in labels or answers]
        if os.environ.get("TERM", "dumb") == "dumb" and os.name != "nt":
            return self._typed(question, answers, shown, first)
        from awsprof import picker  # only an open list pays for it

        return picker.pick(question, answers, shown, first)

    def _typed(self, question: str, answers: list[str], shown: list[str], first: str) -> str:
        """For a terminal that can only print: by its number or in full; Enter is the first."""
        self.stream.write("".join(f"{number:>3}  {label}\n" for number, label in enumerate(shown, start=1)))
        chosen = self.line(f"{question} [1-{len(answers)}] ") or first
        if chosen.isdecimal() and 1 <= int(chosen) <= len(answers):
            return answers[int(chosen) - 1]
        if chosen in answers:
            return chosen
        raise CancelledError


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
