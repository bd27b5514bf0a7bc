"""The only room that knows boto3: STS and IAM calls, and their errors in words that a user can act on."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from awsprof.errors import AwsError, AwsprofError, CredentialsError, FileError, NoSuchProfileError, UsageError
from awsprof.text import MASK, quoted, safe, show_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# What a region's name begins with, its partition, and where that partition is asked if nothing else says it.
_PARTITIONS = (
    ("cn-", "aws-cn", "cn-north-1"),
    ("us-gov-", "aws-us-gov", "us-gov-west-1"),
    ("eusc-", "aws-eusc", "eusc-de-east-1"),
    ("us-iso-", "aws-iso", "us-iso-east-1"),
    ("us-isob-", "aws-iso-b", "us-isob-east-1"),
    ("eu-isoe-", "aws-iso-e", "eu-isoe-west-1"),
    ("us-isof-", "aws-iso-f", "us-isof-south-1"),
    ("", "aws", "us-east-1"),
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0


class WrongCodeError(CredentialsError):
    """AWS refused the MFA code itself; another one may do."""


class UnknownKeyError(CredentialsError):
    """AWS does not know the access key: not any more, or not yet."""


class DeniedError(CredentialsError):
    """AWS knows who asks, and denies it."""


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
     "AWS refused the MFA code: it is wrong, expired or already used; wait for the next one",
     "then: awsprof mfa DOMAIN"),
    ("AccessDenied", "unable to validate MFA code", CredentialsError,
     "AWS knows no such MFA device of this user", "check its ARN (:mfa/, not :user/): awsprof add mfa DOMAIN --force"),
    ("AccessDenied", "Cannot call GetSessionToken with session credentials", CredentialsError,
     "the iam profile holds temporary keys", "put the user's own access key there: awsprof add iam DOMAIN --force"),
    ("InvalidClientTokenId", "", UnknownKeyError,
     "AWS does not know this access key: it was deleted or made inactive, or belongs to another partition",
     "make a new one in the console, then: awsprof add iam DOMAIN --force"),
    ("SignatureDoesNotMatch", "", CredentialsError,
     "the secret access key does not belong to the access key id", "enter both again: awsprof add iam DOMAIN --force"),
    ("ExpiredToken", "", CredentialsError, "the session has expired", "renew it: awsprof mfa"),
    ("AccessDenied", "", DeniedError, "AWS denies it", "ask whoever manages this account"),
)  # fmt: skip
_BUSY = ("Throttl", "RequestLimitExceeded", "TooManyRequests", "ServiceUnavailable", "InternalFailure")


def default_region(partition: str) -> str:
    """The region to ask where nothing else says one."""
    return next((region for _, known, region in _PARTITIONS if known == partition), "us-east-1")


def partition_of(region: str) -> str:
    """The partition a region belongs to."""
    return next(partition for prefix, partition, _ in _PARTITIONS if region.startswith(prefix))


def client(service: str, keys: Keys, *, profile: str, region: str) -> Any:
    """A client of explicit keys: no chain is resolved, so no credential_process runs and no other identity slips in.

    Args:
        service: sts or iam.
        keys: the keys to sign with.
        profile: the profile whose settings (endpoint, proxy, CA bundle) hold for the calls.
        region: where to ask.

    Raises:
        AwsprofError: it cannot be made, or its endpoint is not encrypted; nothing was sent.
    """
    import boto3  # a fifth of a second

    try:
        made = boto3.Session(profile_name=profile).client(
            service,  # type: ignore[call-overload,unused-ignore] # the stubs know literal names only
            region_name=region,
            aws_access_key_id=keys.key_id,
            aws_secret_access_key=keys.secret,
            aws_session_token=keys.token or None,
            config=_config(),
        )
    except Exception as error:
        raise told(error) from None
    _refuse_plain_http(made.meta.endpoint_url)
    return made


def get_session_token(sts: Any, *, device: str, code: str, seconds: int) -> Keys:
    """A session of a user's keys, by one MFA code, in one request that is never repeated.

    Args:
        sts: a client of those keys.
        device: the ARN of the MFA device.
        code: its six digits; good once.
        seconds: how long the session shall last.

    Raises:
        WrongCodeError: AWS refused the code.
        CredentialsError: AWS refused the keys, the device or the duration.
        AwsError: AWS or the network did not answer as it should.
    """
    try:
        answer = sts.get_session_token(SerialNumber=device, TokenCode=code, DurationSeconds=seconds)["Credentials"]
        end = int(answer["Expiration"].timestamp())
        return Keys(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], end)
    except Exception as error:
        refusal = told(error, seconds=seconds)
        refusal.what = refusal.what.replace(code, MASK)  # AWS's own words may quote what it was sent
        if isinstance(refusal, AwsError):
            refusal.next_step += ", with a new code: this one may be used up"
        raise refusal from None


def mfa_devices(keys: Keys, *, profile: str, region: str) -> list[str]:
    """The serial numbers of the user's TOTP devices, mostly ARNs; passkeys (`:u2f/`) give no session and are left out.

    Raises:
        CredentialsError: AWS refused, most often because the user may not list devices.
        AwsError: AWS or the network did not answer as it should.
    """
    iam = client("iam", keys, profile=profile, region=region)
    try:
        found = [device["SerialNumber"] for device in iam.list_mfa_devices()["MFADevices"]]
    except Exception as error:
        raise told(error) from None
    return [serial for serial in found if ":u2f/" not in serial]


def knows(keys: Keys, *, profile: str, region: str) -> bool:
    """Whether AWS takes an access key: a new one takes some seconds until it does.

    Raises:
        AwsprofError: it is refused for another reason, or AWS or the network did not answer as it should.
    """
    sts = client("sts", keys, profile=profile, region=region)
    try:
        sts.get_caller_identity()
    except Exception as error:
        refusal = told(error)
        if isinstance(refusal, UnknownKeyError):
            return False
        raise refusal from None
    return True


def caller_identity(profile: str = "") -> dict[str, str]:
    """Who AWS says this is: `account`, `arn`, `user_id`, and `method`, how the keys were found.

    Args:
        profile: a profile to ask as; empty: whatever AWS tools in this shell resolve.

    Raises:
        CredentialsError: there are no usable keys, or AWS refused them.
        AwsError: AWS or the network did not answer as it should.
    """
    import boto3  # a fifth of a second
    from botocore.exceptions import NoCredentialsError

    try:
        session = boto3.Session(profile_name=profile or None)
        credentials = session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        sts: Any = session.client("sts", region_name=session.region_name or "us-east-1", config=_config())
        _refuse_plain_http(sts.meta.endpoint_url)
        answer = sts.get_caller_identity()
        found = {"account": answer["Account"], "arn": answer["Arn"], "user_id": answer["UserId"]}
    except Exception as error:
        raise told(error) from None
    return {**found, "method": credentials.method or ""}


def _config() -> Any:
    from botocore.config import Config

    # An MFA code works once: a second try with it, after a time-out too, could only be refused.
    return Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )


def code_goes_elsewhere(sts: Any, environ: Mapping[str, str], *, profile: str) -> str:
    """A line that tells where a code will be sent that is not sent to AWS; empty where it is.

    Args:
        sts: the client that will send it.
        environ: the environment it was made in.
        profile: the profile it was made from.
    """
    url = sts.meta.endpoint_url
    if _is_aws(url):
        return ""
    # In botocore's order; what is no variable is the profile's, or that of its services section.
    variables = ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")
    cause = next((name for name in variables if environ.get(name)), f"endpoint_url of {quoted(profile)}")
    return f"the MFA code goes to {safe(_origin(url))}, not to AWS: {cause}"


def _is_aws(url: str) -> bool:
    """Whether STS answers there: globally or in a region, by FIPS, dual-stack or a VPC endpoint.

    A suffix alone would not do: anybody can have a machine, a bucket or an API whose name ends in amazonaws.com.
    """
    import re
    from urllib.parse import urlsplit

    from botocore.loaders import create_loader

    known = [partition["outputs"] for partition in create_loader().load_data("partitions")["partitions"]]
    suffixes = {re.escape(each[key]) for each in known for key in ("dnsSuffix", "dualStackDnsSuffix")}
    host = rf"(vpce-[a-z0-9-]+\.)?sts(-fips)?(\.[a-z]+(-[a-z]+)+-\d+)?(\.vpce)?\.({'|'.join(suffixes)})"
    parts = urlsplit(url)
    return parts.scheme == "https" and bool(re.fullmatch(host, parts.hostname or ""))


def _origin(url: str) -> str:
    """Scheme, host and port: what is before an @ may be a password."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _refuse_plain_http(url: str) -> None:
    """Keys and codes must not travel unencrypted, except within this machine: which a proxy is not."""
    from urllib.parse import urlsplit

    from botocore.utils import get_environ_proxies

    parts = urlsplit(url)
    if parts.scheme == "https":
        return
    if parts.hostname not in _LOOPBACK:
        raise AwsError(f"{safe(_origin(url))} is not encrypted; nothing was sent", "use an https endpoint")
    if get_environ_proxies(url).get(parts.scheme):
        raise AwsError(
            f"HTTP_PROXY would be sent what is for {safe(_origin(url))}, unencrypted; nothing was sent",
            f"export NO_PROXY={parts.netloc.removesuffix(f':{parts.port}')}",
        )


_NO_ANSWER = "what came back is not an answer of AWS"
_STRANGE = ("ResponseParserError", "KeyError")
# botocore's errors by the name of their class or a base of it: what kind they are, and what to do.
_LOCAL: tuple[tuple[str, type[AwsprofError], str], ...] = (
    ("ProxyConnectionError", AwsError, "check HTTPS_PROXY, then try again"),
    ("SSLError", AwsError, "check AWS_CA_BUNDLE and the clock, then try again"),
    *((name, AwsError, "see what stands between this machine and AWS, then try again") for name in _STRANGE),
    ("HTTPClientError", AwsError, "check the network, then try again"),
    ("ConnectionError", AwsError, "check the network, then try again"),
    ("ProfileNotFound", NoSuchProfileError, "awsprof list shows what there is"),
    ("InvalidRegionError", UsageError, "mend the region: awsprof show PROFILE"),
    ("ConfigParseError", FileError, "awsprof list says which line"),
    ("BotoCoreError", CredentialsError, "awsprof status says what this shell uses"),
)


def told(error: Exception, *, seconds: int = 0) -> AwsprofError:
    """The error in words that a user can act on. It repeats nothing that could hold a secret."""
    if isinstance(error, AwsprofError):
        return error
    response = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        return _refused(response, seconds)
    bases = [base.__name__ for base in type(error).__mro__]
    for name, kind, advice in _LOCAL:
        if name in bases:
            # What came instead of an answer is not shown: it could be anything.
            return kind(_NO_ANSWER if name in _STRANGE else _first_line(error), advice)
    if str(error).startswith("Invalid endpoint"):  # a bare ValueError of botocore's
        return UsageError(_first_line(error), "check AWS_ENDPOINT_URL, and endpoint_url in the AWS files")
    raise error


def _first_line(error: Exception) -> str:
    return safe(str(error).strip().split("\n")[0])


def _refused(response: dict[str, Any], seconds: int) -> AwsprofError:
    code, message = str(response["Error"].get("Code", "")), str(response["Error"].get("Message", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "SignatureDoesNotMatch" and ("Signature expired" in message or "not yet current" in message):
        return _clock_skew(response)
    if code.startswith(_BUSY) or status >= 500:
        return AwsError(f"AWS is busy or out of order: {safe(code)}", "wait a little, then try again")
    if code == "ValidationError" and seconds > 3600 and "duration" in message.lower():
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
