"""The recipe for a profile for each directory, with the real direnv in each shell that its Debian package supports."""

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

from . import clients
from .shells.shells import TABLE
from .test_docs import ROOT

RECIPE = re.findall(r"^```bash\n# \.envrc\n(.*?)^```", (ROOT / "docs/recipes.md").read_text(), re.DOTALL | re.MULTILINE)
CONFIG = """\
[profile work:dev]
region = eu-west-1
role_arn = arn:aws:iam::000000000000:role/PowerUsers
source_profile = work:iam
[profile work:prod]
role_arn = arn:aws:iam::000000000000:role/PowerUsers
source_profile = work:iam
"""
CREDENTIALS = "[work:iam]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = none\n"
PROBE = "sh -c 'echo \"${AWS_PROFILE-none} ${AWS_REGION-none} ${AWS_ACCESS_KEY_ID-none} ${AWSPROF_SAVED+saved}\"'"


class Way(NamedTuple):
    """How a shell is started, loads both hooks, and runs what direnv runs before each prompt."""

    argv: list[str]
    load: str
    prompt: str


WAYS = {
    "bash": Way(["bash", "--norc", "-c"], 'eval "$(awsprof init bash)"; eval "$(direnv hook bash)"', "_direnv_hook"),
    "zsh": Way(["zsh", "-fc"], 'eval "$(awsprof init zsh)"; eval "$(direnv hook zsh)"', "_direnv_hook"),
    "fish": Way(["fish", "-c"], "awsprof init fish | source; direnv hook fish | source", "__direnv_export_eval"),
}
# What is typed, and what child processes see then: profile, region, key, and whether there is something for `off`.
DAYS = {
    "no profile outside": [
        ("cd project", "work:dev eu-west-1 none saved"),
        ("awsprof off", "none us-east-1 none"),
        ("cd ..", "none us-east-1 AKIAOWN"),
        ("awsprof off", "none us-east-1 AKIAOWN"),
        ("cd project", "work:dev eu-west-1 none saved"),
        ("awsprof use work:prod", "work:prod us-east-1 none saved"),
        ("cd below", "work:prod us-east-1 none saved"),
        ("cd ../..", "none us-east-1 AKIAOWN"),
    ],
    "a profile outside": [
        ("awsprof use work:prod", "work:prod us-east-1 none saved"),
        ("cd project", "work:dev eu-west-1 none saved"),
        ("awsprof off", "work:prod us-east-1 none"),
        ("cd ..", "work:prod us-east-1 none saved"),
        ("cd project", "work:dev eu-west-1 none saved"),
        ("awsprof use -", "work:prod us-east-1 none saved"),
        ("cd ..", "work:prod us-east-1 none saved"),
        ("awsprof off", "none us-east-1 none"),
    ],
    "the same profile outside": [
        ("awsprof use work:dev", "work:dev eu-west-1 none saved"),
        ("cd project", "work:dev eu-west-1 none saved"),
        ("awsprof off", "work:dev eu-west-1 none"),
        ("cd ..", "work:dev eu-west-1 none saved"),
        ("awsprof off", "none us-east-1 none"),
    ],
}


def live(shell: str, day: list[str], home: Path, recipe: str) -> tuple[list[str], str]:
    """Type the lines in a home with a project; return what child processes see after each, and stderr."""
    TABLE[shell].find()
    if not shutil.which("direnv"):
        clients.missing("direnv", "direnv is not installed")
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(CONFIG)
    (home / ".aws/credentials").write_text(CREDENTIALS)
    (home / "project/below").mkdir(parents=True)
    (home / "project/.envrc").write_text(recipe)
    argv, load, prompt = WAYS[shell]
    lines = [load, "direnv allow project", *(f"{line}; {prompt}; {PROBE}" for line in day)]
    done = subprocess.run(
        [*argv, "\n".join(lines)],
        env={
            "HOME": str(home),
            "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "AKIAOWN",
        },
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return [line.rstrip() for line in done.stdout.splitlines()], done.stderr


@pytest.mark.parametrize("shell", WAYS)
@pytest.mark.parametrize("day", DAYS)
def test_a_profile_for_each_directory(shell: str, day: str, tmp_path: Path) -> None:
    """Inside, `off` gives what the shell has outside; leaving gives it too; outside, `off` undoes the shell's own."""
    typed = [line for line, _ in DAYS[day]]
    seen, err = live(shell, typed, tmp_path, RECIPE[0])
    assert list(zip(typed, seen, strict=True)) == DAYS[day], err


@pytest.mark.parametrize("shell", WAYS)
def test_a_directory_whose_profile_is_gone_changes_nothing(shell: str, tmp_path: Path) -> None:
    recipe = RECIPE[0].replace("work:dev", "work:typo")
    seen, err = live(shell, ["awsprof use work:prod", "cd project", "awsprof off"], tmp_path, recipe)
    assert seen == ["work:prod us-east-1 none saved"] * 2 + ["none us-east-1 none"]
    assert "no profile work:typo" in err
