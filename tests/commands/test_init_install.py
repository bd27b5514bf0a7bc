"""`init --install` as a program: killed anywhere, ten at once, stopped by a file that it cannot edit."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from functools import partial
from pathlib import Path

import pytest

from tests.secrets.canary import find_strace
from tests.torture import forcing
from tests.torture.world import AWSPROF

pytestmark = pytest.mark.skipif(os.name == "nt", reason="POSIX shells, modes and signals")
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
START, STOP = "# >>> awsprof >>>", "# <<< awsprof <<<"
HALF = f"mine\n{START}\nmine too\n"
USER = 12345
# The start-up files that exist before, and those that --install writes.
HOMES = {
    "bash": ({".bashrc": "alias l=ls", ".profile": "umask 022\n"}, [".bashrc", ".profile"]),
    "zsh": ({}, [".zshrc"]),
    "fish": ({}, [".config/fish/conf.d/awsprof.fish"]),
}


def init(home: Path, *words: str, before: tuple[str, ...] = (), umask: int = -1) -> subprocess.CompletedProcess[str]:
    environ = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
    argv = [*before, *AWSPROF, "init", *words]
    return subprocess.run(argv, env=environ, cwd="/", umask=umask, capture_output=True, text=True, timeout=60)


def behind(home: Path, shell: str, words: str, prefix: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    return init(home, shell, words, before=prefix)


def write(home: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)


def contents(home: Path) -> dict[str, bytes]:
    """Every file of a home, temporary ones too."""
    return {str(it.relative_to(home)): it.read_bytes() for it in home.rglob("*") if it.is_file()}


@pytest.mark.parametrize("words", ["--install", "--uninstall", "--install --dry-run", "--uninstall --dry-run"])
@pytest.mark.parametrize(
    ("shell", "texts", "wrong"),
    [
        ("zsh", {".zshrc": HALF}, ".zshrc"),
        ("fish", {".config/fish/conf.d/awsprof.fish": HALF}, ".config/fish/conf.d/awsprof.fish"),
        ("bash", {".bashrc": HALF, ".profile": ""}, ".bashrc"),
        ("bash", {".bashrc": "mine\n", ".profile": HALF}, ".profile"),
        ("bash", {".bashrc": f"{START}\nold\n{STOP}\n", ".profile": HALF}, ".profile"),
    ],
)
def test_markers_that_do_not_match_stop_it(
    tmp_path: Path, words: str, shell: str, texts: dict[str, str], wrong: str
) -> None:
    write(tmp_path, texts)
    before = contents(tmp_path)
    done = init(tmp_path, shell, *words.split())
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        f'awsprof: {tmp_path}/{wrong}, line 2: "{START}" has no "{STOP}" after it; nothing was written\n'
        "  remove what is left of the awsprof block in an editor, then try again\n"
    )
    assert contents(tmp_path) == before


@pytest.mark.skipif(not ROOT, reason="only root can make a folder that another user cannot write in")
def test_a_second_file_that_cannot_be_written_leaves_the_first(reachable: Path) -> None:
    home, locked = reachable / "home", reachable / "locked"
    write(home, {".bashrc": "mine\n"})
    write(locked, {"profile": "mine\n"})
    (home / ".profile").symlink_to(locked / "profile")
    for it in (home, home / ".bashrc", locked / "profile"):
        os.chown(it, USER, USER)
    done = init(home, "bash", "--install", before=("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"))
    assert (done.returncode, contents(home)) == (4, {".bashrc": b"mine\n", ".profile": b"mine\n"})
    assert done.stderr.startswith(f"awsprof: cannot write {home}/.profile: Permission denied; it is unchanged\n")


@pytest.mark.parametrize(
    ("shell", "words"),
    [("bash", "--install"), ("bash", "--uninstall"), ("zsh", "--uninstall"), ("fish", "--install")],
)
def test_killed_anywhere_each_file_is_the_old_or_the_new_one(tmp_path: Path, shell: str, words: str) -> None:
    find_strace()
    texts, written = HOMES[shell]
    start = tmp_path / "start"
    start.mkdir()
    write(start, texts)
    if words == "--uninstall":
        assert init(start, shell, "--install").returncode == 0
    before = contents(start)
    home = shutil.copytree(start, tmp_path / "whole")
    operations, done = forcing.record(partial(behind, home, shell, words), home)
    after = contents(home)
    assert (done.status, before != after) == (0, True), done.err
    for number, operation in enumerate(it for it in operations if it.counts):
        there = shutil.copytree(start, tmp_path / str(number))
        run = partial(behind, there, shell, words)
        assert forcing.force(run, there, operation, "signal=KILL").status == -9
        now = contents(there)
        torn = [name for name in written if now.get(name) not in (before.get(name), after.get(name))]
        assert torn == [], operation
        assert init(there, shell, words).returncode == 0
        assert contents(there) == after, operation


@pytest.mark.parametrize("shell", HOMES)
def test_ten_at_once_make_one_block(tmp_path: Path, shell: str) -> None:
    texts, written = HOMES[shell]
    alone, home = tmp_path / "alone", tmp_path / "home"
    for it in (alone, home):
        it.mkdir()
        write(it, texts)
    assert init(alone, shell, "--install").returncode == 0
    (home / ".awsprof-tmp-killed").touch()
    environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
    words = [*AWSPROF, "init", "--install", shell]
    runs = [subprocess.Popen(words, env=environ, cwd="/", stderr=subprocess.PIPE, text=True) for _ in range(10)]
    assert [(run.communicate()[1], run.returncode)[1] for run in runs] == [0] * 10
    assert init(home, shell, "--install").returncode == 0
    assert {name: text for name, text in contents(home).items() if name != ".awsprof-tmp-killed"} == contents(alone)
    assert [text.count(START.encode()) for name, text in contents(home).items() if name in written] == [1] * len(
        written
    )
    assert ".awsprof-tmp-killed" not in contents(home) or shell == "fish"  # it writes nothing at home


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o077, 0o277], ids=oct)
def test_what_it_makes_has_its_usual_mode(tmp_path: Path, umask: int) -> None:
    for shell in HOMES:
        assert init(tmp_path, shell, "--install", umask=umask).returncode == 0
    modes = {str(it.relative_to(tmp_path)): stat.S_IMODE(it.stat().st_mode) for it in tmp_path.rglob("*")}
    assert modes == {
        ".bashrc": 0o644,
        ".bash_profile": 0o644,
        ".zshrc": 0o644,
        ".config": 0o755,
        ".config/fish": 0o755,
        ".config/fish/conf.d": 0o755,
        ".config/fish/conf.d/awsprof.fish": 0o644,
    }


@pytest.mark.skipif(not ROOT, reason="only root makes files in the home of another user")
def test_under_sudo_what_it_makes_belongs_to_the_homes_owner(tmp_path: Path) -> None:
    os.chown(tmp_path, USER, USER + 1)
    for shell in HOMES:
        assert init(tmp_path, shell, "--install").returncode == 0
    assert {(it.stat().st_uid, it.stat().st_gid) for it in tmp_path.rglob("*")} == {(USER, USER + 1)}


@pytest.mark.skipif(not shutil.which("setfacl"), reason="setfacl is not installed")
def test_an_acl_and_a_link_stay(tmp_path: Path) -> None:
    write(tmp_path, {"dotfiles": "mine\n"})
    (tmp_path / ".zshrc").symlink_to("dotfiles")
    subprocess.run(["setfacl", "-m", f"u:{USER}:r,o::-", str(tmp_path / "dotfiles")], check=True)
    acl = ["getfacl", "-nEp", str(tmp_path / "dotfiles")]
    before = subprocess.run(acl, capture_output=True, check=True).stdout
    for words in ("--install", "--uninstall"):
        assert init(tmp_path, "zsh", words).returncode == 0
        assert (tmp_path / ".zshrc").is_symlink()
        assert subprocess.run(acl, capture_output=True, check=True).stdout == before
    assert (tmp_path / "dotfiles").read_text() == "mine\n"


@pytest.mark.parametrize("more", ["", "mine\n"], ids=["alone", "with lines of the user"])
@pytest.mark.parametrize("moved", [False, True], ids=["", "moved, a link in its place"])
def test_a_file_that_was_made_goes_with_its_block(tmp_path: Path, more: str, moved: bool) -> None:
    assert init(tmp_path, "zsh", "--install").returncode == 0
    with (tmp_path / ".zshrc").open("a") as file:
        file.write(more)
    if moved:
        (tmp_path / ".zshrc").rename(tmp_path / "dotfiles")
        (tmp_path / ".zshrc").symlink_to("dotfiles")
    assert init(tmp_path, "zsh", "--uninstall").returncode == 0
    assert set(contents(tmp_path).values()) == ({more.encode()} if more or moved else set())
    assert (tmp_path / ".zshrc").is_symlink() == moved
