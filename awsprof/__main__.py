"""Where a call starts, and the one boundary at which errors become messages and exit codes."""

from __future__ import annotations

import gc
import os
import sys

from awsprof import __version__
from awsprof.cli import fast
from awsprof.context import Context
from awsprof.errors import AwsprofError, CancelledError
from awsprof.shell import channel
from awsprof.text.display import safe_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# These may stand before or after the command.
GLOBAL_FLAGS = ("--version", "-v", "--verbose", "--debug", "--no-input")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code (docs/exit-codes-and-json.md)."""
    gc.disable()  # a process this short collects nothing worth its while: a tenth of a switch among 10,000 profiles
    words, flags = _hoisted(list(sys.argv[1:] if argv is None else argv))
    _mend_streams()
    try:
        _run(words, flags)
    except AwsprofError as error:
        _abandon_unwritten()
        return _told(error)
    except KeyboardInterrupt:
        _to_stderr([""])  # the cursor stands behind a prompt, or behind ^C
        return _told(CancelledError("cancelled"))
    except BrokenPipeError:
        _abandon_unwritten()  # whoever read stdout has gone: not an error of ours
        return 141
    except Exception as error:  # the boundary: whatever else happens ends here
        return _unexpected(error, debug="--debug" in flags)
    return 0


def _abandon_unwritten() -> None:
    """Keep Python from flushing once more at exit into what cannot be written: that would change the exit code."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(words: list[str], flags: list[str]) -> None:
    ctx = _context(flags)
    try:
        if ctx.channel:
            ctx.channel.require_private()
        if "--version" in flags or words == ["version"]:
            ctx.out(f"awsprof {__version__}")
        else:
            _command(words)(ctx)
        ctx.flush()
    except BaseException:
        _fail_in_shell(words, ctx)
        raise


def _command(words: list[str]) -> Callable[[Context], None]:
    if words[:1] == ["help"]:
        words = [*words[1:], "--help"]
    plain = fast.find(words)
    if plain is not None:
        return plain
    from awsprof.cli import entry  # typer costs three bare Pythons

    return lambda ctx: entry.run(words, ctx)


def _hoisted(argv: list[str]) -> tuple[list[str], list[str]]:
    """The command line without the global flags, and those."""
    end = argv.index("--") if "--" in argv else len(argv)
    flags = [word for word in argv[:end] if word in GLOBAL_FLAGS]
    return [word for word in argv[:end] if word not in GLOBAL_FLAGS] + argv[end:], flags


def _mend_streams() -> None:
    """A closed stream is an empty one; what is typed, and what the AWS files hold, may be any bytes."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 - it stays open as long as the process
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="surrogateescape" if stream.encoding.lower() == "utf-8" else "backslashreplace")


def _context(flags: list[str]) -> Context:
    from awsprof.terminal import ask  # read late: a broken terminal must end in the boundary

    offered = channel.take(os.environ)
    person = ask.somebody(no_input="--no-input" in flags)
    verbose = bool({"-v", "--verbose"} & set(flags))
    return Context(os.environ, channel=offered, person=person, verbose=verbose, parent=os.getppid())


def _fail_in_shell(words: list[str], ctx: Context) -> None:
    """Leave nothing for a hook to evaluate, and for --shell a failing statement.

    `eval "$(awsprof use ... --shell bash)"` of nothing would succeed, and a script would run on as somebody else.
    """
    if ctx.channel:
        ctx.channel.discard()
    from awsprof.shell import table  # only a failure needs it

    for number, word in enumerate(words):
        option, _, name = word.partition("=")
        if len(option) > 3 and "--shell".startswith(option):
            named = table.find(name or "".join(words[number + 1 : number + 2]))
            ctx.stdout.write(named.fail if named else table.FAIL_ANYWHERE)
            ctx.stdout.flush()
            return


def _told(error: AwsprofError) -> int:
    lines = [f"awsprof: {error.what}"]
    lines += [f"  {line}" for line in error.next_step.split("\n") if line]
    _to_stderr(lines)
    return error.exit_code


def _unexpected(error: Exception, *, debug: bool) -> int:
    """A fault of ours. The traceback shows code, never local variables; the message itself may hold anything."""
    lines = [f"awsprof: unexpected error: {type(error).__name__}"]
    if debug:
        import traceback  # only a fault needs it

        lines += [line.rstrip("\n") for line in traceback.format_tb(error.__traceback__)]
    _to_stderr([*lines, "  please report it, with what --debug prints" if not debug else "  please report it"])
    return 1


def _to_stderr(lines: list[str]) -> None:
    try:
        sys.stderr.write("".join(f"{safe_lines(line)}\n" for line in lines))
        sys.stderr.flush()
    except OSError:
        pass  # nobody is there to be told


if __name__ == "__main__":
    sys.exit(main())
