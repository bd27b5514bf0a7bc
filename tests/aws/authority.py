"""A certificate authority of a test's own, so that a proxy can answer in the place of AWS's hosts."""

import ssl
import subprocess
from pathlib import Path
from threading import Lock


class Authority:
    """Makes a certificate for each host that it is asked for; clients trust it by `certificate`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._lock = folder, Lock()
        self.key, self.certificate = folder / "authority.key", folder / "authority.pem"
        self._served: dict[str, ssl.SSLContext] = {}
        words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test"
        _openssl(words, "-keyout", self.key, "-out", self.certificate)

    def served_as(self, host: str) -> ssl.SSLContext:
        """What serves as a host."""
        with self._lock:
            if host not in self._served:
                self._served[host] = self._made(host)
            return self._served[host]

    def _made(self, host: str) -> ssl.SSLContext:
        certificate = self.folder / f"{host}.pem"
        words = f"req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=host -addext subjectAltName=DNS:{host}"
        key = self.folder / f"{host}.key"
        _openssl(words, "-CA", self.certificate, "-CAkey", self.key, "-keyout", key, "-out", certificate)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        return tls


def _openssl(words: str, *files: "str | Path") -> None:
    subprocess.run(["openssl", *words.split(), *files], check=True, capture_output=True)
