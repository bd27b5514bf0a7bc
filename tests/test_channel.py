"""The way to the shell: only into the empty file that the hook made, and nothing else is touched."""

import io
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from awsprof.context import Context
from awsprof.errors import ShellError, UsageError
from awsprof.shell import handover
from awsprof.shell.channel import Channel, route, take

from .conftest import bash


def made(tmp_path: Path) -> Path:
    path = tmp_path / "channel"
    path.touch(mode=0o600)
    return path


def test_the_empty_file_of_a_hook_is_written(tmp_path: Path) -> None:
    path = made(tmp_path)
    Channel("1", "bash", str(path)).send("snippet\n")
    assert path.read_bytes() == b"snippet\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_snippet_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path)
    channel = Channel("1", "bash", str(path))
    channel.send("first\n")
    with pytest.raises(ShellError):
        channel.send("second\n")
    assert path.read_bytes() == b"first\n"


def _full(path: Path) -> None:
    path.write_text("mine")


def _symlink(path: Path) -> None:
    (path.parent / "target").touch()
    path.symlink_to(path.parent / "target")


def _dangling(path: Path) -> None:
    path.symlink_to(path.parent / "target")


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _foreign(path: Path) -> None:
    path.touch()
    os.chown(path, 12345, -1)


def _writable_by_group(path: Path) -> None:
    path.touch()
    path.chmod(0o660)


def _writable_by_others(path: Path) -> None:
    path.touch()
    path.chmod(0o602)


FOREIGN = pytest.param(_foreign, marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away"))


@pytest.mark.parametrize(
    "make",
    [_full, _writable_by_group, _writable_by_others, _symlink, _dangling, _loop, Path.mkdir, os.mkfifo, FOREIGN],
    ids=lambda make: make.__name__,
)
def test_anything_else_is_refused_and_untouched(tmp_path: Path, make: Callable[[Path], None]) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "channel"
    make(path)

    def seen() -> list[tuple[str, int, int, int, bytes]]:
        return [
            (each.name, found.st_mode, found.st_uid, found.st_size, each.read_bytes() if each.is_file() else b"")
            for each in sorted(folder.iterdir())
            for found in [each.lstat()]
        ]

    before = seen()
    with pytest.raises(ShellError, match="not the one it made; nothing was written") as refused:
        Channel("1", "bash", str(path)).send("snippet\n")
    assert (refused.value.exit_code, refused.value.next_step) == (7, "open a new shell and try again")
    assert seen() == before


def test_a_fifo_that_somebody_reads_gets_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(ShellError):
            Channel("1", "bash", str(path)).send("snippet\n")
        assert os.read(reader, 10) == b""
    finally:
        os.close(reader)


OTHER = 12346
FOLDERS = {
    "of the user": (0o700, os.geteuid(), True),
    "of the user, readable": (0o755, os.geteuid(), True),
    "sticky": (0o1777, os.geteuid(), True),
    "writable by others": (0o777, os.geteuid(), False),
    "writable by the group": (0o770, os.geteuid(), False),
    "of another user": (0o755, OTHER, False),
    "sticky, of another user": (0o1777, OTHER, False),
}


@pytest.mark.parametrize(("mode", "owner", "fine"), FOLDERS.values(), ids=FOLDERS)
def test_a_folder_in_which_others_can_replace_files_is_refused(
    tmp_path: Path, mode: int, owner: int, fine: bool
) -> None:
    if owner != os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    folder = tmp_path / "folder"
    folder.mkdir()
    folder.chmod(mode)
    os.chown(folder, owner, -1)
    channel = Channel("1", "bash", str(folder / "file"))
    if fine:
        channel.require_private()
        return
    with pytest.raises(ShellError, match="others can replace files") as refused:
        channel.require_private()
    assert refused.value.exit_code == 7


@pytest.mark.parametrize(("mode", "fine"), [(0o755, True), (0o775, True), (0o1777, True), (0o777, False)])
def test_the_folder_above_is_looked_at_too(tmp_path: Path, mode: int, fine: bool) -> None:
    (tmp_path / "cache/awsprof").mkdir(parents=True)
    (tmp_path / "cache/awsprof").chmod(0o700)
    (tmp_path / "cache").chmod(mode)
    channel = Channel("1", "bash", f"{tmp_path}/cache/awsprof/file")
    if fine:
        channel.require_private()
        return
    with pytest.raises(ShellError, match="others can replace files"):
        channel.require_private()


@pytest.mark.parametrize("path", ["", "a\0b", "/dev/null", "/dev/full"])
def test_odd_paths(path: str) -> None:
    with pytest.raises(ShellError):
        Channel("1", "bash", path).send("snippet\n")


@pytest.mark.parametrize(
    ("variables", "channel"),
    [
        ({"AWSPROF_HOOK": "1:bash", "AWSPROF_OUT": "/x"}, ("1", "bash", "/x")),
        ({"AWSPROF_HOOK": "7:new:shell", "AWSPROF_OUT": "/x"}, ("7", "new:shell", "/x")),
        ({"AWSPROF_HOOK": "1:bash"}, None),
        ({"AWSPROF_HOOK": "1:bash", "AWSPROF_OUT": ""}, None),
        ({"AWSPROF_OUT": "/x"}, None),
        ({"AWSPROF_HOOK": "bash", "AWSPROF_OUT": "/x"}, None),
        ({}, None),
    ],
)
def test_both_variables_leave_the_environment(variables: dict[str, str], channel: tuple[str, str, str] | None) -> None:
    environ = {"HOME": "/home/you", **variables}
    taken = take(environ)
    assert (taken and (taken.protocol, taken.shell_name, taken.path)) == channel
    assert environ == {"HOME": "/home/you"}


@pytest.mark.parametrize("protocol", ["0", "1"])
@pytest.mark.parametrize("name", ["bash", "zsh", "fish", "pwsh"])
def test_a_hook_of_this_protocol_or_the_one_before(protocol: str, name: str) -> None:
    assert Channel(protocol, name, "/x").shell().name == name


@pytest.mark.parametrize("protocol", ["2", "-1", "", "01", "1 ", "1.0", "١", "x", "\x1b"])
def test_another_protocol_is_refused_with_advice(protocol: str) -> None:
    with pytest.raises(ShellError, match="is of another version") as refused:
        Channel(protocol, "bash", "/x").shell()
    assert (refused.value.exit_code, refused.value.next_step) == (7, "open a new shell, or load it again")


def test_a_hook_of_an_unknown_shell() -> None:
    with pytest.raises(ShellError, match="does not speak tcsh") as refused:
        Channel("1", "tcsh", "/x").shell()
    assert refused.value.exit_code == 7


CHANGE: dict[str, str | None] = {"AWS_PROFILE": "work:dev"}


def context(channel: Channel | None) -> Context:
    return Context({}, channel=channel, stdout=io.StringIO(), stderr=io.StringIO())


def stdout(ctx: Context) -> str:
    assert isinstance(ctx.stdout, io.StringIO)
    return ctx.stdout.getvalue()


def test_a_named_shell_wins_over_the_hook(tmp_path: Path) -> None:
    path = made(tmp_path)
    ctx = context(Channel("1", "fish", str(path)))
    assert route(ctx.channel, ctx.out, "bash")(CHANGE, ["work:dev"]) == ["work:dev"]
    assert stdout(ctx) == bash(CHANGE)
    assert path.read_bytes() == b""


def test_the_hook_gets_what_its_shell_speaks(tmp_path: Path) -> None:
    path = made(tmp_path)
    ctx = context(Channel("1", "fish", str(path)))
    assert route(ctx.channel, ctx.out, None)(CHANGE, ["work:dev"]) == []
    assert stdout(ctx) == ""
    assert path.read_text() == handover.fish(CHANGE, ["work:dev"])
    assert path.read_text().startswith("set -gx AWS_PROFILE 'work:dev'\n")


def test_a_hook_that_has_ended_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ShellError, match="the shell has gone on without this command") as refused:
        Channel("1", "bash", str(tmp_path / "gone")).send("snippet\n")
    assert (refused.value.exit_code, refused.value.next_step) == (7, "run it again")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "printed"), [("bash", "\n"), (None, "")])
def test_no_change_writes_nothing(tmp_path: Path, name: str | None, printed: str) -> None:
    path = made(tmp_path)
    ctx = context(Channel("1", "bash", str(path)))
    route(ctx.channel, ctx.out, name)({}, [])
    assert stdout(ctx) == printed
    assert path.read_bytes() == b""


EVAL = 'in a script: eval "$(awsprof use work:dev --shell bash)" (--shell sh for dash, busybox and ksh)'
INSTALL = "install the hook and open a new shell: awsprof init --install"


@pytest.mark.parametrize(("at_terminal", "steps"), [(True, [INSTALL]), (False, [EVAL, INSTALL])])
def test_without_a_hook_scripts_are_given_the_eval_form_first(at_terminal: bool, steps: list[str]) -> None:
    with pytest.raises(ShellError, match="the awsprof shell hook is not loaded") as refused:
        route(None, print, None, line="use work:dev", at_terminal=at_terminal)
    assert (refused.value.exit_code, refused.value.next_step.split("\n")) == (7, steps)


def test_a_shell_that_is_none() -> None:
    with pytest.raises(UsageError, match="does not speak tcsh"):
        route(None, print, "tcsh")


@pytest.mark.parametrize("protocol", ["2", "x"])
def test_a_stale_hook_is_told_before_anything_happens(tmp_path: Path, protocol: str) -> None:
    path = made(tmp_path)
    with pytest.raises(ShellError):
        route(Channel(protocol, "bash", str(path)), print, None)
    assert path.read_bytes() == b""
