"""What IAM says of a user's own access keys. Where it denies, the missing permission is named."""

from __future__ import annotations

from datetime import datetime

from awsprof.aws.refusals import DeniedError, no_answer, told
from awsprof.aws.sts import Keys
from awsprof.errors import AwsprofError, CredentialsError
from awsprof.text.display import safe
from awsprof.text.times import age

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class AccessKey:
    """An access key as IAM lists it; `created` in seconds since the epoch."""

    __slots__ = ("active", "created", "key_id")

    def __init__(self, key_id: str, created: int, *, active: bool) -> None:
        self.key_id = key_id
        self.created = created
        self.active = active


def access_keys(iam: Any) -> list[AccessKey]:
    """All keys of the user who asks, inactive ones too."""

    def listed() -> list[AccessKey]:
        pages = iam.get_paginator("list_access_keys").paginate()
        return [
            AccessKey(key["AccessKeyId"], int(key["CreateDate"].timestamp()), active=key["Status"] == "Active")
            for page in pages
            for key in page["AccessKeyMetadata"]
        ]

    found: list[AccessKey] = _call("ListAccessKeys", listed)
    return found


def create(iam: Any) -> tuple[Keys, int]:
    """A new key of the user who asks, and when it was made. Its secret is told this once."""

    def made() -> tuple[Keys, int]:
        key = iam.create_access_key()["AccessKey"]
        return Keys(key["AccessKeyId"], key["SecretAccessKey"]), int(key["CreateDate"].timestamp())

    created: tuple[Keys, int] = _call("CreateAccessKey", made)
    return created


def make_inactive(iam: Any, key_id: str) -> bool:
    """Make a key inactive, which can be undone; return False if the user has no such key."""
    return _unless_gone(lambda: _call("UpdateAccessKey", iam.update_access_key, AccessKeyId=key_id, Status="Inactive"))


def delete(iam: Any, key_id: str) -> bool:
    """Delete a key for good; return False if the user has no such key."""
    return _unless_gone(lambda: _call("DeleteAccessKey", iam.delete_access_key, AccessKeyId=key_id))


def delete_by_hand(key_id: str) -> str:
    """Return the command of the AWS CLI that deletes a key."""
    return f"aws iam delete-access-key --access-key-id {key_id}"


def told_of(iam: Any, key: AccessKey, now: float) -> str:
    """A key in words: its state, its age, when it was used last, as far as IAM tells."""
    state = "active" if key.active else "inactive"
    return f"{safe(key.key_id)}  {state}, {age(now - key.created)}, {_last_used(iam, key.key_id)}"


def _last_used(iam: Any, key_id: str) -> str:
    try:
        used = _call("GetAccessKeyLastUsed", iam.get_access_key_last_used, AccessKeyId=key_id)["AccessKeyLastUsed"]
    except DeniedError:
        return "last use unknown (iam:GetAccessKeyLastUsed is denied)"
    except AwsprofError:  # worth no failure
        return "last use unknown"
    if not isinstance(used.get("LastUsedDate"), datetime):
        return "never used"
    service, region = (safe(str(used.get(key, "N/A"))) for key in ("ServiceName", "Region"))
    return f"last used {used['LastUsedDate']:%Y-%m-%d} for {service} in {region}"


class GoneError(CredentialsError):
    """IAM has no such key of this user."""


class LimitError(CredentialsError):
    """The user has as many keys as AWS allows."""


def _unless_gone(call: Callable[[], Any]) -> bool:
    try:
        call()
    except GoneError:
        return False
    return True


def _call(action: str, call: Callable[..., Any], **given: str) -> Any:
    try:
        return call(**given)
    except Exception as error:
        response = getattr(error, "response", None)
        answer = response.get("Error", {}) if isinstance(response, dict) else {}
        if answer.get("Code") == "NoSuchEntity":
            raise _gone(str(answer.get("Message", ""))) from None
        if answer.get("Code") == "LimitExceeded":
            raise LimitError("AWS allows no more access keys of this user") from None
        refusal = told(error, otherwise=no_answer())
        if isinstance(refusal, DeniedError):
            raise _denied(action, refusal.reason) from None
        raise refusal from None


def _gone(message: str) -> CredentialsError:
    if "user" in message.lower() and "key" not in message.lower():
        return CredentialsError("IAM has no such user any more", "ask whoever manages this account")
    return GoneError("IAM has no such access key of this user", "awsprof rotate DOMAIN looks again")


# Policies that are not the user's own, as AWS names them in its reason, and who can change them.
_ABOVE = (
    ("service control policy", "a policy of the organization forbids it: ask whoever manages the organization"),
    ("resource control policy", "a policy of the organization forbids it: ask whoever manages the organization"),
    ("permissions boundary", "a permissions boundary forbids it: ask whoever manages this account"),
    ("session policy", "the policy of this session forbids it: use keys or a session without it"),
    ("VPC endpoint policy", "the policy of the VPC endpoint forbids it: ask whoever manages that endpoint"),
)


def _denied(action: str, reason: str) -> DeniedError:
    """Return a denial with AWS's reason, and whom to ask: for a permission, or to change another policy."""
    above = next((step for words, step in _ABOVE if words in reason), "")
    refusal = DeniedError(
        f"AWS denies iam:{action}{f': {reason}' if reason else ''}",
        above or f"ask for the permission iam:{action} on your own user",
    )
    refusal.reason, refusal.above = reason, bool(above)
    return refusal
