"""The only room that knows boto3: what STS and IAM are asked, and their refusals in words that a user can act on."""

from awsprof.aws.endpoints import default_region, partition_of
from awsprof.aws.gate import Gate
from awsprof.aws.refusals import ANY_STEP, DeniedError, UnknownKeyError, WrongCodeError, told
from awsprof.aws.sts import Keys, caller_identity, check_endpoints, client, get_session_token, knows, mfa_devices

__all__ = [
    "ANY_STEP",
    "DeniedError",
    "Gate",
    "Keys",
    "UnknownKeyError",
    "WrongCodeError",
    "caller_identity",
    "check_endpoints",
    "client",
    "default_region",
    "get_session_token",
    "knows",
    "mfa_devices",
    "partition_of",
    "told",
]
