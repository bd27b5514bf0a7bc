"""The one place that checks values: regions, ARNs, keys, codes, durations, whether typed, piped, given or set.

Each check returns the value as it is written or sent, and raises UsageError if it cannot be right. Many are stricter
than AWS, because most of what they refuse is a slip; with `force` only what AWS itself refuses is refused.
"""

from __future__ import annotations

from awsprof.errors import UsageError
from awsprof.text.display import joined, quoted
from awsprof.text.masking import quoted_value
from awsprof.text.times import parse_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Check(Protocol):
        """A check of one kind of value."""

        def __call__(self, value: str, *, force: bool = False) -> str:
            """Return the value as it is written, or raise UsageError."""
            ...


# The regions offered, of all partitions; a region that is not listed yet can be typed.
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
_IAM_NAME = _WORD | set("+=,.@-")
# What comes along when a value is copied: white space, a byte order mark, zero-width characters.
_AROUND = " \t\r\n\v\f\xa0\u200b\u2060\ufeff"
_FORCE = "if it is right: --force"
_MAX_ROLE = 12 * 3600


def clean(value: str) -> str:
    """Return a value without the white space, byte order mark and zero-width characters around it."""
    return value.strip(_AROUND)


def check_region(value: str, *, force: bool = False) -> str:
    """A region: eu-west-1, us-gov-east-1. With `force` any host label, for services that are not AWS: auto, nyc3."""
    region = clean(value)
    parts = region.split("-")
    plain = len(parts) > 2 and all(parts) and set(parts[-1]) <= _DIGITS and set(region) <= _LOWER | _DIGITS | {"-"}
    if plain or (force and is_host_label(region)):
        return region
    hint = "write it like eu-west-1; add and set take another with --force"
    raise UsageError(f"{quoted_value(region)} is not a region", hint)


def is_host_label(value: str) -> bool:
    """Whether a value can be part of a host name, as botocore demands of every region."""
    fits = 0 < len(value) < 64 and set(value) <= _LOWER | _UPPER | _DIGITS | {"-"}
    return fits and not value.startswith("-") and not value.endswith("-") and not value.isdigit()


def is_exportable_region(value: str, *, elsewhere: bool = False) -> bool:
    """Return whether a region can be set as a variable: a host label in lower case, as AWS's regions are.

    Args:
        value: the region.
        elsewhere: whether the calls go to a host that is not AWS: its regions may have capitals (RegionOne).
    """
    return is_host_label(value) and (elsewhere or value == value.lower())


def check_code(value: str, *, force: bool = False) -> str:
    """An MFA code: six digits; spaces and a byte order mark are ignored. What was typed is not repeated."""
    code = "".join(character for character in value if not character.isspace() and character not in _AROUND)
    if len(code) != 6 or not set(code) <= _DIGITS:
        raise UsageError("an MFA code is six digits", "nothing was sent to AWS")
    return code


def is_key_id(value: str) -> bool:
    """Return whether AWS could have made an access key id: 16 to 128 letters, digits and _ (IAM's API reference)."""
    return 16 <= len(value) <= 128 and value.isascii() and value.replace("_", "").isalnum()


def check_any_key_id(value: str, *, force: bool = False) -> str:
    """An access key id: 20 capitals and digits that begin with AKIA, or with ASIA if it is temporary."""
    key_id = clean(value)
    if key_id.startswith(("AKIA", "ASIA")) and len(key_id) == 20 and set(key_id) <= _KEY_ID:
        return key_id
    if force and _is_solid(key_id):
        return key_id
    raise UsageError("that is not an access key id", "it begins with AKIA and has 20 capitals and digits")


def check_key_id(value: str, *, force: bool = False) -> str:
    """The access key id of a user: AWS gives no session for temporary keys."""
    if clean(value).startswith("ASIA"):
        raise UsageError(
            "that access key id is a temporary one: it begins with ASIA",
            "an iam profile needs a user's own access key, which begins with AKIA",
        )
    return check_any_key_id(value, force=force)


def check_secret(value: str, *, force: bool = False) -> str:
    """A secret access key: 40 characters. What was typed is not repeated."""
    secret = clean(value)
    if len(secret) == 40 and set(secret) <= _SECRET:
        return secret
    if force and _is_solid(secret):
        return secret
    raise UsageError("that is not a secret access key", "it has 40 letters, digits, / and +")


def check_token(value: str, *, force: bool = False) -> str:
    """A session token, whose length AWS does not say. What was typed is not repeated."""
    token = clean(value)
    if not _is_solid(token):
        raise UsageError("that is not a session token", "it is one word of letters, digits and signs")
    return token


def _is_solid(value: str) -> bool:
    """Whether a value is one word of visible ASCII characters."""
    return bool(value) and value.isascii() and value.isprintable() and " " not in value


def _arn(arn: str, service: str) -> tuple[str, str]:
    """Account and resource of an ARN of one service; both empty if it does not have that form."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != service or parts[3]:
        return "", ""
    partition_ok = parts[1].split("-")[0] == "aws" and set(parts[1]) <= _LOWER | _DIGITS | {"-"}
    account_ok = len(parts[4]) == 12 and set(parts[4]) <= _DIGITS
    return (parts[4], parts[5]) if partition_ok and account_ok else ("", "")


def check_device(value: str, *, force: bool = False) -> str:
    """An MFA device that gives sessions: the ARN of an authenticator app, or the serial number of a hardware token."""
    device = clean(value)
    _refuse_other_devices(device)
    account, resource = _arn(device, "iam")
    kind, _, name = resource.partition("/")
    if account and kind == "mfa" and name and set(name) <= _IAM_NAME | {"/"}:
        return device
    fits = 9 <= len(device) <= 256 and set(device) <= _IAM_NAME | set("/:")
    if fits and (":" not in device or (force and ":mfa/" in device)):
        return device
    raise UsageError(
        f"{quoted_value(device)} is not the ARN of an MFA device, nor the serial number of a hardware token",
        "an ARN looks like arn:aws:iam::123456789012:mfa/NAME, a serial number like GAHT12345678",
    )


def _refuse_other_devices(device: str) -> None:
    """Refuse what can never give a session, with the reason."""
    kind = device.split(":", 5)[-1].partition("/")[0] if device.startswith("arn:") else ""
    if kind == "user":
        raise UsageError(
            "that is the ARN of a user, not of an MFA device",
            f"it may be {quoted(device.replace(':user/', ':mfa/', 1))}",
        )
    if kind == "u2f":
        raise UsageError(
            "that is a passkey or security key: AWS gives no session for those",
            "register an authenticator app as a second MFA device",
        )


def check_role_arn(value: str, *, force: bool = False) -> str:
    """The ARN of a role, of any partition."""
    arn = clean(value)
    account, resource = _arn(arn, "iam")
    kind, _, name = resource.partition("/")
    if account and kind == "role" and name and set(name) <= _IAM_NAME | {"/"}:
        return arn
    if force and 20 <= len(arn) <= 2048 and _is_solid(arn):
        return arn
    raise UsageError(
        f"{quoted_value(arn)} is not the ARN of a role", "it looks like arn:aws:iam::123456789012:role/NAME"
    )


def is_session_name(value: str) -> bool:
    """Whether STS takes a value as a role session name."""
    return 2 <= len(value) <= 64 and set(value) <= _IAM_NAME


def check_session_name(value: str, *, force: bool = False) -> str:
    """A role session name: 2 to 64 of letters, digits and _ + = , . @ - (no colon)."""
    name = clean(value)
    if not is_session_name(name):
        raise UsageError(f"{quoted_value(name)} is not a session name", "2 to 64 of letters, digits and _ + = , . @ -")
    return name


def check_external_id(value: str, *, force: bool = False) -> str:
    """An external id: 2 to 1224 of letters, digits and _ + = , . @ : / -."""
    found = clean(value)
    if not 2 <= len(found) <= 1224 or not set(found) <= _IAM_NAME | set(":/"):
        raise UsageError(
            f"{quoted_value(found)} is not an external id", "2 to 1224 of letters, digits and _ + = , . @ : / -"
        )
    return found


def check_seconds(seconds: int, least: int, most: int, words: str) -> int:
    """A number of seconds within its bounds; `words` names the bounds as a person writes them."""
    if not least <= seconds <= most:
        raise UsageError(f"the duration must be {words}", "write it like 36h, 90m, 1h30m or 900s")
    return seconds


def check_role_duration(value: str, *, force: bool = False) -> str:
    """How long a role's keys last, in seconds: AWS tools read nothing else."""
    return str(check_seconds(parse_duration(clean(value)), 900, _MAX_ROLE, "between 15m and 12h"))


def check_timeout(value: str, *, force: bool = False) -> str:
    """A time of at least one second, in seconds."""
    return str(check_seconds(parse_duration(clean(value)), 1, 2**31, "at least 1s"))


def check_url(value: str, *, force: bool = False) -> str:
    """A URL with its scheme."""
    url = clean(value)
    if not force and not url.startswith(("https://", "http://")):
        raise UsageError(f"{quoted_value(url)} is not a URL", "begin with https://")
    return url


def check_account(value: str, *, force: bool = False) -> str:
    """The number of an account."""
    account = clean(value)
    if len(account) != 12 or not set(account) <= _DIGITS:
        raise UsageError(f"{quoted_value(account)} is not the number of an account", "it has twelve digits")
    return account


def check_text(value: str, *, force: bool = False) -> str:
    """Any text; the editor refuses what AWS tools read differently."""
    return clean(value)


class OneOf:
    """Check that a value is one of `words`, which Tab offers; with `force` it may be another, newer one of AWS's.

    Raises:
        UsageError: it is another.
    """

    __slots__ = ("words",)

    def __init__(self, *words: str) -> None:
        self.words = words

    def __call__(self, value: str, *, force: bool = False) -> str:
        """Return the value without what surrounds it."""
        word = clean(value)
        if word not in self.words and not force:
            raise UsageError(
                f"{quoted_value(word)} is none of {joined(self.words, 'or')}", f"choose one of them; {_FORCE}"
            )
        return word


def number(least: int, most: int = 2**31) -> Check:
    """A check that a value is a number within its bounds."""

    def check(value: str, *, force: bool = False) -> str:
        digits = clean(value)
        plain = bool(digits) and len(digits) <= 10 and set(digits) <= _DIGITS
        if not plain or not (force or least <= int(digits) <= most):
            bounds = f"from {least} to {most}" if most < 2**31 else f"of at least {least}"
            raise UsageError(f"{quoted_value(digits)} is not a number {bounds}", "write it in plain digits")
        return digits

    return check
