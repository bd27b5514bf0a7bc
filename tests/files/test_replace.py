"""A reader sees the old bytes or the new ones; mode, owner and links stay; nothing is left lying about."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from awsprof.errors import FileError
from awsprof.files import lock, replace
from tests.files.conftest import AsNobody

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX modes and links")
OLD, NEW = b"[a]\nx = 1\n", b"[a]\nx = 2\n"
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def write(path: Path | str, *, trial: bool = False, private: bool = True) -> list[str]:
    return replace.rewrite(str(path), lambda _: NEW, lambda _: None, trial=trial, private=private)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@contextmanager
def masked(umask: int) -> Iterator[None]:
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "credentials"
    file.write_bytes(OLD)
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
@pytest.mark.parametrize("kept", [0o600, 0o640, 0o644, 0o400], ids=oct)
def test_the_mode_is_kept(path: Path, kept: int, umask: int) -> None:
    path.chmod(kept)
    with masked(umask):
        write(path)
    assert (path.read_bytes(), mode(path)) == (NEW, kept)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077], ids=oct)
def test_a_new_file_and_its_folder_are_private(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "home" / ".aws" / "credentials"
    with masked(umask):
        lock.make_folder(str(path.parent))
        assert write(path) == []
    assert (mode(path.parent), mode(path), path.read_bytes()) == (0o700, 0o600, NEW)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777], ids=oct)
@pytest.mark.parametrize("bits", [0o600, 0o644, 0o666, None], ids=str)
def test_the_temporary_file_is_private_until_the_rename(
    path: Path, bits: int | None, umask: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.unlink() if bits is None else path.chmod(bits)
    seen: list[int] = []

    def rename(source: str, target: str) -> None:
        seen.append(mode(Path(source)))
        os.rename(source, target)

    monkeypatch.setattr(os, "replace", rename)
    with masked(umask):
        replace.rewrite(str(path), lambda _: NEW, lambda _: None, mode=0o644)
    assert (seen, mode(path)) == ([0o600], bits or 0o644)


def test_a_link_to_a_file_stays_one(tmp_path: Path, path: Path) -> None:
    (tmp_path / "home").mkdir()
    link = tmp_path / "home" / "credentials"
    link.symlink_to("../credentials")
    write(link)
    assert (os.readlink(link), path.read_bytes(), names(link.parent)) == ("../credentials", NEW, ["credentials"])


def test_a_link_to_a_folder_stays_one(tmp_path: Path, path: Path) -> None:
    folder = tmp_path / "aws"
    folder.symlink_to(tmp_path, target_is_directory=True)
    write(folder / "credentials")
    assert folder.is_symlink()
    assert path.read_bytes() == NEW


def test_a_link_to_a_missing_file_makes_that_file(tmp_path: Path) -> None:
    link = tmp_path / "credentials"
    link.symlink_to("real")
    write(link)
    assert link.is_symlink()
    assert ((tmp_path / "real").read_bytes(), mode(tmp_path / "real")) == (NEW, 0o600)


def test_a_hard_link_is_replaced_with_a_warning(tmp_path: Path, path: Path) -> None:
    os.link(path, tmp_path / "other")
    assert write(path) == [f"{path} was a hard link; the other links still have the old contents"]
    assert (path.read_bytes(), (tmp_path / "other").read_bytes()) == (NEW, OLD)


READABLE = [(0o600, True, False), (0o640, True, True), (0o604, True, True), (0o644, False, False), (0o700, True, False)]


@pytest.mark.parametrize(("bits", "private", "warned"), READABLE)
def test_a_file_that_others_can_read_is_told(path: Path, bits: int, private: bool, warned: bool) -> None:
    path.chmod(bits)
    assert write(path, private=private) == [f"other users can read {path}; run chmod 600 {path}"] * warned


def test_the_same_bytes_are_not_written(path: Path) -> None:
    before = path.stat()
    assert replace.rewrite(str(path), lambda old: old, lambda _: FileError("no")) == []
    assert path.stat() == before


def test_a_trial_changes_nothing(path: Path) -> None:
    path.chmod(0o644)
    before = path.stat()
    assert len(write(path, trial=True)) == 1
    assert (path.stat(), names(path.parent)) == (before, ["credentials"])


def test_the_temporary_file_stands_beside_and_holds_the_new_bytes(path: Path) -> None:
    seen: list[tuple[bytes, str]] = []

    def look(temporary: str) -> None:
        seen.append((Path(temporary).read_bytes(), os.path.dirname(temporary)))

    replace.rewrite(str(path), lambda _: NEW, look)
    assert seen == [(NEW, str(path.parent))]


def _refuse(_: object) -> bytes:
    raise FileError("no")


def _interrupt(_: object) -> None:
    raise KeyboardInterrupt


REFUSALS: dict[str, tuple[Callable[[bytes], bytes], Callable[[str], FileError | None], type[BaseException]]] = {
    "refused edit": (_refuse, lambda _: None, FileError),
    "not as meant": (lambda _: NEW, lambda _: FileError("no"), FileError),
    "Ctrl-C": (lambda _: NEW, _interrupt, KeyboardInterrupt),
}


@pytest.mark.parametrize(("edit", "wrong", "error"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_leaves_nothing(
    path: Path,
    edit: Callable[[bytes], bytes],
    wrong: Callable[[str], FileError | None],
    error: type[BaseException],
) -> None:
    with pytest.raises(error):
        replace.rewrite(str(path), edit, wrong)
    assert (path.read_bytes(), names(path.parent)) == (OLD, ["credentials"])


@pytest.mark.parametrize("call", ["fsync", "replace", "fchown"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["ENOSPC", "^C"])
def test_a_failing_system_call_leaves_nothing(
    path: Path, call: str, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    if call == "fchown":
        if not ROOT:
            pytest.skip("a group that must be kept by fchown needs root")
        os.chown(path, 0, 12345)
    monkeypatch.setattr(os, call, fail)
    with pytest.raises((FileError, KeyboardInterrupt)) as caught:
        write(path)
    assert (path.read_bytes(), names(path.parent)) == (OLD, ["credentials"])
    if isinstance(caught.value, FileError):
        assert caught.value.what == f"cannot write {path}: No space left on device; it is unchanged"


def test_a_disk_that_is_really_full(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import resource, signal, sys; from awsprof.files import replace\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (4, 4))\n"
        "replace.rewrite(sys.argv[1], lambda _: b'x' * 100, lambda _: None)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert "FileError: cannot write" in done.stderr
    assert (path.read_bytes(), names(path.parent)) == (OLD, ["credentials"])


def test_a_folder_that_cannot_be_synced_is_no_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file has been replaced by then: "it is unchanged" would be wrong."""
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(22, "Invalid argument")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    assert write(path) == []
    assert path.read_bytes() == NEW


def test_a_mode_that_the_file_system_refuses_is_a_warning(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.chmod(0o640)

    def fchmod(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", fchmod)
    assert write(path, private=False) == [f"cannot set the mode of {path} to 640; it is 600; run chmod 640 {path}"]
    assert (path.read_bytes(), mode(path), names(path.parent)) == (NEW, 0o600, ["credentials"])


def _rewritten(path: Path) -> None:
    path.write_bytes(b"[a]\nx = theirs\n")


def _replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"[a]\nx = theirs\n")
    other.chmod(0o640)
    other.rename(path)


def _made_public(path: Path) -> None:
    path.chmod(0o644)


CHANGES = {  # what somebody does meanwhile, and the mode after all
    "written": (_rewritten, 0o600),
    "replaced": (_replaced, 0o640),
    "removed": (Path.unlink, 0o600),
    "other mode": (_made_public, 0o644),
}


@pytest.mark.parametrize(("other", "bits"), CHANGES.values(), ids=CHANGES)
def test_a_file_that_changed_meanwhile_is_read_again(path: Path, other: Callable[[Path], None], bits: int) -> None:
    seen: list[bytes] = []

    def edit(old: bytes) -> bytes:
        seen.append(old)
        return old + b"y = 1\n"

    def wrong(_: str) -> FileError | None:
        if len(seen) > 1:
            return None
        other(path)
        return FileError("the first verdict is about a file that is gone")

    replace.rewrite(str(path), edit, wrong)
    assert seen[0] == OLD
    assert (len(seen), path.read_bytes(), names(path.parent)) == (2, seen[1] + b"y = 1\n", ["credentials"])
    assert mode(path) == bits


def test_a_file_that_came_meanwhile_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "credentials"

    def come(_: str) -> None:
        if not path.exists():
            path.write_bytes(OLD)

    replace.rewrite(str(path), lambda old: old + b"y = 1\n", come)
    assert path.read_bytes() == OLD + b"y = 1\n"


def test_a_file_that_keeps_changing_is_left(path: Path) -> None:
    def change(_: str) -> None:
        with path.open("ab") as file:
            file.write(b"#")

    with pytest.raises(FileError, match="keeps changing; nothing was written"):
        replace.rewrite(str(path), lambda old: old + NEW, change)
    assert path.read_bytes().strip(b"#") == OLD
    assert names(path.parent) == ["credentials"]


def test_a_temporary_file_taken_for_a_leftover_is_made_again(path: Path) -> None:
    """Nothing locks the folder of a start-up file: another run may remove what this one has just written."""
    taken: list[str] = []

    def take(temporary: str) -> FileError | None:
        if taken:
            return None
        taken.append(temporary)
        replace.remove_leftovers(str(path.parent))
        return FileError("what botocore reads of a missing file is not what was meant")

    replace.rewrite(str(path), lambda _: NEW, take)
    assert (len(taken), path.read_bytes(), names(path.parent)) == (1, NEW, ["credentials"])


def test_a_file_that_is_to_go_is_removed_unless_it_changed(path: Path) -> None:
    seen: list[bytes] = []

    def edit(old: bytes) -> bytes | None:
        seen.append(old)
        if len(seen) == 1:
            _rewritten(path)
        return None if len(seen) < 3 else old

    assert replace.rewrite(str(path), edit, lambda _: None) == []
    assert (seen, names(path.parent)) == ([OLD, b"[a]\nx = theirs\n"], [])


def test_leftovers_of_killed_writers_are_removed(path: Path) -> None:
    for name in (".awsprof-tmp-1", ".awsprof-tmp-2", ".awsprof.lock", "config"):
        (path.parent / name).touch()
    (path.parent / ".awsprof-tmp-0").mkdir()  # not ours: stays, and does not stop the rest
    replace.remove_leftovers(str(path.parent))
    assert names(path.parent) == [".awsprof-tmp-0", ".awsprof.lock", "config", "credentials"]


def test_no_folder_has_no_leftovers(tmp_path: Path) -> None:
    replace.remove_leftovers(str(tmp_path / "no"))
    assert names(tmp_path) == []


def test_a_device_is_not_replaced() -> None:
    with pytest.raises(FileError, match="/dev/null is not a regular file; nothing was written"):
        write("/dev/null")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_read_only_folder(path: Path, as_nobody: AsNobody) -> None:
    path.chmod(0o644)
    path.parent.chmod(0o555)
    try:
        if ROOT:
            shutil.chown(path, "nobody")
        said = as_nobody(write, path)
    finally:
        path.parent.chmod(0o700)
    assert said == f"FileError 4 cannot write {path}: Permission denied; it is unchanged"
    assert (path.read_bytes(), names(path.parent)) == (OLD, ["credentials"])


@pytest.mark.skipif(not ROOT, reason="only root can make a file of another user")
def test_a_file_of_another_user(path: Path, as_nobody: AsNobody) -> None:
    path.chmod(0o666)
    said = as_nobody(write, path)
    assert said.startswith(f"FileError 4 {path} belongs to another user (id 0), and its owner would change")
    assert (path.read_bytes(), names(path.parent)) == (OLD, ["credentials"])


@pytest.mark.skipif(not ROOT, reason="only root can keep another owner")
def test_root_keeps_the_owner(path: Path) -> None:
    os.chown(path, 12345, 23456)
    path.chmod(0o640)
    write(path)
    assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (12345, 23456, 0o640)


@pytest.mark.skipif(not ROOT, reason="only root gives a file away")
def test_under_sudo_a_new_file_belongs_to_the_folders_owner(path: Path) -> None:
    os.chown(path.parent, 12345, 23456)
    path.unlink()
    write(path)
    assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (12345, 23456, 0o600)


@pytest.mark.skipif(not ROOT, reason="only root can put a file into a strange group")
def test_a_group_that_cannot_be_kept_gets_nothing(path: Path, as_nobody: AsNobody) -> None:
    shutil.chown(path, "nobody", 23456)
    path.chmod(0o640)
    as_nobody(write, path)
    assert (path.read_bytes(), mode(path)) == (NEW, 0o600)


@pytest.mark.skipif(not ROOT, reason="only root meets a file of another user here")
def test_an_owner_that_cannot_be_kept_stops_root(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fchown(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    os.chown(path, 12345, -1)
    monkeypatch.setattr(os, "fchown", fchown)
    with pytest.raises(
        FileError, match=r"belongs to another user \(id 12345\), and its owner would change; nothing was written"
    ):
        write(path)
    assert (path.read_bytes(), path.stat().st_uid, names(path.parent)) == (OLD, 12345, ["credentials"])


MOUNT = """
import sys
from awsprof.errors import FileError
from awsprof.files import replace
try:
    replace.rewrite(sys.argv[1], lambda _: b"new", lambda _: None, trial=True)
except FileError as error:
    print(error.exit_code, error.what)
"""


@pytest.mark.parametrize("name", ["credentials", "my credentials"])
def test_a_file_mounted_by_itself_is_refused_before_it_is_tried(tmp_path: Path, name: str) -> None:
    source, path = tmp_path / "source", tmp_path / name
    source.write_bytes(OLD)
    path.touch()
    inside = 'mount --bind "$1" "$2" || exit 77; exec "$3" -c "$4" "$2"'
    argv = [
        "unshare",
        "--mount",
        *([] if ROOT else ["--map-root-user"]),
        "sh",
        "-c",
        inside,
        "sh",
        str(source),
        str(path),
        sys.executable,
        MOUNT,
    ]
    if not shutil.which("unshare"):
        pytest.skip("no unshare here")
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no bind mount here: {done.stderr.strip()}")
    assert done.stdout.startswith("4 ")
    assert "is mounted by itself and cannot be replaced; nothing was written" in done.stdout
    assert (source.read_bytes(), names(tmp_path)) == (OLD, sorted([name, "source"]))


def test_windows_waits_for_a_reader(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, tries = os.replace, []

    def busy(source: str, target: str) -> None:
        tries.append(source)
        if len(tries) < 3:
            raise PermissionError(13, "in use")
        real(source, target)

    monkeypatch.setattr(replace, "_WAITS", (0.0, 0.0, 0.0))
    monkeypatch.setattr(os, "replace", busy)
    temporary = path.with_name("new")
    temporary.write_bytes(NEW)
    with monkeypatch.context() as windows:
        windows.setattr(os, "name", "nt")
        with temporary.open("rb") as file:
            replace._rename(str(temporary), str(path), file)
    assert (file.closed, len(tries), path.read_bytes()) == (True, 3, NEW)


@pytest.mark.parametrize("flag", ["i", "a"])
def test_an_immutable_file_is_noticed_by_a_trial(path: Path, flag: str) -> None:
    """Before an MFA code is spent."""
    if not shutil.which("chattr") or subprocess.run(["chattr", f"+{flag}", path], capture_output=True).returncode:
        pytest.skip("only root can do so, on some file systems")
    try:
        for trial in (True, False):
            with pytest.raises(FileError, match="immutable or append-only") as raised:
                write(path, trial=trial)
            assert raised.value.next_step.startswith("run chattr -ia ")
    finally:
        subprocess.run(["chattr", f"-{flag}", path], check=True)
    assert path.read_bytes() == OLD
