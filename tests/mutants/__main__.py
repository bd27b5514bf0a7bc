"""Run the tests against mutants, and print which of them no test notices: `make mutants`.

Each worker has a checkout and an environment of its own, because hooks and the program run from there as well. A mutant
may have lost a check and write anywhere: if root runs this, everything but the checkout and the folder of temporary
files is read-only for it. Once, /dev/null was a regular file afterwards.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.operators import Mutant, mutants
from tests.mutants.targets import EXPLAINED, HOOKS, MODULES, Target

ROOT = Path(__file__).parents[2]
PLACES = ROOT / ".tools/mutants"
WORKERS = os.cpu_count() or 1
LIMIT = 240  # seconds for the tests of one mutant; one that hangs is noticed
# For `sh` in a mount namespace of its own: $0 is the checkout, $1 the folder of temporary files, the rest the command.
_READ_ONLY = """
mount --bind "$0" "$0"
mount --bind "$1" "$1"
mount -o remount,bind,ro /
mount -o remount,bind,ro /dev
cd "$0"
shift
exec "$@"
"""


def main(words: list[str]) -> int:
    """Run the mutants whose lines contain one of the words (all without words); return 1 if too many are alive."""
    wanted = [word for word in words if word != "--list"]
    chosen = [(mutant, tests) for mutant, tests in every() if not wanted or any(word in str(mutant) for word in wanted)]
    if "--list" in words:
        print(*(mutant for mutant, _ in chosen), f"{len(chosen)} mutants", sep="\n")
        return 0
    places: SimpleQueue[Path] = SimpleQueue()
    for number in range(WORKERS):
        places.put(made(PLACES / str(number)))
    with ThreadPoolExecutor(WORKERS) as pool:
        outcomes = list(pool.map(lambda item: outcome(places, *item), chosen))
    return report([mutant for mutant, _ in chosen], outcomes)


def every() -> Iterator[tuple[Mutant, list[str]]]:
    """Yield the mutants of the modules, at even distances, and of the hooks, each with the tests that should fail."""
    for path, target in MODULES.items():
        yield from ((mutant, target.tests) for mutant in sample(path, target))
    for path, before, after, tests in HOOKS:
        text = (ROOT / path).read_text()
        if text.count(before) != 1:
            raise SystemExit(f"{path} has {before!r} {text.count(before)} times: tests/mutants/targets.py")
        yield Mutant(path, "", before, after, len(text[: text.index(before)].encode())), tests


def sample(path: str, target: Target) -> list[Mutant]:
    """Return as many mutants of a module as the table says, at even distances."""
    found = list(mutants(path, (ROOT / path).read_text()))
    step = max(1.0, len(found) / target.number)
    return [found[int(number * step)] for number in range(min(target.number, len(found)))]


def made(place: Path) -> Path:
    """Make a checkout of what is committed, with an environment of its own."""
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "clone", "-q", ROOT, place], check=True)
    (place / ".tools").symlink_to(ROOT / ".tools")
    subprocess.run(["make", "-s", ".venv/.ready"], cwd=place, check=True, stdout=subprocess.DEVNULL)
    if run(place, ["tests/mutants/test_operators.py"]):
        raise SystemExit(f"the tests do not run in {place}")
    return place


def outcome(places: SimpleQueue[Path], mutant: Mutant, tests: list[str]) -> bool:
    """Return whether a mutant is alive: no test fails with it."""
    place = places.get()
    file = place / mutant.path
    source = file.read_bytes()
    try:
        file.write_bytes(mutant.apply(source))
        alive = not run(place, tests)
    finally:
        file.write_bytes(source)
        places.put(place)
    print("alive  " if alive else "noticed", mutant, flush=True)
    return alive


def run(place: Path, tests: list[str]) -> bool:
    """Return whether a test fails, or takes too long."""
    command = [".venv/bin/python", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    environ = {**os.environ, "AWSPROF_AWSCLI": str(ROOT / ".tools/awscli/bin/aws"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        confined = _confined(place, command)
        return subprocess.run(confined, cwd=place, env=environ, capture_output=True, timeout=LIMIT).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def _confined(place: Path, command: list[str]) -> list[str]:
    """Return a command that can write to its checkout and to temporary files only, if root would run it."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return command
    return ["unshare", "--mount", "sh", "-ec", _READ_ONLY, str(place), tempfile.gettempdir(), *command]


def report(chosen: list[Mutant], outcomes: list[bool]) -> int:
    """Print the table, and what is alive without an explanation."""
    alive = [mutant for mutant, lives in zip(chosen, outcomes, strict=True) if lives]
    print(f"\n{'file':44} mutants  alive  explained")
    for path in dict.fromkeys(mutant.path for mutant in chosen):
        of_file = [mutant for mutant in alive if mutant.path == path]
        explained = sum((mutant.path, mutant.before, mutant.after) in EXPLAINED for mutant in of_file)
        print(f"{path:44} {sum(each.path == path for each in chosen):7} {len(of_file):6} {explained:10}")
    unexplained = [each for each in alive if (each.path, each.before, each.after) not in EXPLAINED]
    print(f"{'in all':44} {len(chosen):7} {len(alive):6} {len(alive) - len(unexplained):10}")
    print(*(f"alive, unexplained: {mutant}" for mutant in unexplained), sep="\n")
    return int(bool(unexplained) or len(alive) > len(chosen) / 20)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
