"""The forms of what people type."""

from collections.abc import Callable

import pytest

from awsprof.errors import UsageError
from awsprof.profiles import validate

ACCOUNT = "123456789012"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOSTILE = ["", " ", "$(reboot)", "a'b", "\x1b[31m", "[red]", "a\nb", "\u202e", "-", "\0"]


def refuses(check: Callable[[str], str], value: str) -> UsageError:
    with pytest.raises(UsageError) as refused:
        check(value)
    assert refused.value.exit_code == 2
    return refused.value


@pytest.mark.parametrize(
    "region",
    ["eu-west-1", "us-gov-east-1", "mx-central-1", "us-iso-east-1", "cn-north-1", "eusc-de-east-1", "us-east-10"],
)
def test_regions(region: str) -> None:
    assert validate.check_region(region) == region


@pytest.mark.parametrize(
    "region",
    [
        *HOSTILE,
        "eu",
        "eu-west",
        "EU-WEST-1",
        "eu-west-",
        "eu--1",
        "-west-1",
        "--1",
        "eu-west -1",
        "eu-west-١",
        "eu_west-a-1",
    ],
)
def test_regions_refused(region: str) -> None:
    assert refuses(validate.check_region, region).next_step.startswith("write it like eu-west-1")


@pytest.mark.parametrize(
    ("code", "taken"),
    [
        ("123456", "123456"),
        ("000000", "000000"),
        (" 123456\n", "123456"),
        ("123 456", "123456"),
        ("1 2 3 4 5 6\r\n", "123456"),
        ("\ufeff123456", "123456"),
        ("123\xa0456", "123456"),
        ("\u200b123\u2009456\ufeff", "123456"),
    ],
)
def test_codes(code: str, taken: str) -> None:
    assert validate.check_code(code) == taken


@pytest.mark.parametrize(
    "code", [*HOSTILE, "12345", "1234567", "12345a", "١٢٣٤٥٦", "１２３４５６", "123-456", "+12345", "²34567"]
)
def test_codes_refused_and_not_repeated(code: str) -> None:
    error = refuses(validate.check_code, code)
    assert (error.what, error.next_step) == ("an MFA code is six digits", "nothing was sent to AWS")


@pytest.mark.parametrize("key", ["AKIA" + "X2" * 8, " AKIA" + "X2" * 8 + "\n"])
def test_key_ids(key: str) -> None:
    assert validate.check_key_id(key) == key.strip()


@pytest.mark.parametrize(
    ("key", "says"),
    [
        *[(value, "is not an access key id") for value in HOSTILE],
        ("AKIA" + "X" * 15, "is not an access key id"),
        ("AKIA" + "X" * 17, "is not an access key id"),
        ("AKIA" + "x" * 16, "is not an access key id"),
        ("AKIA" + "٣" * 16, "is not an access key id"),
        (SECRET, "is not an access key id"),
        ("ASIA" + "X" * 16, "is a temporary one"),
    ],
)
def test_key_ids_refused(key: str, says: str) -> None:
    assert says in refuses(validate.check_key_id, key).what


def test_secrets() -> None:
    assert validate.check_secret(f" {SECRET}\r\n") == SECRET


@pytest.mark.parametrize("secret", [*HOSTILE, SECRET[1:], SECRET + "x", SECRET[:-1] + "%", SECRET[:-1] + "é"])
def test_secrets_refused_and_not_repeated(secret: str) -> None:
    error = refuses(validate.check_secret, secret)
    assert error.what == "that is not a secret access key"
    assert len(secret) < 9 or secret not in error.what + error.next_step


PARTITIONS = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"]


@pytest.mark.parametrize("partition", PARTITIONS)
def test_arns_of_all_partitions(partition: str) -> None:
    device, role = (f"arn:{partition}:iam::{ACCOUNT}:{kind}/path/Na.me+=,@-_1" for kind in ("mfa", "role"))
    assert validate.check_device(f" {device}\n") == device
    assert validate.check_role_arn(f" {role}\n") == role


def wrong_arns(kind: str) -> list[str]:
    return [
        *HOSTILE,
        f"arn:aws:iam::{ACCOUNT}:{kind}/",
        f"arn:aws:iam::{ACCOUNT}:{kind}",
        f"arn:aws:iam::{ACCOUNT}:{kind}/a b",
        f"arn:aws:iam::{ACCOUNT}:{kind}/a:b",
        f"arn:aws:iam::{ACCOUNT}:{kind}/é",
        f"arn:aws:iam::{ACCOUNT[1:]}:{kind}/x",
        f"arn:aws:iam::{'١' * 12}:{kind}/x",
        f"arn:aws:iam:eu-west-1:{ACCOUNT}:{kind}/x",
        f"arn:aws:sts::{ACCOUNT}:{kind}/x",
        f"arn:aws2:iam::{ACCOUNT}:{kind}/x",
        f"arn::iam::{ACCOUNT}:{kind}/x",
        f"ARN:aws:iam::{ACCOUNT}:{kind}/x",
        f"aws:iam::{ACCOUNT}:{kind}/x",
        f"arn:aws:iam::{ACCOUNT}:group/x",
    ]


@pytest.mark.parametrize("arn", wrong_arns("mfa"))
def test_device_arns_refused(arn: str) -> None:
    assert "is not the ARN of an MFA device" in refuses(validate.check_device, arn).what


@pytest.mark.parametrize(
    "arn", [*wrong_arns("role"), f"arn:aws:iam::{ACCOUNT}:user/x", f"arn:aws:iam::{ACCOUNT}:mfa/x"]
)
def test_role_arns_refused(arn: str) -> None:
    assert "is not the ARN of a role" in refuses(validate.check_role_arn, arn).what


@pytest.mark.parametrize(
    ("resource", "what", "next_step"),
    [
        ("user/you", "ARN of a user, not of an MFA device", f"it may be arn:aws:iam::{ACCOUNT}:mfa/you"),
        ("user/a\nb", "ARN of a user", f"it may be $'arn:aws:iam::{ACCOUNT}:mfa/a\\nb'"),
        ("u2f/user/you/key-1", "passkey or security key", "register an authenticator app as a second MFA device"),
    ],
)
def test_device_arns_refused_with_the_reason(resource: str, what: str, next_step: str) -> None:
    error = refuses(validate.check_device, f"arn:aws:iam::{ACCOUNT}:{resource}")
    assert what in error.what
    assert error.next_step == next_step


# A value as it is pasted; every check takes it without what came along.
PASTED = {
    validate.check_region: "eu-west-1",
    validate.check_key_id: "AKIA" + "X2" * 8,
    validate.check_any_key_id: "ASIA" + "X2" * 8,
    validate.check_secret: SECRET,
    validate.check_token: "IQoJb3JpZ2luX2Vj+/=",
    validate.check_device: "GAHT12345678",
    validate.check_role_arn: f"arn:aws:iam::{ACCOUNT}:role/Dev",
    validate.check_session_name: "your.name",
    validate.check_external_id: "a:b/c",
    validate.check_role_duration: "3600",
    validate.check_timeout: "5",
    validate.check_url: "https://example.com",
    validate.check_account: ACCOUNT,
    validate.check_text: "less -R",
    validate.OneOf("json", "text"): "json",
    validate.number(1): "20",
}


@pytest.mark.parametrize("around", ["{}", " {} ", "\ufeff{}\r\n", "\xa0{}\u200b", "\t{}\n"])
@pytest.mark.parametrize("check", PASTED)
def test_what_comes_along_with_a_pasted_value_is_left_out(check: "validate.Check", around: str) -> None:
    assert check(around.format(PASTED[check])) == PASTED[check]


# What is refused as a slip, taken with --force because AWS or another service takes it; and what AWS refuses.
FORCED: dict[str, tuple["validate.Check", str, bool]] = {
    "Cloudflare's region": (validate.check_region, "auto", True),
    "DigitalOcean's region": (validate.check_region, "nyc3", True),
    "a region with capitals": (validate.check_region, "EU-1", True),
    "a region that no host name can hold": (validate.check_region, "eu_west", False),
    "a region with a comment": (validate.check_region, "eu-west-1 # Ireland", False),
    "a region of digits": (validate.check_region, "1", False),
    "another service's key id": (validate.check_any_key_id, "DO00EXAMPLE", True),
    "a key id with a space": (validate.check_any_key_id, "DO00 EXAMPLE", False),
    "a temporary key of a user": (validate.check_key_id, "ASIA" + "X" * 16, False),
    "another service's secret": (validate.check_secret, "minioadmin", True),
    "an empty secret": (validate.check_secret, "", False),
    "a device of another form": (validate.check_device, "arn:aws:iam::1:mfa/x", True),
    "a user": (validate.check_device, f"arn:aws:iam::{ACCOUNT}:user/you", False),
    "a passkey": (validate.check_device, f"arn:aws:iam::{ACCOUNT}:u2f/user/you/x", False),
    "a role as a device": (validate.check_device, f"arn:aws:iam::{ACCOUNT}:role/x", False),
    "a short serial number": (validate.check_device, "GAHT1234", False),
    "another service's role": (validate.check_role_arn, "arn:minio:iam:::role/consoleAdmin", True),
    "a short role": (validate.check_role_arn, "role/x", False),
    "a colon in a session name": (validate.check_session_name, "a:b", False),
    "a short external id": (validate.check_external_id, "x", False),
    "13 hours": (validate.check_role_duration, "13h", False),
    "a new word": (validate.OneOf("json", "text"), "toml", True),
    "a number out of bounds": (validate.number(1, 10), "11", True),
    "no number": (validate.number(1, 10), "x", False),
    "a URL of another kind": (validate.check_url, "localhost:9000", True),
}


@pytest.mark.parametrize("case", FORCED)
def test_force_skips_what_is_stricter_than_aws(case: str) -> None:
    check, value, taken = FORCED[case]
    refuses(check, value)
    if taken:
        assert check(value, force=True) == value
    else:
        with pytest.raises(UsageError):
            check(value, force=True)


SECONDS = [("1h", "3600"), ("90m", "5400"), ("1h30m", "5400"), ("900s", "900"), ("900", "900"), ("12h", "43200")]


@pytest.mark.parametrize(("words", "seconds"), SECONDS)
def test_the_duration_of_a_role_is_written_in_seconds(words: str, seconds: str) -> None:
    assert validate.check_role_duration(words) == seconds


@pytest.mark.parametrize("words", ["14m", "12h1s", "soon", "-1h", "1.5h", ""])
def test_durations_of_a_role_refused(words: str) -> None:
    refuses(validate.check_role_duration, words)


@pytest.mark.parametrize("name", ["ab", "x" * 64, "a_+=,.@-9"])
def test_session_names(name: str) -> None:
    assert validate.check_session_name(name) == name


@pytest.mark.parametrize("name", [*HOSTILE, "a", "x" * 65, "work:dev", "a/b", "éé"])
def test_session_names_refused(name: str) -> None:
    refuses(validate.check_session_name, name)


@pytest.mark.parametrize("value", ["ab", "x" * 1224, "a_+=,.@:/-9"])
def test_external_ids(value: str) -> None:
    assert validate.check_external_id(value) == value


@pytest.mark.parametrize("value", [*HOSTILE, "a", "x" * 1225, "éé", "a b"])
def test_external_ids_refused(value: str) -> None:
    refuses(validate.check_external_id, value)


@pytest.mark.parametrize(("seconds", "fits"), [(899, False), (900, True), (129600, True), (129601, False)])
def test_seconds_within_bounds(seconds: int, fits: bool) -> None:
    if fits:
        assert validate.check_seconds(seconds, 900, 129600, "between 15m and 36h") == seconds
    else:
        with pytest.raises(UsageError, match="must be between 15m and 36h"):
            validate.check_seconds(seconds, 900, 129600, "between 15m and 36h")
