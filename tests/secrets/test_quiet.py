"""Commands that only look or switch: under strace they open no connection and start no program."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Home

from .canary import find_strace

CONFIG = """\
[profile work:mfa]
mfa_device_arn = arn:aws:iam::000000000000:mfa/your.name
[profile work:dev]
role_arn = arn:aws:iam::000000000000:role/Dev
source_profile = work:mfa
region = eu-west-1
endpoint_url = http://127.0.0.1:9
[profile other:process]
credential_process = touch {made}
[profile other:sso]
sso_session = other
sso_account_id = 000000000000
sso_role_name = Dev
[sso-session other]
sso_region = eu-west-1
sso_start_url = http://127.0.0.1:9/start
"""
KEYS = "[work:iam]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\n"
PROFILES = ("work:dev", "work:mfa", "other:process", "other:sso")
QUIET = [
    *(f"use {name} --shell bash" for name in PROFILES),
    *(f"show {name}" for name in PROFILES),
    *("off --shell bash", "list", "list --json", "domains", "status", "status --json", "current", "cache", "init bash"),
]
STRACE = ("strace", "-f", "-qq", "-e", "trace=execve,connect,sendto", "-e", "signal=none")


def quiet_trace(home: Home, line: str, profile: str) -> list[str]:
    """The programs that a command started, itself left out, and the connections that it opened."""
    made, trace = home.folder / "made", home.folder / "trace"
    home.write(CONFIG.format(made=made), KEYS)
    command = [*STRACE, "-o", str(trace), sys.executable, "-m", "awsprof", *line.split()]
    environ = {**os.environ, **home.environ, "AWS_PROFILE": profile, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not made.exists()
    return [text for text in trace.read_text().splitlines() if "AF_INET" in text or "execve(" in text][1:]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("line", QUIET)
def test_it_uses_no_network_and_no_program(home: Home, line: str, profile: str) -> None:
    find_strace()
    assert quiet_trace(home, line, profile) == []


def test_the_trace_sees_a_request(home: Home, tmp_path: Path) -> None:
    find_strace()
    with pytest.raises(AssertionError, match=r"127\.0\.0\.1:9"):
        quiet_trace(home, "whoami work:iam", "work:dev")
    assert "AF_INET" in (tmp_path / "trace").read_text()
