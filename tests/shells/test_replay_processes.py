"""Nothing is started by a switch that was answered before: the processes of a shell, counted by strace."""

import re
import shutil
from pathlib import Path

import pytest

from awsprof.shell.guard import SPELLINGS
from tests.secrets.canary import find_strace

from .counted import Counted, as_user
from .shells import TABLE, Home

# A program, or a process; a thread is none.
STARTED = re.compile(r"\b(?:execve|fork|vfork)\(|\bclone3?\((?!.*CLONE_THREAD)")


@pytest.mark.parametrize("name", sorted(SPELLINGS))
def test_a_switch_starts_nothing(name: str, tmp_path: Path) -> None:
    find_strace()
    shell = TABLE[name]
    shell.find()
    counted = Counted(Home(tmp_path))
    trace = tmp_path / "trace"
    strace = ["strace", "-f", "-qq", "-s", "0", "-o", str(trace), "-e", "trace=execve,fork,vfork,clone,clone3"]

    def started(lines: list[str]) -> int:
        ran = counted.home.script(shell, [shell.load(), *lines], argv=[*strace, *as_user(shell)])
        assert ran.status == 0, ran.err
        return len(STARTED.findall(trace.read_text()))

    switches = ["awsprof use work:dev", "awsprof use work:prod", "awsprof use -", "awsprof off"]
    fresh = started(switches)
    assert started(switches) == started([])
    shutil.rmtree(counted.answers.parent)
    assert started(switches) == fresh > started([])
