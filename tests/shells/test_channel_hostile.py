"""Somebody else at the channel file: what stands in its place is never evaluated and never written through."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from .profiles import DEV, switched
from .shells import Home, Shell, changed
from .test_channel import called, stand_in

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
POSIX = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"], indirect=True)
NOBODY = 65534
EVIL = "touch here\n"


@ROOT_ONLY
@POSIX
@pytest.mark.parametrize("how", ["given away", "replaced"])
def test_somebody_elses_file_is_not_evaluated(home: Home, shell: Shell, how: str) -> None:
    replace = "os.unlink(path)" if how == "replaced" else "pass"
    write = f"open(path, 'w').write({EVIL!r}); os.chmod(path, 0o644); os.chown(path, {NOBODY}, {NOBODY})"
    path = stand_in(home, f"import os\npath = os.environ['AWSPROF_OUT']\n{replace}\n{write}\n")
    start, _, seen = home.run(shell, ["awsprof use x"], environ=path).seen
    assert (changed(start, seen), seen.status, seen.out) == ({}, 7, "")
    assert "the file of the change was tampered with; nothing was changed\n" in seen.err
    assert not (home.work / "here").exists()


# The mode of TMPDIR, and whether the file is made there: where others may write, only the sticky bit protects it.
MODES = {0o700: True, 0o755: True, 0o1777: True, 0o1770: True, 0o777: False, 0o770: False, 0o702: False, 0o720: False}


@pytest.mark.parametrize("mode", MODES, ids=oct)
def test_a_tmpdir_that_others_can_write(home: Home, shell: Shell, mode: int) -> None:
    home.temporary.chmod(mode)
    found = called(home, shell, "awsprof list", {"HOME": f"{home.root}/empty"})
    assert Path(found["path"]).parent == (home.temporary if MODES[mode] else Path("/tmp"))
    assert not os.path.lexists(found["path"])
    assert home.left_behind() == []


SEED = {
    "bash": ("RANDOM=7", "$XDG_RUNTIME_DIR/awsprof.$$.$RANDOM$RANDOM$RANDOM"),
    "zsh": ("RANDOM=7", "$XDG_RUNTIME_DIR/awsprof.$$.$RANDOM$RANDOM$RANDOM"),
    "fish": ("random 7", "$XDG_RUNTIME_DIR/awsprof.$fish_pid.(random)(random)(random)"),
}
PLANTED = {
    "a link": "ln -s {evil} {name}",
    "a dangling link": "ln -s {evil}.not {name}",
    "a folder": "mkdir {name}",
    "a file": "cp {evil} {name}",
    "nothing": "true {name}",
}


@POSIX
@pytest.mark.parametrize("case", PLANTED)
def test_a_name_that_was_guessed(home: Home, shell: Shell, case: str) -> None:
    """What stands there stays as it is, and the file is made elsewhere."""
    run, evil = home.root / "run", home.root / "evil"
    run.mkdir(mode=0o700)
    evil.write_text(EVIL)
    seed, name = SEED[shell.name]
    plant = PLANTED[case].format(evil=evil, name=name)
    lines = [seed, plant, seed, "awsuse work:dev"]
    seen = home.run(shell, lines, environ={"XDG_RUNTIME_DIR": str(run)}).seen
    assert (changed(seen[0], seen[-1]), seen[-1].status) == (switched(), 0)
    assert seen[-1].err.endswith(DEV)  # fish warns of what stands there
    assert not (home.work / "here").exists()
    assert evil.read_text() == EVIL
    assert not (home.root / "evil.not").exists()
    there = [(file.name.partition(".")[0], stat.S_IFMT(file.lstat().st_mode)) for file in run.iterdir()]
    assert [name for name, _ in there] == ["awsprof"] * (case != "nothing")
    planted = [file for file in run.iterdir() if file.is_file() and not file.is_symlink()]
    assert all(file.read_text() == EVIL for file in planted)


ATTACK = """
import os, sys
os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
folder = sys.argv[1]
os.listdir(folder)
print("ready", flush=True)
while True:
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        try:
            os.unlink(path)
            with open(path, "w") as file:
                file.write({evil!r})
            os.chmod(path, 0o644)
        except OSError:
            pass
"""


@ROOT_ONLY
@pytest.mark.slow
@pytest.mark.parametrize("mode", [0o1777, 0o777], ids=oct)
def test_an_attacker_in_tmpdir(home: Home, shell: Shell, mode: int) -> None:
    """Another user who replaces all that appears in TMPDIR, as fast as can be: each switch is right all the same."""
    home.temporary.chmod(mode)
    for folder in home.temporary.parents:
        if folder.name.startswith(("pytest-", "popen-", "test_")) and folder.stat().st_mode & 0o077 == 0:
            folder.chmod(0o711)  # pytest made it for root alone
    code = ATTACK.format(nobody=NOBODY, evil=EVIL)
    python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
    attacker = subprocess.Popen([python, "-c", code, str(home.temporary)], stdout=subprocess.PIPE, text=True)
    try:
        assert attacker.stdout
        assert attacker.stdout.readline() == "ready\n"
        aws = home.path / ".aws"
        environ = {
            "HOME": f"{home.root}/empty",
            "AWS_CONFIG_FILE": f"{aws}/config",
            "AWS_SHARED_CREDENTIALS_FILE": f"{aws}/credentials",
        }
        rounds = 40 if os.environ.get("AWSPROF_TORTURE") else 4
        seen = home.run(shell, ["awsuse work:dev", "awsoff"] * rounds, environ=environ).seen
    finally:
        attacker.kill()
        attacker.wait()
    assert [step.status for step in seen] == [0] * (2 + 2 * rounds), [step.err for step in seen]
    assert [step.environ.get(b"AWS_PROFILE") for step in seen[2:]] == [b"work:dev", None] * rounds
    assert not (home.work / "here").exists()
