"""Where an MFA code goes: to AWS without a word, elsewhere only after a line that says so, in the clear to nobody."""

import json
import os
from contextlib import suppress
from pathlib import Path

import pytest

from awsprof import aws, errors
from awsprof.aws import endpoints

from .desk import Desk, desk, ended, own_environment, sts, user

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

PROMPT = "MFA code for work (hidden): "
KEYS = aws.Keys("AKIA" + "A" * 16, "S" * 40)


def told(profile: str = "work:iam", region: str = "eu-central-1") -> str:
    """What is printed before a code is asked for."""
    said: list[str] = []
    aws.client("sts", KEYS, profile=profile, region=region, gate=aws.Gate(os.environ, said.append, "the MFA code"))
    return "\n".join(said)


def regions() -> list[str]:
    """Every region that botocore knows."""
    import botocore

    table = json.loads((Path(os.path.dirname(botocore.__file__)) / "data" / "partitions.json").read_bytes())
    return sorted(
        region for partition in table["partitions"] for region in partition["regions"] if "global" not in region
    )


@pytest.mark.parametrize("service", ["sts", "iam", "sso", "sso-oidc", "signin"])
@pytest.mark.parametrize("dual_stack", ["false", "true"])
@pytest.mark.parametrize("fips", ["false", "true"])
def test_what_botocore_calls_aws_is_aws(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fips: str, dual_stack: str, service: str
) -> None:
    import boto3
    from botocore.exceptions import EndpointVariantError

    desk.write(credentials=desk.iam())
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", fips)
    monkeypatch.setenv("AWS_USE_DUALSTACK_ENDPOINT", dual_stack)
    session = boto3.Session(profile_name="work:iam")
    known = []
    for region in regions():
        with suppress(EndpointVariantError):  # not every partition has every kind
            made = session.client(service, region_name=region)  # type: ignore[call-overload] # a literal name only
            known.append(made.meta.endpoint_url)
    assert len(known) > 30
    assert [url for url in known if not endpoints.is_aws(endpoints.origin(url))] == []


AWS = [
    "https://sts.amazonaws.com",
    "https://sts.us-east-1.amazonaws.com/",
    "https://STS.eu-west-1.amazonaws.com:443",
    "https://sts-fips.us-gov-west-1.amazonaws.com",
    "https://sts.cn-north-1.amazonaws.com.cn",
    "https://sts.eu-west-1.api.aws",
    "https://sts.us-iso-east-1.c2s.ic.gov",
    "https://iam.amazonaws.com",
    "https://iam.us-gov.amazonaws.com",
    "https://iam.cn-north-1.amazonaws.com.cn",
    "https://iam.global.api.aws",
    "https://oidc.eu-west-1.amazonaws.com",
    "https://portal.sso.eu-west-1.amazonaws.com",
    "https://vpce-0123456789abcdef0-abcdefgh.sts.us-east-1.vpce.amazonaws.com",
    "https://vpce-0123456789abcdef0-abcdefgh-us-east-1a.sts.us-east-1.vpce.amazonaws.com",
]
ELSEWHERE = [
    "http://sts.eu-west-1.amazonaws.com",
    "http://127.0.0.1:4566",
    "https://localhost",
    "https://sts.example.com",
    "https://sts.eu-west-1.amazonaws.com.example.com",
    "https://stsXamazonaws.com",
    "https://evilsts.eu-west-1.amazonaws.com",
    "https://ec2-198-51-100-1.eu-west-1.compute.amazonaws.com",
    "https://sts-123456789.eu-west-1.elb.amazonaws.com",
    "https://a1b2c3.execute-api.eu-west-1.amazonaws.com",
    "https://sts.s3.amazonaws.com",
    "https://iam.s3.amazonaws.com",
    "https://oidc.lambda-url.eu-west-1.amazonaws.com",
    "https://sts.eu-west-1.amazonaws.com.",
    "https://sts.s3-eu-west-1.amazonaws.com",
    "https://sts.s3.eu-west-1.amazonaws.com",
    "https://sts.eu-west-1.amazonaws.com@example.com",
    "https://example.com/sts.eu-west-1.amazonaws.com",
    "https://sts.eu-west-1.amazonaws.eu.example.com",
]


@pytest.mark.parametrize(("url", "aws_host"), [*((url, True) for url in AWS), *((url, False) for url in ELSEWHERE)])
def test_which_host_is_awss(url: str, aws_host: bool) -> None:
    assert endpoints.is_aws(endpoints.origin(url)) == aws_host


SERVICES = "[profile work:iam]\nservices = mine\n[services mine]\nsts =\n  endpoint_url = https://sts.example.com\n"
OWN = "[profile work:iam]\nendpoint_url = https://own.example.com/path\n"
GOES = "warning: {1} sends the MFA code to {0} instead of AWS"
# What is set, in the environment and in config, and what is told.
CAUSES: dict[str, tuple[dict[str, str], str, str]] = {
    "nothing": ({}, "", ""),
    "one for all": (
        {"AWS_ENDPOINT_URL": "https://e.example.com"},
        "",
        GOES.format("https://e.example.com", "AWS_ENDPOINT_URL"),
    ),
    "one for STS": (
        {"AWS_ENDPOINT_URL_STS": "https://s.example.com:8443", "AWS_ENDPOINT_URL": "https://e.example.com"},
        OWN,
        GOES.format("https://s.example.com:8443", "AWS_ENDPOINT_URL_STS"),
    ),
    "an empty one": (
        {"AWS_ENDPOINT_URL_STS": "", "AWS_ENDPOINT_URL": "https://e.example.com"},
        "",
        GOES.format("https://e.example.com", "AWS_ENDPOINT_URL"),
    ),
    "the profile": ({}, OWN, GOES.format("https://own.example.com", "endpoint_url of work:iam")),
    "its services": ({}, SERVICES, GOES.format("https://sts.example.com", "endpoint_url of work:iam")),
    "ignored": ({"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": "https://e.example.com"}, OWN, ""),
    "one for IAM": ({"AWS_ENDPOINT_URL_IAM": "https://i.example.com"}, "", ""),
    "AWS, by name": ({"AWS_ENDPOINT_URL": "https://sts.eu-west-1.amazonaws.com"}, "", ""),
    "a password": (
        {"AWS_ENDPOINT_URL": "https://me:PASSWORD@e.example.com"},
        "",
        GOES.format("https://e.example.com", "AWS_ENDPOINT_URL"),
    ),
}


@pytest.mark.parametrize("case", CAUSES)
def test_what_sends_it_elsewhere_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    variables, config, line = CAUSES[case]
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    desk.write(config, desk.iam())
    assert told() == line


def line_of(desk: Desk) -> str:
    return f"warning: AWS_ENDPOINT_URL sends the MFA code to {desk.sts.url} instead of AWS"


@pytest.mark.parametrize("words", ["mfa work", "use work:dev --mfa --shell bash"])
def test_it_is_told_before_the_code_is_asked_for(desk: Desk, words: str) -> None:
    desk.set_up()
    child = desk.start(*words.split())
    child.expect_exact(PROMPT)
    assert line_of(desk) in (child.before or "")
    child.send("\x03")
    assert ended(child) == 130
    assert desk.sts.requests == []


def test_it_is_told_before_a_given_code_is_sent(desk: Desk) -> None:
    desk.set_up()
    done = desk.run("mfa", "work", "--code", desk.user.next_code())
    assert done.stderr.splitlines()[0] == line_of(desk)
    assert "session until" in done.stderr.splitlines()[1]


# The variables, and what the error says; empty: it is sent. HTTP_PROXY points where nobody listens.
PROXIES: dict[str, tuple[dict[str, str], str]] = {
    "no proxy": ({"NO_PROXY": ""}, ""),
    "a proxy": ({"NO_PROXY": "", "HTTP_PROXY": "http://me:PASSWORD@127.0.0.1:9"}, "unencrypted; nothing was sent"),
    "a proxy in small": ({"NO_PROXY": "", "http_proxy": "http://127.0.0.1:9"}, "unencrypted; nothing was sent"),
    "a proxy for others": ({"NO_PROXY": "127.0.0.1", "HTTP_PROXY": "http://127.0.0.1:9"}, ""),
    "a proxy for https": ({"NO_PROXY": "", "HTTPS_PROXY": "http://127.0.0.1:9"}, ""),
}


@pytest.mark.parametrize("case", PROXIES)
def test_loopback_by_way_of_a_proxy_is_not_loopback(desk: Desk, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    variables, told = PROXIES[case]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    desk.set_up()
    before = desk.read()
    done = desk.run("mfa", "work", "--code", desk.user.next_code())
    assert done.returncode == (6 if told else 0), done.stderr
    assert told in done.stderr
    assert ("export NO_PROXY=127.0.0.1\n" in done.stderr) == bool(told)
    assert "PASSWORD" not in done.stderr
    assert (desk.read() == before) == bool(told)
    assert len(desk.sts.requests) == int(not told)


def test_the_advice_holds_for_ipv6(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write(credentials=desk.iam())
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://[::1]:4566")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(errors.AwsError) as raised:
        told()
    monkeypatch.setenv("NO_PROXY", raised.value.next_step.partition("=")[2])
    assert "sends the MFA code to http://[::1]:4566 instead" in told()
