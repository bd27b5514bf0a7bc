"""Config changes while shells switch: a shell sees what the file said during its call, never what it said before."""

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest

from awsprof.shell.guard import SPELLINGS

from .counted import Counted, as_user
from .shells import TABLE, Home

SECONDS = 60 if os.environ.get("AWSPROF_TORTURE") else 3
CALLS = 20_000
# Reads the last change that was done, switches, reads the last one that was begun: the region must be of one between.
_POSIX = (
    "for ((i = 0; i < {calls}; i++)); do if [[ -e {stop} ]]; then break; fi; "
    'done=$(<{done}); awsprof use dev:x 2>/dev/null; begun=$(<{begun}); echo "$done $AWS_REGION $begun"; done'
)
LOOPS = {
    "bash": _POSIX,
    "zsh": _POSIX,
    "fish": "for i in (seq {calls}); test -e {stop}; and break; read -l done <{done}; awsprof use dev:x 2>/dev/null; "
    'read -l begun <{begun}; echo "$done $AWS_REGION $begun"; end',
    "pwsh": "for ($i = 0; $i -lt {calls} -and -not [IO.File]::Exists('{stop}'); $i++) "
    "{{ $done = [IO.File]::ReadAllText('{done}').Trim(); awsprof use dev:x; "
    "\"$done $env:AWS_REGION $([IO.File]::ReadAllText('{begun}').Trim())\" }}",
}
# What a hook must never do without: the same test must see it missing.
BLIND = (
    "import awsprof.shell.guard as g\n"
    "g._file_posix = g._file_pwsh = lambda file: []\n"
    "g._file_fish = lambda file: 'true'\n"
)


class Writer(threading.Thread):
    """Changes config every 50 to 110 ms; each change has a time of its own, long ago, so that answers are kept."""

    def __init__(self, counted: Counted) -> None:
        super().__init__()
        self.counted = counted
        self.done, self.begun, self.stop = (counted.home.root / name for name in ("done", "begun", "stop"))
        self.change(0)

    def change(self, number: int) -> None:
        self.note(self.begun, number)
        config = self.counted.files[0]
        new = config.with_name("new")
        new.write_text(f"[profile dev:x]\nregion = r-{number}\n")
        os.utime(new, ns=(10**18, 10**18 + number * 10**6))
        new.replace(config)
        self.note(self.done, number)

    def note(self, path: Path, number: int) -> None:
        new = path.with_name(f"{path.name}.new")
        new.write_text(f"{number}\n")
        new.replace(path)

    def run(self) -> None:
        until, number = time.monotonic() + SECONDS, 0
        while time.monotonic() < until:
            time.sleep(0.05 + number % 7 / 100)
            number += 1
            self.change(number)
        self.stop.touch()


def switched_meanwhile(counted: Counted, name: str) -> tuple[int, int]:
    """How often a shell switched while config changed, and how often it saw what was no more."""
    shell = TABLE[name]
    writer = Writer(counted)
    line = LOOPS[name].format(calls=CALLS, done=writer.done, begun=writer.begun, stop=writer.stop)
    script = counted.home.root / f"loop{shell.ending}"
    script.write_text(f"{shell.load()}\n{line}\n")
    writer.start()
    ran = subprocess.run(
        [*as_user(shell), script], env=counted.home.environ, capture_output=True, text=True, check=False
    )
    writer.join()
    seen = [line.replace("r-", "").split() for line in ran.stdout.splitlines()]
    wrong = sum(1 for done, region, begun in seen if not int(done) <= int(region) <= int(begun))
    return len(seen), wrong


@pytest.fixture(params=sorted(SPELLINGS))
def name(request: pytest.FixtureRequest) -> str:
    TABLE[request.param].find()
    return str(request.param)


def test_no_switch_sees_what_is_no_more(tmp_path: Path, name: str) -> None:
    counted = Counted(Home(tmp_path))
    seen, wrong = switched_meanwhile(counted, name)
    calls = len(counted.log.read_text().splitlines())
    print(f"{name}: {seen} switches, {seen - calls} without the program, {wrong} wrong")
    assert wrong == 0
    assert calls < seen


def test_this_test_sees_a_guard_that_does_not_look_at_files(tmp_path: Path, name: str) -> None:
    counted = Counted(Home(tmp_path))
    program = counted.program.read_text().split("\n", 1)
    counted.program.write_text(f"{program[0]}\n{BLIND}{program[1]}")
    _, wrong = switched_meanwhile(counted, name)
    assert wrong > 0
