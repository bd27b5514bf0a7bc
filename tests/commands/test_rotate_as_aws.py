"""`awsprof rotate` against answers that AWS really gives: another user's session, late knowledge, denials, pages."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from awsprof.commands.rotate import Wish
from awsprof.errors import AwsError, AwsprofError, CredentialsError
from awsprof.sessions.rotation import INACTIVE_ID, NEW_ID, NEW_SECRET, OLD_ID
from tests.aws.account import Key, User
from tests.aws.desk import Desk, desk, own_environment, sts, user
from tests.aws.hosts import Host
from tests.aws.sts import Answer

from .test_rotate import HERE, HOSTS, Killed, at_aws, held, killed_at, run, works

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

DELETE = Wish(delete=True, hosts=HOSTS)
SCP = "arn:aws:organizations::000000000000:policy/o-x/service_control_policy/p-x"


def session_of(desk: Desk, user: User, **more: Any) -> str:
    """A section [work:mfa] with a session of a user's, made with MFA just now."""
    key = Key(user.arn, user.user_id, user, int(time.time()) + 36000, mfa=True)
    key.mfa_at = time.time()
    for name, value in more.items():
        setattr(key, name, value)
    desk.sts._state.add_key(key)
    return (
        f"\n[work:mfa]\naws_access_key_id = {key.access_key_id}\naws_secret_access_key = {key.secret_access_key}\n"
        f"aws_session_token = {key.token}\nexpiration = 2099-01-01T00:00:00Z\n"
    )


def with_session(desk: Desk, user: User | None = None, **more: Any) -> None:
    """work:iam, and a session of its user or of another one."""
    device = f"[profile work:mfa]\nmfa_device_arn = {desk.user.device_arn}\n"
    desk.write(device, desk.iam() + session_of(desk, user or desk.user, **more))


def made(desk: Desk) -> int:
    return desk.sts.count("CreateAccessKey")


def other_of(desk: Desk) -> User:
    return desk.sts.add_user("somebody.else")


def test_a_session_of_another_user_makes_no_key(desk: Desk) -> None:
    """facts: the key of bob was overwritten by one of alice's, and his secret was gone."""
    with_session(desk, other_of(desk))
    before = desk.read()
    with pytest.raises(
        CredentialsError, match=r"belongs to \S+user/somebody.else, but the key in work:iam to"
    ) as raised:
        run(desk, wish=DELETE)
    assert "awsprof mfa work --force" in raised.value.next_step
    assert (desk.read(), made(desk)) == (before, 0)
    assert works(desk)


def test_an_inactive_key_is_rotated_only_if_it_is_the_signers(desk: Desk) -> None:
    """STS does not know an inactive key; IAM lists it for its user only."""
    desk.user.active = False
    with_session(desk, other_of(desk))
    before = desk.read()
    with pytest.raises(CredentialsError, match="AWS does not know this access key"):
        run(desk, wish=DELETE)
    assert (desk.read(), made(desk)) == (before, 0)
    with_session(desk)
    run(desk, wish=DELETE)
    assert works(desk)


def test_a_new_key_of_another_user_never_replaces_the_old_one(desk: Desk) -> None:
    """As an awsprof of before left it: made with somebody else's session, not in place yet."""
    new = desk.sts._state.add_key(Key((other := other_of(desk)).arn, other.user_id, other))
    desk.write("", f"{desk.iam()}{NEW_ID} = {new.access_key_id}\n{NEW_SECRET} = {new.secret_access_key}\n")
    before = desk.read()
    with pytest.raises(CredentialsError, match=r"the new key \S+ belongs to \S+somebody.else") as raised:
        run(desk)
    assert f"awsprof unset work:iam {NEW_ID} {NEW_SECRET}" in raised.value.next_step
    assert desk.read() == before
    assert works(desk)


def test_a_key_that_nobody_has_seen_go_is_not_called_inactive(desk: Desk) -> None:
    gone = "AKIA" + "Z" * 16
    desk.write("", f"{desk.iam()}{OLD_ID} = {gone}\n")
    assert f"IAM has no key {gone} of this user: it was deleted, or is another user's\n" in run(desk).talk
    assert OLD_ID not in held(desk)
    assert INACTIVE_ID not in held(desk)


# What STS does in the region asked, and what is said; no key may exist afterwards.
def not_enabled(desk: Desk) -> None:
    desk.sts._state.not_enabled = {"ap-east-1"}


def not_activated(desk: Desk) -> None:
    desk.sts._state.sts_off = {"ap-east-1"}


def another_region(desk: Desk) -> None:
    desk.sts.endpoint = Host("sts", "us-east-1")


REGIONS: dict[str, tuple[Callable[[Desk], None], str]] = {
    "an opt-in region that is not enabled": (not_enabled, "AWS does not know this access key"),
    "STS is not activated": (not_activated, "STS is not activated for this account"),
    "an endpoint of another region": (another_region, "the endpoint belongs to another region"),
}


@pytest.mark.parametrize(("refuse", "what"), REGIONS.values(), ids=list(REGIONS))
def test_sts_is_asked_before_a_key_is_made(desk: Desk, refuse: Callable[[Desk], None], what: str) -> None:
    desk.write("[profile work:iam]\nregion = ap-east-1\n", desk.iam())
    before = desk.read()
    refuse(desk)
    with pytest.raises(CredentialsError, match=what) as raised:
        run(desk)
    assert raised.value.what.endswith(" (asked in ap-east-1, region of work:iam)")
    assert "if that region is not enabled: awsprof set work:mfa region=us-east-1" in raised.value.next_step
    assert (desk.read(), made(desk)) == (before, 0)


def test_the_opt_in_region_of_a_role_is_not_asked(desk: Desk) -> None:
    desk.sts._state.not_enabled = {"ap-east-1"}
    desk.write("[profile work:dev]\nrole_arn = x\nsource_profile = work:iam\nregion = ap-east-1\n", desk.iam())
    run(desk)
    assert works(desk)


# What AWS does not know for some calls: the action, whether a session signs, and which call of that action.
LATE = [
    (action, session, nth)
    for action in ("ListAccessKeys", "CreateAccessKey", "UpdateAccessKey", "DeleteAccessKey")
    for session in (True, False)
    for nth in (0, 1)
    if nth == 0 or action.startswith("List")
]
UNKNOWN = Answer(403, "InvalidClientTokenId", "The security token included in the request is invalid")


@pytest.mark.parametrize(("action", "session", "nth"), LATE)
def test_keys_and_sessions_may_be_unknown_for_some_seconds(desk: Desk, action: str, session: bool, nth: int) -> None:
    with_session(desk) if session else desk.write("", desk.iam())
    desk.sts.script(action, *[Answer()] * nth, UNKNOWN, UNKNOWN)
    run(desk, wish=DELETE)
    assert works(desk)
    assert len(at_aws(desk)) == 1


@pytest.mark.parametrize("action", ["ListAccessKeys", "CreateAccessKey", "DeleteAccessKey"])
@pytest.mark.parametrize("session", [True, False])
def test_what_iam_does_not_come_to_accept_is_named(desk: Desk, action: str, session: bool) -> None:
    with_session(desk) if session else desk.write("", desk.iam())
    desk.sts.script(action, *[UNKNOWN] * 99)
    with pytest.raises(CredentialsError, match="which STS accepts") as raised:
        run(desk, wish=DELETE)
    signs = "the MFA session of work" if session else held(desk)["aws_access_key_id"]
    assert raised.value.what.startswith(f"IAM does not accept {signs}, which STS accepts")
    assert raised.value.next_step.endswith("go on in some minutes: awsprof rotate work")
    assert ("awsprof mfa work --force" in raised.value.next_step) == session
    assert works(desk)


def test_an_active_key_that_sts_does_not_know_ends_it_before_a_key_is_made(desk: Desk) -> None:
    with_session(desk)
    desk.sts.script("GetCallerIdentity", Answer(), *[UNKNOWN] * 99)
    with pytest.raises(CredentialsError, match="AWS does not know this access key"):
        run(desk)
    assert made(desk) == 0


# AWS's reason, and whom to ask.
POLICIES = {
    "with an explicit deny in a resource control policy": "ask whoever manages the organization",
    "with an explicit deny in a permissions boundary": "ask whoever manages this account",
    "because no permissions boundary allows the iam:CreateAccessKey action": "ask whoever manages this account",
    "because no session policy allows the iam:CreateAccessKey action": "use keys or a session without it",
    "with an explicit deny in a VPC endpoint policy": "ask whoever manages that endpoint",
}


@pytest.mark.parametrize(("reason", "advice"), POLICIES.items())
def test_nobody_is_told_to_ask_for_a_permission_that_changes_nothing(desk: Desk, reason: str, advice: str) -> None:
    with_session(desk)
    words = f"User: {desk.user.arn} is not authorized to perform: iam:CreateAccessKey on resource: user x {reason}"
    desk.sts.script("CreateAccessKey", Answer(403, "AccessDenied", words))
    with pytest.raises(CredentialsError) as raised:
        run(desk)
    assert raised.value.what == f"AWS denies iam:CreateAccessKey: {reason}"
    assert raised.value.next_step.endswith(advice)


def test_a_session_that_is_seconds_old(desk: Desk) -> None:
    with_session(desk, unknown_for=2)
    talk = run(desk).talk
    assert "waiting until AWS knows the MFA session (some seconds)\n" in talk
    assert works(desk)


# Who denies it, whether an MFA session signs, AWS's reason as it is shown, and the advice.
DENIALS: dict[str, tuple[dict[str, Any], bool, str, str]] = {
    "an old code": (
        {"mfa_within": 3600.0},
        True,
        "with an explicit deny in an identity-based policy",
        "or renew the MFA session, if the policy asks for a recent code: awsprof mfa work --force",
    ),
    "no MFA": (
        {"needs_mfa": True},
        False,
        "with an explicit deny in an identity-based policy",
        "or renew the MFA session: awsprof mfa work",
    ),
    "no permission": (
        {"denied": {"iam:CreateAccessKey"}},
        True,
        "because no identity-based policy allows the action",
        "ask for the permission iam:CreateAccessKey on your own user, or renew",
    ),
    "a service control policy": (
        {"forbidden_by": SCP},
        True,
        f"with an explicit deny in a service control policy: {SCP}",
        "a policy of the organization forbids it: ask whoever manages the organization",
    ),
}


@pytest.mark.parametrize("case", DENIALS)
def test_a_denial_shows_awss_reason(desk: Desk, case: str) -> None:
    how, session, reason, advice = DENIALS[case]
    with_session(desk, mfa_at=time.time() - 7200)
    if not session:
        desk.write(desk.read()[0], desk.iam())
    for name, value in how.items():
        setattr(desk.user, name, value)
    with pytest.raises(CredentialsError, match="AWS denies iam:CreateAccessKey: ") as raised:
        run(desk)
    assert raised.value.what == f"AWS denies iam:CreateAccessKey: {reason}"
    assert raised.value.next_step.startswith(advice) or advice in raised.value.next_step
    assert ("permission" in raised.value.next_step) == ("service control" not in case)
    assert works(desk)


def test_lists_come_in_pages(desk: Desk) -> None:
    desk.sts._state.page_size = 1
    desk.write("", desk.iam())
    run(desk)
    run(desk, wish=DELETE)
    assert works(desk)
    assert len(at_aws(desk)) == 1, "the superseded key was on the second page"


@pytest.mark.parametrize("lag", [0, 2])
def test_a_key_whose_secret_did_not_arrive_is_named_even_if_the_list_lags(desk: Desk, lag: int) -> None:
    desk.write("", desk.iam())
    desk.user.new_keys_unlisted_for = lag
    desk.sts.script("CreateAccessKey", Answer(hang_up="after"))
    with pytest.raises(AwsError) as raised:
        run(desk)
    lost = next(key_id for key_id in at_aws(desk) if key_id != desk.user.access_key_id)
    assert f"AWS made {lost}, but its secret did not arrive" in raised.value.next_step


def test_a_list_that_lags_behind_for_long(desk: Desk) -> None:
    desk.write("", desk.iam())
    desk.user.new_keys_unlisted_for = 99
    desk.sts.script("CreateAccessKey", Answer(hang_up="after"))
    with pytest.raises(AwsError) as raised:
        run(desk)
    assert "`aws iam list-access-keys` shows it" in raised.value.next_step


# An answer of GetAccessKeyLastUsed.
LAST_USES = {
    "a key deleted meanwhile": Answer(404, "NoSuchEntity", "The Access Key with id AKIAX cannot be found."),
    "throttled": Answer(400, "Throttling", "Rate exceeded"),
    "not IAM's": Answer(200, body=b"<html>"),
    "no date": Answer(
        200, body=b"<X><GetAccessKeyLastUsedResult><AccessKeyLastUsed/></GetAccessKeyLastUsedResult></X>"
    ),
}


@pytest.mark.parametrize("answer", LAST_USES.values(), ids=list(LAST_USES))
def test_the_last_use_of_a_key_is_worth_no_failure(desk: Desk, answer: Answer) -> None:
    from awsprof.editing import How

    desk.write("", desk.iam())
    desk.sts.script("GetAccessKeyLastUsed", answer)
    run(desk, True, False, how=How())
    assert works(desk)


NO_USER = Answer(404, "NoSuchEntity", "The user with name your.name cannot be found.")


@pytest.mark.parametrize("action", ["ListAccessKeys", "CreateAccessKey", "UpdateAccessKey"])
def test_a_user_that_is_gone_is_not_an_inactive_key(desk: Desk, action: str) -> None:
    desk.write("", desk.iam())
    desk.sts.script(action, NO_USER)
    with pytest.raises(CredentialsError, match="IAM has no such user any more") as raised:
        run(desk)
    assert raised.value.exit_code == 5


# An error code of AWS's (fact 16), the class of exit, and what is said.
CODES = {
    "RequestExpired": (6, "clock"),
    "ExpiredTokenException": (5, "the session has expired"),
    "UnrecognizedClientException": (5, "AWS does not know this access key"),
    "OptInRequired": (5, "sign-up for this service is not complete"),
    "ConcurrentModification": (6, "AWS is"),
    "RequestThrottled": (6, "AWS is"),
    "RegionDisabledException": (5, "STS is not activated"),
}


@pytest.mark.parametrize("code", CODES)
def test_codes_of_aws(desk: Desk, code: str) -> None:
    desk.write("", desk.iam())
    desk.sts.script("GetCallerIdentity", Answer(400, code, "A text of AWS's."))
    with pytest.raises(AwsprofError) as raised:
        run(desk)
    status, what = CODES[code]
    assert raised.value.exit_code == status
    assert what in raised.value.what
    assert "DOMAIN" not in raised.value.next_step
    assert made(desk) == 0


def test_two_keys_that_may_not_be_listed_are_not_called_key(desk: Desk) -> None:
    desk.write("", desk.iam())
    desk.sts._state.add_key(Key(desk.user.arn, desk.user.user_id, desk.user))
    desk.user.denied = {"iam:ListAccessKeys"}
    with pytest.raises(CredentialsError, match="two already") as raised:
        run(desk, wish=HERE)
    assert "KEY" not in raised.value.next_step.replace(held(desk)["aws_access_key_id"], "")


@pytest.mark.parametrize("late", [False, True], ids=["known at once", "known late"])
@pytest.mark.parametrize("step", range(18))
def test_killed_at_any_step_with_a_session(desk: Desk, monkeypatch: pytest.MonkeyPatch, step: int, late: bool) -> None:
    """A key that works is in the file after a kill at any step; the next run completes it, and names a lost key."""
    with_session(desk, unknown_for=2 * late)
    desk.user.new_keys_unknown_for = 3 * late
    with monkeypatch.context() as patched:
        killed_at(patched, step)
        try:
            run(desk, wish=DELETE)
        except Killed:
            pass
        else:
            assert step >= 16
    assert works(desk)
    lost = set(at_aws(desk)) - {held(desk)["aws_access_key_id"]} - {desk.user.access_key_id, held(desk).get(NEW_ID)}
    if lost:
        with pytest.raises(CredentialsError, match="two already") as raised:
            run(desk, wish=DELETE)
        (key_id,) = lost
        assert f"aws iam delete-access-key --access-key-id {key_id}" in raised.value.next_step
        del desk.sts._state.keys[key_id]
    run(desk, wish=DELETE)
    assert works(desk)
    assert len(at_aws(desk)) == 1
    assert set(held(desk)) == {"aws_access_key_id", "aws_secret_access_key"}
