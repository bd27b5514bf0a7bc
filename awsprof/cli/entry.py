"""The command line: what each command is called and takes, and how a line of words becomes a call."""

# No `from __future__ import annotations`: typer reads the annotations.

from typing import Annotated, Any

import typer  # noqa: TID253 - this module is imported only where a command line is not plain

from awsprof.cli import session  # its commands come first in --help

# isort: split
from awsprof.cli import profiles
from awsprof.cli.options import app
from awsprof.commands import welcome
from awsprof.context import Context
from awsprof.errors import AwsprofError, CancelledError, UsageError
from awsprof.terminal.tables import columns

__all__ = ["command", "profiles", "run", "session"]

# The base of everything that can be wrong with a command line. Typer carries a click of its own from 0.26 on, so that
# click's own class is not it.
_WrongLine: type[Exception] = typer.BadParameter.__mro__[1]


def command() -> Any:
    """The whole command line as typer sees it, for what is generated from it."""
    group = typer.main.get_command(app)
    _say_whole(group)
    return group


def _width(ctx: Context) -> int:
    """How wide help is: by itself click takes 50 columns where there are fewer, and the terminal cuts words."""
    return max(20, min(columns(ctx.environ, ctx.stdout), 80) - 2)


def _say_whole(group: Any) -> None:
    """Have the list of commands fold their sentences: click cuts what is too long for a narrow terminal with dots."""
    for each in group.commands.values():
        each.short_help = each.short_help or f"{each.help.partition('.')[0]}."
        if hasattr(each, "commands"):
            _say_whole(each)


def run(words: list[str], ctx: Context) -> None:
    """Run a command line.

    Raises:
        AwsprofError: it cannot be meant, or its command failed.
    """
    try:
        # standalone_mode off: typer would print and exit by itself, past the one error boundary.
        status = command().main(words, prog_name="awsprof", standalone_mode=False, obj=ctx, terminal_width=_width(ctx))
    except typer.Abort:
        raise CancelledError from None
    except SystemExit:
        raise BrokenPipeError from None  # so typer ends where whoever read stdout has gone
    except _WrongLine as error:
        raise _usage(error, words) from None
    if status == CancelledError.exit_code:  # so typer tells of a Ctrl-C
        raise KeyboardInterrupt


def _usage(error: Any, words: list[str]) -> AwsprofError:
    known = [*words[:1]] if words[:1] and words[0] in command().commands else []
    path = error.ctx.command_path if error.ctx else " ".join(["awsprof", *known])
    return UsageError(error.format_message().rstrip(".").replace("\n", " "), f"{path} --help")


@app.callback(invoke_without_command=True)
def _everywhere(
    call: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Tell what is done and why.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an unexpected error arose.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask anything.")] = False,
) -> None:
    """Switch the shell you are in between AWS profiles, with one MFA code a day."""
    # __main__ takes these flags out of any place of the command line; they are declared here for --help.
    if call.invoked_subcommand is None:
        welcome.run(call.obj)
