"""Somebody else at the channel file: what stands in its place is never evaluated and never written through."""

import json
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from .profiles import DEV, switched
from .shells import Home, Shell, changed
from .test_channel import CALLED, called, stand_in
from .users import ATTACKER, EVIL, attacking, give_home, shell_of

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
POSIX = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"], indirect=True)
NOBODY = 65534


@ROOT_ONLY
@POSIX
@pytest.mark.parametrize("how", ["given away", "replaced"])
def test_somebody_elses_file_is_not_evaluated(home: Home, shell: Shell, how: str) -> None:
    replace = "os.unlink(path)" if how == "replaced" else "pass"
    write = f"open(path, 'w').write({EVIL!r}); os.chmod(path, 0o644); os.chown(path, {NOBODY}, {NOBODY})"
    path = stand_in(home, f"import os\npath = os.environ['AWSPROF_OUT']\n{replace}\n{write}\n")
    start, _, seen = home.run(shell, ["awsprof use x"], environ=path).seen
    assert (changed(start, seen), seen.status, seen.out) == ({}, 7, "")
    assert "the file of the change was tampered with; nothing was changed\n" in seen.err
    assert not (home.work / "here").exists()


# The mode of TMPDIR, and whether the file is made there: where others may write, only the sticky bit protects it.
MODES = {0o700: True, 0o755: True, 0o1777: True, 0o1770: True, 0o777: False, 0o770: False, 0o702: False, 0o720: False}


@pytest.mark.parametrize("mode", MODES, ids=oct)
def test_a_tmpdir_that_others_can_write(home: Home, shell: Shell, mode: int) -> None:
    home.temporary.chmod(mode)
    found = called(home, shell, "awsprof list", {"HOME": f"{home.root}/empty"})
    assert Path(found["path"]).parent == (home.temporary if MODES[mode] else Path("/tmp"))
    assert not os.path.lexists(found["path"])
    assert home.left_behind() == []


# Who owns a folder, its mode, and whether root makes the file there.
OWNERS = {
    "own": (0, 0o700, True),
    "own, readable": (0, 0o755, True),
    "own, sticky": (0, 0o1777, True),
    "own, writable by others": (0, 0o777, False),
    "own, writable by the group": (0, 0o770, False),
    "of another user": (NOBODY, 0o755, False),
    "sticky, of another user": (NOBODY, 0o1777, False),
}


@ROOT_ONLY
@POSIX
@pytest.mark.parametrize("variable", ["TMPDIR", "XDG_RUNTIME_DIR"])
@pytest.mark.parametrize("level", ["folder", "folder above"])
@pytest.mark.parametrize(("owner", "mode", "used"), OWNERS.values(), ids=OWNERS)
def test_whose_folder_it_is(
    home: Home, shell: Shell, variable: str, level: str, owner: int, mode: int, used: bool
) -> None:
    folder = home.root / "above/folder"
    folder.mkdir(parents=True)
    given = folder if level == "folder" else folder.parent
    given.chmod(mode)
    os.chown(given, owner, owner)
    environ: dict[str, str | None] = {"HOME": f"{home.root}/empty", variable: str(folder)}
    found = called(home, shell, "awsprof list", environ)
    elsewhere = Path("/tmp") if variable == "TMPDIR" else home.temporary
    assert Path(found["path"]).parent == (folder if used else elsewhere)


NAMES = {"plain": "folder", "of several lines": "x\nd12345678t", "with spaces": "drwx------ 2 0 0 x"}


@ROOT_ONLY
@POSIX
@pytest.mark.parametrize("used", [True, False])
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_without_find(home: Home, shell: Shell, name: str, used: bool) -> None:
    """Small containers have no findutils. What a folder is called makes no other one private."""
    if used and "\n" in name and shell.name != "zsh":
        pytest.skip("bash and fish refuse such a name")
    folder = home.root / "above" / name
    folder.mkdir(parents=True)
    folder.parent.chmod(0o755 if used else 0o777)
    tools = home.root / "tools"
    tools.mkdir()
    for tool in ("ls", "mktemp", "rm", shell.name, Path(sys.executable).name):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    home.environ["PATH"] = str(tools)
    found = called(home, shell, "awsprof list", {"HOME": f"{home.root}/empty", "TMPDIR": str(folder)})
    assert Path(found["path"]).parent == (folder if used else Path("/tmp"))


LINKED = {"TMPDIR": Path("/tmp"), "XDG_RUNTIME_DIR": None}


@ROOT_ONLY
@POSIX
@pytest.mark.parametrize("variable", LINKED)
def test_a_link_into_a_folder_of_another_user(home: Home, shell: Shell, variable: str) -> None:
    theirs = home.root / "theirs"
    (theirs / "mine").mkdir(parents=True)
    os.chown(theirs, NOBODY, NOBODY)
    (home.root / "link").symlink_to(theirs / "mine")
    found = called(home, shell, "awsprof list", {"HOME": f"{home.root}/empty", variable: f"{home.root}/link"})
    assert Path(found["path"]).parent == (LINKED[variable] or home.temporary)


@POSIX
@pytest.mark.parametrize("umask", ["0000", "0002", "0022", "0077", "0177"])
@pytest.mark.parametrize("place", ["run", "home/.cache/awsprof", "tmp"])
def test_the_file_is_private_whatever_the_umask(home: Home, shell: Shell, umask: str, place: str) -> None:
    """The program and the lines after it have the user's umask; a failure restores it, too."""
    (home.root / place).mkdir(parents=True, exist_ok=True)
    for folder in (home.path / ".cache", home.root / place):
        if folder.exists():
            folder.chmod(0o700)
    notes = home.root / "called"
    code = CALLED.format(notes=str(notes)).replace(
        '"size": size', '"mode": os.stat(path).st_mode, "umask": os.umask(0)'
    )
    environ = {**stand_in(home, code), "XDG_RUNTIME_DIR": f"{home.root}/run"}
    ran = home.run(shell, [f"umask {umask}", "awsprof list", "umask"], environ=environ)
    found = json.loads(notes.read_text())
    assert (oct(stat.S_IMODE(found["mode"])), oct(found["umask"])) == ("0o600", oct(int(umask, 8)))
    assert int(ran.seen[-1].out, 8) == int(umask, 8)


@POSIX
def test_umask_and_options_after_a_failure(home: Home, shell: Shell) -> None:
    (home.root / "run").mkdir(mode=0o700)
    fill = "chmod 500 $XDG_RUNTIME_DIR" if os.geteuid() else "rm -r $XDG_RUNTIME_DIR"
    seen = home.run(
        shell,
        ["umask 0002", fill, "awsprof use gone || true", "umask"]
        if shell.name != "fish"
        else ["umask 0002", fill, "awsprof use gone; or true", "umask"],
        environ={"XDG_RUNTIME_DIR": f"{home.root}/run"},
    ).seen
    assert int(seen[-1].out, 8) == 0o002


@ROOT_ONLY
@POSIX
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666], ids=oct)
def test_a_file_that_others_could_write_to(home: Home, shell: Shell, mode: int) -> None:
    """The program refuses it, so nothing is written that a hook could evaluate."""
    (home.root / "run").mkdir(mode=0o700)
    program = (
        f"import os, sys\nsys.path[:0] = {sys.path!r}\nos.chmod(os.environ['AWSPROF_OUT'], {mode})\n"
        "from awsprof.__main__ import main\nsys.exit(main())\n"
    )
    start, _, seen = home.run(
        shell, ["awsprof use work:dev"], environ={**stand_in(home, program), "XDG_RUNTIME_DIR": f"{home.root}/run"}
    ).seen
    assert (changed(start, seen), seen.status) == ({}, 7)
    assert "the hook's file is not the one it made; nothing was written\n" in seen.err


@ROOT_ONLY
@POSIX
def test_a_cache_folder_that_others_can_write_to(home: Home, shell: Shell) -> None:
    """bash and fish cannot see it, so the program refuses; zsh makes its file elsewhere. Nothing wrong is evaluated."""
    folder = home.path / ".cache/awsprof"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    start, _, seen = home.run(shell, ["awsprof list"], environ={"XDG_RUNTIME_DIR": None}).seen
    assert (changed(start, seen), seen.status) == ({}, 0 if shell.name == "zsh" else 7)
    if shell.name != "zsh":
        assert f"chmod go-w {folder}, or set XDG_RUNTIME_DIR" in seen.err


SEED = {
    "bash": ("RANDOM=7", "$XDG_RUNTIME_DIR/awsprof.$$.$RANDOM$RANDOM$RANDOM"),
    "zsh": ("RANDOM=7", "$XDG_RUNTIME_DIR/awsprof.$$.$RANDOM$RANDOM$RANDOM"),
    "fish": ("random 7", "$XDG_RUNTIME_DIR/awsprof.$fish_pid.(random)(random)(random)"),
}
PLANTED = {
    "a link": "ln -s {evil} {name}",
    "a dangling link": "ln -s {evil}.not {name}",
    "a folder": "mkdir {name}",
    "a file": "cp {evil} {name}",
    "nothing": "true {name}",
}


@POSIX
@pytest.mark.parametrize("case", PLANTED)
def test_a_name_that_was_guessed(home: Home, shell: Shell, case: str) -> None:
    """What stands there stays as it is, and the file is made elsewhere."""
    run, evil = home.root / "run", home.root / "evil"
    run.mkdir(mode=0o700)
    evil.write_text(EVIL)
    seed, name = SEED[shell.name]
    plant = PLANTED[case].format(evil=evil, name=name)
    lines = [seed, plant, seed, "awsuse work:dev"]
    seen = home.run(shell, lines, environ={"XDG_RUNTIME_DIR": str(run)}).seen
    assert (changed(seen[0], seen[-1]), seen[-1].status) == (switched(), 0)
    assert seen[-1].err.endswith(DEV)  # fish warns of what stands there
    assert not (home.work / "here").exists()
    assert evil.read_text() == EVIL
    assert not (home.root / "evil.not").exists()
    there = [(file.name.partition(".")[0], stat.S_IFMT(file.lstat().st_mode)) for file in run.iterdir()]
    assert [name for name, _ in there] == ["awsprof"] * (case != "nothing")
    planted = [file for file in run.iterdir() if file.is_file() and not file.is_symlink()]
    assert all(file.read_text() == EVIL for file in planted)


# Replaces all that appears in a folder, as its owner may even if it is sticky.
ATTACK = """
import os, sys
folder = sys.argv[1]
os.listdir(folder)
print("ready", flush=True)
while True:
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        try:
            os.rename(path, path + "~")
            with open(path, "w") as file:
                file.write({evil!r})
            os.chmod(path, 0o644)
        except OSError:
            pass
"""


@ROOT_ONLY
@pytest.mark.slow
@pytest.mark.parametrize(("owner", "mode"), [(0, 0o1777), (0, 0o777), (ATTACKER, 0o1777), (ATTACKER, 0o755)])
def test_an_attacker_in_tmpdir(home: Home, shell: Shell, owner: int, mode: int) -> None:
    """Another user who replaces all that appears in TMPDIR, as fast as can be: each switch is right all the same."""
    give_home(home)
    os.chown(home.temporary, owner, owner)
    home.temporary.chmod(mode)
    with attacking(ATTACK.format(evil=EVIL), home.temporary):
        aws = home.path / ".aws"
        environ: dict[str, str | None] = {
            "HOME": f"{home.root}/empty",
            "AWS_CONFIG_FILE": f"{aws}/config",
            "AWS_SHARED_CREDENTIALS_FILE": f"{aws}/credentials",
        }
        rounds = 40 if os.environ.get("AWSPROF_TORTURE") else 4
        seen = home.run(shell, ["awsuse work:dev", "awsoff"] * rounds, environ=environ, argv=shell_of(shell)).seen
    assert [step.status for step in seen] == [0] * (2 + 2 * rounds), [step.err for step in seen]
    assert [step.environ.get(b"AWS_PROFILE") for step in seen[2:]] == [b"work:dev", None] * rounds
    assert not (home.work / "here").exists()
