"""The only room that knows boto3: the STS and IAM calls, and their errors in words that a user can act on."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from awsprof.errors import AwsError, AwsprofError, CredentialsError
from awsprof.text import safe, show_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DEFAULT_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_UNREACHABLE = (
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "ProxyConnectionError",
    "SSLError",
    "HTTPClientError",
    "ResponseParserError",
)


class WrongCodeError(CredentialsError):
    """AWS refused the MFA code itself; another one may do."""


class Keys:
    """A set of keys; the token and the end (seconds since the epoch) are there where they are temporary."""

    __slots__ = ("end", "key_id", "secret", "token")

    def __init__(self, key_id: str, secret: str, token: str = "", end: int | None = None) -> None:
        self.key_id = key_id
        self.secret = secret
        self.token = token
        self.end = end


# Error code, what its message contains, the class of error, what happened, what to do. The first that fits counts.
# Texts as AWS sends them; see the table in docs/mfa.md.
_ADVICE: tuple[tuple[str, str, type[AwsprofError], str, str], ...] = (
    ("AccessDenied", "invalid MFA one time pass code", WrongCodeError,
     "AWS refused the MFA code: it is wrong, expired or already used", "wait for the next code, then: awsprof mfa"),
    ("AccessDenied", "unable to validate MFA code", CredentialsError,
     "AWS knows no such MFA device of this user", "check its ARN (:mfa/, not :user/): awsprof add mfa DOMAIN --force"),
    ("AccessDenied", "Cannot call GetSessionToken with session credentials", CredentialsError,
     "the iam profile holds temporary keys", "put the user's own access key there: awsprof add iam DOMAIN --force"),
    ("InvalidClientTokenId", "", CredentialsError,
     "AWS does not know this access key: it was deleted or made inactive, or belongs to another partition",
     "make a new one in the console, then: awsprof add iam DOMAIN --force"),
    ("SignatureDoesNotMatch", "", CredentialsError,
     "the secret access key does not belong to the access key id", "enter both again: awsprof add iam DOMAIN --force"),
    ("ExpiredToken", "", CredentialsError, "the session has expired", "renew it: awsprof mfa"),
    ("AccessDenied", "", CredentialsError, "AWS denies it", "ask whoever manages this account"),
)  # fmt: skip
_BUSY = ("Throttling", "ThrottlingException", "RequestLimitExceeded", "ServiceUnavailable", "InternalFailure")


def default_region(partition: str) -> str:
    """The region to ask where nothing else says one."""
    return _DEFAULT_REGIONS.get(partition, "us-east-1")


def partition_of(region: str) -> str:
    """The partition a region belongs to."""
    for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc")):
        if region.startswith(prefix):
            return partition
    if region.startswith("us-iso"):
        return {"us-isob": "aws-iso-b", "us-isof": "aws-iso-f"}.get(region.rsplit("-", 2)[0], "aws-iso")
    return "aws"


def get_session_token(keys: Keys, *, profile: str, region: str, device: str, code: str, seconds: int) -> Keys:
    """A session of the user's keys, by one MFA code, in one request that is never repeated.

    Args:
        keys: the user's own keys.
        profile: the profile whose settings (endpoint, proxy, CA bundle) hold for the call.
        region: where to ask.
        device: the ARN of the MFA device.
        code: its six digits; good once.
        seconds: how long the session shall last.

    Raises:
        WrongCodeError: AWS refused the code.
        CredentialsError: AWS refused the keys, the device or the duration.
        AwsError: AWS or the network did not answer as it should.
    """
    client = _client("sts", keys, profile, region)
    try:
        answer = client.get_session_token(SerialNumber=device, TokenCode=code, DurationSeconds=seconds)["Credentials"]
    except Exception as error:
        raise _told(error, seconds=seconds) from None
    end = int(answer["Expiration"].timestamp())
    return Keys(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], end)


def mfa_devices(keys: Keys, *, profile: str, region: str) -> list[str]:
    """The ARNs of the user's TOTP devices: passkeys (`:u2f/`) are left out, AWS gives no session for them.

    Raises:
        CredentialsError: AWS refused, most often because the user may not list devices.
        AwsError: AWS or the network did not answer as it should.
    """
    try:
        found = _client("iam", keys, profile, region).list_mfa_devices()["MFADevices"]
    except Exception as error:
        raise _told(error) from None
    return [device["SerialNumber"] for device in found if ":u2f/" not in device["SerialNumber"]]


def caller_identity(profile: str = "", *, may_ask: bool = False) -> dict[str, str]:
    """Who AWS says this is: `account`, `arn`, `user_id`, and `method`, how the keys were found.

    Args:
        profile: a profile to ask as; empty: whatever AWS tools in this shell resolve.
        may_ask: whether a role with its own mfa_serial may ask the person for a code.

    Raises:
        CredentialsError: there are no usable keys, or AWS refused them.
        AwsError: AWS or the network did not answer as it should.
    """
    import boto3  # a quarter of a second
    from botocore.exceptions import NoCredentialsError

    try:
        session = boto3.Session(profile_name=profile or None)
        if not may_ask:
            _refuse_prompts(session)
        credentials = session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        client = session.client("sts", region_name=session.region_name or "us-east-1", config=_config())
        answer = client.get_caller_identity()
    except Exception as error:
        raise _told(error) from None
    return {
        "account": answer["Account"],
        "arn": answer["Arn"],
        "user_id": answer["UserId"],
        "method": credentials.method or "",
    }


def _refuse_prompts(session: Any) -> None:
    def refuse(_prompt: str) -> str:
        raise CredentialsError("this role asks for an MFA code of its own", "use a terminal, or remove its mfa_serial")

    provider = session._session.get_component("credential_provider").get_provider("assume-role")
    provider._prompter = refuse


def _client(service: str, keys: Keys, profile: str, region: str) -> Any:
    """A client of explicit keys: no chain is resolved, so no credential_process runs and no other identity slips in."""
    import boto3  # a quarter of a second
    import botocore.session

    try:
        core = botocore.session.Session(profile=profile)
        client = boto3.Session(botocore_session=core).client(
            service,  # type: ignore[call-overload,unused-ignore] # the stubs know literal names only
            region_name=region,
            aws_access_key_id=keys.key_id,
            aws_secret_access_key=keys.secret,
            config=_config(),
        )
    except Exception as error:
        raise _told(error) from None
    refuse_plain_http(client.meta.endpoint_url)
    return client


def _config() -> Any:
    from botocore.config import Config

    # An MFA code works once: a second try with it, after a time-out too, could only be refused.
    return Config(connect_timeout=10, read_timeout=30, retries={"total_max_attempts": 1, "mode": "standard"})


def refuse_plain_http(url: str) -> None:
    """Raise AwsError where keys and codes would travel unencrypted, except to this machine itself."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise AwsError(f"{safe(url)} is not encrypted; nothing was sent", "use an https endpoint")


def _told(error: Exception, *, seconds: int = 0) -> AwsprofError:
    """The error in words that a user can act on. It repeats nothing that could hold a secret."""
    if isinstance(error, AwsprofError):
        return error
    response = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        return _refused(response, seconds)
    name = type(error).__name__
    if any(base.__name__ in _UNREACHABLE for base in type(error).__mro__):
        return AwsError(
            f"AWS cannot be reached or answers strangely: {_first_line(error)}", _NETWORK.get(name, _TRY_AGAIN)
        )
    if name in ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "InvalidConfigError"):
        return CredentialsError(_first_line(error), "awsprof status says what is missing")
    if any(base.__name__ in ("BotoCoreError", "Boto3Error") for base in type(error).__mro__):
        return CredentialsError(_first_line(error), "awsprof status says what this shell uses")
    raise error


_TRY_AGAIN = "check the network, then try again with a new code"
_NETWORK = {
    "ProxyConnectionError": "check HTTPS_PROXY, then try again",
    "SSLError": "check AWS_CA_BUNDLE and the clock, then try again",
    "ReadTimeoutError": "the request may have arrived: wait for the next code before trying again",
}


def _first_line(error: Exception) -> str:
    return safe(str(error).strip().split("\n")[0])


def _refused(response: dict[str, Any], seconds: int) -> AwsprofError:
    code, message = str(response["Error"].get("Code", "")), str(response["Error"].get("Message", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "SignatureDoesNotMatch" and ("Signature expired" in message or "not yet current" in message):
        return _clock_skew(response)
    if code in _BUSY or status >= 500:
        return AwsError(f"AWS is busy or out of order: {safe(code)}", "wait a little, then try again with a new code")
    if code == "ValidationError" and seconds > 3600:
        return CredentialsError(
            f"AWS refuses a session of {show_duration(seconds)}: {safe(message)}",
            "for the keys of an account's root user: awsprof mfa --duration 1h",
        )
    for known, text, kind, what, advice in _ADVICE:
        if known == code and text in message:
            detail = f": {safe(message)}" if what == "AWS denies it" else ""
            return kind(what + detail, advice)
    return CredentialsError(f"AWS refused: {safe(code)}: {safe(message)}", "awsprof status says what this shell uses")


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
