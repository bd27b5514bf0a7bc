"""What IAM says of a user's own access keys. Where it denies, the missing permission is named."""

from __future__ import annotations

from awsprof.aws.refusals import DeniedError, no_answer, told
from awsprof.aws.sts import Keys
from awsprof.errors import AwsprofError
from awsprof.text import age, safe

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
        return [
            AccessKey(key["AccessKeyId"], int(key["CreateDate"].timestamp()), active=key["Status"] == "Active")
            for key in iam.list_access_keys()["AccessKeyMetadata"]
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


def make_inactive(iam: Any, key_id: str) -> None:
    """Make a key inactive: it can be made active again. One that is gone is as good."""
    _unless_gone(lambda: _call("UpdateAccessKey", iam.update_access_key, AccessKeyId=key_id, Status="Inactive"))


def delete(iam: Any, key_id: str) -> None:
    """Delete a key for good. One that is gone is as good."""
    _unless_gone(lambda: _call("DeleteAccessKey", iam.delete_access_key, AccessKeyId=key_id))


def told_of(iam: Any, key: AccessKey, now: float) -> str:
    """A key in words: its state, its age, when it was used last, as far as IAM tells."""
    state = "active" if key.active else "inactive"
    return f"{safe(key.key_id)}  {state}, {age(now - key.created)}, {_last_used(iam, key.key_id)}"


def _last_used(iam: Any, key_id: str) -> str:
    try:
        used = _call("GetAccessKeyLastUsed", iam.get_access_key_last_used, AccessKeyId=key_id)["AccessKeyLastUsed"]
    except DeniedError:
        return "its last use is not yours to know (iam:GetAccessKeyLastUsed)"
    if "LastUsedDate" not in used:
        return "never used"
    return f"last used {used['LastUsedDate']:%Y-%m-%d} for {safe(used['ServiceName'])} in {safe(used['Region'])}"


class GoneError(AwsprofError):
    """IAM has no such key any more."""


class LimitError(AwsprofError):
    """The user has as many keys as AWS allows."""


def _unless_gone(call: Callable[[], Any]) -> None:
    try:
        call()
    except GoneError:
        return


def _call(action: str, call: Callable[..., Any], **given: str) -> Any:
    try:
        return call(**given)
    except Exception as error:
        response = getattr(error, "response", None)
        code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
        if code == "NoSuchEntity":
            raise GoneError("AWS has no such access key") from None
        if code == "LimitExceeded":
            raise LimitError("AWS allows no more access keys of this user") from None
        refusal = told(error, otherwise=no_answer())
        if isinstance(refusal, DeniedError):
            raise DeniedError(f"AWS denies iam:{action}", "ask for that permission on your own user") from None
        raise refusal from None
