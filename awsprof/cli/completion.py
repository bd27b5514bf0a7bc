"""Writes what completion offers into the hook files, generated from the typer app: nobody keeps two lists.

`make completions` runs it. The table has one line for each word: command TAB word TAB help. A word is a subcommand, an
option (`--region=REGION` if it takes a word), or the kind of an argument, in capitals and with `...` if it can be
repeated. `=REGION` lists the values of a kind. The command `=set` has a line for each setting: `output=` and its
values, `region=` and their kind, or the bare name of a secret, which is never typed. `=not` has a line for each two
options that exclude each other.
"""

from __future__ import annotations

import os
import sys

from awsprof.commands.listing import KINDS
from awsprof.profiles import settings
from awsprof.profiles.validate import REGIONS, OneOf, check_region
from awsprof.shell import install, table
from awsprof.text.masking import is_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

BEGIN = "# >>> generated from the commands of awsprof by `make completions` >>>"
END = "# <<< generated <<<"
# What Tab offers for an argument or option if its name in the help says less than the command accepts.
NARROWER = {
    ("rotate", "DOMAIN"): "IAM",  # a domain that has keys
    ("add mfa", "DOMAIN"): "IAM",
    ("adopt", "--domain"): "NEW",
}
EXCLUDING = (
    ("--renew", "--no-renew"),
    ("--install", "--uninstall"),
    ("--keep-old", "--delete-old"),
    ("--session-name", "--no-session-name"),
    ("--csv", "--stdin"),
)
HOOKS = ("awsprof.bash", "awsprof.zsh", "awsprof.fish", "awsprof.psm1")


def rows() -> list[str]:
    """The lines of the table."""
    from awsprof.cli import entry

    values = (
        ("SYNTAX", " ".join(table.SHELLS)),
        ("KIND", " ".join(KINDS)),
        ("REGION", " ".join(REGIONS)),
        ("SHELL", " ".join(table.HOOKED)),
    )
    listed = [f"={name}\t{words}\t" for name, words in values]
    excluding = [f"=not\t{one} {other}\t" for pair in EXCLUDING for one, other in (pair, pair[::-1])]
    return [*listed, *excluding, *_settings(), "\t--help\tShow help", *_command(entry.command(), "")]


def _settings() -> Iterator[str]:
    for key, check in settings.SETTINGS.items():
        yield f"=set\t{key}\t" if is_secret(key) else f"=set\t{key}={_values(key, check)}\t"


def _values(key: str, check: object) -> str:
    if isinstance(check, OneOf):
        return " ".join(check.words)
    if check is check_region:
        return "REGION"
    return "PROFILE" if key in ("source_profile", "include_profile") else ""


def _command(command: Any, path: str) -> Iterator[str]:
    for parameter in command.params:
        if not getattr(parameter, "hidden", False):
            yield from _parameter(parameter, path)
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield f"{path}\t{name}\t{_first_sentence(below.get_short_help_str(200))}"
            yield from _command(below, f"{path} {name}".strip())


def _parameter(parameter: Any, path: str) -> Iterator[str]:
    if parameter.param_type_name == "argument":
        kind = NARROWER.get((path, parameter.metavar), parameter.metavar).removesuffix("...")
        yield f"{path}\t{kind}{'...' if parameter.nargs == -1 else ''}\t"
        return
    word = max(parameter.opts, key=len)
    if not parameter.is_flag:
        word += f"={NARROWER.get((path, word), parameter.metavar)}"
    yield f"{path}\t{word}\t{_first_sentence(parameter.help or '')}"


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0].rstrip(".")


def block(name: str) -> str:
    """The generated block of a hook file: the table in the one spelling of a literal that its shell has."""
    quoted = {"fish": _fish, "psm1": _pwsh}.get(name.rsplit(".", maxsplit=1)[1], _posix)
    return "\n".join([BEGIN, quoted(rows()), END, ""])


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
