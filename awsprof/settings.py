"""The settings of a profile that AWS tools know, as a table: each with a check of its form. Blocks as `s3.KEY`."""

from __future__ import annotations

from awsprof.errors import UsageError
from awsprof.forms import (
    check_device_arn,
    check_external_id,
    check_region,
    check_role_arn,
    check_secret,
    check_session_name,
)
from awsprof.masking import quoted_value
from awsprof.text import joined, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[str], str]


def _text(value: str) -> str:
    """Any text; the editor refuses what AWS tools read differently."""
    return value


def _one_of(*words: str) -> Check:
    def check(value: str) -> str:
        if value not in words:
            raise UsageError(f"{quoted_value(value)} is none of {joined(words, 'or')}", "choose one of them")
        return value

    return check


def _number(least: int, most: int = 2**31) -> Check:
    def check(value: str) -> str:
        if not value.isascii() or not value.isdecimal() or len(value) > 10 or not least <= int(value) <= most:
            bounds = f"from {least} to {most}" if most < 2**31 else f"of at least {least}"
            raise UsageError(f"{quoted_value(value)} is not a number {bounds}", "write it in plain digits")
        return value

    return check


def _url(value: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise UsageError(f"{quoted_value(value)} is not a URL", "begin with https://")
    return value


def check_device(value: str) -> str:
    """An MFA device: its ARN, or the serial number of a hardware token.

    Raises:
        UsageError: it is neither.
    """
    return check_device_arn(value) if ":" in value or len(value) < 9 else value


def _account(value: str) -> str:
    if len(value) != 12 or not value.isascii() or not value.isdecimal():
        raise UsageError(f"{quoted_value(value)} is not the number of an account", "it has twelve digits")
    return value


def _key_id(value: str) -> str:
    if len(value) < 16 or not value.isascii() or not value.isalnum():
        raise UsageError("that is not an access key id", "it begins with AKIA or ASIA and has 20 capitals and digits")
    return value


_truth = _one_of("true", "false")
_supported = _one_of("when_supported", "when_required")

SETTINGS: dict[str, Check] = {
    # what a profile is
    "aws_access_key_id": _key_id,
    "aws_secret_access_key": check_secret,
    "aws_session_token": _text,
    "aws_security_token": _text,
    "aws_account_id": _account,
    "expiration": _text,
    "role_arn": check_role_arn,
    "source_profile": _text,
    "credential_source": _one_of("Environment", "Ec2InstanceMetadata", "EcsContainer"),
    "credential_process": _text,
    "web_identity_token_file": _text,
    "external_id": check_external_id,
    "mfa_serial": check_device,
    "mfa_device_arn": check_device_arn,
    "role_session_name": check_session_name,
    "duration_seconds": _number(900, 43200),
    "sso_session": _text,
    "sso_start_url": _url,
    "sso_region": check_region,
    "sso_account_id": _account,
    "sso_role_name": _text,
    "sso_registration_scopes": _text,
    "login_session": _text,
    # where and how it asks
    "region": check_region,
    "endpoint_url": _url,
    "services": _text,
    "ignore_configured_endpoint_urls": _truth,
    "use_dualstack_endpoint": _truth,
    "use_fips_endpoint": _truth,
    "sts_regional_endpoints": _one_of("regional", "legacy"),
    "account_id_endpoint_mode": _one_of("preferred", "disabled", "required"),
    "endpoint_discovery_enabled": _one_of("true", "false", "auto"),
    "disable_host_prefix_injection": _truth,
    "sigv4a_signing_region_set": _text,
    "auth_scheme_preference": _text,
    "ca_bundle": _text,
    "tcp_keepalive": _truth,
    "max_attempts": _number(1),
    "retry_mode": _one_of("legacy", "standard", "adaptive"),
    "defaults_mode": _one_of("legacy", "standard", "in-region", "cross-region", "mobile", "auto"),
    "parameter_validation": _truth,
    "request_checksum_calculation": _supported,
    "response_checksum_validation": _supported,
    "disable_request_compression": _truth,
    "request_min_compression_size_bytes": _number(0, 10485760),
    "sdk_ua_app_id": _text,
    "data_path": _text,
    "metadata_service_timeout": _number(1),
    "metadata_service_num_attempts": _number(1),
    "ec2_metadata_service_endpoint": _url,
    "ec2_metadata_service_endpoint_mode": _one_of("ipv4", "ipv6"),
    "ec2_metadata_v1_disabled": _truth,
    "imds_use_ipv6": _truth,
    "csm_enabled": _truth,
    "csm_client_id": _text,
    "csm_host": _text,
    "csm_port": _number(1, 65535),
    "s3_use_arn_region": _truth,
    "s3_us_east_1_regional_endpoint": _one_of("regional", "legacy"),
    "s3_disable_multiregion_access_points": _truth,
    "s3_disable_express_session_auth": _truth,
    # how the AWS CLI behaves
    "output": _one_of("json", "yaml", "yaml-stream", "text", "table", "off"),
    "cli_pager": _text,
    "cli_auto_prompt": _one_of("on", "on-partial", "off"),
    "cli_binary_format": _one_of("base64", "raw-in-base64-out"),
    "cli_follow_urlparam": _truth,
    "cli_history": _one_of("enabled", "disabled"),
    "cli_timestamp_format": _one_of("iso8601", "wire", "none"),
    "cli_error_format": _text,
    # what other tools keep there
    "include_profile": _text,
    # blocks
    "s3.addressing_style": _one_of("path", "virtual", "auto"),
    "s3.max_bandwidth": _text,
    "s3.max_concurrent_requests": _number(1),
    "s3.max_queue_size": _number(1),
    "s3.multipart_chunksize": _text,
    "s3.multipart_threshold": _text,
    "s3.io_chunksize": _text,
    "s3.payload_signing_enabled": _truth,
    "s3.preferred_transfer_client": _one_of("auto", "classic", "crt"),
    "s3.target_bandwidth": _text,
    "s3.use_accelerate_endpoint": _truth,
    "s3.use_dualstack_endpoint": _truth,
    "s3.use_arn_region": _truth,
    "s3.us_east_1_regional_endpoint": _one_of("regional", "legacy"),
    "s3.s3_disable_multiregion_access_points": _truth,
}
_BLOCKS_OF_ANYTHING = ("api_versions.",)  # a service is the key


def is_known(key: str) -> bool:
    """Whether AWS tools know a setting of this name."""
    return key in SETTINGS or key.startswith(_BLOCKS_OF_ANYTHING)


def check(key: str, value: str) -> str:
    """The value itself, where a setting of this name may have it.

    Raises:
        UsageError: it may not. A secret is not repeated.
    """
    if not value:
        raise UsageError(f"{key} needs a value", "to remove it: awsprof unset PROFILE KEY")
    return SETTINGS.get(key, _text)(value)


def check_key(key: str) -> str:
    """The name of a setting as the AWS files spell it: lower case but for what follows a dot.

    Raises:
        UsageError: no setting can be called so.
    """
    block, dot, name = key.partition(".")
    block = block.lower()
    for part in (block, name) if dot else (block,):
        if not part or not part.isascii() or not part.replace("_", "").replace("-", "").isalnum() or part[0] == "-":
            raise UsageError(f"{quoted(key)} cannot be a setting", "write it like region, or s3.max_queue_size")
    return block + dot + name
