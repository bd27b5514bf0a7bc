"""Whatever goes wrong with an MFA code: the real program, one request for it, the files as they were, and advice.

The rows are those of the table of STS in docs/mfa.md, and what a network can do.
"""

import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from tests.aws.desk import AWSPROF, Desk, desk, own_environment, sts, user
from tests.aws.sts import Answer

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

TORTURE = bool(os.environ.get("AWSPROF_TORTURE"))
# As awsprof, but not so patient.
HASTY = """
import sys
from awsprof.aws import sts
from awsprof.__main__ import main
sts.CONNECT_SECONDS = sts.READ_SECONDS = 0.5
sys.exit(main())
"""
PROGRAM = AWSPROF if TORTURE else (sys.executable, "-P", "-c", HASTY)


class Fault(NamedTuple):
    """What is set up, how it ends, what is told, and how many requests reach AWS."""

    set_up: Callable[[Desk, pytest.MonkeyPatch], None]
    exit_code: int
    what: str
    advice: str
    requests: int = 1


def scripted(*answer: object, **more: object) -> Callable[[Desk, pytest.MonkeyPatch], None]:
    return lambda desk, _: desk.sts.script("GetSessionToken", Answer(*answer, **more))  # type: ignore[arg-type] # as given


def skew(seconds: int) -> Callable[[Desk, pytest.MonkeyPatch], None]:
    return lambda desk, _: setattr(desk.sts, "clock_skew", seconds)


def edited(old: str, new: str) -> Callable[[Desk, pytest.MonkeyPatch], None]:
    def edit(desk: Desk, _: pytest.MonkeyPatch) -> None:
        words = {"KEY": desk.user.access_key_id, "SECRET": desk.user.secret_access_key, "DEVICE": desk.user.device_arn}
        config, credentials = desk.read()
        desk.write(config.replace(words.get(old, old), new), credentials.replace(words.get(old, old), new))

    return edit


def environment(**variables: str) -> Callable[[Desk, pytest.MonkeyPatch], None]:
    def change(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in variables.items():
            ported = value.replace("UNUSED", str(unused_port())).replace("STS", desk.sts.url.rpartition(":")[2])
            monkeypatch.setenv(name, ported) if value else monkeypatch.delenv(name)

    return change


def unused_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def revoked(desk: Desk, _: pytest.MonkeyPatch) -> None:
    desk.sts.revoke(desk.user)


def used(desk: Desk, _: pytest.MonkeyPatch) -> None:
    """Somebody else was quicker with the code that the user is about to give."""
    assert desk.user.device is not None
    accept = desk.user.device.accept
    desk.user.device.accept = lambda given: accept(given) and accept(given)  # type: ignore[method-assign] # a code works once


DENIED = "AccessDenied"
MFA_ARN = "arn:aws:iam::000000000000:mfa/your.name"
FAULTS: dict[str, Fault] = {
    "used already": Fault(used, 5, "wrong, expired or already used", "awsprof mfa work"),
    "another device": Fault(
        edited("DEVICE", "arn:aws:iam::000000000000:mfa/x"), 5, "no such MFA device", "add mfa work"
    ),
    ":user/ for :mfa/": Fault(edited(":mfa/", ":user/"), 5, "ARN of a user", "it may be arn:aws:iam::", 0),
    "a passkey": Fault(edited(":mfa/", ":u2f/user/"), 5, "passkey or security key", "an authenticator app", 0),
    "a passkey as mfa_serial": Fault(
        edited(f"mfa_device_arn = {MFA_ARN}", f"mfa_serial = {MFA_ARN.replace(':mfa/', ':u2f/user/')}"),
        5,
        "the MFA device of work:mfa is arn:aws:iam::000000000000:u2f/user/your.name: that is a passkey",
        "awsprof add mfa work",
        0,
    ),
    "a device that is too short for AWS": Fault(edited("DEVICE", "GAHT1"), 5, "not the ARN", "awsprof add mfa work", 0),
    "temporary keys": Fault(edited("KEY", "ASIA" + "A" * 16), 5, "holds temporary keys", "awsprof add iam work", 0),
    "a session's keys": Fault(
        scripted(403, DENIED, "Cannot call GetSessionToken with session credentials"),
        5,
        "the iam profile holds temporary keys",
        "awsprof add iam work --force",
    ),
    "the key is inactive": Fault(revoked, 5, "deleted or made inactive", "awsprof add iam work --force"),
    "an unknown key": Fault(edited("KEY", "AKIA" + "A" * 16), 5, "another partition", "awsprof add iam work --force"),
    "a wrong secret": Fault(edited("SECRET", "S" * 40), 5, "does not belong to", "awsprof add iam work --force"),
    "the clock is ahead": Fault(skew(-600), 6, "ahead of AWS's", "set the clock"),
    "the clock is behind": Fault(skew(600), 6, "behind AWS's", "set the clock"),
    "expired": Fault(scripted(403, "ExpiredToken", "The security token is expired"), 5, "has expired", "awsprof mfa"),
    "a policy": Fault(scripted(403, DENIED, "with an explicit deny"), 5, "with an explicit deny", "whoever manages"),
    "throttled": Fault(scripted(400, "Throttling", "Rate exceeded"), 6, "throttling requests", "a new code"),
    "500": Fault(scripted(500, "InternalFailure", ""), 6, "throttling requests", "a new code"),
    "503": Fault(scripted(503, "ServiceUnavailable", ""), 6, "throttling requests", "a new code"),
    "a gateway's 502": Fault(scripted(502, body=b"<html>no</html>"), 6, "throttling requests", "a new code"),
    "no XML": Fault(
        scripted(200, body=b"{}", content_type="application/json"), 6, "did not come from AWS", "a new code"
    ),
    "nothing": Fault(scripted(200, body=b""), 6, "did not come from AWS", "a new code"),
    "a log-in page": Fault(scripted(200, body=b"<html><p>hi</p></html>"), 6, "did not come from AWS", "a new code"),
    "a redirection": Fault(scripted(302, body=b""), 6, "did not come from AWS", "a new code"),
    "hung up before": Fault(scripted(hang_up="before"), 6, "closed before", "a new code"),
    "hung up after": Fault(scripted(hang_up="after"), 6, "closed before", "a new code"),
    "time-out, then handled": Fault(scripted(delay=40 if TORTURE else 2), 6, "timeout", "a new code"),
    "nobody listens": Fault(environment(AWS_ENDPOINT_URL="http://127.0.0.1:UNUSED"), 6, "connect", "the network", 0),
    "https to http": Fault(environment(AWS_ENDPOINT_URL="https://127.0.0.1:STS"), 6, "SSL", "AWS_CA_BUNDLE", 0),
    "no such host": Fault(environment(AWS_ENDPOINT_URL="https://sts.invalid"), 6, "connect", "the network", 0),
    "no CA bundle": Fault(
        environment(AWS_ENDPOINT_URL="https://127.0.0.1:STS", AWS_CA_BUNDLE="/nowhere.pem"),
        6,
        "SSL",
        "AWS_CA_BUNDLE",
        0,
    ),
    "no proxy there": Fault(
        environment(HTTPS_PROXY="http://me:PASSWORD@127.0.0.1:UNUSED", NO_PROXY="", AWS_ENDPOINT_URL=""),
        6,
        "proxy",
        "HTTPS_PROXY",
        0,
    ),
    "a proxy that is none": Fault(
        environment(HTTPS_PROXY="http://me:PASSWORD@127.0.0.1:STS", NO_PROXY="", AWS_ENDPOINT_URL=""),
        6,
        "proxy",
        "HTTPS_PROXY",
        0,
    ),
}


def failed(desk: Desk, fault: Fault) -> None:
    """One try with a code ends as the row says, and the files are as they were."""
    before, code = desk.read(), desk.user.next_code()
    done = subprocess.run(
        [*PROGRAM, "mfa", "work", "--code", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=90
    )
    told = [
        line for line in done.stderr.splitlines() if not line.startswith(("warning: AWS_ENDPOINT_URL", "no region "))
    ]
    assert done.returncode == fault.exit_code, done.stderr
    assert len(told) == 2, done.stderr
    assert told[0].startswith("awsprof: ")
    assert fault.what.lower() in told[0].lower()
    assert fault.advice in told[1]
    assert desk.read() == before
    assert [request.params["TokenCode"] for request in desk.sts.requests] == [code] * fault.requests
    assert code not in done.stdout + done.stderr
    assert "PASSWORD" not in done.stdout + done.stderr


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault(desk: Desk, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    desk.set_up(session=time.time() + 60)
    FAULTS[case].set_up(desk, monkeypatch)
    failed(desk, FAULTS[case])


@contextmanager
def listening(answer: bytes = b"", *, accepts: bool = True) -> Iterator[int]:
    """A port where each connection gets some bytes; or where nobody ever takes one."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = int(server.getsockname()[1])
        waiting = []
        if accepts:
            Thread(target=_answer, args=(server, answer), daemon=True).start()
        else:
            for _ in range(4):  # now its queue is full
                waiting.append(socket.socket())
                waiting[-1].setblocking(False)
                waiting[-1].connect_ex(("127.0.0.1", port))
        yield port
        for each in waiting:
            each.close()


def _answer(server: socket.socket, answer: bytes) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            connection.sendall(answer)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 900\r\n\r\n"
# What answers, or None where nobody takes the connection; what is told.
PORTS: dict[str, tuple[bytes | None, str]] = {
    "time-out before it is sent": (None, "timeout"),
    "hung up": (b"", "closed"),
    "half an answer": (HEAD + b"<GetSessionTokenResponse>", ""),
    "another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n", ""),
}


@pytest.mark.parametrize("case", PORTS)
def test_what_listens_is_no_aws(desk: Desk, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    answer, what = PORTS[case]
    desk.set_up()
    with listening(answer or b"", accepts=answer is not None) as port:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        failed(desk, Fault(revoked, 6, what, "with a new code", 0))


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", b"HTTP/1.1 403 no\r\n\r\n"])
def test_a_proxy_that_refuses(desk: Desk, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    desk.set_up()
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.delenv("NO_PROXY")
    with listening(answer) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:PASSWORD@127.0.0.1:{port}")
        failed(desk, Fault(revoked, 6, "proxy", "HTTPS_PROXY", 0))


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate, and is not installed")
def test_a_certificate_that_nobody_vouches_for(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*make.split(), "-keyout", key, "-out", certificate], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    desk.sts._server.socket = tls.wrap_socket(desk.sts._server.socket, server_side=True)
    desk.set_up()
    monkeypatch.setenv("AWS_ENDPOINT_URL", desk.sts.url.replace("http:", "https:"))
    failed(desk, Fault(revoked, 6, "certificate", "AWS_CA_BUNDLE", 0))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    assert desk.run("mfa", "work", "--code", desk.user.next_code()).returncode == 0
