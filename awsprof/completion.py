"""Writes what completion offers into the hook files, generated from the typer app: nobody keeps two lists.

`make completions` runs it. The table has one line for each word: command TAB word TAB help. A word is a subcommand, an
option (`--region=REGION` where it takes a word), or what an argument is, in capitals; `=REGION` lists the values.
"""

from __future__ import annotations

import os
import sys

from awsprof import install, shell
from awsprof.commands.listing import KINDS
from awsprof.forms import REGIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BEGIN = "# >>> generated from the commands of awsprof by `make completions` >>>"
END = "# <<< generated <<<"
HOOKS = ("awsprof.bash", "awsprof.zsh", "awsprof.fish", "awsprof.psm1")


def table() -> list[str]:
    """The lines of the table."""
    from awsprof import cli

    values = (
        ("SYNTAX", " ".join(shell.SHELLS)),
        ("KIND", " ".join(KINDS)),
        ("REGION", " ".join(REGIONS)),
        ("SHELL", " ".join(shell.HOOKED)),
    )
    listed = [f"={name}\t{words}\t" for name, words in values]
    return [*listed, "\t--help\tShow help", *_command(cli.command(), "")]


def _command(command: Any, path: str) -> Iterator[str]:
    # A hook completes the first argument of a command, and options.
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    for parameter in command.params:
        if parameter not in arguments[1:] and not getattr(parameter, "hidden", False):
            yield from _parameter(parameter, path)
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield f"{path}\t{name}\t{_first_sentence(below.get_short_help_str(200))}"
            yield from _command(below, f"{path} {name}".strip())


def _parameter(parameter: Any, path: str) -> Iterator[str]:
    if parameter.param_type_name == "argument":
        yield f"{path}\t{parameter.metavar}\t"
        return
    word = max(parameter.opts, key=len)
    if not parameter.is_flag:
        word += f"={parameter.metavar}"
    yield f"{path}\t{word}\t{_first_sentence(parameter.help or '')}"


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].rstrip(".")


def block(name: str) -> str:
    """The generated block of a hook file: the table in the one spelling of a literal that its shell has."""
    quoted = {"fish": _fish, "psm1": _pwsh}.get(name.rsplit(".", maxsplit=1)[1], _posix)
    return "\n".join([BEGIN, quoted(table()), END, ""])


def _posix(lines: list[str]) -> str:
    text = "\n".join(lines).replace("'", "'\\''")
    return f"__awsprof_table='{text}'"


def _fish(lines: list[str]) -> str:
    escaped = [line.replace("\\", "\\\\").replace("'", "\\'") for line in lines]
    return "set -g __awsprof_table \\\n" + " \\\n".join(f"    '{line}'" for line in escaped)


def _pwsh(lines: list[str]) -> str:
    escaped = [line.replace("'", "''") for line in lines]
    return "$script:Table = @(\n" + "\n".join(f"    '{line}'" for line in escaped) + "\n)"


def spliced(text: str, name: str) -> str:
    """The text of a hook file with its block made anew."""
    before, _, rest = text.partition(BEGIN)
    return before + block(name) + rest.partition(END)[2].lstrip("\n")


def main() -> None:
    """Make the block of every hook file anew."""
    for name in HOOKS:
        path = install.hook_path(name)
        with open(path, encoding="ascii") as file:
            old = file.read()
        with open(path, "w", encoding="ascii") as file:
            file.write(spliced(old, name))
        sys.stdout.write(f"{os.path.relpath(path)}\n")


if __name__ == "__main__":
    main()
