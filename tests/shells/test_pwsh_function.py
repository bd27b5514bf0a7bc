"""The PowerShell functions are advanced ones: words arrive whole all the same, and a failure is one for PowerShell."""

import json
import re
from pathlib import Path

import pytest

from awsprof.cli.completion import rows

from .profiles import DEV, switched
from .shells import TABLE, Home, Ran
from .test_channel import stand_in

WORDS = {
    "-v use x": ["-v", "use", "x"],
    "use x -v": ["-v", "use", "x"],
    "use x -V": ["-v", "use", "x"],
    "use -d x": ["-d", "use", "x"],
    "use x -h": ["use", "x", "-h"],
    "use -": ["use", "-"],
    "--debug --no-input list": ["--debug", "--no-input", "list"],
    "use x --region=eu-west-1": ["use", "x", "--region=eu-west-1"],
    "mfa --code 012345": ["mfa", "--code", "012345"],
    "mfa --duration 1e3 0x10 10kb 1.10 -5": ["mfa", "--duration", "1e3", "0x10", "10kb", "1.10", "-5"],
    "use -- x": ["use", "x"],
    "use -- -v": ["use", "-v"],
    "show '' \"it's\" 'say \"it\"' 'a b' \"`n\"": ["show", "", "it's", 'say "it"', "a b", "\n"],
    "show x a,b 'c,d'": ["show", "x", "a,b", "c,d"],
    "show $null x": ["show", "x"],
    "show '-v' \"--debug\"": ["show", "-v", "--debug"],
    "show $HOME/x -x -nosuch": ["show", "{home}/x", "-x", "-nosuch"],
    "": [],
}
COMMANDS = {"awsprof": [], "awsuse": ["use"], "awsmfa": ["mfa"], "awsoff": ["off"]}
TOLD = """\
import json, os, sys
words = [os.fsdecode(os.fsencode(word)) for word in sys.argv[1:]]
with open({notes!r}, "a") as notes:
    print(json.dumps(words), file=notes)
"""


@pytest.fixture
def words(home: Home) -> Path:
    """A stand-in for the program is on the PATH, and writes its words into this file."""
    TABLE["pwsh"].find()
    notes = home.root / "called"
    home.environ |= stand_in(home, TOLD.format(notes=str(notes)))
    return notes


def run(home: Home, *lines: str) -> Ran:
    return home.script(TABLE["pwsh"], [TABLE["pwsh"].load(), *lines])


def read(words: Path) -> list[list[str]]:
    return [json.loads(line) for line in words.read_text().splitlines()]


def test_words_arrive_whole(home: Home, words: Path) -> None:
    # All of them do the same with their words.
    lines = {command: list(WORDS)[: None if command == "awsprof" else 4] for command in COMMANDS}
    ran = run(home, *(f"{command} {line}" for command, typed in lines.items() for line in typed))
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert read(words) == [
        [*first, *(word.format(home=home.path) for word in rest)]
        for command, first in COMMANDS.items()
        for rest in (WORDS[line] for line in lines[command])
    ]


def test_every_option_of_every_command_arrives(home: Home, words: Path) -> None:
    lines = [line.split("\t") for line in rows() if not line.startswith("=")]
    options = [(command, option.split("=")) for command, option, _ in lines if option.startswith("-")]
    typed = [[*command.split(), option, *("x-y:z" for _ in value)] for command, (option, *value) in options]
    # An option before the command, too, and in the form with an equals sign.
    typed += [[option + "".join("=x-y:z" for _ in value), *command.split()] for command, (option, *value) in options]
    assert len(typed) > 60
    assert run(home, *(f"awsprof {' '.join(line)}" for line in typed)).err == ""
    assert read(words) == typed


def test_input_arrives(home: Home, words: Path) -> None:
    words.with_name("bin").joinpath("awsprof").write_text(
        words.with_name("bin").joinpath("awsprof").read_text().replace("sys.argv[1:]", "[*sys.argv[1:], *sys.stdin]")
    )
    run(home, "'one', 'two' | awsprof add -v", "'one' | awsmfa", "awsuse x")
    assert read(words) == [["-v", "add", "one\n", "two\n"], ["mfa", "one\n"], ["use", "x"]]


EMPTY = (
    'awsprof: the name on the command line is empty\n  check the variable it came from; in PowerShell write "${d}:test"'
)


@pytest.mark.parametrize("mode", ["Standard", "Windows", "Legacy"])
@pytest.mark.parametrize("command", ["awsuse", "awsmfa", "awsprof show"])
def test_a_variable_that_swallowed_the_domain_is_an_error(home: Home, command: str, mode: str) -> None:
    TABLE["pwsh"].find()
    ran = run(
        home, f"$global:PSNativeCommandArgumentPassing = '{mode}'", f'$d = "work"; {command} "$d:test"', "$LASTEXITCODE"
    )
    assert (ran.out, ran.err.startswith(EMPTY)) == ("2\n", True)


NO_PROFILE = "awsprof: no profile nope\n  awsprof list shows what there is\n"
STOP = "$ErrorActionPreference = 'Stop'"
# Lines, what they print, and whether the script comes to its end.
FAILURES = {
    "$? is false": ("awsuse nope; \"$? $LASTEXITCODE\"", "False 3\n", True),
    "&& ends": ("awsuse nope && 'RAN ON'", "", True),
    "|| goes on": ("awsuse nope || 'else'", "else\n", True),
    "every function": ("foreach ($f in 'awsuse', 'awsmfa') { & $f nope 2>$null; $? }", "False\nFalse\n", True),
    "Stop ends the script": (f"{STOP}; awsuse nope; 'RAN ON'", "", False),
    "Stop in a function's scope": (f"function f {{ {STOP}; awsuse nope; 'RAN ON' }}; f", "", False),
    "-ErrorAction Stop": ("awsuse nope -ErrorAction Stop; 'RAN ON'", "", False),
    "it can be caught": (
        f"{STOP}; try {{ awsuse nope; 'RAN ON' }} catch {{ \"caught: $_\" }}",
        "caught: it ended with exit code 3\n",
        True,
    ),
    "one error is kept": ("awsuse nope; \"$($Error.Count) $($Error[0])\"", "1 it ended with exit code 3\n", True),
    "-ErrorVariable": ("awsuse nope -ErrorVariable said; \"$said\"", "it ended with exit code 3\n", True),
}  # fmt: skip


@pytest.mark.parametrize(("line", "out", "ends"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_one_for_powershell(home: Home, line: str, out: str, ends: bool) -> None:
    TABLE["pwsh"].find()
    ran = run(home, line, "'the end'")
    assert ran.out == out + ("the end\n" if ends else "")
    assert ran.status == (0 if ends else 1)
    if "awsmfa" not in line:
        # The program has told the reason: no second message, but for what ended the script.
        assert ran.err.startswith(NO_PROFILE)
        assert len(re.findall("exit code", ran.err)) == (0 if ends else 1)
        assert len(ran.err.splitlines()) <= (2 if ends else 8)


def test_a_success_is_one(home: Home) -> None:
    TABLE["pwsh"].find()
    probe = TABLE["pwsh"].probe(home.notes)
    lines = [STOP, f'awsuse work:dev && "$?"; "$? $LASTEXITCODE $($Error.Count)"; {probe}']
    start, _, seen, _ = home.run(TABLE["pwsh"], lines[1:], before=lines[:1]).seen
    assert (seen.out, seen.err) == ("True\nTrue 0 0\n", DEV)
    assert seen.environ[b"AWS_PROFILE"].decode() == switched()["AWS_PROFILE"]
    assert b"AWS_PROFILE" not in start.environ
