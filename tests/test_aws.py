"""awsprof/aws against a server that checks: what each answer of AWS, and each silence, becomes."""

import json
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from awsprof import aws, errors
from awsprof.text.times import parse_duration

from .aws.account import User
from .aws.desk import Desk, desk, own_environment, sts, user
from .aws.sts import Answer

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

CODE = "123456"


def keys_of(user: User) -> aws.Keys:
    return aws.Keys(user.access_key_id, user.secret_access_key)


def gate() -> aws.Gate:
    return aws.Gate(os.environ, lambda _: None)


def client(desk: Desk, keys: aws.Keys | None = None, region: str = "eu-central-1") -> Any:
    desk.write(credentials=desk.iam())
    return aws.client("sts", keys or keys_of(desk.user), profile="work:iam", region=region, gate=gate())


def ask(desk: Desk, keys: aws.Keys | None = None, seconds: int = 900, **changed: str) -> aws.Keys:
    given = {"device": desk.user.device_arn, "code": changed.pop("code", "") or desk.user.next_code(), **changed}
    return aws.get_session_token(client(desk, keys), seconds=seconds, **given)


def told(desk: Desk, **wish: Any) -> errors.AwsprofError:
    """How a refusal is told, which is one request and no second one."""
    with pytest.raises(errors.AwsprofError) as raised:
        ask(desk, **wish)
    assert desk.sts.count("GetSessionToken") == 1
    return raised.value


def test_a_session(desk: Desk) -> None:
    keys = ask(desk, seconds=900)
    assert keys.key_id.startswith("ASIA")
    assert len(keys.secret) == 40
    assert len(keys.token) > 300
    assert 890 < (keys.end or 0) - desk.sts.now() < 910


REFUSED: dict[str, tuple[Callable[[Desk], dict[str, Any]], type[errors.AwsprofError], str, str]] = {
    "wrong code": (
        lambda desk: {"code": desk.user.wrong_code()},
        aws.WrongCodeError,
        "wrong, expired or already used; wait for the next one",
        "awsprof mfa",
    ),
    "another's device": (
        lambda desk: {"device": "arn:aws:iam::000000000000:mfa/other"},
        errors.CredentialsError,
        "knows no such MFA device",
        "awsprof add mfa DOMAIN --force",
    ),
    "a user's ARN": (
        lambda desk: {"device": "arn:aws:iam::000000000000:user/your.name"},
        errors.CredentialsError,
        "knows no such MFA device",
        ":mfa/, not :user/",
    ),
    "unknown key": (
        lambda desk: {"keys": aws.Keys("AKIA" + "A" * 16, "S" * 40)},
        aws.UnknownKeyError,
        "deleted or made inactive, belongs to another partition, or is so new",
        "awsprof add iam DOMAIN --force",
    ),
    "wrong secret": (
        lambda desk: {"keys": aws.Keys(desk.user.access_key_id, "S" * 40)},
        errors.CredentialsError,
        "the secret access key does not belong to the access key id",
        "awsprof add iam DOMAIN --force",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_aws_refuses(desk: Desk, case: str) -> None:
    wish, kind, what, advice = REFUSED[case]
    error = told(desk, **wish(desk))
    assert type(error) is kind
    assert error.exit_code == 5
    assert what in error.what
    assert advice in error.next_step


SCRIPTED: dict[str, tuple[Answer, int, str, str]] = {
    "session credentials": (
        Answer(403, "AccessDenied", "Cannot call GetSessionToken with session credentials"),
        5,
        "the iam profile holds temporary keys",
        "add iam",
    ),
    "expired": (Answer(403, "ExpiredToken", "The security token is expired"), 5, "has expired", "awsprof mfa"),
    "denied": (Answer(403, "AccessDenied", "explicit deny"), 5, "denies it: explicit deny", "whoever manages"),
    "new code of AWS's": (Answer(400, "Novel", "a\u202eb"), 5, r"AWS refused: Novel: a\u202eb", "status"),
    "throttled": (Answer(400, "Throttling", "Rate exceeded"), 6, "unavailable: Throttling", "new code"),
    "throttled 2": (Answer(400, "ThrottlingException", ""), 6, "throttling requests", "new code"),
    "500": (Answer(500, "InternalFailure", ""), 6, "unavailable: InternalFailure", "new code"),
    "503": (Answer(503, "ServiceUnavailable", ""), 6, "throttling requests", "new code"),
    "502 of a gateway": (Answer(502, body=b"<html>Bad gateway</html>"), 6, "throttling requests", "new code"),
    "not XML": (Answer(200, body=b"SECRET page"), 6, "did not come from AWS", "new code"),
    "empty": (Answer(200, body=b""), 6, "did not come from AWS", "new code"),
    "XML of something else": (Answer(200, body=b"<html><p>hi</p></html>"), 6, "did not come from AWS", "new code"),
    "not XML, 403": (Answer(403, body=b"SECRET page"), 6, "did not come from AWS", "new code"),
    "hung up before": (Answer(hang_up="before"), 6, "closed before", "this one may be used up"),
    "hung up after": (Answer(hang_up="after"), 6, "closed before", "this one may be used up"),
}


@pytest.mark.parametrize("case", SCRIPTED)
def test_what_else_comes_back(desk: Desk, case: str) -> None:
    answer, exit_code, what, advice = SCRIPTED[case]
    desk.sts.script("GetSessionToken", answer)
    error = told(desk)
    assert error.exit_code == exit_code
    assert what in error.what
    assert advice in error.next_step
    assert "SECRET" not in error.what + error.next_step


@pytest.mark.parametrize(("skew", "words"), [(600, "behind"), (-600, "ahead of")])
def test_a_clock_that_is_off_is_told_by_how_much(desk: Desk, skew: int, words: str) -> None:
    desk.sts.clock_skew = skew
    error = told(desk)
    assert error.exit_code == 6
    told_by = re.fullmatch(rf"this machine's clock is (\w+) {words} AWS's", error.what)
    assert told_by
    assert parse_duration(told_by[1]) == pytest.approx(600, abs=20)
    assert error.next_step.startswith("set the clock")


def test_root_may_have_an_hour(desk: Desk) -> None:
    root = desk.sts.add_user("root", root=True)
    words = "1 validation error detected: Value '129600' at 'durationSeconds' failed to satisfy constraint"
    desk.sts.script("GetSessionToken", Answer(400, "ValidationError", words))  # AWS shortens it instead, as it seems
    error = told(desk, keys=keys_of(root), seconds=36 * 3600, device=root.device_arn, code=root.next_code())
    assert error.exit_code == 5
    assert "AWS refuses a session of 36h" in error.what
    assert "awsprof mfa --duration 1h" in error.next_step
    assert ask(desk, keys_of(root), 3600, device=root.device_arn, code=root.next_code()).key_id.startswith("ASIA")


def test_a_wrong_device_name_is_not_taken_for_root(desk: Desk) -> None:
    error = told(desk, seconds=36 * 3600, device="arn:aws:iam::000000000000:mfa/bad name")
    assert "root" not in error.next_step


def test_a_time_out_is_no_reason_to_ask_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("awsprof.aws.sts.READ_SECONDS", 0.2)
    desk.sts.script("GetSessionToken", Answer(delay=5))
    error = told(desk)
    assert error.exit_code == 6
    assert "timeout" in error.what.lower()
    assert "this one may be used up" in error.next_step


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_the_users_own_retries_do_not_count(desk: Desk, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    monkeypatch.setenv("AWS_RETRY_MODE", mode)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "9")
    desk.sts.script("GetSessionToken", Answer(500, "InternalFailure", ""))
    assert told(desk).exit_code == 6


def unused_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


UNREACHED: dict[str, tuple[dict[str, str], int, str]] = {
    "connection refused": ({"AWS_ENDPOINT_URL": "http://127.0.0.1:PORT"}, 6, "Could not connect to the endpoint"),
    "https to http": ({"AWS_ENDPOINT_URL": "https://127.0.0.1:STS"}, 6, "SSL"),
    "proxy": ({"HTTPS_PROXY": "http://me:PASSWORD@127.0.0.1:PORT", "NO_PROXY": "", "AWS_ENDPOINT_URL": ""}, 6, "proxy"),
}


@pytest.mark.parametrize("case", UNREACHED)
def test_nobody_answers(desk: Desk, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    settings, exit_code, what = UNREACHED[case]
    for name, value in settings.items():
        port = desk.sts.url.rpartition(":")[2]
        monkeypatch.setenv(name, value.replace("PORT", str(unused_port())).replace("STS", port))
    for name in [name for name, value in settings.items() if not value]:
        monkeypatch.delenv(name)
    with pytest.raises(errors.AwsprofError) as raised:
        ask(desk, code=CODE)
    assert raised.value.exit_code == exit_code
    assert what.lower() in raised.value.what.lower()
    assert "PASSWORD" not in raised.value.what + raised.value.next_step
    assert CODE not in raised.value.what + raised.value.next_step


@pytest.mark.parametrize(
    ("url", "exit_code"),
    [
        ("http://sts.example.com", 6),
        ("http://10.0.0.1:8080", 6),
        ("http://127.0.0.1.example.com", 6),
        ("no url", 2),
        ("https://sts.example.com", 0),
        ("http://localhost:4566", 0),
        ("http://127.0.0.1:4566", 0),
        ("http://[::1]:4566", 0),
    ],
)
@pytest.mark.parametrize("where", ["environment", "profile"])
def test_keys_go_to_nobody_in_the_clear(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, url: str, exit_code: int, where: str
) -> None:
    if where == "environment":
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    else:
        monkeypatch.delenv("AWS_ENDPOINT_URL")
    desk.write(f"[profile work:iam]\nendpoint_url = {url}\n" if where == "profile" else "", desk.iam())
    keys = keys_of(desk.user)
    if exit_code == 0:
        assert aws.client("sts", keys, profile="work:iam", region="eu-central-1", gate=gate()).meta.endpoint_url == url
        return
    with pytest.raises(errors.AwsprofError) as raised:
        aws.client("sts", keys, profile="work:iam", region="eu-central-1", gate=gate())
    assert raised.value.exit_code == exit_code


@pytest.mark.parametrize("region", ["eu-west-1'; $(x)", "[red]", "\x1b[31m", "no region"])
def test_a_hostile_region_is_refused(desk: Desk, region: str) -> None:
    with pytest.raises(errors.UsageError) as raised:
        client(desk, region=region)
    assert "\x1b" not in raised.value.what


def test_explicit_keys_run_no_program_and_take_no_others(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = desk.folder / "ran"
    desk.write(f"[profile work:iam]\ncredential_process = touch {marker}\nrole_arn = arn:aws:iam::1:role/x\n")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA" + "E" * 16)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "E" * 40)
    sts = aws.client("sts", keys_of(desk.user), profile="work:iam", region="eu-central-1", gate=gate())
    aws.get_session_token(sts, device=desk.user.device_arn, code=desk.user.next_code(), seconds=900)
    assert not marker.exists()
    assert [request.access_key_id for request in desk.sts.requests] == [desk.user.access_key_id]


def test_devices_without_the_passkeys(desk: Desk) -> None:
    user = desk.sts.add_user("two", fido=True)
    user.other_serials = ["GAHT12345678"]
    desk.write(credentials=desk.iam())
    found = aws.mfa_devices(keys_of(user), profile="work:iam", region="eu-central-1", gate=gate())
    assert found == {user.device_arn: "two", "GAHT12345678": "two"}


def test_devices_may_be_denied(desk: Desk) -> None:
    desk.write(credentials=desk.iam())
    user = desk.sts.add_user("none", may_list_devices=False)
    with pytest.raises(errors.CredentialsError) as raised:
        aws.mfa_devices(keys_of(user), profile="work:iam", region="eu-central-1", gate=gate())
    assert "AWS denies it" in raised.value.what


def regions() -> list[tuple[str, str]]:
    """Every region that botocore knows, with its partition."""
    import botocore

    table = json.loads((Path(os.path.dirname(botocore.__file__)) / "data" / "partitions.json").read_bytes())
    return [
        (region, partition["id"])
        for partition in table["partitions"]
        for region in partition["regions"]
        if "global" not in region
    ]


def test_partitions_are_those_of_botocore() -> None:
    assert {(region, aws.partition_of(region)) for region, _ in regions()} == set(regions())
    assert len(regions()) > 30
    for partition in {partition for _, partition in regions()}:
        assert (aws.default_region(partition), partition) in regions()
