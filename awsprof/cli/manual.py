"""Write the man page, docs/awsprof.1, from the typer app, so that nobody keeps two lists. `make manual` runs it."""

from __future__ import annotations

import sys

from awsprof import __version__
from awsprof.shell.environment import MASKS, REPORTED, REPORTED_PREFIXES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

PATH = "docs/awsprof.1"
# In the man page only: what the hook or the shell returns, and what `--help` of a command has no room for.
_EXIT_STATUS = {
    0: "Success.",
    1: "Unexpected error; please report it with the output of --debug.",
    2: "Wrong command line, an ambiguous name, or a question about a change answered no.",
    3: "No such profile.",
    4: "A file cannot be read or safely edited; it is unchanged.",
    5: "Credentials: an MFA code is needed or was refused, a session has expired, or keys are missing or wrong.",
    6: "AWS or the network; or a host that is not AWS's was refused.",
    7: "The shell or its hook: no hook is loaded, it does not fit the program, or a switch has no effect.",
    127: "The hook found no awsprof program on PATH.",
    130: "Ctrl-C, or a question left unanswered.",
}
_ENVIRONMENT = {
    "AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE": "The AWS files. Default: ~/.aws/config and ~/.aws/credentials.",
    "AWS_PROFILE": "The active profile. Set by a switch, removed by awsprof off.",
    "AWS_REGION, AWS_DEFAULT_REGION": "Set by a switch to a profile with a region. awsprof mfa reads them if the "
    "profiles of the domain have no region.",
    "AWS_SESSION_EXPIRATION": "When the session behind the active profile expires. Set by a switch; read by prompts.",
    ", ".join(MASKS): "Removed by a switch, because they override the profile or describe other keys.",
    ", ".join([*REPORTED, *(f"{prefix}*" for prefix in REPORTED_PREFIXES)]): "Kept, and mentioned by a switch: they "
    "change which host AWS tools call or which identity they use.",
    "AWSPROF_REGION": "never: a switch removes AWS_REGION and AWS_DEFAULT_REGION instead of setting them.",
    "AWSPROF_RENEW": "never: awsprof use does not ask for an MFA code.",
    "AWSPROF_PREVIOUS": "The previous profile, for awsprof use -. Set by a switch.",
    "AWSPROF_SAVED": "What awsprof off restores. Set by a switch.",
    "AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE": "The certificates to trust. An empty one is an error.",
    "HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY": "The proxy for requests to AWS.",
    "HOME, XDG_CONFIG_HOME, ZDOTDIR, SHELL": "Where awsprof init --install finds the start-up files, and of which "
    "shell.",
    "XDG_CACHE_HOME": "The folder of the cache. Default: ~/.cache; on Windows LOCALAPPDATA.",
    "XDG_RUNTIME_DIR, TMPDIR": "Where the hook creates the file through which a switch reaches the shell.",
    "TZ": "The time zone of the times that are printed.",
    "COLUMNS, TERM": "The width of tables; with TERM=dumb lists to choose from are numbered lines.",
    "NO_COLOR, FORCE_COLOR": "Tables without colors, or with colors everywhere.",
}
_FILES = {
    "~/.aws/config, ~/.aws/credentials": "The profiles.",
    "~/.aws/.awsprof.lock, ~/.aws/.awsprof.DOMAIN.lock": "Locks. They are empty and stay; delete them only if no "
    "awsprof is running.",
    "~/.aws/.awsprof.lock.owner": "The lock on file systems without flock; removed after use.",
    "~/.cache/awsprof": "Names for completion, expiries for prompts, answers of repeated switches. It holds no secrets "
    "and can be deleted at any time.",
    "~/.bashrc, ~/.zshrc, ~/.config/fish/conf.d/awsprof.fish, $PROFILE": "Start-up files, with the block that awsprof "
    "init --install writes.",
}


def page() -> str:
    """Return the man page in roff."""
    from awsprof.cli import entry

    app = entry.command()
    lines = [
        f'.TH AWSPROF 1 "" "awsprof {__version__}" "User Commands"',
        ".nh",  # a hyphen at the end of a line would become part of a variable's name
        *_section("NAME", [f"awsprof \\- {_escaped(_first_lower(app.help))}"]),
        *_section("SYNOPSIS", [".B awsprof", "[OPTIONS] COMMAND [ARGS]"]),
        *_section("OPTIONS", list(_options(app))),
        *_section("COMMANDS", [line for name, command in _commands(app) for line in _command(name, command)]),
        *_section("EXIT STATUS", _terms({str(code): meaning for code, meaning in _EXIT_STATUS.items()})),
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
    """Write the man page."""
    with open(PATH, "w", encoding="ascii") as file:
        file.write(page())
    sys.stdout.write(f"{PATH}\n")


if __name__ == "__main__":
    main()
