"""Real Tabs in PSReadLine, at a real terminal: what the command line becomes, and what is listed."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from .profiles import COMMANDS
from .screen import Answering
from .shells import BIN, CHECKOUT, TABLE, Home
from .test_complete_pwsh import FILES, ODD, prepare

# Ctrl-X writes the line that is being edited to a file, without running it.
RC = """\
Set-PSReadLineOption -PredictionSource None -HistorySaveStyle SaveNothing -BellStyle None -ExtraPromptLineCount 0
Set-PSReadLineKeyHandler -Key Tab -Function {tab}
Set-PSReadLineKeyHandler -Key Ctrl+x -ScriptBlock {{
    $line = $cursor = $null
    [Microsoft.PowerShell.PSConsoleReadLine]::GetBufferState([ref] $line, [ref] $cursor)
    [System.IO.File]::WriteAllText('{seen}.new', $line)
    [System.IO.File]::Move('{seen}.new', '{seen}', $true)
    [Microsoft.PowerShell.PSConsoleReadLine]::RevertLine()
}}
function prompt {{ '> ' }}
Import-Module {hook}
'rea' + 'dy'
"""


class Terminal:
    """PowerShell with PSReadLine, in a folder whose files are named like what is completed."""

    def __init__(self, root: Path, tab: str) -> None:
        self.tab, self.home = tab, Home(root)
        prepare(self.home)
        subprocess.run([BIN / "awsprof", "cache"], env=self.home.environ, check=True)
        self.seen = root / "seen"
        rc = root / "rc.ps1"
        rc.write_text(RC.format(tab=tab, seen=self.seen, hook=CHECKOUT / "awsprof.psd1"))
        self.child = Answering(
            "pwsh",
            ["-NoProfile", "-NoLogo", "-NoExit", "-File", str(rc)],
            env={**self.home.environ, "TERM": "xterm"},
            cwd=str(self.home.work),
            dimensions=(40, 120),
            encoding="utf-8",
            timeout=60,
        )
        self.child.expect_exact("ready")
        self.child.expect_exact("> ")

    def line(self, keys: str) -> str:
        """What the line is after these keys."""
        self.seen.unlink(missing_ok=True)
        for key in filter(None, re.split("(\t)", keys)):
            self.child.send(key)
            self.settle(0.05)
        self.child.send("\x18")
        deadline = time.monotonic() + 60
        while not self.seen.exists():
            assert time.monotonic() < deadline, self.child.screen.display
            self.settle(0.1)
        return self.seen.read_text()

    def settle(self, seconds: float) -> None:
        """Take what the shell draws, and answer it, until it draws no more."""
        while self.child.expect([r"(?s).+", pexpect.TIMEOUT], timeout=seconds) == 0:
            pass

    @property
    def created(self) -> list[str]:
        return sorted(set(os.listdir(self.home.work)) - set(FILES))


@pytest.fixture(scope="module", params=["TabCompleteNext", "MenuComplete", "Complete"])
def terminal(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    TABLE["pwsh"].find()
    opened = Terminal(tmp_path_factory.mktemp("tab"), request.param)
    yield opened
    opened.child.close(force=True)


ONE = {
    "awsprof o\t": "awsprof off",
    "awsuse work:d\t": "awsuse work:dev",
    "awsprof use WORK:D\t": "awsprof use work:dev",
    "awsprof use 'work:d\t": "awsprof use work:dev",
    "awsprof use --ren\t": "awsprof use --renew",
    "awsprof use --region eu-north\t": "awsprof use --region eu-north-1",
    "awsmfa h\t": "awsmfa home",
    "awsuse mf\t": "awsuse home:mfa",
    "awsprof set work:dev outp\t": "awsprof set work:dev output=",
    "awsprof set work:dev output=js\t": "awsprof set work:dev output=json",
    "awsprof unset work:dev outp\t": "awsprof unset work:dev output",
    "awsprof remove work:ops work:d\t": "awsprof remove work:ops work:dev",
    "Set-AwsProfile -Domain work -All d\t": "Set-AwsProfile -Domain work -All dev",
    # No file, where no profile is meant.
    "awsuse zzz\t": "awsuse zzz",
    "awsoff w\t": "awsoff w",
}


@pytest.mark.parametrize("keys", ONE, ids=repr)
def test_the_only_word(terminal: Terminal, keys: str) -> None:
    assert terminal.line(keys).rstrip() == ONE[keys]


def test_odd_names_are_inert(terminal: Terminal) -> None:
    """Two letters and Tab; then the lines, with another command, print the names and nothing else happens."""
    lines = [terminal.line(f"awsuse {name[:2]}\t") for name in ODD]
    script = terminal.home.root / "echo.ps1"
    script.write_text("".join(line.replace("awsuse", "Write-Output", 1) + "\n" for line in lines), encoding="utf-8")
    command = ["pwsh", "-NoProfile", "-NonInteractive", "-File", str(script)]
    ran = subprocess.run(command, env=terminal.home.environ, cwd=terminal.home.work, capture_output=True, text=True)
    assert (ran.stdout.splitlines(), ran.stderr) == ([*ODD], "")
    assert terminal.created == []


WORK = ("work:dev", "work:hostile", "work:iam", "work:mfa", "work:ops")


def test_several_words(terminal: Terminal) -> None:
    if terminal.tab == "TabCompleteNext":
        found = [terminal.line("awsuse w" + "\t" * times) for times in range(1, 6)]
        assert found == [f"awsuse {name}" for name in WORK]
    elif terminal.tab == "MenuComplete":
        assert terminal.line("awsuse w\t") == "awsuse work:dev"
        assert terminal.line("awsuse w\t\t") == "awsuse work:hostile"
        terminal.child.send("awsuse w\t")
        terminal.settle(1)
        shown = "\n".join(terminal.child.rows())
        assert [name for name in WORK if name not in shown] == []
        terminal.child.send("\x1b")
        terminal.line("")
    else:
        assert terminal.line("awsuse w\t") == "awsuse work:"
        terminal.child.send("awsprof \t")
        terminal.settle(1)
        shown = "\n".join(terminal.child.rows())
        assert [command for command in COMMANDS if command not in shown] == []
        terminal.line("")
    assert terminal.created == []
