"""Acting as an ordinary user, even where the tests run as root: root may do what a test wants refused."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path

import pytest

from awsprof.errors import AwsprofError

AsNobody = Callable[..., str]


@pytest.fixture
def as_nobody(tmp_path: Path) -> AsNobody:
    """Call a function as an ordinary user; gives what it returned, or its error with the exit code."""
    if os.geteuid() == 0:
        for folder in (tmp_path, *tmp_path.parents):
            if folder.name.startswith(("pytest-", "popen-", "test_")) and folder.stat().st_mode & 0o077 == 0:
                folder.chmod(0o711)  # pytest made it for root alone
        os.chown(tmp_path, pwd.getpwnam("nobody").pw_uid, -1)
    if "PermissionError" in _in_child(os.listdir, (tmp_path,)):
        pytest.skip(f"an ordinary user cannot reach {tmp_path}")
    return lambda function, *arguments: _in_child(function, arguments)


def _in_child(function: Callable[..., object], arguments: tuple[object, ...]) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(pwd.getpwnam("nobody").pw_gid)
                os.setuid(pwd.getpwnam("nobody").pw_uid)
            os.write(writer, _outcome(function, arguments).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, encoding="utf-8") as said:
        words = said.read()
    os.waitpid(child, 0)
    return words


def _outcome(function: Callable[..., object], arguments: tuple[object, ...]) -> str:
    try:
        return repr(function(*arguments))
    except AwsprofError as error:
        return f"{type(error).__name__} {error.exit_code} {error.what}"
    except BaseException as error:  # the child has no other way to say it
        return repr(error)
