"""A home of one's own: the two AWS files in a temporary folder, an environment as a plain dict, a clock that stands."""

import io
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from awsprof.context import Context
from awsprof.shell import table
from awsprof.shell.channel import Channel

NOW = 1_795_435_200  # 2026-11-23T12:00:00Z, a Monday


class PlainChannel(Channel):
    """A channel to a shell that checks and prints nothing, so that a test sees change and lines apart.

    What a hook evaluates for both is tested in test_handover.py and in real shells.
    """

    def hand_over(self, change: dict[str, str | None], lines: list[str]) -> list[str]:
        if change:
            self.send(self.shell().render(change))
        return lines


class Home:
    """A person's AWS files and shell, and what the last command printed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "config"
        self.credentials = folder / "credentials"
        self.channel = folder / "channel"
        self.environ = {
            "HOME": str(folder),
            "AWS_CONFIG_FILE": str(self.config),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.credentials),
        }
        self.out = self.err = self.snippet = ""

    def write(self, config: str = "", credentials: str = "") -> None:
        self.config.write_bytes(config.encode(errors="surrogateescape"))
        self.credentials.write_bytes(credentials.encode(errors="surrogateescape"))

    def call(self, run: Callable[[Context], None], **variables: str) -> None:
        """Run a command in process, as if a bash hook had called it; keep what it printed, even where it raises."""
        self._call(run, PlainChannel("1", "bash", str(self.channel)), variables)

    def call_without_hook(self, run: Callable[[Context], None], **variables: str) -> None:
        """Run a command in process, as a script does."""
        self._call(run, None, variables)

    def _call(self, run: Callable[[Context], None], offered: Channel | None, variables: dict[str, str]) -> None:
        self.channel.write_bytes(b"")
        self.channel.chmod(0o600)
        out, err = io.StringIO(), io.StringIO()
        ctx = Context(self.environ | variables, channel=offered, now=lambda: NOW, stdout=out, stderr=err)
        try:
            run(ctx)
        finally:
            self.out, self.err = out.getvalue(), err.getvalue()
            self.snippet = self.channel.read_text()


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that other users can reach; every pytest that starts closes the folders above tmp_path to them."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def bash(change: dict[str, str | None]) -> str:
    """What the hook of bash gets for a change."""
    return table.SHELLS["bash"].render(change)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield Home(tmp_path)
    monkeypatch.undo()
    time.tzset()
