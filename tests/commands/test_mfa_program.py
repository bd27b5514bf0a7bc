"""`awsprof mfa` as a program: at a terminal, without one, and several at once."""

import io
import json
import os
import shutil
import signal
import subprocess
import time

import pexpect
import pytest

from tests.aws.desk import AWSPROF, Desk, desk, ended, own_environment, sts, user

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

PROMPT = "MFA code for work (hidden): "
WAITING = "another awsprof is asking for the MFA code of work: waiting for it"


def asked(desk: Desk) -> int:
    return desk.sts.count("GetSessionToken")


def test_a_code_typed_at_a_terminal_is_not_shown(desk: Desk) -> None:
    desk.set_up()
    wrong, code = desk.user.wrong_code(), desk.user.next_code()
    child = desk.start("-v", "mfa", "work")
    shown = io.StringIO()
    child.logfile_read = shown
    for typed in (wrong, wrong, code):
        child.expect_exact(PROMPT)
        child.send(f"{typed}\r")
    assert ended(child) == 0
    assert "AWS refused the MFA code" in shown.getvalue()
    assert "that code was sent already" in shown.getvalue()
    assert "work:mfa  session until " in shown.getvalue()
    token = desk.read()[1].split("aws_session_token = ")[1].split()[0]
    for secret in (code, desk.user.secret_access_key, token):
        assert secret not in shown.getvalue()
    assert asked(desk) == 2


@pytest.mark.parametrize("key", ["\x03", "\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("words", ["mfa work", "mfa work --force", "use work:dev --mfa --shell bash"])
def test_whoever_leaves_at_the_prompt_changes_nothing(desk: Desk, words: str, key: str) -> None:
    desk.set_up()
    before = desk.read()
    child = desk.start(*words.split())
    child.expect_exact(PROMPT)
    child.send(key)
    assert ended(child) == 130
    assert "export" not in (child.before or "")
    assert desk.read() == before
    assert asked(desk) == 0


# Words, stdin, exit code, what stderr says, requests.
CALLS: dict[str, tuple[str, str, int, str, int]] = {
    "a code": ("mfa work --code CODE", "", 0, "work:mfa  session until", 1),
    "a code from stdin": ("mfa work --code -", "CODE\n", 0, "work:mfa  session until", 1),
    "a code from stdin, --no-input": ("mfa --no-input work --code -", " CODE \r\n", 0, "session until", 1),
    "a profile": ("mfa work:dev --code CODE", "", 0, "work:mfa  session until", 1),
    "an hour": ("mfa work --duration 1h --code CODE", "", 0, "work:mfa  session until", 1),
    "none": ("mfa work", "", 5, "--code -", 0),
    "--no-input": ("mfa work --no-input", "", 5, "--code -", 0),
    "stdin is empty": ("mfa work --code -", "", 2, "six digits", 0),
    "stdin is no code": ("mfa work --code -", "hello\n", 2, "six digits", 0),
    "five digits": ("mfa work --code 12345", "", 2, "six digits", 0),
    "a wrong code": ("mfa work --code WRONG", "", 5, "wrong, expired or already used", 1),
    "too short": ("mfa work --duration 14m --code CODE", "", 2, "between 15m and 36h", 0),
    "too long": ("mfa work --duration 36h1s --code CODE", "", 2, "between 15m and 36h", 0),
    "no duration": ("mfa work --duration soon --code CODE", "", 2, "not a duration", 0),
    "no rest": ("mfa work --min-remaining soon --code CODE", "", 2, "not a duration", 0),
    "no domain": ("mfa --code CODE", "", 2, "awsprof mfa DOMAIN", 0),
    "an unknown domain": ("mfa wrok --code CODE", "", 3, "awsprof add mfa wrok", 0),
    "use": ("use work:dev --mfa --shell bash", "", 5, "--code -", 0),
}


@pytest.mark.parametrize("case", CALLS)
def test_without_a_terminal(desk: Desk, case: str) -> None:
    line, given, exit_code, told, requests = CALLS[case]
    desk.set_up()
    before = desk.read()
    codes = {"CODE": desk.user.next_code(), "WRONG": desk.user.wrong_code()}
    for word, code in codes.items():
        line, given = line.replace(word, code), given.replace(word, code)
    done = desk.run(*line.split(), given=given)
    assert done.returncode == exit_code, done.stderr
    assert told in done.stderr
    assert (desk.read() != before) == (exit_code == 0)
    assert asked(desk) == requests
    assert codes["CODE"] not in done.stdout + done.stderr


def test_an_active_profile_that_is_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.set_up()
    monkeypatch.setenv("AWS_PROFILE", "work:gone")
    assert desk.run("mfa").returncode == 3
    assert desk.run("mfa", "work", "--code", desk.user.next_code()).returncode == 0


def test_the_active_profiles_session(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.set_up()
    monkeypatch.setenv("AWS_PROFILE", "work:dev")
    done = desk.run("mfa", "--json", "--code", desk.user.next_code())
    assert json.loads(done.stdout)["profile"] == "work:mfa"


def test_nothing_of_a_session_is_shown_even_to_debug(desk: Desk) -> None:
    desk.set_up()
    done = desk.run("mfa", "work", "-v", "--debug", "--code", desk.user.next_code())
    secrets = [line.split(" = ")[1] for line in desk.read()[1].splitlines() if "secret" in line or "token" in line]
    assert len(secrets) == 3
    assert not any(secret in done.stdout + done.stderr for secret in secrets)


@pytest.mark.parametrize("words", ["mfa work", "use work:dev --mfa --shell bash", "status", "list", "show work:iam"])
def test_no_program_of_the_profiles_is_run(desk: Desk, words: str) -> None:
    marker = desk.folder / "ran"
    desk.set_up(session=time.time() + 60)
    processes = "".join(
        f"[profile {name}]\ncredential_process = touch {marker}\n" for name in ("work:iam", "default", "other")
    )
    desk.config.write_text(f"{processes}{desk.config.read_text()}")
    child = desk.start(*words.split())
    if "mfa" in words:
        child.expect_exact(PROMPT)
        child.send(f"{desk.user.next_code()}\r")
    assert ended(child) == 0
    assert not marker.exists()


# Root may write anywhere: here it gives up that right first.
DROP = ["setpriv", "--bounding-set=-dac_override", "--"] if os.geteuid() == 0 else []


@pytest.mark.parametrize("mode", [0o500, 0o700], ids=["read-only", "writable"])
def test_a_read_only_folder_is_found_before_the_code_is_sent(desk: Desk, mode: int) -> None:
    if DROP and (not shutil.which(DROP[0]) or subprocess.run([*DROP, "true"], capture_output=True).returncode):
        pytest.skip("root cannot be kept from writing here: no setpriv, or no right to use it")
    desk.set_up()
    before = desk.read()
    desk.folder.chmod(mode)
    words = [*DROP, *AWSPROF, "mfa", "work", "--code", desk.user.next_code()]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    desk.folder.chmod(0o700)
    writable = mode == 0o700
    assert done.returncode == (0 if writable else 4), done.stderr
    assert asked(desk) == int(writable)
    assert (desk.read() == before) == (not writable)
    assert ("Permission denied" in done.stderr) == (not writable)


# Several at once.


def test_one_asks_and_all_report_its_session(desk: Desk) -> None:
    desk.set_up()
    first = desk.start("mfa", "work")
    first.expect_exact(PROMPT)
    others = [desk.start(*words) for words in (("mfa", "work"), ("mfa", "work", "--force"), ("mfa", "work:dev"))]
    own_code = desk.user.next_code()
    without_terminal = subprocess.Popen(
        [*AWSPROF, "mfa", "work", "--code", own_code], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
    )
    for other in others:
        other.expect_exact(WAITING)
    assert without_terminal.stderr is not None
    assert WAITING in without_terminal.stderr.readline()
    code = desk.user.next_code()
    first.send(f"{code}\r")
    assert [ended(child) for child in (first, *others)] == [0, 0, 0, 0]
    assert "session until" in without_terminal.communicate(timeout=30)[1]
    assert without_terminal.returncode == 0
    assert all("already" in (other.before or "") for other in others)
    assert [request.params["TokenCode"] for request in desk.sts.requests] == [code]


@pytest.mark.parametrize("end", ["killed", "refused", "left"])
def test_after_a_failure_the_next_one_asks(desk: Desk, end: str) -> None:
    desk.set_up()
    first = desk.start("mfa", "work")
    first.expect_exact(PROMPT)
    second = desk.start("mfa", "work")
    second.expect_exact(WAITING)
    if end == "killed":
        first.kill(signal.SIGKILL)
    elif end == "left":
        first.send("\x03")
    else:
        for more in (True, True, False):
            first.send("letters\r")
            first.expect_exact(PROMPT if more else "six digits")
    first.expect(pexpect.EOF)
    second.expect_exact(PROMPT)
    second.send(f"{desk.user.next_code()}\r")
    assert ended(second) == 0
    assert asked(desk) == 1


def test_whoever_waits_can_leave(desk: Desk) -> None:
    desk.set_up()
    first = desk.start("mfa", "work")
    first.expect_exact(PROMPT)
    second = desk.start("mfa", "work")
    second.expect_exact(WAITING)
    second.send("\x03")
    assert ended(second) == 130
    first.send(f"{desk.user.next_code()}\r")
    assert ended(first) == 0


def test_many_without_a_terminal_spend_one_code(desk: Desk) -> None:
    desk.set_up()
    codes = [desk.user.next_code() for _ in range(3)]
    running = [
        subprocess.Popen([*AWSPROF, "mfa", "work", "--code", code], stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        for code in codes
    ]
    told = [child.communicate(timeout=60)[1].decode() for child in running]
    assert [child.returncode for child in running] == [0, 0, 0], told
    assert asked(desk) == 1


def test_the_file_is_not_locked_while_a_code_is_asked_for(desk: Desk) -> None:
    desk.set_up()
    child = desk.start("mfa", "work")
    child.expect_exact(PROMPT)
    role = "arn:aws:iam::000000000000:role/x"
    assert desk.run("add", "role", "work:app", "--role-arn", role).returncode == 0
    child.send(f"{desk.user.next_code()}\r")
    assert ended(child) == 0
    config, credentials = desk.read()
    assert role in config
    assert "[work:mfa]" in credentials
