"""Run the tests against mutants, and print which of them no test notices: `make mutants`.

Each worker has a checkout and an environment of its own, because hooks and the program run from there as well.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
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


def main(words: list[str]) -> int:
    """Run the mutants whose lines contain one of the words (all without words); return 1 if too many are alive."""
    chosen = [(mutant, tests) for mutant, tests in every() if not words or any(word in str(mutant) for word in words)]
    if "--list" in words:
        chosen = list(every())
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
        return subprocess.run(command, cwd=place, env=environ, capture_output=True, timeout=LIMIT).returncode != 0
    except subprocess.TimeoutExpired:
        return True


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
