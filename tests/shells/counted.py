"""A home whose awsprof counts its calls, for what a shell does without it."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from .shells import Home, Ran, Shell

CONFIG = """\
[profile work:mfa]
mfa_device_arn = arn:aws:iam::123456789012:mfa/you
[profile work:dev]
role_arn = arn:aws:iam::123456789012:role/Dev
source_profile = work:mfa
region = eu-west-1
[profile work:prod]
role_arn = arn:aws:iam::210987654321:role/Prod
source_profile = work:mfa
[profile work,dev]
region = us-east-1
[profile bare]
region = ap-southeast-2
"""
CREDENTIALS = """\
[work:mfa]
aws_access_key_id = A
aws_secret_access_key = s
aws_session_token = t
expiration = {end}
awsprof_expiration_for = A
"""
LONG = "2099-11-24T03:12:05Z"


def as_user(shell: Shell) -> list[str]:
    """How the shell is started: PowerShell replays nothing for root, so root maps itself to an ordinary user."""
    user = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shell.name != "pwsh" or os.geteuid() != 0:
        return [*shell.argv]
    if not shutil.which("unshare") or subprocess.run([*user, "true"], check=False).returncode:
        pytest.skip("PowerShell replays nothing for root, and unshare cannot map it to an ordinary user here")
    return [*user, *shell.argv]


class Counted:
    """A home whose awsprof writes down each of its calls."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.log = home.root / "calls"
        self.program = home.root / "bin" / "awsprof"
        self.program.parent.mkdir()
        note = f"open({str(self.log)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))"
        code = f"import sys\n{note}\nfrom awsprof.__main__ import main\nsys.exit(main())\n"
        self.program.write_text(f"#!{sys.executable}\n{code}")
        self.program.chmod(0o755)
        home.environ["PATH"] = f"{self.program.parent}:{home.environ['PATH']}"
        self.write()

    @property
    def files(self) -> tuple[Path, Path]:
        return self.home.path / ".aws/config", self.home.path / ".aws/credentials"

    @property
    def answers(self) -> Path:
        return self.home.path / ".cache/awsprof/1"

    def write(self, end: str = LONG, config: str = CONFIG) -> None:
        self.home.write(config, CREDENTIALS.format(end=end))
        for file in self.files:
            age(file, 3600)

    def run(self, shell: Shell, *lines: str, environ: Mapping[str, str | None] | None = None) -> tuple[Ran, list[str]]:
        """A script of these lines, and the calls of the program that it took."""
        self.log.unlink(missing_ok=True)
        ran = self.home.run(shell, lines, environ=environ, argv=as_user(shell))
        return ran, self.log.read_text().splitlines() if self.log.exists() else []


def age(file: Path, seconds: float) -> None:
    when = time.time_ns() - int(seconds * 10**9)
    os.utime(file, ns=(when, when))
