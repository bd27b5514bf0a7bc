"""The bounds in pyproject.toml: a version that breaks awsprof cannot be installed with it."""

from importlib.metadata import version

import pytest
from packaging.requirements import Requirement

from tests.lowest import dependencies, lowest

# Each was installed and run. With `make lowest` the versions next to them are.
BROKEN = {
    "typer": {
        "0.15.0 0.15.1 0.15.2 0.15.3": "`list --help` and other help crash with the newest click",
        "0.15.4": "needs a click that suggests no command for a misspelt one",
        "0.16.0 0.16.1 0.17.4": "`show` without its argument is an unexpected error (exit 1)",
        "0.17.0 0.17.1 0.17.2 0.17.3": "`list --help` and other help crash",
        "0.17.5": "needs a click that suggests no command for a misspelt one",
        "0.29.0 0.29.1 0.29.2": "imports pydantic on every call",
    },
    "rich": {"13.7.0 13.9.4 14.0.0 14.2.0": "a folded table is drawn one column to the side of one that fits"},
    "boto3": {"1.34.0 1.43.53": "their botocore takes an empty CA bundle for: do not verify"},
}
WORKING = {
    "typer": "0.18.0 0.19.0 0.20.1 0.21.2 0.22.0 0.23.2 0.24.2 0.25.1 0.26.8 0.27.3 0.28.0",
    "rich": "14.3.0 15.0.0",
    "boto3": "1.43.54 1.44.8",
    "prompt_toolkit": "3.0.36",
}


@pytest.mark.parametrize(
    ("name", "broken"),
    [(name, broken) for name, cases in BROKEN.items() for broken in " ".join(cases).split()],
)
def test_a_version_that_breaks_awsprof_is_excluded(name: str, broken: str) -> None:
    assert not dependencies()[name].specifier.contains(broken)


@pytest.mark.parametrize(("name", "works"), [(name, it) for name, all_ in WORKING.items() for it in all_.split()])
def test_a_version_that_works_is_allowed(name: str, works: str) -> None:
    assert dependencies()[name].specifier.contains(works)


@pytest.mark.parametrize("name", dependencies())
def test_what_is_installed_is_allowed(name: str) -> None:
    assert dependencies()[name].specifier.contains(version(name))


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [("a>=1.2", "1.2"), ("a>=1.2,!=1.3.*,<2", "1.2"), ("a>=1.2,!=1.2", None), ("a<2", None)],
)
def test_the_lowest_version(requirement: str, expected: str | None) -> None:
    if expected:
        assert lowest(Requirement(requirement)) == expected
        return
    with pytest.raises(ValueError, match=r"excludes|not enough"):
        lowest(Requirement(requirement))
