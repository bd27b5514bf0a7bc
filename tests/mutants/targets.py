"""What is mutated, and which tests should notice it, as data."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """How many mutants of a module are run, and which tests should notice them."""

    number: int
    tests: list[str]


_REPLAY = ["tests/test_cache.py", "tests/shells/test_replay.py", "tests/shells/test_replay_race.py"]
MODULES = {
    "awsprof/profiles/names.py": Target(8, ["tests/test_names.py", "tests/test_lookup.py"]),
    "awsprof/shell/environment.py": Target(12, ["tests/test_environment.py"]),
    "awsprof/files/edit.py": Target(12, ["tests/files/test_edit.py", "tests/files/test_sections.py"]),
    "awsprof/files/replace.py": Target(12, ["tests/files/test_replace.py"]),
    "awsprof/sessions/renewal.py": Target(14, ["tests/test_sessions.py", "tests/commands/test_mfa.py"]),
    "awsprof/profiles/expiry.py": Target(6, ["tests/test_profiles.py", "tests/test_sessions.py"]),
    "awsprof/sessions/rotation.py": Target(8, ["tests/commands/test_rotate.py"]),
    "awsprof/shell/channel.py": Target(8, ["tests/test_channel.py", "tests/shells/test_channel_hostile.py"]),
    "awsprof/shell/table.py": Target(8, ["tests/test_shell.py", "tests/shells/test_quoting.py"]),
    "awsprof/cache/replay.py": Target(12, _REPLAY),
    "awsprof/cache/refresh.py": Target(6, _REPLAY),
    "awsprof/cache/prompt.py": Target(6, ["tests/test_cache.py", "tests/shells/test_prompt.py"]),
    "awsprof/cache/stamps.py": Target(4, _REPLAY),
    "awsprof/files/private.py": Target(6, ["tests/test_cache_hostile.py", "tests/test_modes.py"]),
}
# Of hooks: file, text that occurs once, text in its place, tests.
HOOKS: list[tuple[str, str, str, list[str]]] = []
# Alive, and why no test can or should notice: (file, before, after) -> reason.
EXPLAINED: dict[tuple[str, str, str], str] = {}
