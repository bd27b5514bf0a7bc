"""The recipes that need more than one command or another machine, each as its page tells it, with the real AWS CLI."""

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aws.account import User
from tests.aws.sts import CheckingSts
from tests.demo.__main__ import AWS_CLI

from .shells.shells import TABLE
from .test_docs import ROOT, write_files

pytestmark = pytest.mark.skipif(not AWS_CLI.exists(), reason="recipes call the AWS CLI: make test installs it")
WHO = "aws sts get-caller-identity --query Arn --output text"
RECIPES = (ROOT / "docs/recipes.md").read_text()


class Machine:
    """A home with AWS files, and what a bash script prints in it."""

    def __init__(self, folder: Path, sts: CheckingSts, user: User) -> None:
        self.folder, self.sts, self.user = folder, sts, user
        self.aws = folder / ".aws"

    def run(self, script: str, code: int = 0) -> str:
        programs = self.folder / "bin"
        if not programs.exists():
            programs.mkdir()
            (programs / "aws").symlink_to(AWS_CLI)
        done = subprocess.run(
            ["bash", "-c", f'eval "$(awsprof init bash)"; {script}'],
            env={
                "HOME": str(self.folder),
                "PATH": f"{programs}:{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
                "AWS_ENDPOINT_URL": self.sts.url,
                "AWS_EC2_METADATA_DISABLED": "true",
            },
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == code, done.stderr
        return done.stdout


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with CheckingSts() as sts:
        user = sts.add_user("your.name")
        here = tmp_path / "here"
        here.mkdir()
        write_files(here / ".aws", user, sts.add_role("PowerUsers"))
        machine = Machine(here, sts, user)
        machine.run(f"awsprof mfa work --code {user.next_code()}")
        yield machine


def section(text: str, name: str) -> str:
    return next(f"[{part}" for part in text.split("\n[") if f"[{part}".startswith(f"[{name}]")).rstrip() + "\n"


def test_a_server_with_the_session_alone(machine: Machine, tmp_path: Path) -> None:
    server = Machine(tmp_path / "server", machine.sts, machine.user)
    server.aws.mkdir(parents=True)
    (server.aws / "credentials").write_text(section((machine.aws / "credentials").read_text(), "work:mfa"))
    shutil.copy(machine.aws / "config", server.aws)
    assert machine.user.secret_access_key not in (server.aws / "credentials").read_text()
    assert ":assumed-role/PowerUsers/" in server.run(f"awsprof use work:dev && {WHO}")


MOUNTS = ["unshare", "-m", "bash", "-c", "mount --bind /tmp /tmp && mount -t tmpfs none /tmp"]


def can_mount() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run(MOUNTS, capture_output=True).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="only root on Linux may mount")
@pytest.mark.parametrize(("tmpfs", "code"), [(True, 0), (False, 255)])
def test_a_container_with_the_folder_read_only(machine: Machine, tmpfs: bool, code: int) -> None:
    """A read-only mount in a mount namespace, as docker makes one; the AWS CLI keeps a role's keys in ~/.aws/cli."""
    assert "-v ~/.aws:/root/.aws:ro --tmpfs /root/.aws/cli" in RECIPES
    mounts = "mount --bind ~/.aws ~/.aws && mount -o remount,bind,ro ~/.aws"
    more = " && mount -t tmpfs none ~/.aws/cli" if tmpfs else ""
    line = f"mkdir -p ~/.aws/cli; awsprof use work:dev; unshare -m bash -c '{mounts}{more} && {WHO}'"
    assert (":assumed-role/PowerUsers/" in machine.run(line, code)) == tmpfs


def test_a_script_goes_no_further_after_a_failure(machine: Machine) -> None:
    line = 'eval "$(awsprof use work:dev --shell bash --no-input)"'
    assert line in RECIPES
    script = f"set -e; {line}; echo $AWS_PROFILE; {line.replace('work:dev', 'work:gone')}; echo on"
    assert machine.run(script, code=1) == "work:dev\n"


def test_a_long_run_needs_what_is_left(machine: Machine) -> None:
    line = "awsprof mfa work --no-input --min-remaining 4h"
    assert line in RECIPES
    machine.run(line)
    assert machine.run(f"{line.replace('4h', '36h')}", code=5) == ""


ONE_COMMAND = {
    "bash": (["bash", "-c"], 'eval "$(awsprof init bash)"; ', "( awsprof use work:prod && terraform plan )"),
    "zsh": (["zsh", "-fc"], 'eval "$(awsprof init zsh)"; ', "( awsprof use work:prod && terraform plan )"),
    "fish": (["fish", "-c"], "", "fish -c 'awsprof use work:prod; and terraform plan'"),
    "pwsh": (
        ["pwsh", "-NoProfile", "-NonInteractive", "-Command"],
        "awsprof init pwsh | Out-String | Invoke-Expression; ",
        "awsprof use work:prod; if ($?) { terraform plan; awsprof use - }",
    ),
}


@pytest.mark.parametrize("shell", ONE_COMMAND)
@pytest.mark.parametrize(("typed", "ran"), [("work:prod", "work:prod\n"), ("work:typo", "")])
def test_one_command_under_another_profile(machine: Machine, shell: str, typed: str, ran: str) -> None:
    """If the switch fails, the command doesn't run, and this shell keeps its profile."""
    argv, load, line = ONE_COMMAND[shell]
    TABLE[shell].find()
    assert line in RECIPES
    programs = machine.folder / "bin"
    machine.run(":")
    (programs / "terraform").write_text(f'#!/bin/sh\necho "$AWS_PROFILE" >>{machine.folder}/ran\n')
    (programs / "terraform").chmod(0o755)
    start = machine.folder / ".config/fish/config.fish"
    start.parent.mkdir(parents=True, exist_ok=True)
    start.write_text("awsprof init fish | source\n")
    after = "Write-Output $env:AWS_PROFILE" if shell == "pwsh" else "echo $AWS_PROFILE"
    script = f"{load}awsprof use work:dev; {line.replace('work:prod', typed)}; {after}"
    done = subprocess.run(
        [*argv, script],
        env={
            "HOME": str(machine.folder),
            "PATH": f"{programs}:{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
            "POWERSHELL_TELEMETRY_OPTOUT": "1",
        },
        cwd=machine.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[-1:] == ["work:dev"], done.stderr
    log = machine.folder / "ran"
    assert (log.read_text() if log.exists() else "") == ran


def test_parentheses_alone_are_switched(machine: Machine) -> None:
    assert machine.run("awsprof use work:dev; ( awsprof use work:prod; echo $AWS_PROFILE ); echo $AWS_PROFILE") == (
        "work:prod\nwork:dev\n"
    )


def test_a_colleagues_roles(machine: Machine) -> None:
    """Copied roles stand on a session that is called otherwise here."""
    line = "awsprof set work:dev source_profile=work:mfa"
    assert line in RECIPES
    with (machine.aws / "config").open("r+") as file:
        text = file.read().replace("source_profile = work:mfa\nregion", "source_profile = acme:mfa\nregion")
        file.seek(0)
        file.write(text)
    assert ":assumed-role/PowerUsers/" in machine.run(f"{line} --yes && awsprof use work:dev && {WHO}")
