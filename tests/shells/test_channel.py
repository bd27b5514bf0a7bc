"""The file between hook and program, with a stand-in for the program that writes down how it was called."""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from awsprof.shell.table import quote_fish, quote_posix, quote_pwsh

from .profiles import DEV, OFF, switched
from .shells import TABLE, Home, Shell, changed

CALLED = """\
import json, os, sys
path = os.environ["AWSPROF_OUT"]
size = os.path.getsize(path) if os.path.isfile(path) and not os.path.islink(path) else None
words = [os.fsencode(word).hex() for word in sys.argv[1:]]
with open({notes!r}, "w") as notes:
    json.dump({{"hook": os.environ["AWSPROF_HOOK"], "path": path, "size": size, "words": words}}, notes)
"""
QUOTES = {"bash": quote_posix, "zsh": quote_posix, "fish": quote_fish, "pwsh": quote_pwsh}
WORDS = ["a b", "", "it's", 'say "it"', "--x=1", "-y", "*", "$HOME", "~", "a\nb", "\u2019s", "a,b", "-v", "-", "x\\"]


def stand_in(home: Home, code: str) -> dict[str, str]:
    """A program called awsprof, first on the PATH that this gives."""
    program = home.root / "bin/awsprof"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable} -IS\n{code}")
    program.chmod(0o755)
    return {"PATH": f"{program.parent}:{home.environ['PATH']}"}


def called(home: Home, shell: Shell, line: str, environ: Mapping[str, str | None]) -> dict[str, Any]:
    notes = home.root / "called"
    path = stand_in(home, CALLED.format(notes=str(notes)))
    start, _, seen = home.run(shell, [line], environ={**environ, **path}).seen
    assert (changed(start, seen), seen.status, seen.err) == ({}, 0, "")
    found: dict[str, Any] = json.loads(notes.read_text())
    return found


PLACES: dict[str, tuple[dict[str, str | None], str]] = {
    "runtime folder": ({"XDG_RUNTIME_DIR": "{root}/run"}, "{root}/run"),
    "cache folder": ({}, "{root}/home/.cache/awsprof"),
    "its own cache folder": ({"XDG_CACHE_HOME": "{root}/a cache's"}, "{root}/a cache's/awsprof"),
    "runtime folder missing": ({"XDG_RUNTIME_DIR": "{root}/nowhere"}, "{root}/home/.cache/awsprof"),
    "runtime folder relative": ({"XDG_RUNTIME_DIR": "run"}, "{root}/home/.cache/awsprof"),
    "neither": ({"HOME": "{root}/empty"}, "{root}/tmp"),
    "neither, TMPDIR missing": ({"HOME": "{root}/empty", "TMPDIR": "/dev/null/tmp"}, "/tmp"),
    "neither, no TMPDIR": ({"HOME": "{root}/empty", "TMPDIR": None}, "/tmp"),
}


@pytest.mark.parametrize(("environ", "place"), PLACES.values(), ids=PLACES)
def test_where_the_file_is(home: Home, shell: Shell, environ: dict[str, str | None], place: str) -> None:
    for folder in ("run", "work/run", "home/.cache/awsprof", "a cache's/awsprof"):
        (home.root / folder).mkdir(parents=True)
    environ = {name: value and value.format(root=home.root) for name, value in environ.items()}
    found = called(home, shell, "awsprof list", environ)
    # PowerShell cannot tell quickly whose a folder is: root gets a new file in the temporary folder.
    if shell.name == "pwsh" and os.geteuid() == 0:
        place = environ.get("TMPDIR", "{root}/tmp") or "/tmp"
        place = "/tmp" if place.startswith("/dev") else place
    assert (found["hook"], found["size"]) == (f"1:{shell.name}", 0)
    assert Path(found["path"]).parent == Path(place.format(root=home.root))
    assert not os.path.lexists(found["path"])
    assert home.left_behind() == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"], indirect=True)
def test_somebody_elses_runtime_folder_is_not_used(home: Home, shell: Shell) -> None:
    (home.root / "run").mkdir()
    os.chown(home.root / "run", 65534, 65534)
    found = called(home, shell, "awsprof list", {"XDG_RUNTIME_DIR": f"{home.root}/run"})
    assert Path(found["path"]).parent == home.temporary


def test_words_arrive_whole(home: Home, shell: Shell) -> None:
    # In PowerShell `~` and `*` lose their quotes on the way from a function to a program.
    words = [word for word in WORDS if shell.name != "pwsh" or word not in "~*"]
    home.work.joinpath("file").touch()
    line = " ".join(["awsprof", *map(QUOTES[shell.name], words)])
    assert [bytes.fromhex(word).decode() for word in called(home, shell, line, {})["words"]] == words


TAMPERED = {
    "a link": "os.unlink(path); os.symlink(evil, path)",
    "a folder": "os.unlink(path); os.mkdir(path)",
    "gone": "os.unlink(path)",
    "a fifo": "os.unlink(path); os.mkfifo(path)",
}


@pytest.mark.parametrize("how", TAMPERED.values(), ids=TAMPERED)
def test_tampered_file_is_not_evaluated(home: Home, shell: Shell, how: str) -> None:
    evil = home.root / "evil"
    evil.write_text("touch here\n")
    path = stand_in(home, f"import os\npath, evil = os.environ['AWSPROF_OUT'], {str(evil)!r}\n{how}\n")
    start, _, seen = home.run(shell, ["awsprof use x"], environ=path).seen
    status = 0 if shell.name == "pwsh" and "fifo" in how else 7  # where a pipe counts as an empty file
    assert (changed(start, seen), seen.status, seen.out) == ({}, status, "")
    assert (status == 0) != ("the file of the change was tampered with; nothing was changed\n" in seen.err)
    assert home.left_behind() == []
    assert evil.exists()


FAILED = {
    "status 3": ("sys.exit(3)", 3),
    "status 255": ("sys.exit(255)", 255),
    "killed": ("os.kill(os.getpid(), 15)", 143),
}


@pytest.mark.parametrize(("how", "status"), FAILED.values(), ids=FAILED)
def test_failure_is_not_evaluated(home: Home, shell: Shell, how: str, status: int) -> None:
    code = f"import os, sys\nopen(os.environ['AWSPROF_OUT'], 'w').write('touch here\\n')\n{how}\n"
    start, _, seen = home.run(shell, ["awsprof use x"], environ=stand_in(home, code)).seen
    assert (changed(start, seen), seen.status, seen.out) == ({}, status, "")
    assert home.left_behind() == []


def test_input_is_passed_on(home: Home, shell: Shell) -> None:
    start, _, seen = home.run(shell, ["echo 12345 | awsmfa home --code -"]).seen
    assert (changed(start, seen), seen.status, seen.out) == ({}, 2, "")
    assert seen.err == "awsprof: an MFA code is six digits\n  nothing was sent to AWS\n"


def test_no_awsprof_on_path(home: Home, shell: Shell) -> None:
    without = str(Path(shutil.which(shell.name) or "").parent)
    start, _, seen = home.run(shell, ["awsuse work:dev"], environ={"PATH": f"/usr/bin:/bin:{without}"}).seen
    assert (changed(start, seen), seen.status, seen.out) == ({}, 127, "")
    assert "awsprof: there is no awsprof on PATH\n" in seen.err
    assert home.left_behind() == []


def with_protocol(home: Home, shell: Shell, protocol: str) -> Path:
    """A copy of the hook that says it is of another protocol."""
    folder = home.root / "hook"
    folder.mkdir()
    for file in shell.hook.parent.glob(f"{shell.hook.stem}.*"):
        text = file.read_text()
        folder.joinpath(file.name).write_text(text.replace(f"1:{shell.name}", f"{protocol}:{shell.name}"))
    return folder / shell.hook.name


OTHER = "awsprof: the awsprof hook in this shell is of another version\n  open a new shell, or load it again\n"


@pytest.mark.parametrize("protocol", ["9", "2", "", "x", "-1"])
def test_hook_of_another_protocol(home: Home, shell: Shell, protocol: str) -> None:
    hook = with_protocol(home, shell, protocol)
    start, _, seen, listed = home.run(shell, ["awsuse work:dev", "awsprof domains wo"], load=shell.load(hook)).seen
    assert (changed(start, seen), seen.status, seen.out, seen.err) == ({}, 7, "", OTHER)
    assert (listed.status, listed.out, listed.err) == (0, "work\n", "")
    assert home.left_behind() == []


def test_hook_of_the_protocol_before(home: Home, shell: Shell) -> None:
    start, _, seen = home.run(shell, ["awsuse work:dev"], load=shell.load(with_protocol(home, shell, "0"))).seen
    assert (changed(start, seen), seen.status, seen.err) == (switched(), 0, DEV)


def test_loaded_twice(home: Home, shell: Shell) -> None:
    start, _, again, used, off = home.run(shell, [shell.load(), "awsuse work:dev", "awsoff"]).seen
    assert (changed(start, again), again.status, again.out, again.err) == ({}, 0, "", "")
    assert (changed(start, used), used.err) == (switched(), DEV)
    assert (changed(start, off), off.err) == ({"AWSPROF_PREVIOUS": "work:dev"}, OFF)


def test_module_can_be_removed(home: Home) -> None:
    pwsh = TABLE["pwsh"]
    pwsh.find()
    lines = [f"Import-Module -Force {pwsh.hook}", "awsuse work:dev", "Remove-Module awsprof", "awsuse work:ops"]
    start, _, again, used, removed, gone = home.run(pwsh, lines).seen
    assert (again.err, removed.err) == ("", "")
    assert changed(start, used) == changed(start, gone) == switched()
    assert "The term 'awsuse' is not recognized" in gone.err
