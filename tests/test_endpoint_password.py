"""The user and password of an endpoint, and the secrets of a credential_process, are printed by no command."""

import os
import subprocess
import sys

import pytest

from .conftest import Home

ARN = "arn:aws:iam::123456789012"
URL = "http://shhuser:shhword@127.0.0.1:9"  # nobody listens there
CONFIG = f"""\
[profile work:mfa]
mfa_device_arn = {ARN}:mfa/you
endpoint_url = {URL}
services = local
[profile work:dev]
role_arn = {ARN}:role/Dev
source_profile = work:mfa
region = {URL}
[profile process]
credential_process = sh -c "exit 3" --token shhtoken
endpoint_url = {URL}
[services local]
sts =
  endpoint_url = {URL}
"""
CREDENTIALS = f"""\
[work:iam]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = shhsecret
endpoint_url = {URL}
"""
LINES = [
    "list",
    "list --json",
    "status",
    "status --json",
    "show work:mfa",
    "show work:mfa --json",
    "show process",
    "show work:dev",
    "use work:dev --shell bash",
    "mfa work --code 123456",
    "-v mfa work --code 123456",
    "--debug mfa work --code 123456",
    "whoami work:iam",
    "-v --debug whoami work:iam",
    "whoami process",
    "set work:mfa output=json --dry-run",
    "set work:mfa endpoint_url=ftp://shhuser:shhword@h --dry-run",
    "unset work:iam endpoint_url --dry-run",
    "rename work: corp: --dry-run",
    "remove process --dry-run",
    "rotate work --yes",
    "adopt --yes",
]


@pytest.mark.parametrize("elsewhere", [False, True], ids=["in the files", "in the environment"])
@pytest.mark.parametrize("line", LINES)
def test_no_command_prints_it(home: Home, line: str, elsewhere: bool) -> None:
    home.write(CONFIG, CREDENTIALS)
    environ = {**home.environ, "PATH": os.environ["PATH"], "AWS_PROFILE": "work:mfa", "AWS_MAX_ATTEMPTS": "1"}
    environ |= {"AWS_ENDPOINT_URL": URL, "HTTPS_PROXY": URL.removeprefix("http://")} if elsewhere else {}
    done = subprocess.run(
        [sys.executable, "-m", "awsprof", *line.split()],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    said = done.stdout.replace(f"AWS_REGION='{URL}' AWS_DEFAULT_REGION='{URL}'", "") + done.stderr
    assert "shh" not in said, said
    assert "unexpected" not in said, said
