"""STS, asked with explicit keys: sessions, who one is, and which MFA devices a user has."""

from __future__ import annotations

from awsprof.aws.endpoints import refuse_plain_http
from awsprof.aws.refusals import UnknownKeyError, told
from awsprof.errors import AwsError
from awsprof.text import MASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0


class Keys:
    """A set of keys; the token and the end (seconds since the epoch) are there where they are temporary."""

    __slots__ = ("end", "key_id", "secret", "token")

    def __init__(self, key_id: str, secret: str, token: str = "", end: int | None = None) -> None:
        self.key_id = key_id
        self.secret = secret
        self.token = token
        self.end = end


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
    refuse_plain_http(made.meta.endpoint_url)
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


def mfa_devices(keys: Keys, *, profile: str, region: str) -> dict[str, str]:
    """The user's TOTP devices by serial number, mostly an ARN, each with the user's name.

    Passkeys (`:u2f/`) give no session and are left out.

    Raises:
        CredentialsError: AWS refused, most often because the user may not list devices.
        AwsError: AWS or the network did not answer as it should.
    """
    iam = client("iam", keys, profile=profile, region=region)
    try:
        found = {device["SerialNumber"]: device["UserName"] for device in iam.list_mfa_devices()["MFADevices"]}
    except Exception as error:
        raise told(error) from None
    return {serial: user for serial, user in found.items() if ":u2f/" not in serial}


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
        refuse_plain_http(sts.meta.endpoint_url)
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
