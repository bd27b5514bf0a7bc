"""GetSessionToken and ListMFADevices of the checking server: what passes, what is refused, in which words."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .account import User
from .asking import ask, client, granted, hear, keys_of, mfa, seconds_left, session
from .sts import CheckingSts

HOUR = 3600
DENIED = (
    "User: arn:aws:iam::000000000000:user/your.name is not authorized to perform: iam:ListMFADevices on resource:"
    " user your.name because no identity-based policy allows the iam:ListMFADevices action"
)
WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
UNKNOWN_SERIAL = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid"
    " and associated with this user."
)


LENGTH = "failed to satisfy constraint: Member must have length"
DIGITS = r"failed to satisfy constraint: Member must satisfy regular expression pattern: [\d]*"
VALUE = "failed to satisfy constraint: Member must have value"
HALF = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
ONE, TWO = "1 validation error detected: Value", "2 validation errors detected: Value"
# What is changed in a call that is otherwise right (None: left out), and how AWS's message begins.
REFUSED = {
    "letters": ({"TokenCode": "abcdef"}, "ValidationError", f"{ONE} 'abcdef' at 'tokenCode' {DIGITS}"),
    "five digits": ({"TokenCode": "12345"}, "ValidationError", f"{ONE} '12345' at 'tokenCode' {LENGTH} greater"),
    "seven digits": ({"TokenCode": "1234567"}, "ValidationError", f"{ONE} '1234567' at 'tokenCode' {LENGTH} less"),
    "no digits": ({"TokenCode": ""}, "ValidationError", f"{ONE} '' at 'tokenCode' {LENGTH} greater"),
    "two faults": ({"TokenCode": "<a&"}, "ValidationError", f"{TWO} '<a&' at 'tokenCode' {LENGTH} greater"),
    "Arabic digits": ({"TokenCode": "١٢٣٤٥٦"}, "ValidationError", f"{ONE} '١٢٣٤٥٦' at 'tokenCode' {DIGITS}"),
    "user for mfa": ({"SerialNumber": "arn:aws:iam::000000000000:user/your.name"}, "AccessDenied", UNKNOWN_SERIAL),
    "another's": ({"SerialNumber": "arn:aws:iam::000000000000:mfa/other"}, "AccessDenied", UNKNOWN_SERIAL),
    "code only": ({"SerialNumber": None}, "AccessDenied", HALF),
    "device only": ({"TokenCode": None}, "AccessDenied", HALF),
    "too short": ({"DurationSeconds": 899}, "ValidationError", f"{ONE} '899' at 'durationSeconds' {VALUE} greater"),
    "too long": ({"DurationSeconds": 129601}, "ValidationError", f"{ONE} '129601' at 'durationSeconds' {VALUE} less"),
}


@pytest.mark.parametrize(("change", "code", "message"), REFUSED.values(), ids=list(REFUSED))
def test_get_session_token_refuses(
    sts: CheckingSts, user: User, change: dict[str, Any], code: str, message: str
) -> None:
    sts.add_user("other")
    params = {name: value for name, value in {**mfa(user), **change}.items() if value is not None}
    heard = ask(sts, keys_of(user), "get_session_token", **params)
    assert heard[:2] == (403 if code == "AccessDenied" else 400, code)
    assert heard.message.startswith(message)
    assert (sts.requests[-1].status, sts.requests[-1].code) == heard[:2]


def test_a_wrong_code(sts: CheckingSts, user: User) -> None:
    given = {"SerialNumber": user.device_arn, "TokenCode": user.wrong_code()}
    assert ask(sts, keys_of(user), "get_session_token", **given)[:3] == (403, "AccessDenied", WRONG)


@pytest.mark.parametrize("seconds", [900, 43200, 129600])
def test_get_session_token_grants_what_was_asked(sts: CheckingSts, user: User, seconds: int) -> None:
    heard = ask(sts, keys_of(user), "get_session_token", DurationSeconds=seconds, **mfa(user))
    assert seconds_left(sts, heard) == pytest.approx(seconds, abs=5)
    told = ask(sts, granted(heard), "get_caller_identity").data
    assert told["Arn"] == "arn:aws:iam::000000000000:user/your.name"


def test_a_code_works_once(sts: CheckingSts, user: User) -> None:
    used = mfa(user)
    session(sts, user, **used)
    assert ask(sts, keys_of(user), "get_session_token", **used)[:3] == (403, "AccessDenied", WRONG)
    session(sts, user, **mfa(user))
    assert sts.requests[0].params["TokenCode"] == used["TokenCode"]
    assert sts.requests[0].access_key_id == user.access_key_id


def test_a_code_is_right_one_step_early_or_late(own_environment: None) -> None:
    stopped = time.time()
    with CheckingSts(clock=lambda: stopped) as sts:
        user = sts.add_user("your.name")
        for steps, code in {-2: "AccessDenied", -1: "", 0: "", 1: "", 2: "AccessDenied"}.items():
            given = {"SerialNumber": user.device_arn, "TokenCode": user.code(steps)}
            assert ask(sts, keys_of(user), "get_session_token", **given).code == code, steps


def test_next_code_works_at_once_however_often(sts: CheckingSts, user: User) -> None:
    codes = [mfa(user)["TokenCode"] for _ in range(3)]
    for code in codes:
        session(sts, user, SerialNumber=user.device_arn, TokenCode=code)
    for _ in range(10):
        session(sts, user, **mfa(user))
    assert sts.count("GetSessionToken") == 13


def test_next_code_in_many_threads_is_never_the_same(user: User) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda _: user.next_code(), range(40)))
    assert len(set(codes)) == 40


def test_of_many_who_use_one_code_one_wins(sts: CheckingSts, user: User) -> None:
    given = mfa(user)
    callers = [client(sts.url, keys_of(user)) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        codes = [heard.code for heard in pool.map(lambda caller: hear(caller, "get_session_token", **given), callers)]
    assert sorted(codes) == [""] + ["AccessDenied"] * 7


def test_root_gets_an_hour_at_most(sts: CheckingSts) -> None:
    root = sts.add_user("root", root=True)
    assert root.device_arn == "arn:aws:iam::000000000000:mfa/root-account-mfa-device"
    heard = ask(sts, keys_of(root), "get_session_token", DurationSeconds=36 * HOUR, **mfa(root))
    assert seconds_left(sts, heard) == pytest.approx(HOUR, abs=5), "shortened without an error"
    assert seconds_left(sts, ask(sts, keys_of(root), "get_session_token", **mfa(root))) == pytest.approx(HOUR, abs=5)
    assert ask(sts, keys_of(root), "get_caller_identity").data["Arn"] == "arn:aws:iam::000000000000:root"


def test_session_keys_get_no_session(sts: CheckingSts, user: User) -> None:
    heard = ask(sts, session(sts, user, **mfa(user)), "get_session_token", **mfa(user))
    assert heard[:3] == (403, "AccessDenied", "Cannot call GetSessionToken with session credentials")


def test_list_mfa_devices(sts: CheckingSts) -> None:
    user = sts.add_user("your.name", fido=True)
    listed = ask(sts, keys_of(user), "list_mfa_devices").data
    serials = [device["SerialNumber"] for device in listed["MFADevices"]]
    assert listed["IsTruncated"] is False
    assert serials[0] == user.device_arn
    assert re.fullmatch(r"arn:aws:iam::000000000000:u2f/user/your\.name/key-\w+", serials[1])
    fido = ask(sts, keys_of(user), "get_session_token", SerialNumber=serials[1], TokenCode=user.next_code())
    assert fido.message == UNKNOWN_SERIAL


def test_a_user_without_devices_has_an_empty_list(sts: CheckingSts) -> None:
    user = sts.add_user("bare", mfa=False)
    assert ask(sts, keys_of(user), "list_mfa_devices").data["MFADevices"] == []


@pytest.mark.parametrize(
    ("allowed", "way", "expected"),
    [
        (True, "session with mfa", (200, "", "")),
        (True, "session", (403, "InvalidClientTokenId", "The security token included in the request is invalid")),
        (False, "keys", (403, "AccessDenied", DENIED)),
        (True, "keys", (200, "", "")),
    ],
)
def test_who_may_list_mfa_devices(sts: CheckingSts, allowed: bool, way: str, expected: tuple[int, str, str]) -> None:
    user = sts.add_user("your.name", may_list_devices=allowed)
    keys = keys_of(user) if way == "keys" else session(sts, user, **(mfa(user) if "mfa" in way else {}))
    assert ask(sts, keys, "list_mfa_devices", UserName="your.name")[:3] == expected
