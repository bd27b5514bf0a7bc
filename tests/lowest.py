"""Writes a constraints file for pip: every dependency of awsprof at the lowest version that pyproject.toml allows."""

import tomllib
from pathlib import Path

from packaging.requirements import Requirement

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"


def dependencies() -> dict[str, Requirement]:
    """What awsprof depends on, by name."""
    found = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    return {requirement.name: requirement for requirement in map(Requirement, found)}


def lowest(requirement: Requirement) -> str:
    """Return the lower bound of a requirement, which must not be excluded itself."""
    (bound,) = (it.version for it in requirement.specifier if it.operator == ">=")
    if not requirement.specifier.contains(bound):
        raise ValueError(f"{requirement} excludes its own lower bound")
    return bound


if __name__ == "__main__":
    print(*(f"{name}=={lowest(requirement)}" for name, requirement in dependencies().items()), sep="\n")
