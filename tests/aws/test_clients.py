"""The loop through the awsprof program, and the real AWS clients on the files that it wrote."""

import os
import subprocess
import sys

import pytest

from tests.clients import awscli_1, awscli_2, node

from .desk import Desk
from .sts import write_csv

IDENTITY = "assumed-role/PowerUsers/"


@pytest.fixture
def loop(desk: Desk) -> Desk:
    """A day's beginning: keys, device, role and session, as a user adds them."""
    role = desk.sts.add_role("PowerUsers")
    key_file = desk.folder / "your.name_accessKeys.csv"
    write_csv(key_file, desk.user)
    for line in (
        f"add iam work --csv {key_file}",
        "add mfa work",
        f"add role work:dev --role-arn {role.arn} --source work:mfa --region ap-southeast-2",
        f"mfa work --code {desk.user.next_code()}",
    ):
        done = desk.run(*line.split())
        assert done.returncode == 0, done.stderr
    return desk


def said(*words: str, **environ: str) -> str:
    done = subprocess.run(
        words, env=os.environ | environ, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("given", ["profile_name='work:dev'", ""], ids=["named", "AWS_PROFILE"])
def test_boto3(loop: Desk, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    if not given:
        monkeypatch.setenv("AWS_PROFILE", "work:dev")
    asking = "print(s.region_name, s.client('sts').get_caller_identity()['Arn'])"
    script = f"import boto3; s = boto3.Session({given}); {asking}"
    region, arn = said(sys.executable, "-c", script).split()
    assert region == "ap-southeast-2"
    assert IDENTITY in arn
    assert loop.sts.count("AssumeRole") == 1


def test_aws_cli_1(loop: Desk) -> None:
    """It has no `configure list-profiles`; that came with the AWS CLI v2."""
    aws = awscli_1()
    assert IDENTITY in said(aws, "sts", "get-caller-identity", "--profile", "work:dev", "--output", "text")
    assert said(aws, "configure", "get", "region", "--profile", "work:dev") == "ap-southeast-2\n"
    assert loop.sts.count("AssumeRole") == 1


def test_javascript(loop: Desk) -> None:
    script = """
        const { STSClient, GetCallerIdentityCommand } = require('@aws-sdk/client-sts');
        const { fromIni } = require('@aws-sdk/credential-providers');
        const region = 'eu-west-1';
        const credentials = fromIni({ profile: 'work:dev', clientConfig: { region } });
        const sts = new STSClient({ region, credentials });
        sts.send(new GetCallerIdentityCommand({})).then((who) => console.log(who.Arn));
    """
    argv, environ = node(script)
    assert IDENTITY in said(*argv, **environ)
    assert loop.sts.count("AssumeRole") == 1


def test_aws_cli_2(loop: Desk) -> None:
    aws = awscli_2()
    assert sorted(said(aws, "configure", "list-profiles").split()) == ["work:dev", "work:iam", "work:mfa"]
    for key, profile, value in (
        ("region", "work:dev", "ap-southeast-2"),
        ("source_profile", "work:dev", "work:mfa"),
        ("mfa_device_arn", "work:mfa", loop.user.device_arn),
        ("aws_access_key_id", "work:iam", loop.user.access_key_id),
    ):
        assert said(aws, "configure", "get", key, "--profile", profile) == f"{value}\n"


def test_the_files_that_the_loop_leaves(loop: Desk) -> None:
    config, credentials = loop.read()
    assert config == (
        f"[profile work:mfa]\nmfa_device_arn = {loop.user.device_arn}\n\n"
        "[profile work:iam]\nawsprof_user = your.name\n\n"
        "[profile work:dev]\nrole_arn = arn:aws:iam::000000000000:role/PowerUsers\nsource_profile = work:mfa\n"
        "region = ap-southeast-2\nrole_session_name = your.name\n"
    )
    assert credentials.startswith(f"{loop.iam()}\n[work:mfa]\naws_access_key_id = ASIA")
    assert [path.stat().st_mode & 0o777 for path in (loop.config, loop.credentials)] == [0o600, 0o600]


def test_whoami_says_the_same(loop: Desk) -> None:
    assert IDENTITY in loop.run("whoami", "work:dev").stdout
