"""Every verb that writes, where nothing can be written: on a full disk, in a read-only folder, under a size limit."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from .forcing import Ran
from .tally import LONG, Tally, tally
from .test_faults import wrong_with
from .verbs import VERBS
from .world import World, world

__all__ = ["tally"]  # a fixture

ROOT = os.geteuid() == 0
# A home on a tmpfs of its own, filled to the last page; what becomes of it is copied back, for the mount ends with it.
FULL = """
mkdir -p "$0.kept" && cp -a "$0/." "$0.kept" || exit 77
mount -t tmpfs -o size=128k,mode=700 tmpfs "$0" && cp -a "$0.kept/." "$0" || exit 77
head -c 1m /dev/zero >"$0/filling" 2>/dev/null
"$@"
status=$?
rm "$0/filling" && cp -a "$0/." "$0.kept"
exit "$status"
"""
LIMIT = 'ulimit -f 0 && exec "$@"'


def full(there: World) -> tuple[str, ...]:
    become_root = () if ROOT else ("--map-root-user",)
    return ("unshare", "--mount", *become_root, "sh", "-c", FULL, str(there.home))


def read_only(there: World) -> tuple[str, ...]:
    """As an ordinary user; root maps itself to one, who owns what root made."""
    for folder in (there.home, there.aws):
        folder.chmod(0o555)
    return ("unshare", "--user", "--map-user=1000", "--map-group=1000") if ROOT else ("env",)


def limited(there: World) -> tuple[str, ...]:
    return ("sh", "-c", LIMIT, "sh")


class Place(NamedTuple):
    """How a home comes to be one where nothing can be written, the words before a program there, and what it says."""

    prepare: Callable[[World], tuple[str, ...]]
    why: str


PLACES = {
    "a full disk": Place(full, "No space left on device"),
    "a read-only folder": Place(read_only, "Permission denied|its folder .* cannot be written to"),
    "a file-size limit": Place(limited, "File too large"),
}
CASES = [(place, name) for place in PLACES for name in VERBS]
IN_SHORT = [case for number, case in enumerate(CASES) if number % 7 == 0]


@pytest.mark.parametrize(("place", "name"), CASES if LONG else IN_SHORT)
def test_nothing_can_be_written(tmp_path: Path, tally: Tally, place: str, name: str) -> None:
    with (
        world(tmp_path / "home", VERBS[name], 5) as there,
        tally.run(place, name) as wrong,
    ):
        before = there.state()
        prefix = PLACES[place].prepare(there)
        if not shutil.which(prefix[0]) or subprocess.run([*prefix, "true"], capture_output=True).returncode:
            pytest.skip(f"{place} cannot be had here: {' '.join(prefix[:4])} ...")
        ran = there.verb(VERBS[name], before=prefix)
        there.home.chmod(0o700)
        there.aws.chmod(0o700)
        if (kept := tmp_path / "home.kept").exists():
            shutil.rmtree(there.home)
            kept.rename(there.home)
        if ran.returncode == 0:
            wrong.append("it could be written")
        told = Ran(ran.returncode, ran.stdout, ran.stderr)
        wrong.extend(wrong_with(told, there.state(), before, before, replaced=False, unlinking=False))
        if not re.search(PLACES[place].why, ran.stderr):
            wrong.append(f"it does not say why: {ran.stderr!r}")
    assert tally.ours == []
