"""The only room that knows boto3: what STS and IAM are asked, and their refusals in words that a user can act on."""

from awsprof.aws.endpoints import code_goes_elsewhere, default_region, partition_of
from awsprof.aws.refusals import DeniedError, UnknownKeyError, WrongCodeError, told
from awsprof.aws.sts import Keys, caller_identity, client, get_session_token, knows, mfa_devices

__all__ = [
    "DeniedError",
    "Keys",
    "UnknownKeyError",
    "WrongCodeError",
    "caller_identity",
    "client",
    "code_goes_elsewhere",
    "default_region",
    "get_session_token",
    "knows",
    "mfa_devices",
    "partition_of",
    "told",
]
