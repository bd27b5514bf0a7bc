"""Help teaches: a sentence, an example that works, the exit codes; and `awsprof` alone is the loop of every day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from awsprof.cli import entry
from awsprof.commands import welcome

from .conftest import Home
from .test_main import awsprof


def commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path}{name} ")
        elif not command.hidden:
            yield f"{path}{name}", command


COMMANDS = dict(commands(entry.command()))
WIDTHS = ({"COLUMNS": "80"}, {"COLUMNS": "40"}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"TERM": "dumb"})


def examples() -> list[str]:
    """What help shows: each is run by tests/test_docs.py."""
    return [re.findall(r"^  (awsprof .*)$", command.epilog, re.MULTILINE)[0] for command in COMMANDS.values()]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_a_command(home: Home, name: str) -> None:
    done = awsprof(home, *name.split(), "--help")
    assert (done.code, done.err) == (0, "")
    assert re.search(rf"\n\n  [A-Z][^.\n]*\.[^\n]*\n(.*\n)*\n  Example:\n    awsprof {name}\b", done.out)
    assert re.search(r"\n\n  Exit codes: 0 done, 2 [^.]*\.\n$", done.out)
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize("environ", WIDTHS, ids=str)
@pytest.mark.parametrize("line", ["--help", "add --help", "mfa --help", "add role --help"])
def test_help_has_no_colours_and_cuts_nothing(home: Home, line: str, environ: dict[str, str]) -> None:
    home.environ |= environ
    done = awsprof(home, *line.split())
    assert "\x1b" not in done.out
    assert "..." not in done.out.replace("[ARGS]...", "")
    assert max(map(len, done.out.partition("Example:")[0].splitlines())) <= int(environ.get("COLUMNS", "80"))


BEGIN = {
    "nothing there": ("", "", ["no hook yet", "no profiles yet"]),
    "no hook": ("[profile work:dev]\n", "", ["no hook yet"]),
    "active": ("[profile work:dev]\n", "work:dev", ["no hook yet", "Active: work:dev"]),
}


@pytest.mark.parametrize(("config", "active", "told"), BEGIN.values(), ids=BEGIN)
def test_awsprof_alone_is_the_loop_and_how_to_begin(home: Home, config: str, active: str, told: list[str]) -> None:
    home.write(config)
    home.call_without_hook(welcome.run, AWS_PROFILE=active)
    lines = home.out.splitlines()
    assert len(lines) < 16
    assert max(map(len, lines)) <= 80
    assert "  awsprof use work:dev " in home.out
    assert [word for word in ("no hook yet", "no profiles yet", "Active: work:dev") if word in home.out] == told
    assert lines[-1] == "All commands: awsprof --help"


@pytest.mark.parametrize("columns", [40, 60, 77, 78, 200])
def test_awsprof_alone_folds_between_words(home: Home, columns: int) -> None:
    home.environ["COLUMNS"] = "80"
    home.call_without_hook(welcome.run)
    whole = home.out.split()
    home.call_without_hook(welcome.run, COLUMNS=str(columns))
    assert max(map(len, home.out.splitlines())) <= columns
    assert home.out.split() == whole


def test_a_hook_is_not_asked_for_where_there_is_one(home: Home) -> None:
    home.call(welcome.run)
    assert "init --install" not in home.out


SLIPS = {
    "a command": ("staus", "Did you mean 'status'?"),
    "a command of add": ("add iamm work", "Did you mean 'iam'?"),
    "an option": ("use --regoin x", "--region"),
    "a profile": ("show wrok:dev", "did you mean work:dev?"),
}


@pytest.mark.parametrize(("line", "meant"), SLIPS.values(), ids=SLIPS)
def test_what_is_misspelt_is_guessed(home: Home, line: str, meant: str) -> None:
    home.write("[profile work:dev]\nregion = eu-west-1\n")
    done = awsprof(home, *line.split())
    assert done.code in (2, 3)
    assert meant in done.err
