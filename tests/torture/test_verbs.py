"""Every command stands in one of two tables: it writes, and all is forced on it, or it is seen to write nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from awsprof.cli.entry import command

from .verbs import READERS, VERBS, Verb
from .world import PROFILES, world


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Each command as it is typed."""
    for name, found in group.commands.items():
        yield from commands(found, f"{before}{name} ") if hasattr(found, "commands") else [f"{before}{name}"]


def test_every_command_has_a_row() -> None:
    writing = {
        name for name in commands(command()) if any(f"{verb.words} ".startswith(f"{name} ") for verb in VERBS.values())
    }
    assert set(commands(command())) == writing | READERS.keys()
    assert writing & READERS.keys() == {"init"}, "it writes where it is told to install"


@pytest.mark.parametrize("name", READERS)
def test_a_reader_writes_nothing(tmp_path: Path, name: str) -> None:
    verb = Verb(READERS[name], "", tuple(PROFILES), active="work:dev")
    with world(tmp_path / "home", verb, 5) as there:
        paths = (there.aws, there.config, there.credentials, there.bashrc)
        before = there.state(), [path.stat().st_ctime_ns for path in paths]
        done = there.verb(verb)
        assert done.returncode == 0, done.stderr
        assert (there.state(), [path.stat().st_ctime_ns for path in paths]) == before
        assert sorted(path.name for path in there.aws.iterdir()) == ["config", "credentials"]
