"""Time-based one-time passwords (RFC 6238 over RFC 4226, SHA-1), as a phone and AWS compute them."""

import base64
import hmac


def code(secret_base32: str, at: float, step: int = 30, digits: int = 6) -> str:
    """The code shown at the time `at` (seconds since 1970) for a base32 secret, padded with `=` or not."""
    padded = secret_base32 + "=" * (-len(secret_base32) % 8)
    counter = int(at // step).to_bytes(8, "big")
    digest = hmac.digest(base64.b32decode(padded, casefold=True), counter, "sha1")
    # RFC 4226, 5.3: the last four bits say where the 31 bits of the code start.
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)
