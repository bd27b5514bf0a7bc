"""The recipes that need more than one command or another machine, each as its page tells it, with the real AWS CLI."""

import os
import re
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


def run_in(machine: Machine, shell: str, script: str) -> "subprocess.CompletedProcess[str]":
    """Run a script in a shell that has the hook; `terraform` there writes its profile into the file `ran`."""
    argv, load, _ = ONE_COMMAND[shell]
    TABLE[shell].find()
    programs = machine.folder / "bin"
    machine.run(":")
    (programs / "terraform").write_text(f'#!/bin/sh\necho "$AWS_PROFILE" >>{machine.folder}/ran\n')
    (programs / "terraform").chmod(0o755)
    start = machine.folder / ".config/fish/config.fish"
    start.parent.mkdir(parents=True, exist_ok=True)
    start.write_text("awsprof init fish | source\n")
    return subprocess.run(
        [*argv, load + script],
        env={
            "HOME": str(machine.folder),
            "PATH": f"{programs}:{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
            "POWERSHELL_TELEMETRY_OPTOUT": "1",
            "AWS_ENDPOINT_URL": machine.sts.url,
        },
        cwd=machine.folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


def ran(machine: Machine) -> str:
    log = machine.folder / "ran"
    return log.read_text() if log.exists() else ""


@pytest.mark.parametrize("shell", ONE_COMMAND)
@pytest.mark.parametrize(("typed", "under"), [("work:prod", "work:prod\n"), ("work:typo", "")])
def test_one_command_under_another_profile(machine: Machine, shell: str, typed: str, under: str) -> None:
    """If the switch fails, the command doesn't run, and this shell keeps its profile."""
    line = ONE_COMMAND[shell][2]
    assert line in RECIPES
    after = "Write-Output $env:AWS_PROFILE" if shell == "pwsh" else "echo $AWS_PROFILE"
    done = run_in(machine, shell, f"awsprof use work:dev; {line.replace('work:prod', typed)}; {after}")
    assert done.stdout.splitlines()[-1:] == ["work:dev"], done.stderr
    assert ran(machine) == under


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_variable_in_front_of_one_command(machine: Machine, shell: str) -> None:
    line = "AWS_PROFILE=work:prod terraform plan"
    assert f"`{line}`" in RECIPES
    run_in(machine, shell, f"{line}; awsprof use work:dev; {line}; terraform plan")
    assert ran(machine) == "work:prod\nwork:prod\nwork:dev\n"


@pytest.mark.parametrize("shell", ONE_COMMAND)
def test_a_code_by_a_pipe(machine: Machine, shell: str) -> None:
    """The recipe says that this form works in every shell; only bash leaves its AWS_SESSION_EXPIRATION unchanged."""
    line = "ykman oath accounts code -s aws | awsprof mfa --code -"
    assert f"`{line}`" in RECIPES
    machine.run(":")
    program = machine.folder / "bin/ykman"
    program.write_text(f"#!/bin/sh\necho {machine.user.next_code()}\n")
    program.chmod(0o755)
    drop = "Remove-Item Env:AWS_SESSION_EXPIRATION" if shell == "pwsh" else "set -e AWS_SESSION_EXPIRATION"
    drop = "unset AWS_SESSION_EXPIRATION" if shell in ("bash", "zsh") else drop
    done = run_in(machine, shell, f"awsprof use work:dev; {drop}; {line} --force; /usr/bin/env")
    assert "work:mfa  session until" in done.stdout + done.stderr
    assert ("AWS_SESSION_EXPIRATION=" in done.stdout) == (shell != "bash")


# How each shell shows what its prompt is, and the rest of a prompt that the recipe leaves as it was.
PROMPTS = {
    "bash": ("PS1='rest> '", 'echo "${PS1@P}"'),
    "zsh": ("PROMPT='rest> '", 'for f in $precmd_functions; do $f; done; print -P "$PROMPT"'),
    "fish": ("function fish_prompt; echo -n 'rest> '; end", "fish_prompt"),
    "pwsh": ("function prompt { 'rest> ' }", "prompt"),
}
BLOCKS = {"bash": "bash\nPS1", "zsh": "zsh\nawsprof_prod", "fish": "fish\nfunctions", "pwsh": "powershell\n\\$plain"}


@pytest.mark.parametrize("shell", PROMPTS)
@pytest.mark.parametrize(("profile", "shown"), [("work:prod", True), ("work:dev", False), ("", False)])
def test_production_in_the_prompt(shell: str, profile: str, shown: bool, tmp_path: Path) -> None:
    found = re.search(rf"^```({BLOCKS[shell]}.*?)\n```", RECIPES, re.DOTALL | re.MULTILINE)
    assert found
    before, show = PROMPTS[shell]
    TABLE[shell].find()
    block = found[1].partition("\n")[2]
    done = subprocess.run(
        [*ONE_COMMAND[shell][0], "\n".join([before, block, show])],
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"], "TERM": "xterm", "AWS_PROFILE": profile},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert ("PROD" in done.stdout, "\x1b[41m" in done.stdout) == (shown, shown)
    assert done.stdout.replace("\n", "").endswith("rest> ")


def test_what_to_look_for_in_a_colleagues_config(tmp_path: Path) -> None:
    """The grep finds each setting that the table below it names."""
    line = re.findall(r"^ {4}(grep .*) config$", RECIPES, re.MULTILINE)[0]
    rows = RECIPES.partition(line)[2].partition("\nAfter copying")[0]
    named = re.findall(r"`(\[\w+|[a-z_0-9]+)[^`]*`", "\n".join(row.split(" | ")[0] for row in rows.splitlines()[4:]))
    assert len(named) > 8
    for name in named:
        (tmp_path / "config").write_text(f"[profile x]\n{name}]\n" if name[0] == "[" else f"[profile x]\n{name} = y\n")
        assert subprocess.run(["bash", "-c", f"{line} config"], cwd=tmp_path, capture_output=True).returncode == 0, name


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


COLONS = {
    "bash": "${AWS_PROFILE//:/-}",
    "zsh": "${AWS_PROFILE//:/-}",
    "fish": "(string replace -a : - $AWS_PROFILE)",
    "pwsh": "$env:AWS_PROFILE.Replace(':', '-')",
}


@pytest.mark.parametrize("shell", COLONS)
def test_a_name_without_the_colon(machine: Machine, shell: str) -> None:
    assert f"`{COLONS[shell]}`" in (ROOT / "docs/colons.md").read_text()
    done = run_in(machine, shell, f"awsprof use work:dev; echo {COLONS[shell]}")
    assert done.stdout == "work-dev\n", done.stderr
