"""The program and a cache that somebody prepared: nothing outside it is emptied, removed, opened up or made root's."""

import contextlib
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from awsprof.cache import keys, refresh, store
from awsprof.cache.replay import Basis, keep_use
from awsprof.context import Context
from awsprof.files import private

from .conftest import Home

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
USER, OTHER = 12345, 12346
CONFIG = (
    "[profile work:mfa]\nmfa_device_arn = arn:aws:iam::123456789012:mfa/you\n[profile work:dev]\nregion = eu-west-1\n"
)
SECRETS = (
    "[work:mfa]\naws_access_key_id = A\naws_secret_access_key = s\naws_session_token = t\n"
    "expiration = 2099-01-01T00:00:00Z\n"
)


@pytest.fixture
def work(home: Home) -> Home:
    home.write(CONFIG, SECRETS)
    for file in (home.config, home.credentials):
        os.utime(file, ns=(10**18, 10**18))
    return home


def root(home: Home) -> Path:
    return home.folder / ".cache/awsprof/1"


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    return {
        str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [folder, *folder.rglob("*")]
    }


@pytest.fixture
def precious(home: Home) -> Path:
    """A folder of the user's that has nothing to do with the cache."""
    folder = home.folder / "precious"
    folder.mkdir()
    for number in range(40):
        (folder / f"17{number:017}").write_text("precious")
    folder.chmod(0o755)
    return folder


def every_call(home: Home) -> None:
    """All that writes to the cache, twice: what was fresh is made again."""
    for time in (10**18, 10**18 + 10**9):
        os.utime(home.config, ns=(time, time))
        refresh.renew(home.environ, "work:dev")
        keys.note_key(home.environ, "AKIAEXAMPLE", 1)
        keys.key_created(home.environ, "AKIAEXAMPLE")
        with contextlib.suppress(OSError):
            store.put_answer(store.open_root(home.environ, make=True), "bash", "use work:dev", "true")


LINKS = ["../awsprof", "../1", "at", "stands", "session", "key", "bash", "zsh", "fish", "pwsh"]


@pytest.mark.parametrize("link", LINKS)
def test_a_folder_of_the_cache_that_is_a_link(work: Home, precious: Path, link: str) -> None:
    before = snapshot(precious)
    path = work.folder / ".cache" / {"../awsprof": "awsprof", "../1": "awsprof/1"}.get(link, f"awsprof/1/{link}")
    path.parent.mkdir(parents=True)
    path.symlink_to(precious)
    every_call(work)
    assert snapshot(precious) == before
    assert path.is_symlink()


FILES = [f"at/{10**18}", "names", "stands/work,dev", "session/work,mfa", "key/AKIAEXAMPLE", "bash/use work,dev"]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize(
    "ending", ["", f".{os.getpid()}", f"~{os.getpid()}"], ids=["file", "temporary", "other temporary"]
)
def test_a_link_where_a_file_of_the_cache_goes(work: Home, file: str, ending: str) -> None:
    """One such link emptied the credentials file."""
    path = root(work) / f"{file}{ending}"
    path.parent.mkdir(parents=True)
    path.symlink_to(work.credentials)
    before = (work.credentials.lstat(), work.credentials.read_text())
    every_call(work)
    after = work.credentials.lstat()
    assert work.credentials.read_text() == before[1]
    assert (after.st_mode, after.st_mtime_ns) == (before[0].st_mode, before[0].st_mtime_ns)


@pytest.mark.parametrize("file", FILES)
def test_a_fifo_where_a_file_of_the_cache_goes(work: Home, file: str) -> None:
    path = root(work) / file
    path.parent.mkdir(parents=True)
    os.mkfifo(path)
    every_call(work)


def test_two_calls_never_share_a_temporary_file(work: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers that share a home may have one process id."""
    names: list[str] = []
    replace = os.replace

    def noting(old: str, new: str, **at: int | None) -> None:
        names.append(old)
        replace(old, new, **at)

    monkeypatch.setattr(os, "getpid", lambda: 1)
    monkeypatch.setattr(os, "replace", noting)
    every_call(work)
    assert len(names) == len(set(names)) > 5


@ROOT_ONLY
@pytest.mark.parametrize("owned", ["", "awsprof", "awsprof/1", "awsprof/1/at", "awsprof/1/stands"])
@pytest.mark.parametrize("mode", [0o755, 0o777])
def test_a_folder_that_is_another_users(work: Home, owned: str, mode: int) -> None:
    refresh.renew(work.environ, "work:dev")
    folder = work.folder / ".cache" / owned
    os.chown(folder, OTHER, OTHER)
    folder.chmod(mode)
    before = snapshot(folder)
    every_call(work)
    assert snapshot(folder) == before


@ROOT_ONLY
def test_a_stamp_and_a_list_that_another_user_wrote_are_made_again(work: Home) -> None:
    """While the folder was open to others, they may have left files in it."""
    refresh.renew(work.environ)
    for path in (root(work) / "names", root(work) / f"at/{10**18}"):
        os.chown(path, OTHER, OTHER)
        path.chmod(0o666)
    refresh.renew(work.environ)
    assert {path.stat().st_uid for path in root(work).rglob("*")} == {0}


PROGRAM = "import os, sys; from awsprof.cache import refresh; refresh.renew(os.environ, 'work:dev')"


@ROOT_ONLY
@pytest.mark.parametrize("made", ["nothing", "base", "cache"])
def test_root_with_a_users_home(work: Home, made: str) -> None:
    """`sudo -E`: what is below ~/.cache stays the user's, or is not made."""
    if made == "base":
        (work.folder / ".cache").mkdir()
    if made == "cache":
        refresh.renew(work.environ)
    for path in [work.folder, *work.folder.rglob("*")]:
        os.chown(path, USER, USER)
    os.utime(work.config, ns=(10**18, 10**18 + 5))
    before = snapshot(work.folder)
    every_call(work)
    assert snapshot(work.folder).keys() == before.keys()
    assert {path.lstat().st_uid for path in work.folder.rglob("*")} == {USER}


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077, 0o277], ids=oct)
def test_every_folder_is_private_whatever_the_umask(work: Home, umask: int) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM], env=work.environ, umask=umask, check=True)
    found = [work.folder / ".cache", *(work.folder / ".cache").rglob("*")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in found if path.is_file()} == {0}
    assert root(work).joinpath("stands/work,dev").exists()


def test_a_folder_that_was_opened_up_is_private_again(work: Home) -> None:
    refresh.renew(work.environ)
    (work.folder / ".cache/awsprof").chmod(0o777)
    refresh.renew(work.environ)
    assert stat.S_IMODE((work.folder / ".cache/awsprof").stat().st_mode) == 0o700


def test_the_base_may_be_a_link_to_ones_own(work: Home) -> None:
    (work.folder / "disk").mkdir(mode=0o700)
    (work.folder / ".cache").symlink_to("disk")
    refresh.renew(work.environ, "work:dev")
    assert (work.folder / "disk/awsprof/1/names").exists()


def test_a_folder_that_is_swapped_meanwhile(work: Home, precious: Path) -> None:
    """What was opened stays what is written to."""
    refresh.renew(work.environ)
    folder = private.base(str(work.folder / ".cache")).folder("awsprof").folder("1")
    before = snapshot(precious)
    root(work).rename(work.folder / "moved")
    root(work).symlink_to(precious)
    folder.put("names", "x")
    folder.remove("names")
    assert snapshot(precious) == before


FIXED = {"home-manager": 1, "Nix": 1, "the epoch": 0, "zip": 315_532_800, "before": 347_155_199}


@pytest.mark.parametrize("seconds", FIXED.values(), ids=FIXED)
def test_a_time_that_a_generator_set_tells_nothing(work: Home, seconds: int) -> None:
    """The list is made again each time, and no answer is kept."""
    os.utime(work.config, (seconds, seconds))
    refresh.renew(work.environ)
    head = (root(work) / "names").read_text().split("\n")[0].split("\t")
    assert (head[3], head[5].split(".")[0]) == ("?", str(10**18))
    work.config.write_text(CONFIG.replace("work:dev", "work:new"))
    os.utime(work.config, (seconds, seconds))
    refresh.renew(work.environ)
    assert "work:new" in (root(work) / "names").read_text()
    ctx = Context(work.environ)
    keep_use(ctx, Basis(ctx), "work:new", "", None, [])
    assert not (root(work) / "bash").exists()


def test_size_and_inode_tell_what_the_time_does_not(work: Home) -> None:
    refresh.renew(work.environ)
    for text in (CONFIG.replace("work:dev", "work:prod"), CONFIG.replace("work:dev", "work:old")):
        new = work.config.with_name("new")
        new.write_text(text)
        os.utime(new, ns=(10**18, 10**18))
        new.replace(work.config)
        refresh.renew(work.environ)
        assert text.split("profile ")[2].split("]")[0] in (root(work) / "names").read_text()


OPEN = {0o775: True, 0o2775: True, 0o777: False, 0o1777: True, 0o757: False}


@pytest.mark.parametrize("mode", OPEN, ids=oct)
def test_a_base_in_which_others_can_replace_the_cache(work: Home, mode: int) -> None:
    """Debian's users have a group of their own, which may write to what they make."""
    base = work.folder / ".cache"
    base.mkdir(exist_ok=True)
    base.chmod(mode)
    refresh.renew(work.environ)
    assert (base / "awsprof").exists() == OPEN[mode]
