"""A terminal that answers: PowerShell asks where the cursor is before each prompt, and waits until it knows."""

from typing import Any

import pexpect
import pyte


class Screen(pyte.Screen):
    """A screen whose answers go to the program that asked."""

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__(columns, lines)
        self.answers: list[str] = []

    def write_process_input(self, data: str) -> None:
        self.answers.append(data)


class Answering(pexpect.spawn):  # type: ignore[type-arg]  # without a parameter it is for text and bytes alike
    """A program at a pseudo-terminal with a screen; takes what pexpect.spawn takes, with an encoding."""

    def __init__(self, command: str, args: list[str], *, dimensions: tuple[int, int] = (24, 80), **more: Any) -> None:
        self.screen = Screen(dimensions[1], dimensions[0])
        self._stream = pyte.Stream(self.screen)
        super().__init__(command, args, dimensions=dimensions, **more)

    def read_nonblocking(self, size: int = 1, timeout: float | None = -1) -> str:
        data: str = super().read_nonblocking(size, timeout)
        self._stream.feed(data)
        while self.screen.answers:
            self.send(self.screen.answers.pop(0))
        return data

    def rows(self) -> list[str]:
        """The rows that are not empty."""
        return [row.rstrip() for row in self.screen.display if row.strip()]
