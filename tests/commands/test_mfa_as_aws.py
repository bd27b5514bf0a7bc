"""`mfa`, `whoami`, `add mfa` and `status` against answers that AWS really gives (facts on STS and IAM, issue 19)."""

import time

import pytest

from awsprof.commands import add, mfa, status, whoami
from awsprof.commands.mfa import Wish
from awsprof.editing import How
from awsprof.errors import AwsprofError, CredentialsError
from tests.aws.desk import Answer as Typed
from tests.aws.desk import Desk, Script, Talk, desk, own_environment, sts, user
from tests.aws.sts import Answer

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

HOUR = 3600


def call(desk: Desk, *answers: Typed, wish: Wish | None = None) -> Talk:
    ctx = Talk(Script(*answers) if answers else None)
    mfa.run(ctx, "work", wish)
    assert not isinstance(ctx.person, Script) or ctx.person.answers == []
    return ctx


def asked(desk: Desk) -> int:
    return desk.sts.count("GetSessionToken")


def other_key(desk: Desk) -> None:
    """Put another user's key into work:iam, as an editor would."""
    other = desk.sts.add_user("somebody.else")
    config, credentials = desk.read()
    for mine, theirs in (
        (desk.user.access_key_id, other.access_key_id),
        (desk.user.secret_access_key, other.secret_access_key),
    ):
        credentials = credentials.replace(mine, theirs)
    desk.write(config.replace(desk.user.device_arn, other.device_arn), credentials)
    desk.user = other


def told(desk: Desk, command: str) -> str:
    ctx = Talk()
    if command == "status":
        status.run(ctx)
        return ctx.result + ctx.talk
    if command == "whoami":
        whoami.run(ctx, "work:mfa")
        return ctx.talk
    return desk.run("use", "work:dev", "--shell", "bash").stderr


@pytest.mark.parametrize("command", ["status", "whoami", "use"])
def test_a_session_made_with_another_key_is_reported(desk: Desk, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    desk.set_up()
    monkeypatch.setenv("AWS_PROFILE", "work:dev")
    mine = desk.user.access_key_id
    call(desk, desk.user.next_code)
    assert "another key" not in told(desk, command)
    other_key(desk)
    words = f"the session of work:mfa was made with {mine}, another key than work:iam holds"
    assert words in told(desk, command)
    assert "awsprof mfa work --force" in told(desk, command)


def test_mfa_renews_a_session_made_with_another_key(desk: Desk) -> None:
    desk.set_up()
    call(desk, desk.user.next_code)
    other_key(desk)
    ctx = call(desk, desk.user.next_code)
    assert "was made with" in ctx.talk
    assert asked(desk) == 2
    assert "already" in call(desk).talk


@pytest.mark.parametrize(("seconds", "mentioned"), [(36 * HOUR, True), (HOUR, False)])
def test_root_gets_an_hour_and_is_not_asked_again(desk: Desk, seconds: int, mentioned: bool) -> None:
    desk.user = desk.sts.add_user("root", root=True)
    desk.set_up()
    ctx = call(desk, desk.user.next_code, wish=Wish(seconds=seconds))
    assert ("AWS gave a session of 1h instead of 36h" in ctx.talk) == mentioned
    assert "already" in call(desk, wish=Wish(seconds=seconds)).talk, "59 minutes are enough for root"
    assert asked(desk) == 1


# The name of a setting of a device or key that botocore or AWS would refuse only after the code was typed.
FORMS = {
    "a short serial number": ("mfa_device_arn", "GAHT1"),
    "a device with spaces": ("mfa_device_arn", "my phone no 1"),
    "a user": ("mfa_device_arn", "arn:aws:iam::000000000000:user/you"),
}


@pytest.mark.parametrize(("setting", "value"), FORMS.values(), ids=list(FORMS))
def test_the_form_of_a_device_is_checked_before_the_code(desk: Desk, setting: str, value: str) -> None:
    desk.set_up()
    desk.config.write_text(desk.config.read_text().replace(desk.user.device_arn, value))
    with pytest.raises(CredentialsError):
        call(desk, "never asked")
    assert asked(desk) == 0


@pytest.mark.parametrize("key_id", ["AKIA", "AKIA SHORT", "x" * 15])
def test_the_form_of_a_key_is_checked_before_the_code(desk: Desk, key_id: str) -> None:
    desk.set_up()
    desk.credentials.write_text(desk.credentials.read_text().replace(desk.user.access_key_id, key_id))
    ctx = Talk(Script())
    with pytest.raises(CredentialsError, match="access key id of work:iam") as raised:
        mfa.run(ctx, "work")
    assert raised.value.next_step == "enter it again: awsprof add iam work --force"
    assert asked(desk) == 0


def test_a_hardware_device(desk: Desk) -> None:
    desk.set_up()
    token = desk.sts.add_device(desk.user, "GAHT12345678")
    desk.config.write_text(desk.config.read_text().replace(desk.user.device_arn, token.arn))
    call(desk, token.next_code)
    assert desk.sts.requests[-1].params["SerialNumber"] == "GAHT12345678"


def test_devices_come_in_pages(desk: Desk) -> None:
    """The first page's only device is not taken without a question."""
    desk.sts._state.page_size = 1
    second = desk.sts.add_device(desk.user, desk.user.device_arn + "-2")
    desk.write("", desk.iam())
    ctx = Talk(Script(second.arn))
    add.mfa(ctx, "work", How())
    assert second.arn in desk.read()[0]


# What AWS answers to a session in the file that is said to be valid, and what `whoami` says.
SESSIONS: dict[str, tuple[Answer, str, str]] = {
    "unknown": (
        Answer(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
        "AWS does not accept the session of work:mfa (asked in us-east-1, the default of partition aws)",
        "if it is some seconds old, try again; otherwise renew it: awsprof mfa work --force",
    ),
    "expired": (
        Answer(403, "ExpiredToken", "The security token included in the request is expired"),
        "the session has expired",
        "renew it: awsprof mfa work --force",
    ),
    "expired, as other services say it": (
        Answer(403, "ExpiredTokenException", "The security token included in the request is expired"),
        "the session has expired",
        "renew it: awsprof mfa work --force",
    ),
}


@pytest.mark.parametrize(("answer", "what", "step"), SESSIONS.values(), ids=list(SESSIONS))
def test_whoami_blames_the_session_not_the_key(desk: Desk, answer: Answer, what: str, step: str) -> None:
    desk.set_up(session=time.time() + 9000, region="")
    desk.sts.script("GetCallerIdentity", answer)
    with pytest.raises(CredentialsError) as raised:
        whoami.run(Talk(), "work:mfa")
    assert (raised.value.what, raised.value.next_step) == (what, step)


def test_a_key_that_is_new_or_asked_in_the_wrong_region_is_not_only_told_to_be_replaced(desk: Desk) -> None:
    desk.set_up(region="eu-central-1")
    desk.sts._state.not_enabled = {"eu-central-1"}
    with pytest.raises(CredentialsError) as raised:
        call(desk, wish=Wish(desk.user.next_code()))
    assert "or is so new that AWS does not know it yet (asked in eu-central-1, region of work:dev)" in raised.value.what
    assert raised.value.next_step == (
        "if that region is not enabled: awsprof set work:mfa region=us-east-1; "
        "if it is new, try again in some seconds; "
        "if it was deleted, make a new one in the console, then: awsprof add iam work --force"
    )


# A command that AWS refuses, at any of its requests, and the codes it answers with.
CODES = ("InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "AccessDenied", "RegionDisabledException")
COMMANDS: dict[str, list[str]] = {
    "mfa": ["mfa", "work", "--force", "--code", "123456"],
    "whoami": ["whoami", "work:iam"],
    "whoami of a role": ["whoami", "work:dev"],
    "add mfa": ["add", "mfa", "new"],
    "rotate": ["rotate", "work", "--yes", "--allow-endpoint", "127.0.0.1"],
}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("words", COMMANDS.values(), ids=list(COMMANDS))
def test_placeholders_are_never_printed(desk: Desk, words: list[str], code: str) -> None:
    desk.set_up(session=time.time() + 9000)
    desk.credentials.write_text(desk.credentials.read_text() + "\n" + desk.iam().replace("work", "new"))
    for action in ("GetSessionToken", "GetCallerIdentity", "AssumeRole", "ListMFADevices", "ListAccessKeys"):
        desk.sts.script(action, *[Answer(403, code, "A text of AWS's.")] * 9)
    done = desk.run(*words)
    assert done.returncode in (2, 5), done.stderr
    assert not {"DOMAIN", "KEY", "PROFILE"} & set(done.stderr.replace(":", " ").split()), done.stderr


def test_a_session_name_that_aws_refuses_is_found_before_the_prompt(desk: Desk) -> None:
    desk.set_up(session=time.time() + 9000)
    with desk.config.open("a") as config:
        config.write(f"mfa_serial = {desk.user.device_arn}\nrole_session_name = x\n")
    with pytest.raises(AwsprofError) as raised:
        whoami.run(Talk(Script()), "work:dev")
    assert "role_session_name of work:dev" in raised.value.what
    assert "awsprof set work:dev role_session_name=" in raised.value.next_step
    assert asked(desk) == 0
