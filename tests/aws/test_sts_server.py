"""Scripted answers, and the checking server as a program of its own."""

import json
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .account import User
from .asking import Keys, ask, client, hear, keys_of, mfa
from .sts import Answer, CheckingSts

ROOT = Path(__file__).parents[2]


def test_scripted_errors_come_first_and_one_each(sts: CheckingSts, user: User) -> None:
    sts.script("GetSessionToken", Answer(503, "ServiceUnavailable", "Slow <down>"), Answer(400, "Throttling", "Rate"))
    heard = [ask(sts, keys_of(user), "get_session_token")[:3] for _ in range(3)]
    assert heard == [(503, "ServiceUnavailable", "Slow <down>"), (400, "Throttling", "Rate"), (200, "", "")]
    assert ask(sts, keys_of(user), "get_caller_identity").status == 200
    assert [request.code for request in sts.requests] == ["ServiceUnavailable", "Throttling", "", ""]


def test_a_scripted_page_reaches_the_client(sts: CheckingSts, user: User) -> None:
    from botocore.parsers import ResponseParserError

    html = Answer(200, body=b"<html><p>Log in to the hotel</html>", content_type="text/html")
    sts.script("GetSessionToken", html, Answer(502, body=b"Bad Gateway", content_type="text/plain"))
    for _ in range(2):
        with pytest.raises(ResponseParserError):
            ask(sts, keys_of(user), "get_session_token")


@pytest.mark.parametrize(("when", "second"), [("before", ""), ("after", "AccessDenied")])
def test_a_hang_up_uses_the_code_only_when_handled(sts: CheckingSts, user: User, when: Any, second: str) -> None:
    from botocore.exceptions import HTTPClientError

    given = mfa(user)
    sts.script("GetSessionToken", Answer(hang_up=when))
    with pytest.raises(HTTPClientError):
        ask(sts, keys_of(user), "get_session_token", **given)
    assert ask(sts, keys_of(user), "get_session_token", **given).code == second
    assert sts.count("GetSessionToken") == 2


def test_a_delay_outlasts_the_client_but_not_the_server(user: User, sts: CheckingSts) -> None:
    from botocore.exceptions import ReadTimeoutError

    sts.script("GetSessionToken", Answer(delay=0.001), Answer(delay=60))
    assert ask(sts, keys_of(user), "get_session_token").status == 200
    with pytest.raises(ReadTimeoutError):
        client(sts.url, keys_of(user), read_timeout=0.1).get_session_token()
    # On a busy machine the client may have given up before the server has read what it sent.
    until = time.monotonic() + 30
    while sts.count("GetSessionToken") < 2 and time.monotonic() < until:
        time.sleep(0.01)
    assert sts.count("GetSessionToken") == 2
    assert sts.requests[1].status == 0


def test_an_unknown_action_is_named(sts: CheckingSts, user: User) -> None:
    heard = ask(sts, keys_of(user), "get_federation_token", Name="x")
    assert heard[:2] == (400, "InvalidAction")
    assert "GetFederationToken" in heard.message


@pytest.fixture
def program(own_environment: None, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "tests.aws.sts", "--user", "some.one", "--csv", str(tmp_path / "keys.csv")]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(words, cwd=ROOT, text=True, **pipes) as child:
        try:
            yield child
        finally:
            child.kill()


def get(url: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=5) as answer:
        return str(answer.read().decode())


def first_line(program: subprocess.Popen[str]) -> dict[str, str]:
    assert program.stdout is not None
    told: dict[str, str] = json.loads(program.stdout.readline())
    return told


def test_the_program_serves_codes_and_tells_requests(program: subprocess.Popen[str], tmp_path: Path) -> None:
    told = first_line(program)
    assert told["role_arn"] == "arn:aws:iam::000000000000:role/PowerUsers"
    keys = Keys(told["access_key_id"], told["secret_access_key"])
    for _ in range(4):
        code = get(f"{told['url']}/code/some.one")
        given = {"SerialNumber": told["device_arn"], "TokenCode": code}
        assert hear(client(told["url"], keys), "get_session_token", **given).status == 200
    assert json.loads(get(f"{told['url']}/requests")) == [{"action": "GetSessionToken", "code": ""}] * 4
    written = tmp_path / "keys.csv"
    row = f"{keys.access_key_id},{keys.secret}"
    assert written.read_bytes() == f"\ufeffAccess key ID,Secret access key\r\n{row}\r\n".encode()
    assert sys.platform == "win32" or stat.S_IMODE(written.stat().st_mode) == 0o600


@pytest.mark.parametrize("way", ["stdin closes", "SIGTERM"])
def test_the_program_ends_silently(program: subprocess.Popen[str], way: str) -> None:
    first_line(program)
    if way == "SIGTERM":
        program.send_signal(signal.SIGTERM)
    _, stderr = program.communicate(timeout=5)
    assert (program.returncode, stderr) == (0, "")
