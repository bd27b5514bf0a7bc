"""The checking server's access keys: what AWS refuses, it refuses."""

import pytest

from .account import User
from .asking import Keys, ask, keys_of, mfa, session
from .sts import CheckingSts


def made(sts: CheckingSts, user: User) -> Keys:
    answer = ask(sts, keys_of(user), "create_access_key").data["AccessKey"]
    return Keys(answer["AccessKeyId"], answer["SecretAccessKey"], None)


def listed(sts: CheckingSts, user: User) -> list[tuple[str, str]]:
    keys = ask(sts, keys_of(user), "list_access_keys").data["AccessKeyMetadata"]
    return [(key["AccessKeyId"], key["Status"]) for key in keys]


def test_a_key_is_made_works_and_goes(sts: CheckingSts, user: User) -> None:
    new = made(sts, user)
    assert ask(sts, new, "get_caller_identity").data["Arn"] == user.arn
    assert listed(sts, user) == [(user.access_key_id, "Active"), (new.access_key_id, "Active")]
    assert ask(sts, new, "update_access_key", AccessKeyId=user.access_key_id, Status="Inactive").status == 200
    assert ask(sts, keys_of(user), "get_caller_identity").code == "InvalidClientTokenId"
    assert ask(sts, new, "delete_access_key", AccessKeyId=user.access_key_id).status == 200
    assert ask(sts, new, "delete_access_key", AccessKeyId=user.access_key_id)[:2] == (404, "NoSuchEntity")


def test_two_are_the_most(sts: CheckingSts, user: User) -> None:
    made(sts, user)
    refused = ask(sts, keys_of(user), "create_access_key")
    assert refused[:3] == (409, "LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2")


def test_a_new_key_is_unknown_for_a_while(sts: CheckingSts, user: User) -> None:
    user.new_keys_unknown_for = 2
    new = made(sts, user)
    assert [ask(sts, new, "get_caller_identity").code for _ in range(3)] == ["InvalidClientTokenId"] * 2 + [""]


def test_last_use(sts: CheckingSts, user: User) -> None:
    new = made(sts, user)

    def used(key_id: str) -> dict[str, str]:
        found: dict[str, str] = ask(sts, keys_of(user), "get_access_key_last_used", AccessKeyId=key_id).data
        return found["AccessKeyLastUsed"]  # type: ignore[return-value] # a dict within

    assert used(new.access_key_id) == {"ServiceName": "N/A", "Region": "N/A"}
    ask(sts, new, "get_caller_identity")
    assert used(new.access_key_id)["ServiceName"] == "sts"


@pytest.mark.parametrize("action", ["CreateAccessKey", "ListAccessKeys"])
def test_what_a_policy_denies(sts: CheckingSts, user: User, action: str) -> None:
    operation = {"CreateAccessKey": "create_access_key", "ListAccessKeys": "list_access_keys"}[action]
    user.denied = {f"iam:{action}"}
    heard = ask(sts, keys_of(user), operation)
    assert heard[:2] == (403, "AccessDenied")
    assert f"is not authorized to perform: iam:{action}" in heard.message
    user.denied, user.needs_mfa = set(), True
    assert ask(sts, keys_of(user), operation).code == "AccessDenied"
    assert ask(sts, session(sts, user), operation).code == "InvalidClientTokenId"
    assert ask(sts, session(sts, user, **mfa(user)), operation).status == 200
