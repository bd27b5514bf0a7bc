import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .account import User
from .sts import CheckingSts


@pytest.fixture
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's AWS set-up, and no way out but loopback."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def sts(own_environment: None) -> Iterator[CheckingSts]:
    with CheckingSts() as server:
        yield server


@pytest.fixture
def user(sts: CheckingSts) -> User:
    return sts.add_user("your.name")
