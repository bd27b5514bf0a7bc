"""Writes the man page from the typer app, docs/awsprof.1: nobody keeps two lists. `make manual` runs it."""

from __future__ import annotations

import sys

from awsprof import __version__
from awsprof.cli.words import EXIT_CODES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PATH = "docs/awsprof.1"
_ENVIRONMENT = {
    "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE": "Where the AWS files are, if not in ~/.aws.",
    "AWS_PROFILE": "The active profile; awsprof use sets it.",
    "AWSPROF_REGION": "never: a switch removes AWS_REGION and AWS_DEFAULT_REGION instead of setting them.",
    "AWSPROF_RENEW": "never: awsprof use does not ask for a renewal.",
    "AWSPROF_PREVIOUS, AWSPROF_SAVED": "The profile before, and what awsprof off brings back; kept by the hook.",
    "XDG_CACHE_HOME": "Where the names for completion and the answers for a switch without a process are kept.",
    "NO_COLOR, FORCE_COLOR": "Tables without colours, or with them everywhere.",
}
_FILES = {
    "~/.aws/config, ~/.aws/credentials": "The profiles.",
    "~/.aws/.awsprof.lock, ~/.aws/.awsprof.DOMAIN.lock": "Locks: empty, and never removed.",
    "~/.cache/awsprof": "What can be made anew at any time; no secret is in it.",
}


def page() -> str:
    """The man page in roff."""
    from awsprof import cli

    app = cli.command()
    lines = [
        f'.TH AWSPROF 1 "" "awsprof {__version__}" "User Commands"',
        *_section("NAME", [f"awsprof \\- {_escaped(_first_lower(app.help))}"]),
        *_section("SYNOPSIS", [".B awsprof", "[OPTIONS] COMMAND [ARGS]"]),
        *_section("OPTIONS", list(_options(app))),
        *_section("COMMANDS", [line for name, command in _commands(app) for line in _command(name, command)]),
        *_section("EXIT STATUS", _terms({str(code): f"{words}." for code, words in EXIT_CODES.items()})),
        *_section("ENVIRONMENT", _terms(_ENVIRONMENT)),
        *_section("FILES", _terms(_FILES)),
        *_section("SEE ALSO", [".BR aws (1)"]),
    ]
    return "\n".join([*lines, ""])


def _first_lower(text: str) -> str:
    return text[0].lower() + text[1:].rstrip(".")


def _section(title: str, lines: list[str]) -> list[str]:
    return [f".SH {title}", *lines]


def _terms(terms: dict[str, str]) -> list[str]:
    return [line for term, text in terms.items() for line in (".TP", f".B {_escaped(term)}", _escaped(text))]


def _commands(group: Any, path: str = "awsprof") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}", command


def _command(name: str, command: Any) -> Iterator[str]:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    words = " ".join(each.metavar if each.required else f"[{each.metavar}]" for each in arguments)
    yield f".SS {_escaped(f'{name} [OPTIONS] {words}'.rstrip())}"
    yield _escaped(command.help)
    for each in arguments:
        yield from _terms({each.metavar: each.help}) if each.help else ()
    yield from _options(command)
    example, codes = command.epilog.replace("\b\n", "").split("\n\n")
    yield from (".PP", "Example:", ".PP", ".RS", f".B {_escaped(example.splitlines()[1].strip())}", ".RE")
    yield from (".PP", _escaped(codes))


def _options(command: Any) -> Iterator[str]:
    for option in (parameter for parameter in command.params if not getattr(parameter, "hidden", False)):
        if option.param_type_name == "option":
            value = "" if option.is_flag else f" {option.metavar}"
            yield from _terms({", ".join(option.opts) + value: option.help or ""})


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text


def main() -> None:
    """Write it."""
    with open(PATH, "w", encoding="ascii") as file:
        file.write(page())
    sys.stdout.write(f"{PATH}\n")


if __name__ == "__main__":
    main()
