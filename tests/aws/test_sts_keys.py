"""Which keys, signatures and clocks the checking server takes."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from .account import User
from .asking import Keys, ask, assume, client, granted, hear, keys_of, mfa, seconds_left, session
from .sts import CheckingSts

INVALID = "The security token included in the request is invalid."
EXPIRED = "The security token included in the request is expired"
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"
    " and signing method. Consult the service documentation for details."
)


def test_keys_look_like_those_of_aws(sts: CheckingSts, user: User) -> None:
    first, second = session(sts, user, **mfa(user)), session(sts, user, **mfa(user))
    assert re.fullmatch("AKIA[A-Z2-7]{16}", user.access_key_id)
    assert re.fullmatch("ASIA[A-Z2-7]{16}", first.access_key_id)
    for secret in (user.secret_access_key, first.secret, second.secret):
        assert re.fullmatch(r"[A-Za-z0-9+/]{40}", secret)
        assert "/" in secret
        assert "+" in secret
    assert not set(first) & set(second)


@pytest.mark.parametrize(
    ("spoil", "code", "message"),
    [
        (lambda keys: keys._replace(secret=keys.secret[::-1]), "SignatureDoesNotMatch", MISMATCH),
        (lambda keys: keys._replace(access_key_id="AKIA" + "A" * 16), "InvalidClientTokenId", INVALID),
        (lambda keys: keys._replace(token="stale"), "InvalidClientTokenId", INVALID),
    ],
    ids=["wrong secret", "unknown key", "token beside long-term keys"],
)
def test_keys_that_are_not_right(
    sts: CheckingSts, user: User, spoil: Callable[[Keys], Keys], code: str, message: str
) -> None:
    heard = ask(sts, spoil(keys_of(user)), "get_caller_identity")
    assert heard[:3] == (403, code, message)


@pytest.mark.parametrize("token", [None, "stale"])
def test_session_keys_need_their_own_token(sts: CheckingSts, user: User, token: str | None) -> None:
    keys = session(sts, user)._replace(token=token)
    assert ask(sts, keys, "get_caller_identity")[:3] == (403, "InvalidClientTokenId", INVALID)


def test_a_revoked_key_is_unknown(sts: CheckingSts, user: User) -> None:
    sts.revoke(user)
    assert ask(sts, keys_of(user), "get_session_token")[:3] == (403, "InvalidClientTokenId", INVALID)
    user.active = True
    assert ask(sts, keys_of(user), "get_session_token").status == 200


@pytest.mark.parametrize(
    ("partition", "region", "code"),
    [
        ("aws", "cn-north-1", "InvalidClientTokenId"),
        ("aws-cn", "cn-north-1", ""),
        ("aws-us-gov", "us-gov-west-1", ""),
        ("aws-cn", "eu-central-1", "InvalidClientTokenId"),
    ],
)
def test_a_partition_knows_its_own_keys_only(sts: CheckingSts, partition: str, region: str, code: str) -> None:
    user = sts.add_user("your.name", partition=partition)
    heard = hear(client(sts.url, keys_of(user), region=region), "get_caller_identity")
    assert heard.code == code
    assert user.device_arn == f"arn:{partition}:iam::000000000000:mfa/your.name"


def test_a_request_changed_after_signing_is_refused(sts: CheckingSts, user: User) -> None:
    def change(request: Any, **_: Any) -> None:
        request.body = request.body.replace("900", "901")

    caller = client(sts.url, keys_of(user))
    caller.meta.events.register("before-send.sts", change)
    assert hear(caller, "get_session_token", DurationSeconds=900)[:3] == (403, "SignatureDoesNotMatch", MISMATCH)


def test_an_unsigned_request_is_refused(sts: CheckingSts, user: User) -> None:
    from botocore import UNSIGNED

    heard = hear(client(sts.url, keys_of(user), signature_version=UNSIGNED), "get_caller_identity")
    assert (heard.status, heard.code) == (403, "MissingAuthenticationToken")


@pytest.mark.parametrize(
    ("skew", "text"),
    [
        (600, r"Signature expired: (\w+Z) is now earlier than (\w+Z) \((\w+Z) - 5 min\.\)"),
        (-600, r"Signature not yet current: (\w+Z) is still later than (\w+Z) \((\w+Z) \+ 5 min\.\)"),
    ],
)
def test_a_clock_ten_minutes_off(sts: CheckingSts, user: User, skew: int, text: str) -> None:
    sts.clock_skew = skew
    heard = ask(sts, keys_of(user), "get_caller_identity")
    told = re.fullmatch(text, heard.message)
    assert heard[:2] == (403, "SignatureDoesNotMatch")
    assert told, heard.message
    sent, limit, now = (datetime.strptime(stamp, "%Y%m%dT%H%M%S%z") for stamp in told.groups())
    assert (now - sent).total_seconds() == pytest.approx(skew, abs=10)
    assert (now - limit).total_seconds() == (300 if skew > 0 else -300)
    date = datetime.strptime(heard.data["ResponseMetadata"]["HTTPHeaders"]["date"], "%a, %d %b %Y %H:%M:%S %Z")
    assert abs((date - now.replace(tzinfo=None)).total_seconds()) <= 2


@pytest.mark.parametrize("skew", [200, -200])
def test_a_clock_within_five_minutes_passes(sts: CheckingSts, user: User, skew: int) -> None:
    sts.clock_skew = skew
    heard = ask(sts, keys_of(user), "get_session_token", DurationSeconds=900, **mfa(user))
    assert seconds_left(sts, heard) == pytest.approx(900, abs=10)


@pytest.mark.parametrize("kind", ["session", "role"])
def test_temporary_keys_end(sts: CheckingSts, user: User, kind: str) -> None:
    keys = session(sts, user, DurationSeconds=900, **mfa(user))
    if kind == "role":
        keys = granted(assume(sts, keys, sts.add_role("PowerUsers"), DurationSeconds=900))
    assert ask(sts, keys, "get_caller_identity").status == 200
    sts.clock_skew = 901
    assert ask(sts, keys, "get_caller_identity")[:3] == (403, "ExpiredToken", EXPIRED)


def test_iam_ends_its_sentence_without_a_full_stop(sts: CheckingSts, user: User) -> None:
    user.active = False
    heard = ask(sts, keys_of(user), "list_mfa_devices")
    assert heard[:3] == (403, "InvalidClientTokenId", INVALID.rstrip("."))
