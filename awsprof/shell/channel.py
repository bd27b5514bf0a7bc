"""How a change reaches the shell: through a file that the hook made and will evaluate, and nothing else can reach.

The hook passes AWSPROF_HOOK=<protocol>:<shell> and AWSPROF_OUT=<path> for one call. See docs/shells.md.
"""

from __future__ import annotations

import os
import stat

from awsprof.errors import ShellError, UsageError
from awsprof.files import private
from awsprof.shell import handover, table
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from awsprof.shell.environment import Change

PROTOCOL = 1


class Channel:
    """The shell that called, and the file in which it waits for a snippet."""

    def __init__(self, protocol: str, shell_name: str, path: str) -> None:
        self.protocol = protocol
        self.shell_name = shell_name
        self.path = path

    def shell(self) -> table.Shell:
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
            return table.by_name(self.shell_name)
        except UsageError as error:
            raise ShellError(error.what, error.next_step) from None

    def require_private(self) -> None:
        """Raise ShellError if others could put a file of theirs in the place of the hook's.

        bash and fish cannot see who may write to a folder, but evaluate nothing after a failure: every command fails.
        """
        folder = os.path.dirname(self.path)
        above = os.path.dirname(folder)
        try:
            found, its_folder = os.stat(folder), os.stat(above)
        except (OSError, ValueError):
            return  # whoever writes there reports it
        if not hasattr(os, "geteuid"):
            return
        open_one = "" if private.is_guarded(its_folder) else above
        open_one = open_one if _is_private(found, os.geteuid()) else folder
        if open_one:
            raise ShellError(
                f"others can replace files in {quoted(open_one)}, where the hook's file is; nothing was changed",
                f"chmod go-w {quoted(open_one)}, or set XDG_RUNTIME_DIR to a folder that only you can write to",
            )

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

    def hand_over(self, change: Change, lines: list[str]) -> list[str]:
        """Write a change, followed by lines that the shell prints once it has checked what child processes see.

        Returns:
            The lines that are still to be printed: all of them if nothing changes, or if the shell prints none itself.

        Raises:
            ShellError: as `send` does.
        """
        if not change:
            return lines
        calling = self.shell()
        spell = handover.SPELLINGS.get(calling.name)
        self.send(spell(change, lines) if spell else calling.render(change))
        return [] if spell else lines

    def discard(self) -> None:
        """Remove the file, if it is the empty one that a hook makes: there will be no snippet."""
        try:
            if _made_by_hook(os.lstat(self.path)):
                os.unlink(self.path)
        except (OSError, ValueError):
            pass  # the hook removes what it made, too


def _is_private(folder: os.stat_result, user: int) -> bool:
    """Return whether only the owner, who is the user or root, can replace files there."""
    return folder.st_uid in (0, user) and (not folder.st_mode & 0o022 or bool(folder.st_mode & stat.S_ISVTX))


def _made_by_hook(found: os.stat_result) -> bool:
    mine = not hasattr(os, "geteuid") or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    return stat.S_ISREG(found.st_mode) and mine and found.st_size == 0


def _not_ours() -> ShellError:
    return ShellError("the hook's file is not the one it made; nothing was written", "open a new shell and try again")


def take(environ: MutableMapping[str, str]) -> Channel | None:
    """The channel that a hook offers. Both variables leave the environment, so that no child ever sees them."""
    protocol, _, name = environ.pop("AWSPROF_HOOK", "").partition(":")
    path = environ.pop("AWSPROF_OUT", "")
    return Channel(protocol, name, path) if path and name else None


def route(
    channel: Channel | None,
    out: Callable[[str], None],
    shell_name: str | None,
    *,
    line: str = "use PROFILE",
    at_terminal: bool = False,
) -> Callable[[Change, list[str]], list[str]]:
    """Return the way to the shell: stdout if `--shell` names one, else the hook's file.

    It takes a change and the lines to print after it, and returns those that the caller still has to print.

    Args:
        channel: what a hook offered, if one called.
        out: prints a line on stdout.
        shell_name: what `--shell` says; None where it was not given.
        line: the command line after `awsprof`, for the message if there is neither.
        at_terminal: whether a person may read that message.

    Raises:
        UsageError: awsprof does not speak that shell.
        ShellError: there is neither, or the hook is of another version.
    """
    if shell_name is not None:
        named = table.by_name(shell_name)

        # An empty line if nothing changes: PowerShell's Invoke-Expression refuses to evaluate nothing.
        def print_change(change: Change, lines: list[str]) -> list[str]:
            out(named.render(change).rstrip("\n") if change else "")
            return lines

        return print_change
    if channel is None:
        raise _no_hook(line, at_terminal=at_terminal)
    channel.shell()  # a hook of another version is refused before anything happens
    return channel.hand_over


def _no_hook(line: str, *, at_terminal: bool) -> ShellError:
    script = f'in a script: eval "$(awsprof {line} --shell bash)" (--shell sh for dash, busybox and ksh)'
    person = "install the hook and open a new shell: awsprof init --install"
    return ShellError(
        "the awsprof shell hook is not loaded, so this shell cannot be switched",
        "\n".join([person] if at_terminal else [script, person]),
    )
