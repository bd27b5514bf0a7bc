"""Two ordinary users: the one whose shell is tested, and one who attacks."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from .shells import Home, Shell

READING = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=+dac_read_search", "--securebits=+no_setuid_fixup")
VICTIM, ATTACKER = 12345, 12346
EVIL = "touch here\n"


def as_uid(uid: int) -> list[str]:
    """The start of a command line that runs as an ordinary user; skips where that cannot be done."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("two ordinary users need root and setpriv")
    return ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]


def open_parents(path: Path) -> None:
    """Let everybody into the folders that pytest made for root alone."""
    for folder in path.parents:
        if folder.name.startswith(("pytest-", "popen-", "test_")) and folder.stat().st_mode & 0o077 == 0:
            folder.chmod(0o711)


def give(path: Path, uid: int) -> None:
    for each in [path, *path.rglob("*")]:
        os.chown(each, uid, uid, follow_symlinks=False)


def give_home(home: Home) -> None:
    """Make the victim the owner of a home."""
    open_parents(home.path)
    give(home.root, VICTIM)


def as_victim() -> list[str]:
    """The start of a command line of the victim, who may read all files: Python may be installed in root's home."""
    return [*as_uid(VICTIM), *READING]


def shell_of(shell: Shell) -> list[str]:
    return [*as_victim(), *shell.argv]


@contextmanager
def attacking(code: str, *words: str | Path, uid: int = ATTACKER) -> Iterator[None]:
    """Run Python as the attacker, which prints `ready` once it is at it."""
    python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
    argv: Sequence[str | Path] = [*as_uid(uid), python, "-c", code, *words]
    attacker = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    try:
        assert attacker.stdout
        assert attacker.stdout.readline() == "ready\n"
        yield
    finally:
        attacker.kill()
        attacker.wait()
