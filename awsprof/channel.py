"""How a change reaches the shell: through a file that the hook made and will evaluate, and nothing else can reach.

The hook passes AWSPROF_HOOK=<protocol>:<shell> and AWSPROF_OUT=<path> for one call. See docs/shells.md.
"""

from __future__ import annotations

import os
import stat

from awsprof import shell
from awsprof.errors import ShellError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence
    from typing import Protocol

    from awsprof.environment import Change

    class Deliver(Protocol):
        """Hands over a change; see `Channel.apply`."""

        def __call__(self, change: Change, lines: Sequence[str] = ()) -> Sequence[str]:
            """Return the lines that the program still has to print."""


PROTOCOL = 1


class Channel:
    """The shell that called, and the file in which it waits for a snippet."""

    def __init__(self, protocol: str, shell_name: str, path: str) -> None:
        self.protocol = protocol
        self.shell_name = shell_name
        self.path = path

    def shell(self) -> shell.Shell:
        """The calling shell.

        Raises:
            ShellError: its hook is of a protocol that this awsprof does not speak.
        """
        # A hook of protocol N works with the awsprof of N and of N + 1.
        if self.protocol not in (str(PROTOCOL), str(PROTOCOL - 1)):
            raise ShellError(
                "the awsprof hook in this shell is of another version", "open a new shell, or load it again"
            )
        try:
            return shell.by_name(self.shell_name)
        except UsageError as error:
            raise ShellError(error.what, error.next_step) from None

    def apply(self, change: Change, lines: Sequence[str] = ()) -> Sequence[str]:
        """Hand over a change, and return the lines that the program still has to print.

        Those are none if the hook prints them, once it has seen that the change took effect.

        Args:
            change: what to change; nothing is written if it is empty.
            lines: what to print if the shell has changed.

        Raises:
            ShellError: the shell cannot take the change.
        """
        calling = self.shell()
        if not change:
            return lines
        if calling.confirm is None:
            self.send(calling.render(change))
            return lines
        self.send(calling.render(change) + calling.confirm(change, lines))
        return ()

    def send(self, snippet: str) -> None:
        """Write the whole snippet at once.

        Raises:
            ShellError: the file is not the empty one that a hook makes; it was not touched.
        """
        flags = os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self.path, flags)
        except FileNotFoundError:  # as after Ctrl-Z: the hook has ended, and removed its file
            raise ShellError("the shell has gone on without this command", "run it again") from None
        except (OSError, ValueError):
            raise _not_ours() from None
        try:
            if not _made_by_hook(os.fstat(descriptor)):
                raise _not_ours()
            data = snippet.encode("ascii")
            if os.write(descriptor, data) != len(data):
                os.ftruncate(descriptor, 0)
                raise ShellError("no room for the change of environment", "free some space where the hook's file is")
        except OSError as error:
            what = f"cannot hand over the change of environment: {error.strerror}"
            raise ShellError(
                what, "mend that where the hook's file is, or set XDG_RUNTIME_DIR to a folder of yours"
            ) from None
        finally:
            os.close(descriptor)

    def discard(self) -> None:
        """Remove the file, if it is the empty one that a hook makes: there will be no snippet."""
        try:
            if _made_by_hook(os.lstat(self.path)):
                os.unlink(self.path)
        except (OSError, ValueError):
            pass  # the hook removes what it made, too


def _made_by_hook(found: os.stat_result) -> bool:
    mine = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    return stat.S_ISREG(found.st_mode) and mine and found.st_size == 0


def _not_ours() -> ShellError:
    return ShellError("the hook's file is not the one it made; nothing was written", "open a new shell and try again")


def take(environ: MutableMapping[str, str]) -> Channel | None:
    """The channel that a hook offers. Both variables leave the environment, so that no child ever sees them."""
    protocol, _, name = environ.pop("AWSPROF_HOOK", "").partition(":")
    path = environ.pop("AWSPROF_OUT", "")
    return Channel(protocol, name, path) if path and name else None


def route(channel: Channel | None, out: Callable[[str], None], shell_name: str | None) -> Deliver:
    """The way to the shell: stdout where `--shell` names one, else the hook's file.

    It takes a change and what to print about it, and returns what the program still has to print.

    Args:
        channel: what a hook offered, if one called.
        out: prints a line on stdout.
        shell_name: what `--shell` says; None where it was not given.

    Raises:
        UsageError: awsprof does not speak that shell.
        ShellError: there is neither, or the hook is of another version.
    """
    if shell_name is not None:
        return _printed(shell.by_name(shell_name), out)
    if channel is None:
        raise _no_hook()
    channel.shell()
    return channel.apply


def _printed(named: shell.Shell, out: Callable[[str], None]) -> Deliver:
    def deliver(change: Change, lines: Sequence[str] = ()) -> Sequence[str]:
        # An empty line where nothing changes: PowerShell's Invoke-Expression refuses to evaluate nothing.
        out(named.render(change).rstrip("\n") if change else "")
        return lines

    return deliver


def _no_hook() -> ShellError:
    lines = [f"  {each.rc}: {each.load}" for each in shell.SHELLS.values()]
    return ShellError(
        "no program can change the shell that started it; the awsprof hook can, and is not loaded here",
        "\n".join(["put the line of your shell into its file and open a new shell:", *lines]),
    )
