"""Asks the person at the terminal; a secret is never echoed. The questions go to the terminal itself, not to stdout."""

from __future__ import annotations

import sys

from awsprof.errors import CancelledError
from awsprof.text import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
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
        from getpass import getpass  # only a prompt pays for it

        try:
            return getpass(prompt).strip()
        except (EOFError, KeyboardInterrupt):
            raise self._left() from None

    def line(self, prompt: str) -> str:
        """An answer of one line.

        Raises:
            CancelledError: the person left the question unanswered.
        """
        try:
            self.stream.write(prompt)
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

    def yes(self, question: str) -> bool:
        """Whether the person agrees; Enter means no."""
        return self.line(f"{question} [y/N] ").lower() in ("y", "yes")

    def choose(self, question: str, answers: list[str]) -> str:
        """One of some answers, by its number.

        Raises:
            CancelledError: the person chose none.
        """
        self.stream.write("".join(f"{number:>3}  {safe(answer)}\n" for number, answer in enumerate(answers, start=1)))
        chosen = self.line(f"{question} [1-{len(answers)}] ")
        if chosen.isdecimal() and 1 <= int(chosen) <= len(answers):
            return answers[int(chosen) - 1]
        raise CancelledError


def somebody(*, no_input: bool) -> Person | None:
    """The person at the terminal; None where stdin is none, or where nobody shall be asked."""
    return Person() if not no_input and sys.stdin is not None and sys.stdin.isatty() else None
