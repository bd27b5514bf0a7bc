"""What a command sees of the world: environment, clock, person and shell come in as one argument."""

from __future__ import annotations

import sys
import time

from awsprof.errors import AwsprofError
from awsprof.text.display import safe_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from awsprof.shell.channel import Channel
    from awsprof.terminal.ask import Person


class Context:
    """The surroundings of one call.

    Args:
        environ: the environment, without the hook's own two variables.
        channel: the shell that called through a hook, if one did.
        person: who answers questions; None where nobody can be asked.
        now: the clock, in seconds since the epoch.
        sleep: waits for some seconds.
        verbose: whether to tell what is done and why.
        stdout: where results go.
        stderr: where talk goes.
        parent: the process id of the shell that called; 0 where nobody knows.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        channel: Channel | None = None,
        person: Person | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        verbose: bool = False,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        parent: int = 0,
    ) -> None:
        self.environ = environ
        self.channel = channel
        self.person = person
        self.now = now
        self.sleep = sleep
        self.verbose = verbose
        self.stdout = stdout or sys.stdout
        self.stderr = stderr or sys.stderr
        self.parent = parent

    @property
    def active(self) -> str:
        """The active profile: AWS_PROFILE, whoever set it; empty where there is none."""
        return self.environ.get("AWS_PROFILE", "")

    def out(self, text: str) -> None:
        """Print a line of the result.

        Raises:
            AwsprofError: it cannot be written, as on a full disk.
        """
        self._wrote(lambda: self.stdout.write(text + "\n"))

    def flush(self) -> None:
        """Have the result written to its end; raises as `out` does."""
        self._wrote(self.stdout.flush)

    def _wrote(self, write: Callable[[], object]) -> None:
        try:
            write()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise AwsprofError(f"cannot write the result: {error.strerror}", "see where it goes") from None

    def say(self, *lines: str) -> None:
        """Tell the person something, line by line. A stderr that is closed or full is no reason to fail."""
        try:
            if self.stderr is not None:  # Python has none where the shell said 2>&-
                self.stderr.write("".join(f"{safe_lines(line)}\n" for line in lines if line))
        except OSError:
            pass

    def detail(self, line: str) -> None:
        """Tell what is done and why, where -v asks for it."""
        if self.verbose:
            self.say(f"awsprof: {line}")
