"""A hook among processes: those it starts, those the program leaves behind, and shells of another kind below it."""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from .profiles import OPS, switched
from .shells import TABLE, Home, Seen, Shell, changed
from .test_channel import stand_in

# It holds all descriptors that it was given; who waits for them waits until it leaves its file.
GRANDCHILD = """\
import os, sys, time
if child := os.fork():
    open({pid!r}, "w").write(str(child))
    open(os.environ["AWSPROF_OUT"], "w").write({snippet!r})
    sys.exit(0)
time.sleep(20)
open({late!r}, "w")
"""
KILL = {
    "bash": "kill $(<{pid})",
    "zsh": "kill $(<{pid})",
    "fish": "kill (cat {pid})",
    "pwsh": "[Diagnostics.Process]::GetProcessById([IO.File]::ReadAllText('{pid}')).Kill()",
}
SET = {
    "bash": "export AWS_PROFILE=x\n",
    "zsh": "export AWS_PROFILE=x\n",
    "fish": "set -gx AWS_PROFILE x\n",
    "pwsh": "$env:AWS_PROFILE = 'x'\n",
}


def test_grandchild_in_the_background_is_not_waited_for(home: Home, shell: Shell) -> None:
    pid, late = str(home.root / "pid"), home.root / "late"
    path = stand_in(home, GRANDCHILD.format(pid=pid, late=str(late), snippet=SET[shell.name]))
    start, _, used, killed = home.run(shell, ["awsuse x", KILL[shell.name].format(pid=pid)], environ=path).seen
    assert (changed(start, used), used.status, killed.err) == ({"AWS_PROFILE": "x"}, 0, "")
    assert not late.exists()
    assert home.left_behind() == []


def ours(before: Seen, after: Seen) -> dict[str, str | None]:
    """What changed, without what every shell sets for itself."""
    return {name: value for name, value in changed(before, after).items() if name.startswith("AWS")}


def test_shells_of_another_kind_below(home: Home, shell: Shell) -> None:
    lines = ["awsuse work:dev"]
    below = [each for each in TABLE.values() if each.name != shell.name and shutil.which(each.name)]
    for each in below:
        script = home.root / f"below-{each.name}{each.ending}"
        probe = each.probe(home.notes)
        script.write_text("\n".join([each.load(), "awsuse work:ops", probe, "awsoff", probe, ""]))
        lines.append(" ".join([*each.argv, str(script)]))
    start, _, used, *seen = home.run(shell, lines).seen
    assert changed(start, used) == switched()
    for number, each in enumerate(below):
        ops, off, after = seen[3 * number : 3 * number + 3]
        assert (each.name, ours(start, ops), ops.err) == (
            each.name,
            switched("work:ops", "", AWSPROF_PREVIOUS="work:dev"),
            OPS,
        )
        assert ours(start, off) == {"AWSPROF_PREVIOUS": "work:ops\nwork:dev"}
        assert changed(used, after) == {}
    assert home.left_behind() == []


def processes(home: Home, shell: Shell, *lines: str) -> Counter[str]:
    """How many programs a script starts, and how many processes."""
    script, trace = home.root / f"traced{shell.ending}", home.root / "trace"
    script.write_text("\n".join([*lines, ""]))
    strace = ["strace", "-f", "-qq", "-o", str(trace), "-e", "trace=execve,clone,clone3,fork,vfork"]
    # No files of history or of start-up analysis are written at the side.
    environ = {
        **home.environ,
        "POWERSHELL_TELEMETRY_OPTOUT": "1",
        "PSModuleAnalysisCachePath": str(home.root / "cache"),
    }
    subprocess.run([*strace, *shell.argv, script], env=environ, cwd=home.work, check=True, timeout=60)
    # A thread is no process, and a program that is looked for along PATH is not started.
    calls = re.findall(r"^\d+ +(execve|clone3?|v?fork)\((.*?)(?:= (-?\d+)|<unfinished)", trace.read_text(), re.M)
    kinds = [name for name, given, result in calls if "CLONE_THREAD" not in given and not result.startswith("-")]
    return Counter("execve" if name == "execve" else "fork" for name in kinds)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_programs_that_are_started(home: Home, shell: Shell) -> None:
    home.path.joinpath(".cache/awsprof").mkdir(parents=True)
    home.environ |= stand_in(home, "")
    try:
        none = processes(home, shell)
    except subprocess.CalledProcessError:
        pytest.skip("strace may not trace here")
    loaded = processes(home, shell, shell.load())
    called = processes(home, shell, shell.load(), "awsprof use x")
    again = processes(home, shell, shell.load(), "awsprof use x", "awsoff")
    if shell.name != "pwsh":  # where .NET starts threads as it likes, some of them by way of a process
        assert loaded == none
    # The program, and at most one short-lived one beside it.
    assert (loaded - none)["execve"] == 0
    assert 1 <= (called - loaded)["execve"] <= 2
    assert 1 <= (again - called)["execve"] <= 2


def test_nothing_stands_between_program_and_terminal(home: Home, shell: Shell) -> None:
    """Its three streams are those of the shell: what was opened for one script reaches it as it is."""
    notes = home.root / "called"
    told = "' '.join(os.readlink(f'/proc/self/fd/{i}') for i in (0, 1, 2))"
    path = stand_in(home, f"import os\nopen({str(notes)!r}, 'w').write({told})\n")
    script = home.root / f"streams{shell.ending}"
    script.write_text(f"{shell.load()}\nawsuse x\nexit 0\n")
    streams = [home.root / name for name in ("in", "out", "err")]
    streams[0].touch()
    with streams[0].open() as stdin, streams[1].open("w") as out, streams[2].open("w") as err:
        subprocess.run(
            [*shell.argv, script],
            env={**home.environ, **path},
            cwd=home.work,
            stdin=stdin,
            stdout=out,
            stderr=err,
            timeout=60,
        )
    assert notes.read_text().split() == [str(Path(stream).resolve()) for stream in streams]
    assert [stream.read_text() for stream in streams] == ["", "", ""]
