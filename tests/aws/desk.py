"""A desk to work at: a temporary home, the checking STS, a user with keys and phone, and awsprof itself."""

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pexpect
import pytest

from awsprof.context import Context
from awsprof.shell.channel import Channel
from awsprof.terminal.ask import Person
from awsprof.terminal.picker import Row
from awsprof.text.times import iso

from .account import User
from .sts import CheckingSts

AWSPROF = (sys.executable, "-P", "-m", "awsprof")

Answer = str | bool | BaseException | Callable[[], str]


class Script(Person):
    """A person who answers from a list; a function is asked when its turn comes, an exception is raised."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__(io.StringIO())
        self.answers = list(answers)
        self.asked: list[str] = []

    def _next(self, question: str) -> str | bool:
        self.asked.append(question)
        assert self.answers, f"one question too many: {question}"
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer() if callable(answer) else answer

    def secret(self, prompt: str) -> str:
        return str(self._next(prompt))

    def line(self, prompt: str) -> str:
        return str(self._next(prompt))

    def yes(self, question: str) -> bool:
        return bool(self._next(question))

    def choose(self, question: str, answers: Sequence[str | Row], first: str = "") -> str:
        answers = [answer if isinstance(answer, str) else answer.answer for answer in answers]
        chosen = self._next(f"{question} {answers}" if len(answers) < 9 else question)
        assert chosen in answers
        return str(chosen)


class Talk(Context):
    """A Context that keeps what is printed."""

    def __init__(self, person: Person | None = None, channel: Channel | None = None) -> None:
        self.printed, self.told = io.StringIO(), io.StringIO()
        super().__init__(os.environ, person=person, channel=channel, stdout=self.printed, stderr=self.told)

    @property
    def result(self) -> str:
        return self.printed.getvalue()

    @property
    def talk(self) -> str:
        return self.told.getvalue()


class Desk:
    """The environment is the process's own, made clean by a fixture: boto3 reads that one."""

    def __init__(self, folder: Path, sts: CheckingSts, user: User) -> None:
        self.folder, self.sts, self.user = folder, sts, user
        self.config, self.credentials = folder / "config", folder / "credentials"

    def read(self) -> tuple[str, str]:
        """Config and credentials, byte for byte; empty where there is no such file."""
        config, credentials = (p.read_bytes().decode() if p.exists() else "" for p in (self.config, self.credentials))
        return config, credentials

    def write(self, config: str = "", credentials: str = "") -> None:
        for path, text in ((self.config, config), (self.credentials, credentials)):
            path.touch(0o600)
            path.write_bytes(text.encode())

    def set_up(self, *, session: float = 0, role: str = "", region: str = "eu-central-1") -> None:
        """work:iam, work:mfa with its device, work:dev; with an end, a session that the server does not know."""
        role = role or f"arn:aws:iam::{self.sts.account}:role/PowerUsers"
        end = f"expiration = {iso(session)}\n" if session else ""
        self.write(
            f"[profile work:mfa]\nmfa_device_arn = {self.user.device_arn}\n\n"
            f"[profile work:dev]\nrole_arn = {role}\nsource_profile = work:mfa\nregion = {region}\n",
            self.iam() + (f"\n[work:mfa]\n{keys_text('ASIAAAAAAAAAAAAAAAAA')}{end}" if session else ""),
        )

    def iam(self) -> str:
        return (
            f"[work:iam]\naws_access_key_id = {self.user.access_key_id}\n"
            f"aws_secret_access_key = {self.user.secret_access_key}\n"
        )

    def run(self, *words: str, given: str | bytes = "") -> subprocess.CompletedProcess[str]:
        """awsprof as a child process without a terminal."""
        data = given.encode() if isinstance(given, str) else given
        done = subprocess.run([*AWSPROF, *words], input=data, capture_output=True, timeout=60, cwd=self.folder)
        out, err = (stream.decode(errors="replace") for stream in (done.stdout, done.stderr))
        return subprocess.CompletedProcess(done.args, done.returncode, out, err)

    def start(self, *words: str) -> "pexpect.spawn[str]":
        """awsprof as a child process at a terminal of its own."""
        child: pexpect.spawn[str] = pexpect.spawn(
            AWSPROF[0], [*AWSPROF[1:], *words], timeout=30, encoding="utf-8", dimensions=(40, 200), cwd=self.folder
        )
        # Half a second before each line is for passwd programs that flush what was typed ahead; prompts are awaited.
        child.delaybeforesend = None
        return child


def keys_text(key_id: str) -> str:
    return f"aws_access_key_id = {key_id}\naws_secret_access_key = {'S' * 40}\naws_session_token = TOKEN\n"


def ended(child: "pexpect.spawn[str]") -> int:
    """Wait for the end of a child at a terminal; its exit code."""
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus is not None
    return child.exitstatus


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's AWS set-up, and no way out but loopback."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "AWSPROF_"))]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("TERM", "dumb")  # choices by number; the list that opens elsewhere: test_picker.py
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def sts(own_environment: None) -> Iterator[CheckingSts]:
    with CheckingSts() as server:
        yield server


@pytest.fixture
def user(sts: CheckingSts) -> User:
    return sts.add_user("your.name")


@pytest.fixture
def desk(tmp_path: Path, sts: CheckingSts, user: User, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("AWS_ENDPOINT_URL", sts.url)
    return Desk(tmp_path, sts, user)
