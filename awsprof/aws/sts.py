"""STS, asked with explicit keys: sessions, who one is, and which MFA devices a user has."""

from __future__ import annotations

import time

from awsprof.aws.refusals import no_answer, told, unusable
from awsprof.errors import AwsError
from awsprof.text.display import MASK
from awsprof.text.times import iso

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from awsprof.aws.gate import Gate
    from awsprof.aws.session import Session

CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0


class Keys:
    """A set of keys; the token and the end (seconds since the epoch) are there where they are temporary."""

    __slots__ = ("end", "key_id", "secret", "token")

    def __init__(self, key_id: str, secret: str, token: str = "", end: int | None = None) -> None:
        self.key_id = key_id
        self.secret = secret
        self.token = token
        self.end = end


def client(service: str, keys: Keys, *, profile: str, region: str, gate: Gate) -> Any:
    """A client of explicit keys: no chain is resolved, so no credential_process runs and no other identity slips in.

    Args:
        service: sts or iam.
        keys: the keys to sign with.
        profile: the profile whose settings (endpoint, proxy, CA bundle) hold for the calls.
        region: where to ask.
        gate: which hosts may be called; one that is not AWS's is announced here.

    Raises:
        AwsprofError: it cannot be made, or its endpoint is refused; nothing was sent.
    """
    try:
        return _session(profile, gate).create_client(
            service,
            region_name=region,
            aws_access_key_id=keys.key_id,
            aws_secret_access_key=keys.secret,
            aws_session_token=keys.token or None,
        )
    except Exception as error:
        raise told(error, otherwise=unusable(profile)) from None


def check_endpoints(*services: str, profile: str, gate: Gate) -> None:
    """Announce or refuse the endpoints of several services before the first of them is called.

    Raises:
        AwsprofError: one is refused; nothing was sent.
    """
    try:
        session = _session(profile, gate)
        for service in services:
            session.check_endpoint(service)
    except Exception as error:
        raise told(error, otherwise=unusable(profile)) from None


def _session(profile: str, gate: Gate) -> Session:
    from botocore.config import Config  # a fifth of a second

    from awsprof.aws.session import Session

    # An MFA code works once: a second try with it, after a time-out too, could only be refused.
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    return Session(profile, gate, config)


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
        _refuse_expired(end)
        return Keys(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"], end)
    except Exception as error:
        refusal = told(error, seconds=seconds, otherwise=no_answer())
        refusal.what = refusal.what.replace(code, MASK)  # AWS's own words may quote what it was sent
        if isinstance(refusal, AwsError):
            refusal.next_step += ", with a new code: this one may be used up"
        raise refusal from None


def _refuse_expired(end: int) -> None:
    if end <= time.time():
        raise AwsError(f"the session that came back has already expired: {iso(end)}", "check the clock of this machine")


def mfa_devices(keys: Keys, *, profile: str, region: str, gate: Gate) -> dict[str, str]:
    """The user's TOTP devices by serial number, mostly an ARN, each with the user's name.

    Passkeys (`:u2f/`) give no session and are left out.

    Raises:
        CredentialsError: AWS refused, most often because the user may not list devices.
        AwsError: AWS or the network did not answer as it should.
    """
    iam = client("iam", keys, profile=profile, region=region, gate=gate)
    try:
        pages = iam.get_paginator("list_mfa_devices").paginate()
        found = {device["SerialNumber"]: device["UserName"] for page in pages for device in page["MFADevices"]}
    except Exception as error:
        raise told(error, otherwise=no_answer()) from None
    return {serial: user for serial, user in found.items() if ":u2f/" not in serial}


def arn_of(keys: Keys, *, profile: str, region: str, gate: Gate) -> str:
    """Return whose some keys are: the ARN of a user, also for that user's sessions.

    Raises:
        UnknownKeyError: AWS does not know the keys; new ones it may come to know within seconds.
        AwsprofError: they are refused for another reason, or AWS or the network did not answer as it should.
    """
    sts = client("sts", keys, profile=profile, region=region, gate=gate)
    try:
        return str(sts.get_caller_identity()["Arn"])
    except Exception as error:
        raise told(error, otherwise=no_answer()) from None


def caller_identity(profile: str, gate: Gate, *, region: str = "") -> dict[str, str]:
    """Who AWS says this is: `account`, `arn`, `user_id`, and `method`, how the keys were found.

    Args:
        profile: a profile to ask as; empty: whatever AWS tools in this shell resolve.
        gate: which hosts may be called.
        region: where to ask; empty: in the region that AWS tools would use.

    Raises:
        CredentialsError: there are no usable keys, or AWS refused them.
        AwsError: AWS or the network did not answer as it should.
    """
    from botocore.exceptions import NoCredentialsError

    try:
        session = _session(profile, gate)
        sts = session.create_client("sts", region_name=region or session.get_config_variable("region") or "us-east-1")
        credentials = session.get_credentials()
        if credentials is None:
            raise NoCredentialsError
        answer = sts.get_caller_identity()
        found = {"account": answer["Account"], "arn": answer["Arn"], "user_id": answer["UserId"]}
    except Exception as error:
        raise told(error, otherwise=no_answer() if gate.passed else unusable(profile)) from None
    return {**found, "method": credentials.method or ""}
