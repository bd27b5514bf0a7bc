"""A checking STS and IAM on loopback: it refuses what AWS refuses, in AWS's words.

It verifies signatures, one-time codes, durations, expiry and trust, so that a test can prove what a mock lets pass:

    with CheckingSts() as sts:
        user = sts.add_user("your.name")
        boto3.client("sts", endpoint_url=sts.url, ...).get_session_token(
            SerialNumber=user.device_arn, TokenCode=user.next_code())

As a program it serves until its stdin closes or it gets SIGTERM (so start it with a pipe or a terminal as stdin):

    python -m tests.aws.sts [--user your.name] [--role PowerUsers] [--port 0] [--csv FILE]

It prints one line of JSON. `GET /code/DEVICE` stands for a look at the phone, `GET /requests` tells what was asked.
"""

import argparse
import json
import os
import signal
import socketserver
import sys
import time
import uuid
from collections import deque
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from . import actions, iam
from .account import Account, AwsError, Clock, Device, Role, User, unique_id
from .authority import Authority
from .hosts import Host, host
from .replies import Reply, error, result
from .sigv4 import Wire, authenticate, claims

__all__ = ["Answer", "CheckingSts", "Request", "iam", "write_csv"]  # iam adds its actions to those of STS


class Answer(NamedTuple):
    """A scripted answer: an error, raw bytes, or neither, and then the request is handled as ever after `delay`.

    `hang_up` closes the connection without an answer: "before" the request is handled, or "after", when AWS has
    handled it (and used up its code) but nobody hears.
    """

    status: int = 200
    code: str = ""
    message: str = ""
    body: bytes | None = None
    content_type: str = "text/xml"
    delay: float = 0.0
    hang_up: Literal["", "before", "after"] = ""


class Request:
    """A request as it came; `status` stays 0 and `code` (AWS's error code) empty until it is handled."""

    def __init__(self, action: str, access_key_id: str, params: dict[str, str]) -> None:
        self.action, self.access_key_id, self.params = action, access_key_id, params
        self.status = 0
        self.code = ""

    def __repr__(self) -> str:
        return f"Request({self.action!r}, status={self.status}, code={self.code!r})"


class CheckingSts:
    """One account behind one loopback port, for as long as the `with` block lasts.

    `clock_skew` (seconds) moves the server's clock: Date header, signature check and expiry, but not TOTP.
    `max_skew` is how far a signature's time may be off; `clock` is for tests that stop the time.
    It is a proxy, too: `CONNECT HOST:443` with a host of AWS's is answered as AWS does there, if it has an `authority`
    for its certificates. `endpoint` is the host that it plays if it is asked directly.
    """

    def __init__(
        self, account: str = "000000000000", port: int = 0, max_skew: int = 300, clock: Clock = time.time
    ) -> None:
        self.account, self.max_skew, self.clock_skew = account, max_skew, 0.0
        self.requests: list[Request] = []
        self.hosts: list[Host] = []  # of AWS's, that requests came to through the proxy
        self.authority: Authority | None = None
        self.endpoint: Host | None = None
        self.closing = Event()
        self._clock = clock
        self._state = Account(account, clock)
        self._scripts: dict[str, deque[Answer]] = {}
        self._server = _Server(self, port)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        # The default poll of half a second would be paid at the end of every test.
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()

    def now(self) -> float:
        return self._clock() + self.clock_skew

    def add_user(
        self,
        name: str,
        *,
        mfa: bool = True,
        root: bool = False,
        may_list_devices: bool = True,
        fido: bool = False,
        partition: str = "aws",
    ) -> User:
        return self._state.add_user(
            name, mfa=mfa, root=root, may_list_devices=may_list_devices, fido=fido, partition=partition
        )

    def add_role(
        self,
        name: str,
        *,
        require_mfa: bool = True,
        max_seconds: int = 3600,
        external_id: str | None = None,
        trusts: str = "",
        partition: str = "aws",
    ) -> Role:
        """A role of this account; `trusts` is the account that may assume it, by default its own."""
        arn = f"arn:{partition}:iam::{self.account}:role/{name}"
        trusted = trusts or self.account
        return self._state.add_role(Role(name, arn, unique_id("AROA"), require_mfa, max_seconds, external_id, trusted))

    def add_device(self, user: User, serial: str) -> Device:
        return self._state.add_device(user, serial)

    def revoke(self, user: User) -> None:
        user.active = False

    def count(self, action: str) -> int:
        return sum(request.action == action for request in list(self.requests))

    def script(self, action: str, *answers: Answer) -> None:
        """Answer the next requests of that action from the script, one each, before the normal handling."""
        with self._state.lock:
            self._scripts.setdefault(action, deque()).extend(answers)

    def next_code(self, device: str) -> str | None:
        """What the phone shows next for a device of that name."""
        found = self._state.device(device)
        return found.next_code() if found else None

    def handle(self, wire: Wire) -> Reply | None:
        """The reply to a signed request; None hangs up."""
        request, planned = self._note(wire)
        if planned.delay:
            self.closing.wait(planned.delay)
        if self.closing.is_set() or planned.hang_up == "before":
            return None
        reply = _scripted(request.action, planned) or self._checked(wire, request)
        request.status, request.code = reply.status, reply.code
        return None if planned.hang_up == "after" else reply

    def _note(self, wire: Wire) -> tuple[Request, Answer]:
        """Listed on arrival, so that a test can count requests whose answers never came."""
        params = dict(parse_qsl(wire.body.decode(errors="replace"), keep_blank_values=True))
        signed = claims(wire)
        request = Request(params.get("Action", ""), signed.key_id if signed else "", params)
        with self._state.lock:
            self.requests.append(request)
            self.hosts += [wire.host] if wire.host else []
            script = self._scripts.get(request.action)
            return request, script.popleft() if script else Answer()

    def _checked(self, wire: Wire, request: Request) -> Reply:
        try:
            with self._state.lock:
                action = actions.find(request.action)
                now = self.now()
                key = authenticate(self._state, wire, action.service, now, self.max_skew)
                v1 = bool(wire.host and wire.host.v1)
                call = actions.Call(self._state, request.action, key, request.params, now, v1)
                return result(request.action, actions.run(action, call))
        except AwsError as refusal:
            return error(request.action, refusal)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # The default of 5 drops connections where a test starts many processes at once.
    request_queue_size = 128

    def __init__(self, sts: CheckingSts, port: int) -> None:
        self.sts = sts
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        # HTTPServer's own asks DNS for the host's name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that gave up waiting is no error of the server's.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body in one packet: two would wait for the client's delayed acknowledgement.
    wbufsize = -1

    host: Host | None = None  # that of CONNECT

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self._sts().handle(Wire("POST", self.path, headers, body, self.host or self._sts().endpoint)))

    def do_CONNECT(self) -> None:
        name, _, port = self.path.rpartition(":")
        authority, self.host = self._sts().authority, host(name)
        if authority is None or self.host is None or port != "443":
            return self.send_error(502, "no such host")
        self.send_response(200)
        self.end_headers()
        self.wfile.flush()
        self.connection = authority.served_as(name).wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb", -1), self.connection.makefile("wb", -1)
        self.close_connection = False

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        if path == "/requests":
            asked = [{"action": request.action, "code": request.code} for request in list(self._sts().requests)]
            return self._send(Reply(200, json.dumps(asked).encode(), "application/json"))
        code = self._sts().next_code(path.removeprefix("/code/")) if path.startswith("/code/") else None
        self._send(Reply(200, code.encode(), "text/plain") if code else Reply(404, b"", "text/plain"))

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(self._sts().now() if timestamp is None else timestamp, usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: what a test wants to know is in `requests`."""

    def _sts(self) -> CheckingSts:
        return cast("_Server", self.server).sts

    def _send(self, reply: Reply | None) -> None:
        if reply is None:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)


def _scripted(action: str, planned: Answer) -> Reply | None:
    if planned.body is not None:
        return Reply(planned.status, planned.body, planned.content_type, planned.code)
    if planned.code:
        return error(action, AwsError(planned.code, planned.message, planned.status))
    return None


def write_csv(path: Path, user: User) -> None:
    """The access key as the AWS console exports it: UTF-8 with BOM, CRLF; 0600 from its creation on."""
    path.unlink(missing_ok=True)
    rows = f"Access key ID,Secret access key\r\n{user.access_key_id},{user.secret_access_key}\r\n"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(rows.encode("utf-8-sig"))


def main() -> None:
    parser = argparse.ArgumentParser(description="A checking STS and IAM on loopback, until stdin closes or SIGTERM.")
    parser.add_argument("--user", default="your.name")
    parser.add_argument("--role", default="PowerUsers")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--csv", type=Path)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with CheckingSts(port=args.port) as sts:
        user, role = sts.add_user(args.user), sts.add_role(args.role)
        if args.csv:
            write_csv(args.csv, user)
        print(json.dumps(_summary(sts, user, role)), flush=True)
        sys.stdin.buffer.read()


def _summary(sts: CheckingSts, user: User, role: Role) -> dict[str, str]:
    return {
        "url": sts.url,
        "access_key_id": user.access_key_id,
        "secret_access_key": user.secret_access_key,
        "device_arn": user.device_arn,
        "totp_secret": user.totp_secret,
        "role_arn": role.arn,
    }


if __name__ == "__main__":
    main()
