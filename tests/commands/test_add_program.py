"""`awsprof add` as a program: exit codes, prompts at a terminal, and what is left when one is left unanswered."""

import io
import os
import re
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from awsprof.commands import add
from awsprof.commands.add import Role
from awsprof.editing import How
from awsprof.errors import FileError
from tests.aws.desk import Desk, Script, Talk, desk, ended, own_environment, sts, user

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures


from tests.commands.adding import BASE, DEVICE, IAM, ID, NEWER, OTHER, ROLE, SECRET, device_section, role_section


def test_the_whole_of_it_as_a_program(desk: Desk) -> None:
    calls = [
        (("add", "iam", "work", "--stdin", "--region", "eu-west-1"), f"{ID}\n{SECRET}\n", 0),
        (("add", "iam", "work", "--stdin"), f"{OTHER}\n{NEWER}\n", 2),
        (("add", "iam", "work", "--stdin"), f"{ID}\n{SECRET}\n", 0),
        (("add", "iam", "new", "--no-input"), "", 2),
        (("add", "mfa", "none", "--device-arn", DEVICE), "", 3),
        (("add", "mfa", "work", "--device-arn", DEVICE), "", 0),
        (("add", "role", "dev", "--source", "work:mfa", "--role-arn", ROLE, "--duration", "1h"), "", 0),
        (("add", "role", "app", "--source", "work:gone", "--role-arn", ROLE), "", 3),
        (("add", "role", "work:app", "--role-arn", ROLE, "--duration", "13h"), "", 2),
    ]
    for words, given, exit_code in calls:
        done = desk.run(*words, given=given)
        assert done.returncode == exit_code, done.stderr
        assert done.stdout == ""
        assert SECRET not in done.stderr
    assert desk.read() == (
        f"[profile work:iam]\nregion = eu-west-1\n\n{BASE}\n"
        + role_section("work:dev", "work:mfa", more="duration_seconds = 3600\n"),
        IAM,
    )


def test_a_secret_typed_at_a_terminal_is_not_shown(desk: Desk) -> None:
    child = desk.start("add", "iam", "work")
    shown = io.StringIO()
    child.logfile_read = shown
    child.expect_exact("access key id: ")
    child.send(f"{ID}\r")
    child.expect_exact("secret access key (hidden): ")
    child.send(f"{SECRET}\r")
    assert ended(child) == 0
    assert desk.read() == ("", IAM)
    assert SECRET not in shown.getvalue()
    assert ID in shown.getvalue()


def test_a_slip_at_a_terminal_leaves_the_secret_to_awsprof_not_to_the_shell(desk: Desk) -> None:
    """Both lines are pasted at once, with what a mail program puts around them; the first paste misses a letter."""
    child = desk.start("add", "iam", "work")
    shown = io.StringIO()
    child.logfile_read = shown
    for question, answer in (
        ("access key id: ", ID[1:]),
        ("access key id: ", f"{ID}\u200b"),
        ("(hidden): ", SECRET[1:]),
        ("(hidden): ", f"\ufeff{SECRET}"),
    ):
        child.expect_exact(question)
        child.send(f"{answer}\r")
    assert ended(child) == 0
    assert desk.read() == ("", IAM)
    assert SECRET[1:] not in shown.getvalue()


# Command line, what is typed at the prompts before, the prompt at which the person leaves.
PROMPTS = {
    "key id": ("add iam new", [], "access key id: "),
    "secret": ("add iam new", [("access key id: ", ID)], "(hidden): "),
    "change of a key": ("add iam work", [("access key id: ", ID), ("(hidden): ", SECRET)], "[y/N] "),
    "which device": ("add mfa work", [], "which device? [1-2, or a name] "),
    "change of a device": (f"add mfa work --device-arn {DEVICE}-new", [], "[y/N] "),
    "role": ("add role work:app", [], "ARN of the role: "),
    "region": (f"add role work:app --role-arn {ROLE}", [], "region? (Enter for none) [1-"),
    "change of a role": (f"add role work:dev --role-arn {ROLE}New", [], "[y/N] "),
}


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_whoever_leaves_at_a_prompt_changes_nothing(desk: Desk, prompt: str, key: str) -> None:
    line, typed, last = PROMPTS[prompt]
    desk.set_up()
    desk.user.other_serials = [f"{desk.user.device_arn}-tablet"]
    before = desk.read()
    child = desk.start(*line.split())
    for question, answer in typed:
        child.expect_exact(question)
        child.send(f"{answer}\r")
    child.expect_exact(last)
    child.send(key)
    assert ended(child) == 130
    assert "ancelled" in (child.before or "")
    assert desk.read() == before
    assert not re.search(r"\.awsprof-tmp-", " ".join(os.listdir(desk.folder)))


def test_the_device_is_asked_for_at_a_terminal(desk: Desk) -> None:
    desk.write(credentials=desk.iam())
    desk.user.may_list_devices = False
    child = desk.start("add", "mfa", "work")
    child.expect_exact("AWS denies it")
    child.expect_exact("ARN of the MFA device: ")
    child.send(f"{DEVICE}\r")
    child.expect(pexpect.EOF)
    assert desk.read()[0] == device_section(DEVICE)


def test_add_runs_no_program_of_the_profiles(desk: Desk) -> None:
    marker = Path(desk.folder, "ran")
    desk.write(f"[profile work:iam]\ncredential_process = touch {marker}\n", desk.iam())
    assert desk.run("add", "mfa", "work").returncode == 0
    assert desk.run("add", "role", "work:dev", "--role-arn", ROLE).returncode == 0
    assert desk.run("add", "iam", "work", "--stdin", "--force", given=f"{ID}\n{SECRET}\n").returncode == 0
    assert not marker.exists()


CALLS: dict[str, Callable[[Talk], object]] = {
    "iam": lambda ctx: add.iam(ctx, "work", How()),
    "mfa": lambda ctx: add.mfa(ctx, "work", How()),
    "role": lambda ctx: add.role(ctx, "work:dev", Role(), How()),
}


@pytest.mark.parametrize("broken", ["config", "credentials"])
@pytest.mark.parametrize("call", CALLS)
def test_a_file_that_the_aws_tools_refuse_stops_it_before_any_question(desk: Desk, broken: str, call: str) -> None:
    (desk.folder / broken).write_text("[a]\n[a]\n")
    before = desk.read()
    person = Script()
    with pytest.raises(FileError, match="line 2"):
        CALLS[call](Talk(person))
    assert person.asked == []
    assert desk.read() == before
