"""Where a shell's profile was inherited from, told by a /proc of our own and by the real one, with a real tmux."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from awsprof.shell import ancestry
from tests.shells.shells import Home

WITH, OTHER, WITHOUT = b"A=1\0AWS_PROFILE=work:dev\0", b"AWS_PROFILE=work:devil\0", b"A=AWS_PROFILE=work:dev\0"
MORE, MOST = b"B=1\0" + WITH, b"C=1\0" + WITH
# Environment, name and parent of the processes 30, 20, 10 above one another.
LINES = {
    "set in the shell": ([WITHOUT, WITH, MORE], (0, "")),
    "before the shell": ([WITH, WITHOUT, WITH], (30, "sh (a) b")),
    "before its parent": ([WITH, MORE, OTHER], (20, "tmux: server")),
    "a subshell, which has its shell's": ([WITH, WITH, WITHOUT], (30, "tmux: server")),
    "before all": ([WITH, MORE, MOST], (10, "init-like")),
    "parent unreadable": ([WITH, None, WITH], (30, "sh (a) b")),
    "shell unreadable": ([None, WITH, WITH], None),
}


@pytest.mark.parametrize(("environs", "found"), LINES.values(), ids=LINES)
def test_the_outermost_that_was_started_with_it(
    environs: list[bytes | None], found: tuple[int, str] | None, tmp_path: Path
) -> None:
    for environ, pid, name in zip(environs, (30, 20, 10), ("sh (a) b", "tmux: server", "init-like"), strict=True):
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "stat").write_text(f"{pid} ({name}) S {pid - 10 or 1} 0 0")
        if environ is not None:
            (folder / "environ").write_bytes(environ)
    assert ancestry.origin("AWS_PROFILE", "work:dev", 30, str(tmp_path)) == found


def test_no_system_that_tells(tmp_path: Path) -> None:
    assert ancestry.origin("AWS_PROFILE", "work:dev", 30, str(tmp_path / "proc")) is None


HOOK = 'eval "$(awsprof init bash)"; '
STATUS = "awsprof status | sed -n 's/^set by *//p'; :"
SHELLS = {
    "here": (f"awsprof use work:dev; {STATUS}", "awsprof, in this shell"),
    "in a subshell": (f"awsprof use work:dev; ( {STATUS} )", "awsprof, in this shell"),
    "by hand": (f"export AWS_PROFILE=work:dev; {STATUS}", "something else, in this shell: .*"),
    "a shell of this one": (
        f"awsprof use work:dev; bash -c '{HOOK}{STATUS.replace(chr(39), chr(34))}'",
        "awsprof, before this shell was started",
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
@pytest.mark.parametrize(("line", "said"), SHELLS.values(), ids=SHELLS)
def test_a_real_shell(line: str, said: str, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write("[profile work:dev]\nregion = eu-west-1\n")
    done = subprocess.run(["bash", "-c", HOOK + line], env=home.environ, cwd=home.work, capture_output=True, text=True)
    assert re.fullmatch(said, done.stdout.strip()), done


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed")
def test_tmux_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write("[profile work:dev]\nregion = eu-west-1\n")
    out = tmp_path / "out"
    tmux = f"tmux -f /dev/null -S {tmp_path}/socket"
    inside = f"{HOOK}{STATUS[:-3]} > {out}.part; mv {out}.part {out}"
    (tmp_path / "inside").write_text(inside)
    line = f"{HOOK}awsprof use work:dev; {tmux} new-session -d 'bash {tmp_path}/inside'"
    environ = home.environ | {"TERM": "xterm", "TMUX_TMPDIR": str(tmp_path)}
    try:
        subprocess.run(["bash", "-c", line], env=environ, cwd=home.work, check=True, capture_output=True)
        for _ in range(300):
            if out.exists():
                break
            time.sleep(0.1)
        said = out.read_text()
    finally:
        subprocess.run([*tmux.split(), "kill-server"], env=os.environ | environ, capture_output=True)
    assert re.fullmatch(r"awsprof, before tmux: server \(process \d+\) was started\n", said)
