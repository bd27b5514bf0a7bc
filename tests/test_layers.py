"""What lint-imports cannot see: which libraries a command line really loads. Each costs a bare Python or more."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"boto3", "botocore", "click", "dataclasses", "pydantic", "prompt_toolkit", "rich", "shellingham", "typer"}
PROGRAM = """
import sys
from awsprof.__main__ import main
code = main(sys.argv[1:])
sys.stdout.flush()
print(code, *sorted(sys.modules), file=sys.stderr)
"""
LIGHT = {
    "use": ["use", "work:dev", "--shell", "bash"],
    "use with a region": ["use", "work:dev", "--region=eu-west-1", "--shell", "zsh", "--no-input"],
    "off": ["off", "--shell", "fish"],
    "status": ["status"],
    "status as JSON": ["status", "--json"],
    "init": ["init", "bash"],
}
# Left to right: what a command line may load, as proof that the table above could fail.
NOT_LIGHT = {"list": (["list"], {"rich", "typer"}), "help": (["--help"], {"typer"})}


def loaded(words: list[str], home: Path) -> tuple[str, set[str]]:
    """The exit code of a command line and the heavy modules that it loaded."""
    aws = home / ".aws"
    aws.mkdir()
    (aws / "config").write_text("[profile work:dev]\nregion = ap-southeast-2\nrole_arn = arn:aws:iam::0:role/x\n")
    environ = {"HOME": str(home), "AWS_PROFILE": "work:dev", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env=environ,
        cwd=Path(__file__).parents[1],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    code, *modules = done.stderr.splitlines()[-1].split()
    return code, HEAVY & set(modules)


@pytest.mark.parametrize("words", LIGHT.values(), ids=list(LIGHT))
def test_the_light_path_loads_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    assert loaded(words, tmp_path) == ("0", set())


@pytest.mark.parametrize(("words", "heavy"), NOT_LIGHT.values(), ids=list(NOT_LIGHT))
def test_others_load_what_they_need(words: list[str], heavy: set[str], tmp_path: Path) -> None:
    code, found = loaded(words, tmp_path)
    assert code == "0"
    assert heavy <= found
