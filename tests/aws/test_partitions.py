"""A domain's whole life in each partition, at the hosts that botocore really chooses: through a proxy on loopback.

No AWS_ENDPOINT_URL is set: the server answers CONNECT with a certificate of a test's own authority, and refuses what
each host would: keys of another partition, a region that is not enabled, a signature for another region.
"""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from awsprof.aws.endpoints import own_region

from .account import User
from .authority import Authority
from .desk import Desk, own_environment, sts, user
from .hosts import Host, host
from .sts import CheckingSts

__all__ = ["own_environment", "sts", "user"]  # fixtures

Patch = pytest.MonkeyPatch
# A region of each partition, and the one that is asked if none is set.
PARTITIONS = {
    "aws": ("eu-west-1", "us-east-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-east-1", "us-gov-west-1"),
    "aws-eusc": ("eusc-de-east-1", "eusc-de-east-1"),
    "aws-iso": ("us-iso-west-1", "us-iso-east-1"),
}


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def aws(tmp_path: Path, sts: CheckingSts, authority: Authority, monkeypatch: Patch) -> Callable[[User], Desk]:
    """A desk whose requests to AWS's hosts reach the server."""
    sts.authority = authority
    monkeypatch.setenv("HTTPS_PROXY", sts.url)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(authority.certificate))
    monkeypatch.delenv("NO_PROXY")
    return lambda user: Desk(tmp_path, sts, user)


def ok(done: "subprocess.CompletedProcess[str]") -> "subprocess.CompletedProcess[str]":
    assert done.returncode == 0, done.stderr
    assert "instead of AWS" not in done.stderr
    return done


@pytest.mark.parametrize("with_region", [True, False], ids=["a region", "no region"])
@pytest.mark.parametrize("partition", PARTITIONS)
def test_a_whole_life(aws: Callable[[User], Desk], sts: CheckingSts, partition: str, with_region: bool) -> None:
    own, usual = PARTITIONS[partition]
    region = own if with_region else ""
    user = sts.add_user("you", partition=partition)
    role = sts.add_role("Dev", partition=partition)
    desk = aws(user)
    keys = f"{user.access_key_id}\n{user.secret_access_key}\n"
    at = ["--region", region] if region else []
    ok(desk.run("add", "iam", "work", "--stdin", *at, given=keys))
    # Keys say nothing of their partition: without a region the device's ARN does.
    device = [] if region or partition == "aws" else ["--device-arn", user.device_arn]
    ok(desk.run("add", "mfa", "work", *device))
    ok(desk.run("mfa", "work", "--code", user.next_code()))
    ok(desk.run("add", "role", "work:dev", "--role-arn", role.arn))
    ok(desk.run("use", "work:dev", "--shell", "bash"))
    for name, arn in (("work:iam", user.arn), ("work:dev", role.arn.replace(":iam:", ":sts:").rpartition(":")[0])):
        assert json.loads(ok(desk.run("whoami", name, "--json")).stdout)["arn"].startswith(arn)
    ok(desk.run("rotate", "work", "--yes", "--delete-old"))
    assert user.access_key_id not in sts._state.keys
    ok(desk.run("mfa", "work", "--force", "--code", user.next_code()))
    asked = {wire.region for wire in sts.hosts if wire.service == "sts"}
    assert asked == {region or usual}


def test_adopted_keys_in_another_partition(aws: Callable[[User], Desk], sts: CheckingSts) -> None:
    user = sts.add_user("you", partition="aws-cn")
    desk = aws(user)
    role = sts.add_role("Dev", partition="aws-cn")
    desk.write(
        f"[profile dev]\nrole_arn = {role.arn}\nsource_profile = me\nmfa_serial = {user.device_arn}\n",
        desk.iam().replace("work:iam", "me"),
    )
    ok(desk.run("adopt", "me", "--domain", "work", "--move", "--yes"))
    ok(desk.run("mfa", "work", "--code", user.next_code()))
    ok(desk.run("rotate", "work", "--yes"))


# An endpoint of AWS's own that is set, and the region that its requests are signed for, whatever region is set.
ENDPOINTS = {
    "https://sts.amazonaws.com": "us-east-1",
    "https://sts.eu-west-1.amazonaws.com": "eu-west-1",
    "https://vpce-0123-abcd.sts.eu-west-2.vpce.amazonaws.com": "eu-west-2",
}


@pytest.mark.parametrize(("url", "region"), ENDPOINTS.items())
def test_an_endpoint_of_awss_own_is_signed_for_its_region(
    aws: Callable[[User], Desk], sts: CheckingSts, user: User, monkeypatch: Patch, url: str, region: str
) -> None:
    desk = aws(user)
    desk.set_up(region="eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", url)
    ok(desk.run("mfa", "work", "--code", user.next_code()))
    ok(desk.run("whoami", "work:iam"))
    ok(desk.run("rotate", "work", "--yes"))
    assert {it.region for it in sts.hosts if it.service == "sts"} == {region}


# A URL, and the region that STS wants there; empty for what is no regional endpoint of AWS's own STS.
OWN_REGIONS = {
    "https://sts.amazonaws.com": "us-east-1",
    "https://sts.us-gov-west-1.amazonaws.com": "us-gov-west-1",
    "https://sts-fips.us-west-2.amazonaws.com": "us-west-2",
    "https://sts.cn-north-1.amazonaws.com.cn": "cn-north-1",
    "https://sts.amazonaws.com.cn": "",
    "https://sts.us-gov.amazonaws.com": "",
    "https://sts.global.amazonaws.com": "",
    "https://sts.eu-west-1.amazonaws.com.evil.example": "",
    "https://[": "",
}


@pytest.mark.parametrize(("url", "region"), OWN_REGIONS.items())
def test_the_region_of_an_endpoint(url: str, region: str) -> None:
    assert own_region(url) == region


def test_a_region_that_is_not_enabled_is_named(aws: Callable[[User], Desk], sts: CheckingSts, user: User) -> None:
    desk = aws(user)
    desk.set_up()
    config, credentials = desk.read()
    desk.write(config.replace("[profile work:mfa]\n", "[profile work:mfa]\nregion = me-south-1\n"), credentials)
    sts._state.not_enabled = {"me-south-1"}
    done = desk.run("mfa", "work", "--code", user.next_code())
    assert done.returncode == 5
    assert "(asked in me-south-1, region of work:mfa)" in done.stderr
    assert "awsprof set work:mfa region=us-east-1" in done.stderr
    ok(desk.run("set", "work:mfa", "region=us-east-1", "--yes"))
    ok(desk.run("mfa", "work", "--code", user.next_code()))


def test_keys_of_another_partition_without_a_region(aws: Callable[[User], Desk], sts: CheckingSts) -> None:
    desk = aws(sts.add_user("you", partition="aws-cn"))
    desk.write("", desk.iam())
    done = desk.run("add", "mfa", "work")
    assert done.returncode == 5
    assert "(asked in us-east-1, the default of partition aws)" in done.stderr
    assert "another partition, name a region of it: awsprof set work:iam region=REGION" in done.stderr
    ok(desk.run("set", "work:iam", "region=cn-north-1", "--yes"))
    ok(desk.run("add", "mfa", "work"))


# A host, and what it serves.
HOSTS = {
    "sts.amazonaws.com": Host("sts", "us-east-1", v1=True),
    "iam.amazonaws.com": Host("iam", "us-east-1"),
    "iam.us-gov.amazonaws.com": Host("iam", "us-gov-west-1"),
    "sts.cn-north-1.amazonaws.com.cn": Host("sts", "cn-north-1"),
    "vpce-1.sts.eu-west-2.vpce.amazonaws.com": Host("sts", "eu-west-2"),
    "s3.amazonaws.com": None,
    "sts.amazonaws.com.evil.example": None,
}


@pytest.mark.parametrize(("name", "served"), HOSTS.items())
def test_hosts_of_aws(name: str, served: Host | None) -> None:
    assert host(name) == served


def test_a_token_of_the_global_endpoint_does_not_work_in_an_opt_in_region(
    aws: Callable[[User], Desk], sts: CheckingSts, user: User, monkeypatch: Patch
) -> None:
    desk = aws(user)
    desk.set_up()
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "https://sts.amazonaws.com")
    ok(desk.run("mfa", "work", "--code", user.next_code()))
    monkeypatch.delenv("AWS_ENDPOINT_URL_STS")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-east-1")
    done = desk.run("whoami", "work:mfa")
    assert done.returncode == 5
    assert "AWS does not accept the session of work:mfa (asked in ap-east-1, AWS_DEFAULT_REGION)" in done.stderr
