"""The forms of what people type: regions, ARNs, keys, codes. A wrong one is refused before anything happens."""

from __future__ import annotations

from awsprof.errors import UsageError
from awsprof.masking import quoted_value
from awsprof.text import quoted

# What is offered, of all partitions; a region that is not listed yet can be typed all the same.
REGIONS = (
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
    "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "cn-north-1", "cn-northwest-1", "eu-central-1",
    "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
    "eusc-de-east-1", "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1", "us-east-1",
    "us-east-2", "us-gov-east-1", "us-gov-west-1", "us-west-1", "us-west-2",
)  # fmt: skip

_DIGITS = frozenset("0123456789")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_KEY_ID = _UPPER | _DIGITS
_WORD = _LOWER | _UPPER | _DIGITS | {"_"}
_SECRET = _LOWER | _UPPER | _DIGITS | set("/+=")


def check_region(region: str) -> str:
    """The region itself, where it can be one: eu-west-1, us-gov-east-1, mx-central-1.

    Raises:
        UsageError: it cannot.
    """
    parts = region.split("-")
    if len(parts) < 3 or not all(parts) or not set(parts[-1]) <= _DIGITS or not set(region) <= _LOWER | _DIGITS | {"-"}:
        raise UsageError(f"{quoted_value(region)} is not a region", "write it like eu-west-1")
    return region


def check_code(code: str) -> str:
    """The MFA code itself: six digits. What was typed is not repeated.

    Raises:
        UsageError: it is not.
    """
    code = code.strip()
    if len(code) != 6 or not set(code) <= _DIGITS:
        raise UsageError("an MFA code is six digits", "nothing was sent to AWS")
    return code


def check_key_id(key_id: str) -> str:
    """A long-term access key id: 20 capitals and digits that begin with AKIA.

    Raises:
        UsageError: it is empty, of the wrong form, or temporary.
    """
    key_id = key_id.strip()
    if key_id.startswith("ASIA"):
        raise UsageError(
            "that access key id is a temporary one: it begins with ASIA",
            "an iam profile needs a user's own access key, which begins with AKIA",
        )
    if not key_id.startswith("AKIA") or len(key_id) != 20 or not set(key_id) <= _KEY_ID:
        raise UsageError("that is not an access key id", "it begins with AKIA and has 20 capitals and digits")
    return key_id


def check_secret(secret: str) -> str:
    """A secret access key: 40 characters. What was typed is not repeated.

    Raises:
        UsageError: it is empty or of the wrong form.
    """
    secret = secret.strip()
    if len(secret) != 40 or not set(secret) <= _SECRET:
        raise UsageError("that is not a secret access key", "it has 40 letters, digits, / and +")
    return secret


def _arn(arn: str, service: str) -> tuple[str, str]:
    """Account and resource of an ARN of one service, empty where it has not that form."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != service or parts[3]:
        return "", ""
    partition_ok = parts[1].split("-")[0] == "aws" and set(parts[1]) <= _LOWER | _DIGITS | {"-"}
    account_ok = len(parts[4]) == 12 and set(parts[4]) <= _DIGITS
    return (parts[4], parts[5]) if partition_ok and account_ok else ("", "")


def check_device_arn(arn: str) -> str:
    """The ARN of a virtual or hardware TOTP device, of any partition.

    Raises:
        UsageError: it is none; `:user/` and `:u2f/` are explained.
    """
    arn = arn.strip()
    account, resource = _arn(arn, "iam")
    kind, _, name = resource.partition("/")
    if account and kind == "mfa" and name and set(name) <= _WORD | set("+=,.@-/"):
        return arn
    if account and kind == "user":
        raise UsageError(
            "that is the ARN of a user, not of an MFA device", f"it may be {quoted(arn.replace(':user/', ':mfa/', 1))}"
        )
    if account and kind == "u2f":
        raise UsageError(
            "that is a passkey or security key: AWS gives no session for those",
            "register an authenticator app as a second MFA device",
        )
    raise UsageError(
        f"{quoted_value(arn)} is not the ARN of an MFA device", "it looks like arn:aws:iam::123456789012:mfa/NAME"
    )


def check_role_arn(arn: str) -> str:
    """The ARN of a role, of any partition.

    Raises:
        UsageError: it is none.
    """
    arn = arn.strip()
    account, resource = _arn(arn, "iam")
    kind, _, name = resource.partition("/")
    if not account or kind != "role" or not name or not set(name) <= _WORD | set("+=,.@-/"):
        raise UsageError(
            f"{quoted_value(arn)} is not the ARN of a role", "it looks like arn:aws:iam::123456789012:role/NAME"
        )
    return arn


def check_session_name(name: str) -> str:
    """A role session name as STS takes it: 2 to 64 of letters, digits and _ + = , . @ - (no colon).

    Raises:
        UsageError: it is none.
    """
    if not 2 <= len(name) <= 64 or not set(name) <= _WORD | set("+=,.@-"):
        raise UsageError(f"{quoted_value(name)} is not a session name", "2 to 64 of letters, digits and _ + = , . @ -")
    return name


def check_external_id(value: str) -> str:
    """An external id as STS takes it: 2 to 1224 of letters, digits and _ + = , . @ : / -.

    Raises:
        UsageError: it is none.
    """
    if not 2 <= len(value) <= 1224 or not set(value) <= _WORD | set("+=,.@:/-"):
        raise UsageError(
            f"{quoted_value(value)} is not an external id", "2 to 1224 of letters, digits and _ + = , . @ : / -"
        )
    return value


def check_seconds(seconds: int, least: int, most: int, words: str) -> int:
    """A number of seconds within its bounds.

    Raises:
        UsageError: it is outside; `words` says the bounds as a person writes them.
    """
    if not least <= seconds <= most:
        raise UsageError(f"the duration must be {words}", "write it like 36h, 90m, 1h30m or 900s")
    return seconds
