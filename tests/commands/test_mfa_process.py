"""`mfa_process`: a command of the user's gives the MFA code. Against the checking STS, in process and at a terminal."""

import stat

import pexpect
import pytest

from awsprof.commands import mfa
from awsprof.commands.mfa import Wish
from awsprof.errors import AwsprofError, CredentialsError, FileError
from awsprof.sessions import codes
from tests.aws.desk import AWSPROF, Answer, Desk, Script, Talk, desk, ended, own_environment, sts, user
from tests.aws.sts import Answer as Scripted

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures


def set_up(desk: Desk, command: str, profile: str = "work:mfa") -> None:
    """Write work:iam, work:mfa and work:dev, and a command for the codes of a profile."""
    desk.set_up()
    config, credentials = desk.read()
    device = f"[profile work:mfa]\nmfa_device_arn = {desk.user.device_arn}\n"
    other = "" if profile == "work:mfa" else f"[profile {profile}]\n"
    desk.write(config.replace(device, f"{device}{other}mfa_process = {command}\n"), credentials)


def giving(desk: Desk, *given: str) -> str:
    """Return a command that prints one more of these texts each time, and counts how often it was run."""
    for number, text in enumerate(given):
        (desk.folder / f"code{number}").write_text(text)
    runs = desk.folder / "runs"
    runs.touch()
    return f'n=$(wc -c < "{runs}"); printf x >> "{runs}"; cat "{desk.folder}/code$((n))"'


def runs(desk: Desk) -> int:
    path = desk.folder / "runs"
    return path.stat().st_size if path.exists() else 0


def call(desk: Desk, *answers: Answer, wish: Wish | None = None) -> Talk:
    """Call `mfa work`, at a terminal if there are answers; its waiting takes no time."""
    ctx = Talk(Script(*answers) if answers else None)
    ctx.sleep = lambda _: None
    mfa.run(ctx, "work", wish)
    assert not isinstance(ctx.person, Script) or ctx.person.answers == []
    return ctx


def asked(desk: Desk) -> int:
    return desk.sts.count("GetSessionToken")


# What the command prints around the code.
@pytest.mark.parametrize("form", ["{}\n", "{}", "touch your key\n\n{}\n\n \n", "\ufeff{}\r\n", "123 456\n{}\n", " {} "])
def test_the_last_line_that_is_not_empty_is_the_code(desk: Desk, form: str) -> None:
    set_up(desk, giving(desk, form.format(desk.user.next_code())))
    assert "work:mfa  session until " in call(desk).talk
    assert (runs(desk), asked(desk)) == (1, 1)


@pytest.mark.parametrize("profile", ["work:mfa", "work:iam"])
def test_the_mfa_profile_has_the_command_otherwise_the_iam_profile(desk: Desk, profile: str) -> None:
    set_up(desk, giving(desk, desk.user.next_code()), profile)
    call(desk)
    assert runs(desk) == 1


def test_the_mfa_profiles_command_wins(desk: Desk) -> None:
    set_up(desk, giving(desk, desk.user.next_code()))
    desk.config.write_text(desk.config.read_text() + "[profile work:iam]\nmfa_process = exit 1\n")
    call(desk)
    assert asked(desk) == 1


def test_a_code_on_the_command_line_wins(desk: Desk) -> None:
    set_up(desk, giving(desk, "000000"))
    call(desk, wish=Wish(desk.user.next_code()))
    assert (runs(desk), asked(desk)) == (0, 1)


def test_a_session_that_is_still_valid_runs_nothing(desk: Desk) -> None:
    set_up(desk, giving(desk, desk.user.next_code(), "000000"))
    call(desk)
    assert "already" in call(desk).talk
    assert runs(desk) == 1


def test_a_refused_code_is_asked_for_once_more_in_the_next_step(desk: Desk) -> None:
    wrong, code = desk.user.wrong_code(), desk.user.next_code()
    set_up(desk, giving(desk, wrong, code))
    waited: list[float] = []
    ctx = Talk()
    ctx.sleep = waited.append
    ctx.now = lambda: 1_795_435_207.5
    mfa.run(ctx, "work")
    assert waited == [22.5]
    assert "; running the mfa_process of work:mfa again in 22 s\n" in ctx.talk
    assert (runs(desk), asked(desk)) == (2, 2)


# What the command gives each time, then how often it runs and how many codes reach AWS before the user is asked.
REFUSED = {
    "two wrong codes": (["{wrong}", "{other}"], 2, 2),
    "the same code again": (["{wrong}", "{wrong}"], 2, 1),
    "a wrong code, then none": (["{wrong}", ""], 2, 1),
    "no code": (["locked"], 1, 0),
    "nothing": ([""], 1, 0),
    "seven digits": (["1234567"], 1, 0),
}


def filled(desk: Desk, given: list[str]) -> list[str]:
    wrong = desk.user.wrong_code()
    other = f"{(int(wrong) + 500_000) % 1_000_000:06}"
    return [text.format(wrong=wrong, other=other) for text in given]


@pytest.mark.parametrize(("given", "ran", "sent"), REFUSED.values(), ids=list(REFUSED))
def test_then_the_user_is_asked(desk: Desk, given: list[str], ran: int, sent: int) -> None:
    set_up(desk, giving(desk, *filled(desk, given)))
    ctx = call(desk, desk.user.next_code)
    assert isinstance(ctx.person, Script)
    assert ctx.person.asked == ["MFA code for work (hidden): "]
    assert (runs(desk), asked(desk)) == (ran, sent + 1)


@pytest.mark.parametrize(("given", "ran", "sent"), REFUSED.values(), ids=list(REFUSED))
def test_without_a_terminal_that_is_the_end(desk: Desk, given: list[str], ran: int, sent: int) -> None:
    set_up(desk, giving(desk, *filled(desk, given)))
    before = desk.read()
    with pytest.raises(CredentialsError) as raised:
        call(desk)
    assert raised.value.exit_code == 5
    assert (runs(desk), asked(desk), desk.read()) == (ran, sent, before)


# A command that gives no code: how the message goes on.
BROKEN = {
    "exit 3": "failed with exit status 3",
    "no-such-program-here": "failed with exit status 127",
    "kill -9 $$": "was killed by signal 9",
    "sleep 20; echo 123456": "did not end within 1 s",
    "echo S3CRET": "printed a last line of 6 characters that is no code, instead of six digits",
    "true": "printed nothing, instead of six digits",
    "echo 'x": "failed with exit status 2",
}


@pytest.mark.parametrize(("command", "how"), BROKEN.items(), ids=list(BROKEN))
def test_a_command_that_gives_no_code(desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str, how: str) -> None:
    monkeypatch.setattr(codes, "TIME_OUT", 1.0)
    set_up(desk, command)
    with pytest.raises(CredentialsError) as raised:
        call(desk)
    assert raised.value.what == f"the mfa_process of work:mfa {how}"
    assert raised.value.next_step == (
        f"try the command on {desk.config} line 3 by hand\n"
        "or give the code yourself: awsprof mfa work:mfa --code -   reads it from stdin"
    )
    assert asked(desk) == 0


def test_a_failure_of_aws_is_no_reason_to_send_another_code(desk: Desk) -> None:
    set_up(desk, giving(desk, desk.user.next_code(), "000000"))
    desk.sts.script("GetSessionToken", Scripted(503, "ServiceUnavailable"))
    with pytest.raises(AwsprofError) as raised:
        call(desk)
    assert (raised.value.exit_code, runs(desk)) == (6, 1)


def test_everything_that_can_fail_is_tried_first(desk: Desk) -> None:
    set_up(desk, giving(desk, desk.user.next_code()))
    desk.config.write_text(desk.config.read_text().replace(":mfa/", ":user/"))
    with pytest.raises(CredentialsError):
        call(desk)
    assert runs(desk) == 0


# Who could change the command: the mode of the config file and of its folder, what must change, and the exit code.
MODES = {
    "private": (0o600, 0o700, "", 0),
    "readable": (0o644, 0o755, "", 0),
    "the group writes": (0o660, 0o700, "config", 4),
    "everybody writes": (0o606, 0o700, "config", 4),
    "the folder": (0o600, 0o777, "", 4),
    "a sticky folder": (0o600, 0o1777, "", 0),
}


@pytest.mark.parametrize(("mode", "folder", "named", "status"), MODES.values(), ids=list(MODES))
def test_a_file_that_others_can_write(desk: Desk, mode: int, folder: int, named: str, status: int) -> None:
    set_up(desk, giving(desk, desk.user.next_code()))
    desk.config.chmod(mode)
    own = stat.S_IMODE(desk.folder.stat().st_mode)
    desk.folder.chmod(folder)
    try:
        if not status:
            call(desk)
            return
        with pytest.raises(FileError) as raised:
            call(desk, "never asked")
    finally:
        desk.folder.chmod(own)
    it = str(desk.folder / named).rstrip("/")
    assert raised.value.what == (f"{desk.config} line 3: mfa_process was not run, because other users can write {it}")
    assert (raised.value.next_step, raised.value.exit_code) == (f"run chmod go-w {it}", status)
    assert (runs(desk), asked(desk)) == (0, 0)


def test_it_sees_the_terminal_and_the_environment(desk: Desk) -> None:
    code = desk.folder / "code"
    script = desk.folder / "ask"
    script.write_text(
        '#!/bin/sh\nprintf "pass phrase for $AWS_CONFIG_FILE? " >&2\nread -r typed\n'
        f'cd "{desk.folder}"; echo "$typed" > typed; env > environment; cat "{code}"\n'
    )
    script.chmod(0o755)
    code.write_text(desk.user.next_code())
    set_up(desk, str(script))
    child = desk.start("mfa", "work")
    child.expect_exact(f"pass phrase for {desk.config}? ")
    child.send("open sesame\r")
    assert ended(child) == 0
    assert (desk.folder / "typed").read_text() == "open sesame\n"
    assert "AWSPROF_OUT" not in (desk.folder / "environment").read_text()


def test_a_process_in_the_background_does_not_hold_it_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps the output open for longer than awsprof waits for the command."""
    monkeypatch.setattr(codes, "TIME_OUT", 5.0)
    set_up(desk, f"(sleep 20) & {giving(desk, desk.user.next_code())}")
    call(desk)
    assert asked(desk) == 1


def test_ctrl_c_ends_it(desk: Desk) -> None:
    set_up(desk, "echo here >&2; exec sleep 50")
    before = desk.read()
    child = desk.start("mfa", "work")
    child.expect_exact("here")
    child.send("\x03")
    assert ended(child) == 130
    assert (desk.read(), asked(desk)) == (before, 0)


def test_no_input_runs_it(desk: Desk) -> None:
    set_up(desk, giving(desk, desk.user.next_code(), ""))
    done = desk.run("mfa", "work", "--no-input")
    assert (done.returncode, runs(desk), asked(desk)) == (0, 1, 1)
    failed = desk.run("mfa", "work", "--no-input", "--force")
    assert (failed.returncode, runs(desk), asked(desk)) == (5, 2, 1)
    assert "\nawsprof: the mfa_process of work:mfa printed nothing, instead" in failed.stderr


# How `use` is called, whether at a terminal, and whether it runs the command.
USES = {
    "--renew": (["--renew"], False, 1),
    "--renew --no-input": (["--renew", "--no-input"], False, 1),
    "plain, no terminal": ([], False, 0),
    "--no-input": (["--no-input"], True, 0),
    "--no-renew": (["--no-renew"], True, 0),
    "--shell only": ([], True, 0),
}


@pytest.mark.parametrize(("words", "terminal", "ran"), USES.values(), ids=list(USES))
def test_use_runs_it_only_if_it_would_have_asked(desk: Desk, words: list[str], terminal: bool, ran: int) -> None:
    set_up(desk, giving(desk, desk.user.next_code()))
    words = ["use", "work:dev", "--shell", "bash", *words]
    if terminal:
        assert ended(desk.start(*words)) == 0
    else:
        assert desk.run(*words).returncode == 0
    assert runs(desk) == ran


def test_only_one_process_runs_it(desk: Desk) -> None:
    set_up(desk, f"sleep 1; {giving(desk, desk.user.next_code())}")
    children = [pexpect.spawn(AWSPROF[0], [*AWSPROF[1:], "mfa", "work"], timeout=30, encoding="utf-8") for _ in "123"]
    assert [ended(child) for child in children] == [0, 0, 0]
    assert (runs(desk), asked(desk)) == (1, 1)
