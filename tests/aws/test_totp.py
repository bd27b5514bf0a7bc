import base64

import pyotp
import pytest

from . import totp

# RFC 6238, appendix B: the SHA-1 rows.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.mark.parametrize(("at", "code"), RFC_CODES.items())
def test_the_vectors_of_the_rfc(at: int, code: str) -> None:
    assert totp.code(RFC_SECRET, at, digits=8) == code
    assert totp.code(RFC_SECRET, at) == code[2:]


@pytest.mark.parametrize("length", [16, 20, 32, 50])
def test_the_codes_of_pyotp(length: int) -> None:
    secret = base64.b32encode(bytes(range(length))).decode()
    for at in range(1_700_000_000, 1_700_003_000, 17):
        assert totp.code(secret, at) == pyotp.TOTP(secret).at(at)


def test_a_secret_in_lower_case_and_without_padding_is_the_same() -> None:
    padded = base64.b32encode(b"0123456").decode()
    assert totp.code(padded.rstrip("=").lower(), 59) == totp.code(padded, 59)
