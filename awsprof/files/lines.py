"""The lines of an AWS file while it is edited. What is not named stays as it is, byte for byte."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


class Lines:
    """The lines with their endings as they were, and as they become."""

    def __init__(self, text: str) -> None:
        self.old: list[str] = _LINE.findall(text)
        self.new = list(self.old)
        self.before: dict[int, list[str]] = {}
        self.after: list[list[str]] = [[] for _ in self.old]
        self.tail: list[str] = []
        self.ending = self.old[0][len(self.old[0].rstrip("\r\n")) :] if self.old else ""
        self.ending = self.ending or "\n"

    def replace(self, first: int, last: int, line: str | None) -> None:
        """Put one line in the place of some, or none."""
        self.remove(range(first, last + 1))
        if line is not None:
            self.new[first] = line + self.ending

    def retouch(self, number: int, line: str) -> None:
        """Put other words into a line, whose ending stays."""
        old = self.old[number]
        self.new[number] = line + old[len(old.rstrip("\r\n")) :]

    def remove(self, numbers: Iterable[int]) -> None:
        """Take lines out."""
        for number in numbers:
            self.new[number] = ""

    def insert_after(self, number: int, line: str) -> None:
        """Put a line behind one that was there; several stand in the order in which they came."""
        self.after[number].append(line + self.ending)

    def insert_before(self, number: int, lines: list[str]) -> None:
        """Put lines in front of one that was there."""
        self.before.setdefault(number, []).extend(line + self.ending for line in lines)

    def append(self, lines: list[str]) -> None:
        """Put lines at the end, set off by an empty one."""
        last = self.tail or [line for line in self.new if line]
        if last and last[-1].strip():
            self.tail.append(self.ending)
        self.tail += [line + self.ending for line in lines]

    def text(self) -> str:
        """The text as it becomes."""
        lines = zip(self.new, self.after, strict=True)
        parts = [
            part
            for number, (line, after) in enumerate(lines)
            for part in (*self.before.get(number, ()), line, *after)
            if part
        ]
        parts += self.tail
        for number, line in enumerate(parts[:-1]):
            if not line.endswith(("\n", "\r")):  # what was the last line, without a newline
                parts[number] = line + self.ending
        return "".join(parts)


def is_comment(line: str) -> bool:
    """Whether a whole line is a comment."""
    return line.strip()[:1] in ("#", ";") and bool(line.strip())


def indented_comment(old: list[str], number: int) -> bool:
    """Whether a line is a comment that Rust and Java read as part of the value before it."""
    line = old[number] if number < len(old) else ""
    return line[:1].isspace() and is_comment(line)


def indent(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]
