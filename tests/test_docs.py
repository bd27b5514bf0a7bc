"""What the documentation shows is what happens: its transcript is played, and every command it names is run."""

import io
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.aws.account import Role, User
from tests.aws.sts import CheckingSts, write_csv
from tests.demo.__main__ import AWS_CLI, play

from .test_help import COMMANDS, examples

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").glob("*.md"))]
CONFIG = """\
[profile work:mfa]
mfa_device_arn = {device}
[profile work:dev]
role_arn = {role}
source_profile = work:mfa
region = eu-west-1
[profile work:prod]
role_arn = {role}
source_profile = work:mfa
[profile their:ops]
role_arn = {role}
source_profile = work:mfa
[profile corp:mfa]
mfa_device_arn = {device}
"""
# What a page writes in general, and an example of it.
EXAMPLES = {
    "ARN": "arn:aws:iam::000000000000:role/PowerUsers",
    "DOMAIN": "work",
    "PROFILE": "work:dev",
    "REGION": "eu-west-1",
    "SHELL": "bash",
    "123456": "{code}",
}
STARTS = r"(ykman|eval|\( |aws(prof|use|mfa|off)\b)"
# Two switches behind, so that `use -` has somewhere to go; a session; and programs that a page calls beside ours.
SETTING = """\
eval "$(awsprof init bash)" && awsprof use work:prod && awsprof use work:dev && awsprof mfa --code "$FIRST" || exit 99
ykman() { echo "$CODE"; }
terraform() { test "$AWS_PROFILE" = work:prod; }
aws() { if test "$1" = configure; then echo export AWS_ACCESS_KEY_ID=x; else test "$AWS_REGION" = us-east-1; fi; }
old-program() { test "$AWS_ACCESS_KEY_ID"; }
"""


def write_files(folder: Path, user: User, role: Role) -> None:
    folder.mkdir()
    (folder / "config").write_text(CONFIG.format(device=user.device_arn, role=role.arn))
    keys = f"aws_access_key_id = {user.access_key_id}\naws_secret_access_key = {user.secret_access_key}\n"
    (folder / "credentials").write_text(f"[work:iam]\n{keys}[corp:iam]\n{keys}")


def transcript(page: Path) -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    return [line.rstrip() for block in blocks for line in block.splitlines()]


def alike(line: str) -> str:
    """A line without what differs from day to day."""
    return re.sub(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d|session-\d+", "#", line)


@pytest.mark.skipif(not AWS_CLI.exists(), reason="the transcript calls the AWS CLI: make test installs it")
def test_the_transcript_is_what_happens() -> None:
    shown = transcript(ROOT / "README.md")
    commands = [line.removeprefix("$ ") for line in shown if line.startswith("$ ")]
    out = io.StringIO()
    with CheckingSts() as sts:
        user = sts.add_user("your.name")
        sts.add_role("PowerUsers")
        code = play("bash", ['eval "$(awsprof init bash)"', *commands], sts, user, out)
    happened = [line.rstrip() for line in out.getvalue().splitlines() if line.strip()]
    assert code == 0, out.getvalue()
    # The page shows it with AWS itself, which needs no such lines.
    warning = re.compile(
        f"warning: AWS_ENDPOINT_URL sends the .* to {re.escape(sts.url)} instead of AWS|kept AWS_ENDPOINT_URL: .*"
    )
    happened = [line for line in happened if not warning.fullmatch(line)]
    assert [alike(line) for line in happened[1:]] == [alike(line) for line in shown]


def documented(page: Path) -> list[str]:
    """Every command line of ours in a page: in blocks, and in code within a sentence."""
    text = re.sub(r"^```(console|json|ini)\n.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    blocks = re.findall(r"^```\w+\n(.*?)\n```", text, re.MULTILINE) + re.findall(r"^ {4}(.*)$", text, re.MULTILINE)
    found = [part.replace("\\|", "|") for part in (*re.findall(r"`([^`\n]+)`", text), *blocks)]
    lines = [line.partition("  #")[0].strip() for line in found if re.match(STARTS, line)]
    # tests/test_recipes.py runs the line for PowerShell that asks for $?, with the hook.
    return [line for line in lines if " " in line and "..." not in line and "$?" not in line]


def spoken_by(line: str) -> list[str]:
    """The shell that a line is meant for, and how it runs one."""
    if "Invoke-Expression" in line:
        return ["pwsh", "-NoProfile", "-Command"]
    if "| source" in line:
        return ["fish", "-c"]
    return ["zsh", "-fc"] if "init zsh" in line else ["bash", "-c"]


@pytest.mark.parametrize("line", sorted({*examples(), *(line for page in PAGES for line in documented(page))}))
def test_a_documented_command_works(line: str, tmp_path: Path) -> None:
    shell = spoken_by(line)
    if not shutil.which(shell[0]):
        pytest.skip(f"{shell[0]} is not installed")
    with CheckingSts() as sts:
        user = sts.add_user("your.name")
        write_files(tmp_path / ".aws", user, sts.add_role("PowerUsers"))
        write_csv(tmp_path / "key.csv", user)
        for word, example in EXAMPLES.items():
            line = line.replace(word, example)
        if "awsprof rotate" in line:  # the pages show it with AWS itself
            line += " --allow-endpoint 127.0.0.1"
        code = user.next_code()
        done = subprocess.run(
            [*shell, (SETTING if shell[0] == "bash" else "") + line.replace("{code}", code)],
            env={
                "HOME": str(tmp_path),
                "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
                "FIRST": user.next_code(),
                "CODE": code,
                "AWS_ENDPOINT_URL": sts.url,
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
    # If a person would be asked, that is all that may prevent success.
    asked = ("there is no terminal to ask at", "no terminal to ask on")
    assert done.returncode == 0 or any(words in done.stderr for words in asked), done.stderr


def symptoms() -> list[str]:
    """What troubleshooting says that awsprof says."""
    page = (ROOT / "docs/troubleshooting.md").read_text()
    others = ("bash: awsprof", "The config profile", "ExpiredToken", "AccessDenied", "aws", "no session")
    found = [
        word for row in re.findall(r"^\| ([^|]*) \|", page, re.MULTILINE) for word in re.findall(r"`([^`]*)`", row)
    ]
    return [word for word in found if not word.startswith(others)]


@pytest.mark.parametrize("symptom", symptoms())
def test_what_troubleshooting_quotes_is_said(symptom: str) -> None:
    sources = "\n".join(path.read_text() for path in (ROOT / "awsprof").rglob("*.py"))
    assert [part for part in symptom.split("...") if part.strip() not in sources] == []


def options(command: Any) -> Iterator[str]:
    for option in command.params:
        if option.param_type_name == "option":
            yield max(option.opts, key=len)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_documented(name: str) -> None:
    text = "\n".join(page.read_text() for page in PAGES if page.name != "CONTRIBUTING.md")
    assert f"awsprof {name}" in text
    assert [option for option in options(COMMANDS[name]) if not re.search(rf"{option}\b", text)] == []


def test_every_promise_names_a_test() -> None:
    text = (ROOT / "SECURITY.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("|") and not line.startswith(("|---", "| promise"))]
    assert rows
    assert [row for row in rows if "`tests/" not in row] == []
    for path, name in re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", text):
        assert f"def {name}(" in (ROOT / path).read_text() if name else (ROOT / path).exists(), (path, name)
