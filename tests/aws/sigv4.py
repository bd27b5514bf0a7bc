"""Who signed a request: AWS Signature Version 4, computed again from what came over the wire."""

import calendar
import hashlib
import hmac
import re
import time
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

from .account import Account, AwsError, Key
from .hosts import Host, is_opt_in, partition_of

STAMP = "%Y%m%dT%H%M%SZ"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key_id>\w+)/(?P<day>\d{8})/(?P<region>[\w-]+)/(?P<service>\w+)/aws4_request,"
    r" ?SignedHeaders=(?P<headers>[\w;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"
    " and signing method. Consult the service documentation for details."
)
WRONG_REGION = "Credential should be scoped to a valid region"  # cloud-custodian 4874, AWS.jl 565
# steampipe-plugin-aws 1510, aws-cdk 11474
NOT_ACTIVATED = (
    "STS is not activated in this region for account:000000000000. Your account administrator can activate STS in"
    " this region using the IAM Console."
)


class Wire(NamedTuple):
    """A request as received; header names in lower case. `host` is AWS's, if the request came through the proxy."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    host: Host | None = None


class Signed(NamedTuple):
    """What an Authorization header claims."""

    key_id: str
    day: str
    region: str
    service: str
    headers: str
    signature: str


def claims(wire: Wire) -> Signed | None:
    match = AUTHORIZATION.fullmatch(wire.headers.get("authorization", ""))
    return Signed(**match.groupdict()) if match else None


def authenticate(account: Account, wire: Wire, service: str, now: float, max_skew: int) -> Key:
    """The key that signed the request, or AWS's refusal.

    An expired token is told before the clock is compared: AWS does not say which comes first, and a test that moves
    the server's clock past a session's end wants to hear of the session.
    """
    signed = claims(wire)
    if signed is None:
        raise _unsigned(wire)
    region = wire.host.region if wire.host else signed.region
    key = _known_key(account, wire, signed, region, service)
    if key.expires is not None and now >= key.expires:
        raise AwsError("ExpiredToken", "The security token included in the request is expired")
    _check_time(wire.headers.get("x-amz-date", ""), now, max_skew)
    if signed.region != region:
        raise AwsError("SignatureDoesNotMatch", f"{WRONG_REGION}, not '{signed.region}'.")
    _check_signature(wire, signed, service, key.secret_access_key)
    if service == "sts" and region in account.sts_off:
        raise AwsError("RegionDisabledException", NOT_ACTIVATED)
    key.used = now, service, signed.region
    return key


def signature(wire: Wire, signed: Signed, secret: str) -> str:
    scope = f"{signed.day}/{signed.region}/{signed.service}/aws4_request"
    request = hashlib.sha256(_canonical(wire, signed.headers).encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", wire.headers.get("x-amz-date", ""), scope, request])
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


def _unsigned(wire: Wire) -> AwsError:
    if "authorization" not in wire.headers:
        return AwsError("MissingAuthenticationToken", "Request is missing Authentication Token")
    return AwsError(
        "IncompleteSignature", "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature'.", 400
    )


def _known_key(account: Account, wire: Wire, signed: Signed, region: str, service: str) -> Key:
    key = account.keys.get(signed.key_id)
    if key and key.unknown_for:
        key.unknown_for -= 1
        key = None
    token = wire.headers.get("x-amz-security-token", "")
    if key and key.active and _is_known_in(account, key, region) and hmac.compare_digest(token, key.token):
        return key
    raise AwsError("InvalidClientTokenId", invalid_token(service))


def invalid_token(service: str) -> str:
    # STS ends the sentence with a full stop, IAM does not.
    return "The security token included in the request is invalid" + ("." if service == "sts" else "")


def _is_known_in(account: Account, key: Key, region: str) -> bool:
    """Whether a region takes a key. One of another partition, or not enabled, answers as for a key that never was."""
    enabled = region not in account.not_enabled and (key.everywhere or not is_opt_in(region))
    return enabled and key.partition == partition_of(region)


def _check_time(stamp: str, now: float, max_skew: int) -> None:
    """`stamp` is X-Amz-Date; the texts are AWS's, which name the limit in minutes."""
    try:
        sent = calendar.timegm(time.strptime(stamp, STAMP))
    except ValueError:
        raise AwsError("IncompleteSignature", f"Date must be in ISO-8601 'basic format'. Got '{stamp}'.", 400) from None
    early, late, minutes = now - max_skew, now + max_skew, f"{max_skew // 60} min."
    reason = ""
    if sent < early:
        reason = f"Signature expired: {stamp} is now earlier than {_stamp(early)} ({_stamp(now)} - {minutes})"
    if sent > late:
        reason = f"Signature not yet current: {stamp} is still later than {_stamp(late)} ({_stamp(now)} + {minutes})"
    if reason:
        raise AwsError("SignatureDoesNotMatch", reason)


def _check_signature(wire: Wire, signed: Signed, service: str, secret: str) -> None:
    if signed.service != service:
        raise AwsError("SignatureDoesNotMatch", f"Credential should be scoped to correct service: '{service}'.")
    must = {"host"} | {name for name in wire.headers if name.startswith("x-amz-")}
    right = hmac.compare_digest(signature(wire, signed, secret), signed.signature)
    if not right or must - set(signed.headers.split(";")) or not wire.headers["x-amz-date"].startswith(signed.day):
        raise AwsError("SignatureDoesNotMatch", MISMATCH)


def _canonical(wire: Wire, signed_headers: str) -> str:
    url = urlsplit(wire.target)
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in _query(url.query))
    headers = "".join(f"{name}:{' '.join(wire.headers.get(name, '').split())}\n" for name in signed_headers.split(";"))
    query = "&".join(f"{name}={value}" for name, value in pairs)
    body = hashlib.sha256(wire.body).hexdigest()
    return "\n".join([wire.method, quote(url.path, safe="/-_.~") or "/", query, headers, signed_headers, body])


def _query(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _stamp(at: float) -> str:
    return time.strftime(STAMP, time.gmtime(at))
