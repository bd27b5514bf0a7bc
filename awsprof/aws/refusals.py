"""The errors of AWS, of botocore and of the network, in words that a user can act on: tables of what to look for."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from awsprof.errors import (
    AwsError,
    AwsprofError,
    CancelledError,
    CredentialsError,
    FileError,
    NoSuchProfileError,
    UsageError,
)
from awsprof.text.display import quoted, safe
from awsprof.text.masking import masked_text
from awsprof.text.times import show_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class WrongCodeError(CredentialsError):
    """AWS refused the MFA code itself; another one may do."""


class UnknownKeyError(CredentialsError):
    """AWS does not know the access key: not any more, or not yet."""


class RegionError(CredentialsError):
    """AWS refused because of the region that it was asked in."""


class DeniedError(CredentialsError):
    """AWS knows who asks, and denies it.

    `reason` is AWS's own; empty if it gave none. `above`: no permission of the user's would change it.
    """

    reason = ""
    above = False


_UNKNOWN_KEY = (
    "AWS does not know this access key: it was deleted or made inactive, belongs to another partition, "
    "or is so new that AWS does not know it yet"
)
_UNKNOWN_KEY_STEP = (
    "if it is new, try again in some seconds; if it was deleted, make a new one in the console, then: "
    "awsprof add iam DOMAIN --force"
)
# Error code, what its message contains, the class of error, what happened, what to do. The first that fits counts.
# Texts as AWS sends them; see the table in docs/mfa.md.
_ADVICE: tuple[tuple[str, str, type[AwsprofError], str, str], ...] = (
    ("AccessDenied", "invalid MFA one time pass code", WrongCodeError,
     "AWS refused the MFA code: it is wrong, expired or already used; wait for the next one",
     "then: awsprof mfa DOMAIN"),
    ("AccessDenied", "unable to validate MFA code", CredentialsError,
     "AWS knows no such MFA device of this user", "check its ARN (:mfa/, not :user/): awsprof add mfa DOMAIN --force"),
    ("AccessDenied", "Cannot call GetSessionToken with session credentials", CredentialsError,
     "the iam profile holds temporary keys", "put the user's own access key there: awsprof add iam DOMAIN --force"),
    ("InvalidClientTokenId", "", UnknownKeyError, _UNKNOWN_KEY, _UNKNOWN_KEY_STEP),
    ("UnrecognizedClientException", "", UnknownKeyError, _UNKNOWN_KEY, _UNKNOWN_KEY_STEP),
    ("RegionDisabledException", "", RegionError, "STS is not activated for this account in the region asked", ""),
    ("SignatureDoesNotMatch", "scoped to a valid region", RegionError,
     "the endpoint belongs to another region than the one asked", "check AWS_ENDPOINT_URL and endpoint_url"),
    ("OptInRequired", "", CredentialsError, "the account's sign-up for this service is not complete",
     "complete it in the AWS console, then try again"),
    ("SignatureDoesNotMatch", "", CredentialsError,
     "the secret access key does not belong to the access key id", "enter both again: awsprof add iam DOMAIN --force"),
    ("ExpiredToken", "", CredentialsError, "the session has expired", "renew it: awsprof mfa DOMAIN --force"),
    ("ExpiredTokenException", "", CredentialsError, "the session has expired",
     "renew it: awsprof mfa DOMAIN --force"),
    ("AccessDenied", "", DeniedError, "AWS denies it", "ask whoever manages this account"),
)  # fmt: skip
_BUSY = (
    *("Throttl", "RequestThrottl", "RequestLimitExceeded", "TooManyRequests", "SlowDown", "BandwidthLimitExceeded"),
    *("ServiceUnavailable", "ServiceFailure", "InternalFailure", "InternalError", "ConcurrentModification"),
    *("PriorRequestNotComplete", "EntityTemporarilyUnmodifiable"),
)
_CLOCK = ("RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture")


_NO_ANSWER = "the reply did not come from AWS"
_NO_ANSWER_STEP = "check for a proxy or captive portal, then try again"
ANY_STEP = "awsprof status says what this shell uses"  # a caller that knows the profile knows better
_SETTINGS_STEP = "correct the settings: awsprof show PROFILE"
# botocore's errors by the name of their class or a base of it: what kind they are, and what to do. A caller puts the
# name of the profile in the place of PROFILE.
_LOCAL: tuple[tuple[str, type[AwsprofError], str], ...] = (
    ("ProxyConnectionError", AwsError, "check HTTPS_PROXY, then try again"),
    ("SSLError", AwsError, "check AWS_CA_BUNDLE and the clock, then try again"),
    ("ResponseParserError", AwsError, _NO_ANSWER_STEP),
    ("HTTPClientError", AwsError, "check the network, then try again"),
    ("ConnectionError", AwsError, "check the network, then try again"),
    ("ProfileNotFound", NoSuchProfileError, "awsprof list shows what there is"),
    ("InvalidRegionError", UsageError, "fix the region: awsprof set PROFILE region=REGION"),
    ("ConfigParseError", FileError, "awsprof list says which line"),
    ("InfiniteLoopConfigError", CredentialsError, _SETTINGS_STEP),
    ("InvalidConfigError", CredentialsError, _SETTINGS_STEP),
    ("PartialCredentialsError", CredentialsError, _SETTINGS_STEP),
    ("UnknownCredentialError", CredentialsError, _SETTINGS_STEP),
    ("ParamValidationError", CredentialsError, _SETTINGS_STEP),
    ("NoRegionError", UsageError, "set a region: awsprof set PROFILE region=REGION"),
    ("MissingDependencyException", CredentialsError,
     "ask the AWS CLI: aws sts get-caller-identity --profile PROFILE\n"
     "or let awsprof read such profiles: pipx inject awsprof 'botocore[crt]'"),
    ("MetadataRetrievalError", AwsError, "check that the service that hands out keys to this machine is running"),
    ("BotoCoreError", CredentialsError, ANY_STEP),
)  # fmt: skip


def no_answer() -> AwsError:
    """The error for a reply that lacks a field, or has a date that is none."""
    return AwsError(_NO_ANSWER, _NO_ANSWER_STEP)


def unusable(profile: str) -> CredentialsError:
    """The error for settings, or files they name, that botocore fails on without an error of its own."""
    whose = f"the settings of {quoted(profile)}" if profile else "the AWS settings of this shell"
    shown = f"awsprof show {quoted(profile)}" if profile else "awsprof status"
    return CredentialsError(f"AWS tools cannot use {whose}", f"check them: {shown}")


def told(error: Exception, *, seconds: int = 0, otherwise: AwsprofError | None = None) -> AwsprofError:
    """The error in words that a user can act on. It repeats nothing that could hold a secret.

    Args:
        error: what botocore raised.
        seconds: the duration that was asked for, if that may be the reason.
        otherwise: what an error means that is none of botocore's own; its kind is added.
    """
    if isinstance(error, AwsprofError):
        return error
    response = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        return _refused(response, seconds)
    bases = [base.__name__ for base in type(error).__mro__]
    for name, kind, advice in _LOCAL:
        if name in bases:
            # What came instead of an answer is not shown: it could be anything.
            return kind(_NO_ANSWER if name == "ResponseParserError" else _words(error), advice)
    return _foreign(error, otherwise)


def _foreign(error: Exception, otherwise: AwsprofError | None) -> AwsprofError:
    """An error that is none of botocore's own. Its text may repeat a value, so only known texts are looked at."""
    text = str(error)
    if isinstance(error, EOFError):
        return CancelledError("cancelled")
    if isinstance(error, OSError) and error.filename:
        return FileError(f"cannot read {safe(str(error.filename))}: {error.strerror}", "check that file")
    if text.startswith("Invalid timestamp"):  # botocore's parser
        return no_answer()
    if isinstance(error, RuntimeError) and "still expired" in text:
        return AwsError("the keys that came back have already expired", "check the clock of this machine")
    if otherwise is None:
        raise error
    if isinstance(otherwise, CredentialsError):
        otherwise.what += f" ({type(error).__name__})"
    return otherwise


def _words(error: Exception) -> str:
    """Return an error's first line; of one that botocore found in a request, also which value has the wrong length."""
    first, *more = str(error).strip().split("\n")
    lengths = [line for line in more if line.startswith("Invalid length for parameter ")]
    return safe(masked_text(" ".join([first, *lengths[:1]])))


def _refused(response: dict[str, Any], seconds: int) -> AwsprofError:
    code, message = str(response["Error"].get("Code", "")), masked_text(str(response["Error"].get("Message", "")))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    late = code == "SignatureDoesNotMatch" and ("Signature expired" in message or "not yet current" in message)
    if late or code in _CLOCK:
        return _clock_skew(response)
    if code.startswith(_BUSY) or status >= 500 or status == 429:
        return AwsError(f"AWS is throttling requests or unavailable: {safe(code)}", "wait a little, then try again")
    if not code or code.isdigit():  # botocore's stand-in: the message is what came instead of an answer
        return no_answer()
    if code == "ValidationError" and seconds > 3600 and "duration" in message.lower():
        return CredentialsError(
            f"AWS refuses a session of {show_duration(seconds)}: {safe(message)}",
            "for the keys of an account's root user: awsprof mfa --duration 1h",
        )
    for known, text, kind, what, advice in _ADVICE:
        if known == code and text in message:
            denied = kind(what + (f": {safe(message)}" if kind is DeniedError else ""), advice)
            if isinstance(denied, DeniedError):
                denied.reason = _reason(message)
            return denied
    return CredentialsError(f"AWS refused: {safe(code)}: {safe(message)}", "awsprof status says what this shell uses")


def _reason(message: str) -> str:
    """Return why AWS denies it: the end of its sentence, which names the kind of policy."""
    for start in (" because ", " with an explicit deny "):
        _, found, reason = message.partition(start)
        if found:
            return safe(f"{start.strip()} {reason}".strip())
    return ""


def _clock_skew(response: dict[str, Any]) -> AwsError:
    import time

    date = response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        ahead = int(time.time() - parsedate_to_datetime(date).timestamp())
    except (TypeError, ValueError):
        return AwsError(
            "this machine's clock differs from AWS's by more than AWS allows", "set the clock, then try again"
        )
    side = "ahead of" if ahead > 0 else "behind"
    return AwsError(
        f"this machine's clock is {show_duration(abs(ahead))} {side} AWS's", "set the clock, then try again"
    )
