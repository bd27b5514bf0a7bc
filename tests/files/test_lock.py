"""One writer at a time, and never a lock that outlives its holder."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from awsprof.errors import FileError
from awsprof.files import lock, read
from tests.files.conftest import AsNobody

pytestmark = pytest.mark.skipif(os.name == "nt", reason="flock, modes and signals of POSIX")

HOLD = """
import sys
from awsprof.files import lock
with lock.held(sys.argv[1]) as had:
    print(had, flush=True)
    sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until its stdin ends."""
    argv = [sys.executable, "-c", HOLD, str(path)]
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    return process


def free(path: Path) -> bool:
    with lock.held(str(path), wait=0) as had:
        return had


def test_it_is_made_private_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    before = os.umask(0)
    try:
        with lock.held(str(path)) as had:
            assert had
    finally:
        os.umask(before)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"", 0o600)


def test_another_process_holds_it(tmp_path: Path) -> None:
    path, told = tmp_path / "lock", []
    with holder(path):
        with lock.held(str(path), wait=0, waiting=lambda: told.append("waiting")) as had:
            assert not had
        assert told == ["waiting"]
    with lock.held(str(path), wait=0, waiting=lambda: told.append("again")) as had:
        assert had
    assert told == ["waiting"]


def test_this_process_holds_it(tmp_path: Path) -> None:
    with lock.held(str(tmp_path / "lock")):
        assert not free(tmp_path / "lock")
    assert free(tmp_path / "lock")


def test_it_is_had_as_soon_as_the_other_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    process = holder(path)
    assert process.stdin is not None
    with lock.held(str(path), wait=60, waiting=process.stdin.close) as had:
        assert had
    assert process.wait() == 0


def test_kill_frees_it(tmp_path: Path) -> None:
    process = holder(tmp_path / "lock")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert free(tmp_path / "lock")


def test_a_child_does_not_inherit_it(tmp_path: Path) -> None:
    with lock.held(str(tmp_path / "lock")):
        child = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        assert free(tmp_path / "lock")
    finally:
        child.kill()
        child.wait()


def test_an_error_inside_frees_it(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), lock.held(str(tmp_path / "lock")):
        raise KeyboardInterrupt
    assert free(tmp_path / "lock")


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.symlink_to("precious")
    with pytest.raises(FileError, match=f"cannot open the lock file {path}: ") as caught, lock.held(str(path)):
        pass
    assert caught.value.exit_code == 4
    assert not (tmp_path / "precious").exists()


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(FileError, match="Is a directory"), lock.held(str(tmp_path / "lock")):
        pass


def _hold(path: Path) -> bool:
    with lock.held(str(path)) as had:
        return had


def test_a_read_only_folder_is_said(tmp_path: Path, as_nobody: AsNobody) -> None:
    tmp_path.chmod(0o555)
    try:
        said = as_nobody(_hold, tmp_path / "lock")
    finally:
        tmp_path.chmod(0o700)
    assert said == f"FileError 4 cannot open the lock file {tmp_path}/lock: Permission denied; nothing was changed"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives a file away")
def test_under_sudo_it_belongs_to_the_folders_owner(tmp_path: Path) -> None:
    shutil.chown(tmp_path, "nobody")
    _hold(tmp_path / "lock")
    assert (tmp_path / "lock").stat().st_uid == tmp_path.stat().st_uid != 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives a folder away")
def test_under_sudo_a_new_folder_belongs_to_the_homes_owner(tmp_path: Path) -> None:
    shutil.chown(tmp_path, "nobody")
    lock.make_folder(str(tmp_path / ".aws"))
    assert (tmp_path / ".aws").stat().st_uid == tmp_path.stat().st_uid != 0


def test_two_folders_are_held_and_made(tmp_path: Path) -> None:
    one, two = tmp_path / "x" / "one", tmp_path / "two"
    with lock.folders([str(two), str(one), str(two)]):
        assert not free(one / ".awsprof.lock")
        assert not free(two / ".awsprof.lock")
    assert free(one / ".awsprof.lock")
    assert stat.S_IMODE(one.stat().st_mode) == stat.S_IMODE(two.stat().st_mode) == 0o700


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077], ids=oct)
def test_what_is_made_has_its_usual_mode(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "new" / "home" / ".aws"
    before = os.umask(umask)
    try:
        with lock.folders([str(folder)]):
            pass
    finally:
        os.umask(before)
    paths = (folder.parent.parent, folder.parent, folder, folder / ".awsprof.lock")
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o755, 0o755, 0o700, 0o600]


def test_a_lock_file_made_under_any_umask_can_be_opened_again(tmp_path: Path, as_nobody: AsNobody) -> None:
    before = os.umask(0o777)
    try:
        assert [as_nobody(_hold, tmp_path / "lock") for _ in range(2)] == ["True", "True"]
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "lock").stat().st_mode) == 0o600


def test_a_folder_that_is_made_keeps_the_group_of_its_parent(tmp_path: Path) -> None:
    tmp_path.chmod(0o2755)
    lock.make_folder(str(tmp_path / ".aws"))
    assert stat.S_IMODE((tmp_path / ".aws").stat().st_mode) == 0o2700


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with lock.folders([str(tmp_path)]):
        pass
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_folders_give_up_in_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 11.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    mine, theirs = lock.held(str(tmp_path / ".awsprof.lock")), lock.folders([str(tmp_path)])
    with (
        mine,
        pytest.raises(FileError, match=f"another awsprof has held the lock on {tmp_path} for 10 seconds") as caught,
        theirs,
    ):
        pass
    assert caught.value.exit_code == 4
    assert next(clock, None) is None


def test_a_file_in_the_folders_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with (
        pytest.raises(FileError, match=f"cannot create the folder {tmp_path}/home/.aws"),
        lock.folders([f"{tmp_path}/home/.aws"]),
    ):
        pass


EDITS = """
import sys
from awsprof.files import plan
path, who = sys.argv[1:]
for number in range(10):
    plan.carry_out([plan.Step(path, {f"p{who}": {f"key_{number}": "x"}}, config=False)])
"""


def test_nobody_loses_an_edit(tmp_path: Path) -> None:
    path = tmp_path / "credentials"
    writers = [subprocess.Popen([sys.executable, "-c", EDITS, str(path), str(who)]) for who in range(8)]
    assert [writer.wait() for writer in writers] == [0] * 8
    file = read.load(str(path))
    assert {header: len(file.values(header)) for header in file.sections} == {f"p{who}": 10 for who in range(8)}
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".awsprof.lock", "credentials"]
