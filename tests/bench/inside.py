"""What happens inside a shell: timed from outside, as a script with many calls less the same script with none."""

import statistics
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

from tests.shells.counted import as_user
from tests.shells.shells import TABLE, Shell

from .homes import ONE, OTHER

ROUNDS = 7
BY_PROGRAM = "switch by the program"
LOOP = {
    "bash": "for ((i = 0; i < {}; i++)); do {}; done",
    "zsh": "for ((i = 0; i < {}; i++)); do {}; done",
    "fish": "for i in (seq {}); {}; end",
    "pwsh": "for ($i = 0; $i -lt {}; $i++) {{ {} }}",
}
# What a Tab after `awsprof use WORD` calls. zsh: all but its own compadd, which works behind a key only.
TAB = {
    "bash": "COMP_LINE='awsprof use {}' COMP_POINT=${{#COMP_LINE}} COMP_TYPE=9; __awsprof_complete",
    "zsh": "words=(awsprof use '{0}') CURRENT=3 PREFIX='{0}'; __awsprof_complete",
    "fish": "complete -C 'awsprof use {}' >/dev/null",
    "pwsh": "$null = TabExpansion2 'awsprof use {0}' ('awsprof use {0}'.Length)",
}
BEFORE_TAB = {"zsh": "compadd() { :; }; compset() { :; }; typeset -A compstate"}
PROMPT = dict.fromkeys(("bash", "zsh", "fish"), "__awsprof_session_end") | {"pwsh": "$null = Get-AwsprofSessionEnd"}


class Figure(NamedTuple):
    """What one call costs in a shell, in milliseconds; the first call of a session apart."""

    what: str
    shell: str
    first: float
    later: float


def figures(name: str, environ: dict[str, str], root: Path) -> list[Figure]:
    """What a switch, a Tab, a prompt and loading the hook cost in this shell and home."""
    shell = TABLE[name]
    load, use = shell.load(), [f"awsprof use {profile}" for profile in (ONE, OTHER)]
    ready = [load, *use, *use]
    measured: tuple[tuple[str, list[str], str, int], ...] = (
        ("switch", ready, "; ".join(use), 100),
        ("Tab, domain typed", [*ready, BEFORE_TAB.get(name, "")], TAB[name].format("d0:role"), 100),
        ("prompt", ready, PROMPT[name], 100),
        ("loading the hook", [], load, 100),
        # No answer is kept for such a line: beside `awsprof use` above, this is what a hook adds.
        (BY_PROGRAM, ready, f"awsprof use {ONE} --no-input", 10),
    )
    return [_figure(Script(shell, environ, root), *each) for each in measured]


class Script(NamedTuple):
    """A shell in a home."""

    shell: Shell
    environ: dict[str, str]
    root: Path

    def run(self, lines: list[str]) -> float:
        """How long a script of these lines takes, in milliseconds."""
        path = self.root / f"script{self.shell.ending}"
        path.write_text("\n".join([*lines, ""]))
        begun = time.perf_counter()
        subprocess.run(
            [*as_user(self.shell), path], env=self.environ, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        return (time.perf_counter() - begun) * 1000


def _figure(script: Script, what: str, before: list[str], line: str, more: int) -> Figure:
    times: dict[int, list[float]] = {many: [] for many in (0, 1, more + 1)}
    for _ in range(ROUNDS):  # in turn: what the machine does meanwhile meets all three
        for many, seen in times.items():
            seen.append(script.run([*before, LOOP[script.shell.name].format(many, line)]))
    none, one, all_ = (statistics.median(seen) for seen in times.values())
    calls = line.count("awsprof use") if what == "switch" else 1
    return Figure(what, script.shell.name, max(0.0, one - none) / calls, (all_ - one) / (more * calls))
