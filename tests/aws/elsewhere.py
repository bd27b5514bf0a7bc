"""Servers that only listen, to prove what was sent, and a certificate that a test may trust."""

import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread


class Capture:
    """A server on loopback that keeps what it is sent and answers 500."""

    def __init__(
        self, host: str = "127.0.0.1", answer: bytes = b"HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n"
    ) -> None:
        self.answer = answer
        self.connections = 0
        self.sent = b""
        self.socket = socket.create_server((host, 0))
        self.port = int(self.socket.getsockname()[1])

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                connection.settimeout(5)
                try:
                    self.sent += _request(connection)
                    connection.sendall(self.answer)
                except OSError:
                    continue


def _request(connection: socket.socket) -> bytes:
    """Read a whole request; what is no HTTP ends with its first packet."""
    sent = connection.recv(65536)
    head = re.search(rb"content-length: (\d+)", sent, re.IGNORECASE)
    while head and len(sent.partition(b"\r\n\r\n")[2]) < int(head[1]):
        sent += connection.recv(65536)
    return sent


@contextmanager
def capture(
    host: str = "127.0.0.1", answer: bytes = b"HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n"
) -> Iterator[Capture]:
    """A server that listens for as long as the block lasts."""
    server = Capture(host, answer)
    Thread(target=server.serve, daemon=True).start()
    try:
        yield server
    finally:
        server.socket.shutdown(socket.SHUT_RDWR)
        server.socket.close()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A self-signed certificate of 127.0.0.1, and what serves it."""
    key, made = folder / "key.pem", folder / "certificate.pem"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*words.split(), "-keyout", key, "-out", made], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(made, key)
    return made, tls
