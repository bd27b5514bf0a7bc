"""Where AWS is asked: the region of a partition, where an MFA code would go, and what must not be asked unencrypted."""

from __future__ import annotations

from awsprof.errors import AwsError
from awsprof.text import quoted, safe

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


def default_region(partition: str) -> str:
    """The region to ask where nothing else says one."""
    return next((region for _, known, region in _PARTITIONS if known == partition), "us-east-1")


def partition_of(region: str) -> str:
    """The partition a region belongs to."""
    return next(partition for prefix, partition, _ in _PARTITIONS if region.startswith(prefix))


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


def refuse_plain_http(url: str) -> None:
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
