"""What may be sent where: a host that is not AWS's is announced before anything else happens, or refused."""

from __future__ import annotations

from awsprof.aws.endpoints import endpoint_origin, is_aws, origin, refuse_plain_http
from awsprof.errors import AwsError
from awsprof.text.display import quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

    from awsprof.aws.endpoints import Origin

# Where a container or a machine gets the keys of its own role: this machine, or AWS's link-local addresses.
_HAND_OUT_KEYS = (
    *("localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"),
    *("169.254.169.254", "fd00:ec2::254"),
)


class Gate:
    """The hosts that one command may call.

    Args:
        environ: the environment that botocore reads.
        say: how to print a warning.
        sends: what is sent, in words: "the MFA code".
        allowed: the hosts, as HOST or HOST:PORT, that may stand in for AWS; None: each host that is announced.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        say: Callable[[str], None],
        sends: str = "the requests",
        allowed: Collection[str] | None = None,
    ) -> None:
        self.environ = environ
        self.say = say
        self.sends = sends
        self.allowed = allowed
        self.passed = 0  # requests that were let through
        self._announced: set[str] = set()

    def announce(self, url: str, source: str) -> None:
        """Warn once that a configured endpoint is not AWS's; `source` is the variable or setting that holds it.

        Raises:
            UsageError: the URL is malformed.
            AwsError: it is not encrypted, or not among the allowed hosts.
        """
        where = endpoint_origin(url, source)
        refuse_plain_http(where)
        if is_aws(where) or str(where) in self._announced:
            return
        if self.allowed is not None and not any(map(where.is_named_by, self.allowed)):
            port = str(where).rpartition("//")[2]
            raise AwsError(
                f"{source} sends {self.sends} to {where} instead of AWS; nothing was sent",
                f"remove that setting, or add --allow-endpoint {quoted(port)}",
            )
        self._warn(where, f"{source} sends {self.sends} to {where} instead of AWS")

    def announce_provider(self, url: str, source: str) -> None:
        """Warn once that keys are fetched from a host that is neither this machine nor one of AWS's addresses.

        Raises:
            UsageError: the URL is malformed.
        """
        where = endpoint_origin(url, source)
        if where.host not in _HAND_OUT_KEYS and not where.host.startswith("127."):
            self._warn(where, f"{source} fetches keys from {where} instead of AWS")

    def mention(self, line: str) -> None:
        """Print a line once."""
        if line not in self._announced:
            self._announced.add(line)
            self.say(line)

    def _warn(self, where: Origin, line: str) -> None:
        self._announced.add(str(where))
        self.mention(f"warning: {line}")

    def check(self, request: Any, **_: Any) -> None:
        """Refuse a request, at the moment of sending, to a host that is neither AWS's nor announced.

        Raises:
            AwsError: it is refused; nothing was sent.
        """
        try:
            where = origin(request.url)
        except ValueError as error:
            raise AwsError(f"refused a request to a malformed URL: {error}", _CHECK) from None
        refuse_plain_http(where)
        if not is_aws(where) and str(where) not in self._announced:
            raise AwsError(f"{safe(str(where))} is not a host of AWS; nothing was sent", _CHECK)
        self.passed += 1


_CHECK = "check the region and the endpoint settings: awsprof status"
