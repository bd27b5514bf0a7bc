"""Asking the checking server with real boto3 clients, and hearing what they make of the answer."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from .account import Role, User
from .sts import CheckingSts


class Keys(NamedTuple):
    access_key_id: str
    secret: str
    token: str | None = None


class Heard(NamedTuple):
    """An answer as boto3 reports it; `code` is empty on success."""

    status: int
    code: str
    message: str
    data: Any


@cache
def boto_session() -> Any:
    import boto3

    return boto3.Session()


def client(url: str, keys: Keys, service: str = "sts", region: str = "eu-central-1", **config: Any) -> Any:
    from botocore.config import Config

    settings = {"retries": {"total_max_attempts": 1}, "parameter_validation": False, **config}
    return boto_session().client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret,
        aws_session_token=keys.token,
        config=Config(**settings),
    )


def hear(caller: Any, operation: str, **params: Any) -> Heard:
    from botocore.exceptions import ClientError

    try:
        data = getattr(caller, operation)(**params)
    except ClientError as error:
        told = error.response
        return Heard(told["ResponseMetadata"]["HTTPStatusCode"], told["Error"]["Code"], told["Error"]["Message"], told)
    return Heard(data["ResponseMetadata"]["HTTPStatusCode"], "", "", data)


def ask(sts: CheckingSts, keys: Keys, operation: str, **params: Any) -> Heard:
    service = "iam" if operation == "list_mfa_devices" or "access_key" in operation else "sts"
    return hear(client(sts.url, keys, service), operation, **params)


def keys_of(user: User) -> Keys:
    return Keys(user.access_key_id, user.secret_access_key)


def granted(heard: Heard) -> Keys:
    assert heard.code == "", heard.message
    told = heard.data["Credentials"]
    return Keys(told["AccessKeyId"], told["SecretAccessKey"], told["SessionToken"])


def mfa(user: User) -> dict[str, str]:
    return {"SerialNumber": user.device_arn, "TokenCode": user.next_code()}


def session(sts: CheckingSts, user: User, **params: Any) -> Keys:
    return granted(ask(sts, keys_of(user), "get_session_token", **params))


def assume(sts: CheckingSts, keys: Keys, role: Role, **params: Any) -> Heard:
    return ask(sts, keys, "assume_role", **{"RoleArn": role.arn, "RoleSessionName": "awsprof", **params})


def seconds_left(sts: CheckingSts, heard: Heard) -> float:
    end: datetime = heard.data["Credentials"]["Expiration"]
    return end.timestamp() - sts.now()
