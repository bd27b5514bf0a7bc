"""The settings of a profile that AWS tools know, as a table: each with a check of its form. Blocks as `s3.KEY`."""

from __future__ import annotations

from awsprof.errors import UsageError
from awsprof.profiles.validate import (
    OneOf,
    check_account,
    check_any_key_id,
    check_device,
    check_external_id,
    check_region,
    check_role_arn,
    check_role_duration,
    check_secret,
    check_session_name,
    check_text,
    check_timeout,
    check_token,
    check_url,
    number,
)
from awsprof.text.display import quoted
from awsprof.text.masking import is_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.profiles.validate import Check

_truth = OneOf("true", "false")
_supported = OneOf("when_supported", "when_required")

SETTINGS: dict[str, Check] = {
    # what a profile is
    "aws_access_key_id": check_any_key_id,
    "aws_secret_access_key": check_secret,
    "aws_session_token": check_token,
    "aws_security_token": check_token,
    "aws_account_id": check_account,
    "expiration": check_text,
    "role_arn": check_role_arn,
    "source_profile": check_text,
    "credential_source": OneOf("Environment", "Ec2InstanceMetadata", "EcsContainer"),
    "credential_process": check_text,
    "web_identity_token_file": check_text,
    "external_id": check_external_id,
    "mfa_serial": check_device,
    "mfa_device_arn": check_device,
    "role_session_name": check_session_name,
    "duration_seconds": check_role_duration,
    "sso_session": check_text,
    "sso_start_url": check_url,
    "sso_region": check_region,
    "sso_account_id": check_account,
    "sso_role_name": check_text,
    "sso_registration_scopes": check_text,
    "login_session": check_text,
    # where and how it asks
    "region": check_region,
    "endpoint_url": check_url,
    "services": check_text,
    "ignore_configured_endpoint_urls": _truth,
    "use_dualstack_endpoint": _truth,
    "use_fips_endpoint": _truth,
    "sts_regional_endpoints": OneOf("regional", "legacy"),
    "account_id_endpoint_mode": OneOf("preferred", "disabled", "required"),
    "endpoint_discovery_enabled": OneOf("true", "false", "auto"),
    "disable_host_prefix_injection": _truth,
    "sigv4a_signing_region_set": check_text,
    "auth_scheme_preference": check_text,
    "ca_bundle": check_text,
    "tcp_keepalive": _truth,
    "max_attempts": number(1),
    "retry_mode": OneOf("legacy", "standard", "adaptive"),
    "defaults_mode": OneOf("legacy", "standard", "in-region", "cross-region", "mobile", "auto"),
    "parameter_validation": _truth,
    "request_checksum_calculation": _supported,
    "response_checksum_validation": _supported,
    "disable_request_compression": _truth,
    "request_min_compression_size_bytes": number(0, 10485760),
    "sdk_ua_app_id": check_text,
    "data_path": check_text,
    "metadata_service_timeout": check_timeout,
    "metadata_service_num_attempts": number(1),
    "ec2_metadata_service_endpoint": check_url,
    "ec2_metadata_service_endpoint_mode": OneOf("ipv4", "ipv6"),
    "ec2_metadata_v1_disabled": _truth,
    "imds_use_ipv6": _truth,
    "csm_enabled": _truth,
    "csm_client_id": check_text,
    "csm_host": check_text,
    "csm_port": number(1, 65535),
    "s3_use_arn_region": _truth,
    "s3_us_east_1_regional_endpoint": OneOf("regional", "legacy"),
    "s3_disable_multiregion_access_points": _truth,
    "s3_disable_express_session_auth": _truth,
    # how the AWS CLI behaves
    "output": OneOf("json", "yaml", "yaml-stream", "text", "table", "off"),
    "cli_pager": check_text,
    "cli_auto_prompt": OneOf("on", "on-partial", "off"),
    "cli_binary_format": OneOf("base64", "raw-in-base64-out"),
    "cli_follow_urlparam": _truth,
    "cli_history": OneOf("enabled", "disabled"),
    "cli_timestamp_format": OneOf("iso8601", "wire", "none"),
    "cli_error_format": check_text,
    # what awsprof and other tools keep there
    "awsprof_user": check_session_name,
    "include_profile": check_text,  # aws-vault
    "mfa_process": check_text,  # aws-vault
    "role_duration": check_role_duration,  # awsume
    # blocks
    "s3.addressing_style": OneOf("path", "virtual", "auto"),
    "s3.max_bandwidth": check_text,
    "s3.max_concurrent_requests": number(1),
    "s3.max_queue_size": number(1),
    "s3.multipart_chunksize": check_text,
    "s3.multipart_threshold": check_text,
    "s3.io_chunksize": check_text,
    "s3.payload_signing_enabled": _truth,
    "s3.preferred_transfer_client": OneOf("auto", "classic", "crt"),
    "s3.target_bandwidth": check_text,
    "s3.use_accelerate_endpoint": _truth,
    "s3.use_dualstack_endpoint": _truth,
    "s3.use_arn_region": _truth,
    "s3.us_east_1_regional_endpoint": OneOf("regional", "legacy"),
    "s3.s3_disable_multiregion_access_points": _truth,
}
_BLOCKS_OF_ANYTHING = ("api_versions.",)  # a service is the key
_MAY_BE_EMPTY = ("cli_pager",)  # no pager


def is_known(key: str) -> bool:
    """Whether AWS tools know a setting of this name."""
    return key in SETTINGS or key.startswith(_BLOCKS_OF_ANYTHING)


def check(key: str, value: str, *, force: bool = False) -> str:
    """Return a setting's value as it is written.

    Args:
        key: the name of the setting.
        value: the value as it was given.
        force: skip the checks that are stricter than AWS.

    Raises:
        UsageError: the setting cannot have it. A secret is not repeated.
    """
    if not value and key not in _MAY_BE_EMPTY and (is_secret(key) or not force):
        raise UsageError(f"{key} needs a value", f"to remove it: awsprof unset PROFILE {key}")
    return SETTINGS.get(key, check_text)(value, force=force) if value else ""


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
