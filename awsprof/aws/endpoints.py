"""Where requests go: the region of a partition, which hosts are AWS's, and which URLs are refused."""

from __future__ import annotations

from awsprof.errors import AwsError, UsageError
from awsprof.text.display import MASK, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Enabled in every account of the partition aws; a later region is off until the account enables it.
# Source: docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
_ENABLED = frozenset(
    (
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    )
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# What awsprof calls, and botocore for `whoami`. Hosts of IAM, which is global, may name a partition, not a region.
_SERVICES = "sts|iam|portal\\.sso|oidc|signin"
_ZONES = r"[a-z]+(-[a-z]+)+-\d+|us-gov|global|aws-([a-z]+-)*global"
_PORTS = {"https": 443, "http": 80}


def default_region(partition: str) -> str:
    """Return the region to ask if nothing names one: that of the partition's global services."""
    known = {each["id"]: each["outputs"]["implicitGlobalRegion"] for each in _partitions()}
    return str(known.get(partition, known["aws"]))


def partition_of(region: str) -> str:
    """Return the partition of a region; `aws` for one that no partition of botocore's data has."""
    import re

    return next((str(each["id"]) for each in _partitions() if re.match(each["regionRegex"], region)), "aws")


def is_opt_in(region: str) -> bool:
    """Return whether accounts have to enable a region before it knows their keys."""
    return partition_of(region) == "aws" and region not in _ENABLED


def own_region(url: str) -> str:
    """Return the region whose signature an endpoint of AWS's own STS accepts; empty for any other URL.

    botocore signs a configured endpoint for the client's region, which AWS refuses if that is another one.
    """
    import re

    try:
        where = origin(url)
    except ValueError:
        return ""
    found = re.match(rf"(vpce-[a-z0-9-]+\.)?sts(-fips)?\.({_ZONES})\.", where.host)
    if not is_aws(where):
        return ""
    if where.host == "sts.amazonaws.com":
        return default_region("aws")
    zone = found[3] if found else ""
    return zone if any(re.match(each["regionRegex"], zone) for each in _partitions()) else ""


class Origin:
    """Scheme, host and port of a URL, as the HTTP client that connects reads them; `host` has no brackets."""

    __slots__ = ("host", "port", "scheme")

    def __init__(self, scheme: str, host: str, port: int) -> None:
        self.scheme = scheme
        self.host = host
        self.port = port

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    def is_named_by(self, allowed: str) -> bool:
        """Return whether HOST or HOST:PORT names it; HOST alone means each of its ports."""
        host, port = _split_port(allowed.lower())
        return host.strip("[]") == self.host and port in ("", str(self.port))


def _split_port(text: str) -> tuple[str, str]:
    host, colon, port = text.rpartition(":")
    bare_ipv6 = ":" in host and not host.endswith("]")
    return (host, port) if colon and not bare_ipv6 and "]" not in port else (text, "")


def origin(url: str) -> Origin:
    """Return where a request to a URL goes.

    Raises:
        ValueError: the URL is malformed, or programs disagree about where it leads. The message says why.
    """
    from urllib.parse import urlsplit

    from botocore.utils import is_valid_endpoint_url, is_valid_ipv6_endpoint_url
    from urllib3.util import parse_url  # the parser that decides where botocore connects

    if "\\" in url or not all("!" <= character <= "~" for character in url):
        raise ValueError("it contains a backslash, a space or a character outside ASCII")
    try:
        plain, connected = urlsplit(url), parse_url(url)
        read = plain.scheme, plain.hostname or "", plain.port
        valid = is_valid_endpoint_url(url) or is_valid_ipv6_endpoint_url(url)
    except Exception:  # each parser has errors of its own
        raise ValueError("it is not a URL") from None
    scheme, host, port = read
    if scheme not in _PORTS:
        raise ValueError("it does not begin with https:// or http://")
    if not host or not valid or "%" in host or port == 0:
        raise ValueError("its host or port is not valid")
    if read != (connected.scheme, (connected.host or "").strip("[]"), connected.port):
        raise ValueError("programs disagree about its host")
    return Origin(scheme, host, port or _PORTS[scheme])


def endpoint_origin(url: str, source: str) -> Origin:
    """Return where a configured endpoint leads; `source` is the variable or setting that holds it.

    Raises:
        UsageError: it is malformed; the message names the source and hides a password.
    """
    try:
        if {"?", "#"} & set(url):
            raise ValueError("it contains a query or a fragment")
        return origin(url)
    except ValueError as error:
        raise UsageError(
            f"{source} is not a valid endpoint URL: {safe(_without_password(url))} ({error})",
            "write it as https://HOST or https://HOST:PORT, or remove it",
        ) from None


def _without_password(url: str) -> str:
    """Return a URL, however malformed, without what could be a user name or password: all before the last @."""
    start, at, end = url.rpartition("@")
    scheme, slashes, _ = start.partition("//")
    return f"{scheme + slashes if slashes else ''}{MASK}@{end}" if at else url


def is_aws(where: Origin) -> bool:
    """Return whether a service of AWS answers there: globally or in a region, by FIPS, dual-stack or a VPC endpoint.

    A suffix alone would not do: anybody can have a machine, a bucket or an API whose name ends in amazonaws.com.
    """
    import re

    host = rf"(vpce-[a-z0-9-]+\.)?({_SERVICES})(-fips)?(\.({_ZONES}))?(\.vpce)?\.({'|'.join(_suffixes())})"
    return where.scheme == "https" and bool(re.fullmatch(host, where.host))


def _suffixes() -> set[str]:
    import re

    known = [partition["outputs"] for partition in _partitions()]
    return {re.escape(each[key]) for each in known for key in ("dnsSuffix", "dualStackDnsSuffix")}


def _partitions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = builtin_loader().load_data("partitions")["partitions"]
    return found


def builtin_loader() -> Any:
    """Return a loader of botocore's own data.

    The default one also reads data_path, AWS_DATA_PATH and ~/.aws/models, and a file there can redirect any service.
    """
    from botocore.loaders import Loader

    return Loader(extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)


def refuse_plain_http(where: Origin) -> None:
    """Refuse to send keys and codes unencrypted, except within this machine: which a proxy is not.

    Raises:
        AwsError: the host is another one, or a proxy would get the request.
    """
    from botocore.utils import get_environ_proxies

    if where.scheme == "https":
        return
    if where.host not in _LOOPBACK:
        raise AwsError(f"{where} is not encrypted; nothing was sent", "use an https endpoint")
    if get_environ_proxies(str(where)).get("http"):
        raise AwsError(
            f"HTTP_PROXY would be sent what is for {where}, unencrypted; nothing was sent",
            f"export NO_PROXY={str(where).removeprefix('http://').removesuffix(f':{where.port}')}",
        )
