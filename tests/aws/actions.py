"""The actions of STS and IAM: each a function from a checked call to its result, and one line in ACTIONS.

A result is data: a dict is elements, a list is members, a string is text.
"""

import re
import time
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from .account import Account, AwsError, Key, Role, User

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str"

HOUR = 3600
NAMESPACES = {
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
}
# Length and characters, as the API references of STS and IAM give them.
TEXTS = {
    "SerialNumber": (9, 256, r"[\w+=/:,.@-]*"),
    "TokenCode": (6, 6, r"[\d]*"),
    "RoleArn": (20, 2048, r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD]+"),
    "RoleSessionName": (2, 64, r"[\w+=,.@-]*"),
    "ExternalId": (2, 1224, r"[\w+=,.@:\/-]*"),
    "UserName": (1, 128, r"[\w+=,.@-]+"),
}
UNKNOWN_SERIAL = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid"
    " and associated with this user."
)
# The space at the end is AWS's.
WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
HALF_MFA = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."


class Call(NamedTuple):
    """One authenticated request; `now` is the server's time."""

    account: Account
    action: str
    key: Key
    params: dict[str, str]
    now: float
    v1: bool = False  # whether it came to the global endpoint


class Action(NamedTuple):
    """`longest` bounds DurationSeconds; `session` says whether temporary keys may call it."""

    service: str
    run: Callable[[Call], Tree]
    required: tuple[str, ...] = ()
    longest: int = 0
    session: bool = True


def get_session_token(call: Call) -> Tree:
    user = call.key.user
    assert user is not None, "only long-term keys come here"
    mfa = _checked_mfa(call)
    seconds = int(call.params.get("DurationSeconds", 12 * HOUR))
    if user.root:  # "defaults to one hour" if it is longer: API reference of GetSessionToken
        seconds = min(seconds, HOUR)
    key = Key(user.arn, user.user_id, user, int(call.now) + seconds, mfa)
    key.mfa_at, key.everywhere = call.now if mfa else None, not call.v1
    return {"Credentials": _credentials(call.account.add_key(key))}


def assume_role(call: Call) -> Tree:
    if call.key.user and call.key.user.root:
        raise AwsError("AccessDenied", "Roles may not be assumed by root accounts.")
    mfa = _checked_mfa(call) or call.key.mfa
    role = call.account.roles.get(call.params["RoleArn"])
    if role is None or not _trusts(role, call, mfa):
        raise not_authorized(call, "sts:AssumeRole", call.params["RoleArn"])
    return _role_session(role, call, _role_seconds(role, call))


def get_caller_identity(call: Call) -> Tree:
    return {"UserId": call.key.user_id, "Account": call.account.number, "Arn": call.key.arn}


def list_mfa_devices(call: Call) -> Tree:
    user = call.key.user
    if user and call.key.temporary and not call.key.mfa:
        # Not AccessDenied: to IAM a session without MFA is no key at all (99designs/aws-vault#15 and #1056).
        raise AwsError("InvalidClientTokenId", "The security token included in the request is invalid")
    name = call.params.get("UserName") or (user.name if user else "")
    if not name:
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials", 400)
    # The usual policy lets users see their own devices only.
    if user is None or name != user.name or not user.may_list_devices:
        why = " because no identity-based policy allows the iam:ListMFADevices action"
        raise not_authorized(call, "iam:ListMFADevices", f"user {name}", why)
    return page(call, "MFADevices", [_listed(user, serial) for serial in user.serials])


def page(call: Call, name: str, items: list[Tree]) -> Tree:
    """One page of a list, and where the next begins; a page may be shorter than MaxItems, even if more follow."""
    start, size = int(call.params.get("Marker", "0")), call.account.page_size
    more = len(items) > start + size
    cut: Tree = {"IsTruncated": "true", "Marker": str(start + size)} if more else {"IsTruncated": "false"}
    assert isinstance(cut, dict)
    return {name: items[start : start + size], **cut}


ACTIONS = {
    "GetSessionToken": Action("sts", get_session_token, longest=36 * HOUR, session=False),
    "AssumeRole": Action("sts", assume_role, required=("RoleArn", "RoleSessionName"), longest=12 * HOUR),
    "GetCallerIdentity": Action("sts", get_caller_identity),
    "ListMFADevices": Action("iam", list_mfa_devices),
}


def find(name: str) -> Action:
    if name not in ACTIONS:
        raise AwsError("InvalidAction", f"Could not find operation {name} for version 2011-06-15", 400)
    return ACTIONS[name]


def run(action: Action, call: Call) -> Tree:
    """Check what AWS checks for every action, then do it."""
    faults = [_fault(name, None, "not be null") for name in action.required if name not in call.params]
    faults += [fault for name, value in call.params.items() for fault in _text_faults(name, value)]
    if action.longest and "DurationSeconds" in call.params:
        faults += _duration_faults(call.params["DurationSeconds"], action.longest)
    if faults:
        many = "errors" if len(faults) > 1 else "error"
        raise AwsError("ValidationError", f"{len(faults)} validation {many} detected: " + "; ".join(faults), 400)
    if call.key.temporary and not action.session:
        raise AwsError("AccessDenied", f"Cannot call {call.action} with session credentials")
    return action.run(call)


def not_authorized(call: Call, what: str, resource: str, why: str = "") -> AwsError:
    message = f"User: {call.key.arn} is not authorized to perform: {what} on resource: {resource}{why}"
    return AwsError("AccessDenied", message)


def iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def _fault(name: str, value: str | None, must: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    member = name[0].lower() + name[1:]
    return f"Value {shown} at '{member}' failed to satisfy constraint: Member must {must}"


def _text_faults(name: str, value: str) -> list[str]:
    shortest, longest, pattern = TEXTS.get(name, (0, len(value), r"(?s:.*)"))
    faults = []
    if len(value) < shortest:
        faults.append(_fault(name, value, f"have length greater than or equal to {shortest}"))
    if len(value) > longest:
        faults.append(_fault(name, value, f"have length less than or equal to {longest}"))
    if not re.fullmatch(pattern, value, re.ASCII):
        faults.append(_fault(name, value, f"satisfy regular expression pattern: {pattern}"))
    return faults


def _duration_faults(value: str, longest: int) -> list[str]:
    if not re.fullmatch(r"-?\d{1,10}", value, re.ASCII):
        raise AwsError("MalformedInput", "Invalid DurationSeconds", 400)
    if int(value) < 900:
        return [_fault("DurationSeconds", value, "have value greater than or equal to 900")]
    if int(value) > longest:
        return [_fault("DurationSeconds", value, f"have value less than or equal to {longest}")]
    return []


def _checked_mfa(call: Call) -> bool:
    """Whether the call carries a right code; a wrong one is an error."""
    serial, code = call.params.get("SerialNumber"), call.params.get("TokenCode")
    if serial is None and code is None:
        return False
    if serial is None or code is None:
        raise AwsError("AccessDenied", HALF_MFA)
    devices = call.key.user.devices if call.key.user else []
    device = next((it for it in devices if it.arn == serial), None)
    # A security key (:u2f/) has no code to check either, even when it is the user's.
    if device is None:
        raise AwsError("AccessDenied", UNKNOWN_SERIAL)
    if not device.accept(code):
        raise AwsError("AccessDenied", WRONG_CODE)
    return True


def _trusts(role: Role, call: Call, mfa: bool) -> bool:
    external = role.external_id is None or role.external_id == call.params.get("ExternalId")
    return role.trusts == call.account.number and external and (mfa or not role.require_mfa)


def _role_seconds(role: Role, call: Call) -> int:
    seconds = int(call.params.get("DurationSeconds", HOUR))
    # GetSessionToken's keys count, too (99designs/aws-vault#263, trek10inc/awsume#73, remind101/assume-role#24).
    if call.key.temporary and seconds > HOUR:
        message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
        raise AwsError("ValidationError", message, 400)
    if seconds > role.max_seconds:
        message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise AwsError("ValidationError", message, 400)
    return seconds


def _role_session(role: Role, call: Call, seconds: int) -> Tree:
    session = call.params["RoleSessionName"]
    arn = f"arn:{role.arn.split(':')[1]}:sts::{call.account.number}:assumed-role/{role.name}/{session}"
    # A role's keys never carry MFA, whoever assumed it: so says the guide to MFA-protected API access.
    key = call.account.add_key(Key(arn, f"{role.role_id}:{session}", expires=int(call.now) + seconds))
    return {"Credentials": _credentials(key), "AssumedRoleUser": {"AssumedRoleId": key.user_id, "Arn": arn}}


def _credentials(key: Key) -> Tree:
    return {
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "SessionToken": key.token,
        "Expiration": iso(key.expires or 0),
    }


def _listed(user: User, serial: str) -> Tree:
    return {"UserName": user.name, "SerialNumber": serial, "EnableDate": "2024-01-31T09:00:00Z"}
