"""awsprof in scripts: `--shell` through eval, and what a failure does where a script stops at failures."""

from typing import NamedTuple

import pytest

from .profiles import DEV, switched
from .shells import TABLE, Home, Shell, changed

NO_PROFILE = "awsprof: no profile nope\n  awsprof list shows what there is\n"
NO_HOOK = "awsprof: the awsprof shell hook is not loaded, so this shell cannot be switched\n"
EVAL = {
    "bash": 'eval "$(awsprof {} --shell bash)"',
    "zsh": 'eval "$(awsprof {} --shell zsh)"',
    "fish": "awsprof {} --shell fish | source",
    "pwsh": "awsprof {} --shell pwsh | Out-String | Invoke-Expression",
}
evaluated = pytest.mark.parametrize(("shell", "line"), EVAL.items(), ids=EVAL, indirect=["shell"])


@evaluated
def test_evaluated_switch(home: Home, shell: Shell, line: str) -> None:
    ran = home.run(shell, [line.format("use work:dev"), line.format("off")], load="")
    start, _, used, off = ran.seen
    assert (changed(start, used), used.out, used.err) == (switched(), "", DEV)
    assert (changed(start, off), off.out) == ({"AWSPROF_PREVIOUS": "work:dev"}, "")
    assert ran.status == 0


@evaluated
def test_evaluated_without_a_change(home: Home, shell: Shell, line: str) -> None:
    """Invoke-Expression refuses an empty string: there is something to evaluate even where nothing changes."""
    start, _, off = home.run(shell, [line.format("off")], load="").seen
    assert (changed(start, off), off.out, off.err) == ({}, "", "no AWS profile is active in this shell\n")


class Script(NamedTuple):
    shell: str
    lines: tuple[str, ...]
    status: int
    """Of the whole script, which must not come to its last line."""


STOPS = {
    "bash -e, eval": Script("bash", ("set -e", EVAL["bash"].format("use nope")), 1),
    "zsh -e, eval": Script("zsh", ("set -e", EVAL["zsh"].format("use nope")), 1),
    "fish, source or exit": Script("fish", (EVAL["fish"].format("use nope") + "; or exit 9",), 9),
    "pwsh, Invoke-Expression": Script("pwsh", (EVAL["pwsh"].format("use nope"),), 1),
    "pwsh Stop, Invoke-Expression": Script(
        "pwsh", ("$ErrorActionPreference = 'Stop'", EVAL["pwsh"].format("use nope")), 1
    ),
    "bash -e, hook": Script("bash", ("set -e", TABLE["bash"].load(), "awsuse nope"), 3),
    "zsh -e, hook": Script("zsh", ("set -e", TABLE["zsh"].load(), "awsuse nope"), 3),
    "zsh err_return, hook": Script(
        "zsh",
        (TABLE["zsh"].load(), "f() { setopt local_options err_return; awsuse nope; echo reached; }", "f || exit"),
        3,
    ),
    "fish, hook": Script("fish", (TABLE["fish"].load(), "awsuse nope; or exit"), 3),
    "pwsh, hook": Script("pwsh", (TABLE["pwsh"].load(), "awsuse nope", "if ($LASTEXITCODE) { exit $LASTEXITCODE }"), 3),
}


@pytest.mark.parametrize(("shell", "lines", "status"), STOPS.values(), ids=STOPS, indirect=["shell"])
def test_failure_stops_the_script(home: Home, shell: Shell, lines: tuple[str, ...], status: int) -> None:
    ran = home.script(shell, [*lines, "echo reached"])
    assert (ran.status, ran.out) == (status, "")
    assert ran.err.startswith(NO_PROFILE)
    assert home.left_behind() == []


def test_without_hook(home: Home, shell: Shell) -> None:
    start, _, used = home.run(shell, ["awsprof use work:dev"], load="").seen
    assert (changed(start, used), used.status, used.out) == ({}, 7, "")
    assert used.err.startswith(NO_HOOK)
    assert used.err.splitlines()[1].startswith('  in a script: eval "$(awsprof use work:dev --shell bash)"')


def test_shell_option_wins_over_the_hook(home: Home, shell: Shell) -> None:
    start, _, used = home.run(shell, ["awsprof use work:dev --shell fish"]).seen
    assert (changed(start, used), used.status, used.err) == ({}, 0, DEV)
    assert "set -gx AWS_PROFILE 'work:dev'\n" in used.out


IDIOMS = {
    "bash": ["( awsprof use work:dev; {} )", "awsprof use work:dev | cat"],
    "zsh": ["( awsprof use work:dev; {} )", "awsprof use work:dev | cat"],
}


@pytest.mark.parametrize(("shell", "lines"), IDIOMS.items(), ids=IDIOMS, indirect=["shell"])
def test_subshell_keeps_the_change_to_itself(home: Home, shell: Shell, lines: list[str]) -> None:
    probe = shell.probe(home.notes)
    start, _, inside, outside, piped = home.run(shell, [line.format(probe) for line in lines]).seen
    assert changed(start, inside) == switched()
    assert changed(start, outside) == changed(start, piped) == {}
    assert home.left_behind() == []


@pytest.mark.parametrize("shell", ["fish", "pwsh"], indirect=True)
def test_pipe_keeps_the_change(home: Home, shell: Shell) -> None:
    """These two run functions in the shell itself, wherever they stand."""
    start, _, piped = home.run(shell, ["awsprof use work:dev | cat"]).seen
    # PowerShell gives a program an empty line where it has nothing to give.
    assert (changed(start, piped), piped.out.strip("\n"), piped.err) == (switched(), "", DEV)
