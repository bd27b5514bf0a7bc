"""The only room that knows boto3: what STS and IAM are asked, and their refusals in words that a user can act on."""

from awsprof.aws.endpoints import default_region, is_opt_in, partition_of
from awsprof.aws.gate import Gate
from awsprof.aws.refusals import ANY_STEP, DeniedError, RegionError, UnknownKeyError, WrongCodeError, told
from awsprof.aws.sts import Keys, arn_of, caller_identity, check_endpoints, client, get_session_token, mfa_devices

__all__ = [
    "ANY_STEP",
    "DeniedError",
    "Gate",
    "Keys",
    "RegionError",
    "UnknownKeyError",
    "WrongCodeError",
    "arn_of",
    "caller_identity",
    "check_endpoints",
    "client",
    "default_region",
    "get_session_token",
    "is_opt_in",
    "mfa_devices",
    "partition_of",
    "told",
]
