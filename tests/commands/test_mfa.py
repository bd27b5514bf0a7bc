"""`awsprof mfa`: when AWS is asked, what is written, what is refused before a code is spent. In process."""

import json
import os
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from awsprof import aws
from awsprof.commands import mfa
from awsprof.commands.mfa import Wish
from awsprof.errors import AwsError, AwsprofError, CancelledError, CredentialsError, FileError, UsageError
from awsprof.files import plan
from awsprof.profiles import expiry, model
from awsprof.sessions import renewal
from awsprof.text.times import clock
from tests.aws.desk import Answer, Desk, Script, Talk, desk, keys_text, own_environment, sts, user
from tests.aws.sts import Answer as Scripted

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

HOUR = 3600


def call(desk: Desk, *answers: Answer, word: str = "work", wish: Wish | None = None, as_json: bool = False) -> Talk:
    """Call `mfa`; with answers at a terminal, else without one."""
    ctx = Talk(Script(*answers) if answers else None)
    try:
        mfa.run(ctx, word, wish, as_json=as_json)
    finally:
        assert not isinstance(ctx.person, Script) or ctx.person.answers == []
    return ctx


def asked(desk: Desk) -> int:
    return desk.sts.count("GetSessionToken")


def test_a_session_by_a_typed_code(desk: Desk) -> None:
    desk.set_up()
    config, credentials = desk.read()
    ctx = call(desk, desk.user.next_code)
    config_now, credentials_now = desk.read()
    assert config_now == config
    written = re.fullmatch(
        re.escape(credentials) + r"\n\[work:mfa\]\naws_access_key_id = (ASIA\w{16})\naws_secret_access_key = \S{40}\n"
        r"aws_session_token = \S{300,}\nexpiration = ([-\d]{10}T[:\d]{8}Z)\nawsprof_expiration_for = (\w+)\n",
        credentials_now,
    )
    assert written
    assert written[1] == written[3]
    session = expiry.state_of(model.load(os.environ)["work:mfa"], time.time())
    assert session.expires_at is not None
    assert 35.9 * HOUR < session.expires_at - time.time() < 36.1 * HOUR
    assert ctx.talk == (
        f"warning: AWS_ENDPOINT_URL sends the MFA code to {desk.sts.url} instead of AWS\n"
        f"work:mfa  session until {clock(session.expires_at, time.time())}\n"
    )
    assert ctx.result == ""
    assert isinstance(ctx.person, Script)
    assert ctx.person.asked == ["MFA code for work (hidden): "]
    assert desk.sts.requests[0].params["SerialNumber"] == desk.user.device_arn


def test_what_the_original_wrote_is_taken_over(desk: Desk) -> None:
    desk.write(
        f"[profile work:mfa]\nmfa_device_arn = {desk.user.device_arn}\nexpiration = 2020-01-01T00:00:00.1234567Z\n",
        f"{desk.iam()}[work:mfa]\n{keys_text('ASIAAAAAAAAAAAAAAAAA')}",
    )
    call(desk, desk.user.next_code)
    config, credentials = desk.read()
    assert config == f"[profile work:mfa]\nmfa_device_arn = {desk.user.device_arn}\n"
    keys = [line.split(" = ")[0] for line in credentials.splitlines()[4:]]
    assert keys == [*model.SESSION_KEYS, "expiration", "awsprof_expiration_for"]


@pytest.mark.parametrize("setting", ["mfa_device_arn", "mfa_serial"])
def test_either_name_of_the_device_will_do(desk: Desk, setting: str) -> None:
    desk.write(f"[profile work:mfa]\n{setting} = {desk.user.device_arn}\n", desk.iam())
    call(desk, desk.user.next_code)
    assert asked(desk) == 1


@pytest.mark.parametrize("duration", [900, HOUR, 12 * HOUR, 36 * HOUR])
def test_a_session_lasts_as_long_as_it_is_wanted(desk: Desk, duration: int) -> None:
    desk.set_up()
    call(desk, desk.user.next_code, wish=Wish(seconds=duration))
    assert desk.sts.requests[0].params["DurationSeconds"] == str(duration)


def test_the_session_as_json(desk: Desk) -> None:
    desk.set_up()
    for wish in (Wish(desk.user.next_code()), Wish()):
        ctx = call(desk, wish=wish, as_json=True)
        record = json.loads(ctx.result)
        assert list(record) == ["profile", "state", "expires_at", "seconds_left"]
        assert record["profile"] == "work:mfa"
        assert record["state"] == "valid"
        assert record["seconds_left"] > 35.9 * HOUR
        assert record["expires_at"] in desk.read()[1]


def test_no_region_is_told_once(desk: Desk) -> None:
    desk.set_up()
    desk.config.write_text(desk.config.read_text().replace("region = eu-central-1\n", ""))
    assert (
        "no region in partition aws is set for work: asking AWS in us-east-1\n" in call(desk, desk.user.next_code).talk
    )


def test_a_role_that_makes_aws_tools_ask_again_is_told(desk: Desk) -> None:
    desk.set_up()
    with desk.config.open("a") as config:
        config.write(f"mfa_serial = {desk.user.device_arn}\n")
    ctx = call(desk, desk.user.next_code, word="work:dev")
    assert ctx.talk.count("work:dev has an mfa_serial of its own: the AWS CLI and boto3 ask for a code again") == 1
    assert "mfa_serial" not in call(desk, word="work").talk


LEFT: dict[str, tuple[int, Wish, bool]] = {
    "over an hour": (HOUR + 60, Wish(), False),
    "under an hour": (HOUR - 60, Wish(), True),
    "over a quarter, for an hour": (960, Wish(seconds=HOUR), False),
    "under a quarter, for an hour": (840, Wish(seconds=HOUR), True),
    "over a quarter, for more than an hour": (960, Wish(seconds=HOUR + 1), True),
    "more than wished": (7260, Wish(least=7200), False),
    "less than wished": (7140, Wish(least=7200), True),
    "anything": (60, Wish(least=0), False),
    "enough, but forced": (30 * HOUR, Wish(force=True), True),
    "nothing": (-60, Wish(), True),
}


@pytest.mark.parametrize("case", LEFT)
def test_how_much_must_be_left(desk: Desk, case: str) -> None:
    left, wish, renewed = LEFT[case]
    end = int(time.time()) + left
    desk.set_up(session=end)
    before = desk.read()
    wish.code = desk.user.next_code()
    ctx = call(desk, wish=wish)
    assert asked(desk) == int(renewed)
    assert (desk.read() != before) == renewed
    assert (f"session until {clock(end, time.time())} already" in ctx.talk) == (not renewed)


DISBELIEVED = {
    "keys replaced by hand": ("awsprof_expiration_for = ASIABBBBBBBBBBBBBBBB\n", ""),
    "no token": ("", "aws_session_token = TOKEN\n"),
    "no key": ("", "aws_access_key_id = ASIAAAAAAAAAAAAAAAAA\n"),
}


@pytest.mark.parametrize("case", DISBELIEVED)
def test_an_end_that_is_not_believed(desk: Desk, case: str) -> None:
    added, removed = DISBELIEVED[case]
    desk.set_up(session=time.time() + 30 * HOUR)
    head, section, text = desk.read()[1].partition("[work:mfa]\n")
    desk.credentials.write_text(head + section + (text.replace(removed, "") if removed else text) + added)
    call(desk, wish=Wish(desk.user.next_code()))
    assert asked(desk) == 1


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "abcdef", "12 456", "\u0661" * 6, "-12345", "no code"])
def test_a_code_of_the_wrong_form_is_refused_at_once(code: str) -> None:
    with pytest.raises(UsageError, match="six digits") as raised:
        Wish(code)
    assert code not in f"{raised.value.what} {raised.value.next_step}"


@pytest.mark.parametrize("seconds", [0, 899, 36 * HOUR + 1, 10**9])
def test_a_duration_out_of_bounds_is_refused_at_once(seconds: int) -> None:
    with pytest.raises(UsageError, match="between 15m and 36h"):
        Wish(seconds=seconds)


def break_config(desk: Desk) -> None:
    desk.config.write_text(desk.config.read_text() + "[profile work:dev]\n")


def break_credentials(desk: Desk) -> None:
    desk.credentials.write_text(desk.iam() + "[work:iam]\n")


def temporary_keys(desk: Desk) -> None:
    desk.credentials.write_text(f"[work:iam]\n{keys_text('ASIAAAAAAAAAAAAAAAAA')}")


def hostile_region(desk: Desk) -> None:
    own = "[profile work:mfa]\n"
    desk.config.write_text(desk.config.read_text().replace(own, f"{own}region = eu-west-1'; $(x)\n"))


def no_device(desk: Desk) -> None:
    desk.config.write_text("[profile work:mfa]\n")


def no_keys(desk: Desk) -> None:
    desk.credentials.write_text("")


def plain_http(desk: Desk) -> None:
    desk.config.write_text(f"[profile work:iam]\nendpoint_url = http://a.example\n{desk.config.read_text()}")
    del os.environ["AWS_ENDPOINT_URL"]


BEFOREHAND: dict[str, tuple[Callable[[Desk], None], int]] = {
    "config refused by botocore": (break_config, 4),
    "credentials refused by botocore": (break_credentials, 4),
    "temporary keys": (temporary_keys, 5),
    "no device": (no_device, 3),
    "no keys": (no_keys, 3),
    "plain http": (plain_http, 6),
    "a hostile region": (hostile_region, 2),
}


@pytest.mark.parametrize("case", BEFOREHAND)
def test_what_is_found_before_the_code_is_asked_for(desk: Desk, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil, exit_code = BEFOREHAND[case]
    desk.set_up()
    monkeypatch.setenv("AWS_ENDPOINT_URL", desk.sts.url)
    spoil(desk)
    before = desk.read()
    ctx = Talk(Script())
    with pytest.raises(AwsprofError) as raised:
        mfa.run(ctx, "work")
    assert raised.value.exit_code == exit_code
    assert isinstance(ctx.person, Script)
    assert ctx.person.asked == []
    assert desk.read() == before
    assert desk.sts.requests == []


def test_a_failing_trial_comes_before_the_code(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.set_up()
    trials: list[bool] = []

    def refuse(_steps: list[plan.Step], *, trial: bool = False) -> list[str]:
        trials.append(trial)
        raise FileError("mounted by itself")

    monkeypatch.setattr(plan, "carry_out", refuse)
    ctx = Talk(Script())
    with pytest.raises(FileError):
        mfa.run(ctx, "work")
    assert trials == [True]
    assert desk.sts.requests == []


def test_without_a_terminal_and_a_code(desk: Desk) -> None:
    desk.set_up()
    with pytest.raises(CredentialsError) as raised:
        call(desk)
    assert "awsprof mfa work --code -" in raised.value.next_step
    assert desk.sts.requests == []


TRIES: dict[str, tuple[list[str], int, str]] = {
    "right the second time": (["wrong", "right"], 2, ""),
    "right the third time": (["wrong", "letters", "right"], 2, ""),
    "three times wrong": (["wrong", "wrong 2", "wrong 3"], 3, "AWS refused the MFA code"),
    "the same again": (["wrong", "wrong", "right"], 2, ""),
    "the same to the end": (["wrong", "wrong", "wrong"], 1, "that code was sent already"),
    "never six digits": (["letters", "letters", ""], 0, "six digits"),
}


def typed(desk: Desk, words: list[str]) -> list[Answer]:
    wrong = [f"{int(desk.user.wrong_code()) + step:06}" for step in range(3)]
    known: dict[str, Answer] = {
        "wrong": wrong[0],
        "wrong 2": wrong[1],
        "wrong 3": wrong[2],
        "right": desk.user.next_code,
        "letters": "abcdef",
        "": "",
    }
    return [known[word] for word in words]


@pytest.mark.parametrize("case", TRIES)
def test_three_tries_at_a_terminal(desk: Desk, case: str) -> None:
    words, requests, error = TRIES[case]
    desk.set_up()
    before = desk.read()
    if error:
        with pytest.raises(AwsprofError, match=error):
            call(desk, *typed(desk, words))
        assert desk.read() == before
    else:
        call(desk, *typed(desk, words))
        assert desk.read() != before
    assert asked(desk) == requests
    codes = [request.params["TokenCode"] for request in desk.sts.requests]
    assert len(set(codes)) == len(codes)


def test_a_given_code_is_tried_once(desk: Desk) -> None:
    desk.set_up()
    before = desk.read()
    ctx = Talk(Script())
    with pytest.raises(aws.WrongCodeError):
        mfa.run(ctx, "work", Wish(desk.user.wrong_code()))
    assert asked(desk) == 1
    assert desk.read() == before


def test_only_a_wrong_code_is_asked_for_again(desk: Desk) -> None:
    desk.set_up()
    desk.sts.revoke(desk.user)
    with pytest.raises(CredentialsError, match="deleted or made inactive"):
        call(desk, desk.user.next_code)
    assert asked(desk) == 1


FAILURES: dict[str, tuple[Scripted, type[AwsprofError]]] = {
    "throttled": (Scripted(400, "Throttling", "Rate exceeded"), AwsError),
    "500": (Scripted(500, "InternalFailure", ""), AwsError),
    "not XML": (Scripted(200, body=b"<p>Welcome to the hotel"), AwsError),
    "no answer": (Scripted(hang_up="after"), AwsError),
    "expired": (Scripted(403, "ExpiredToken", ""), CredentialsError),
    "denied": (Scripted(403, "AccessDenied", "no"), CredentialsError),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_changes_no_byte_and_is_no_reason_to_ask_again(desk: Desk, case: str) -> None:
    answer, kind = FAILURES[case]
    desk.set_up(session=time.time() + 60)
    before = desk.read()
    desk.sts.script("GetSessionToken", answer)
    code = desk.user.next_code()
    with pytest.raises(kind) as raised:
        call(desk, code)
    assert asked(desk) == 1
    assert desk.read() == before
    assert code not in f"{raised.value.what} {raised.value.next_step}"


def test_whoever_leaves_the_question_changes_nothing(desk: Desk) -> None:
    desk.set_up()
    before = desk.read()
    with pytest.raises(CancelledError):
        call(desk, CancelledError())
    assert desk.read() == before


def test_the_wait_without_a_terminal_is_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.set_up()
    monkeypatch.setattr(renewal, "WAIT_WITHOUT_TERMINAL", 0.2)
    ctx = Talk()
    with (
        renewal.only_one(os.environ, "work", wait=0, waiting=lambda: None),
        pytest.raises(CredentialsError, match="another awsprof is prompting") as raised,
    ):
        mfa.run(ctx, "work", Wish(desk.user.next_code()))
    assert raised.value.exit_code == 5
    assert ctx.talk.startswith("another awsprof is asking for the MFA code of work: waiting for it")
    assert desk.sts.requests == []


def test_another_domain_does_not_wait(desk: Desk) -> None:
    desk.set_up()
    with renewal.only_one(os.environ, "other", wait=0, waiting=lambda: None):
        call(desk, desk.user.next_code)
    assert asked(desk) == 1


@pytest.mark.parametrize("wish", [Wish(), Wish(force=True), Wish(least=40 * HOUR)])
def test_a_session_renewed_meanwhile_is_enough(desk: Desk, monkeypatch: pytest.MonkeyPatch, wish: Wish) -> None:
    desk.set_up()
    only_one: Any = renewal.only_one

    def another_first(*words: Any, **more: Any) -> Any:
        monkeypatch.setattr(renewal, "only_one", only_one)
        call(desk, desk.user.next_code)
        return only_one(*words, **more)

    monkeypatch.setattr(renewal, "only_one", another_first)
    ctx = Talk(Script())
    mfa.run(ctx, "work", wish)
    assert "already" in ctx.talk
    assert asked(desk) == 1


def test_the_advice_names_the_domain(desk: Desk) -> None:
    desk.set_up()
    with pytest.raises(CredentialsError) as refused:
        call(desk, wish=Wish(desk.user.wrong_code()))
    assert refused.value.next_step == "then: awsprof mfa work"
    desk.user.active = False
    with pytest.raises(CredentialsError) as refused:
        call(desk, wish=Wish(desk.user.next_code()))
    assert refused.value.next_step.endswith("awsprof add iam work --force")
