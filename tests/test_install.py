"""`init --install`: one block in the right files, taken out to the byte; a shell starts whatever becomes of us."""

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from awsprof.commands import init
from awsprof.context import Context
from awsprof.errors import FileError
from awsprof.shell import install
from awsprof.shell.table import SHELLS
from tests.conftest import Home
from tests.shells.shells import QUIET

BLOCK = "load it\n"
BEGIN, END = "# >>> awsprof >>>", "# <<< awsprof <<<\n"


def installed(data: bytes, block: str = BLOCK, *, new: bool = False) -> bytes:
    return install.with_block("rc", data, block, new=new)


def uninstalled(data: bytes) -> bytes | None:
    return install.without_block("rc", data)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"{BEGIN}\nload it\n{END}"),
        ("alias x=y\n", f"alias x=y\n{BEGIN}\nload it\n{END}"),
        ("alias x=y", f"alias x=y\n{BEGIN} after a line without end\nload it\n{END}"),
        (f"a\n{BEGIN}\nolder\nlines\n{END}b\n", f"a\n{BEGIN}\nload it\n{END}b\n"),
        (
            f"a\n{BEGIN} after a line without end\nolder\n{END}b",
            f"a\n{BEGIN} after a line without end\nload it\n{END}b",
        ),
        ("a\r\n", f"a\r\n{BEGIN}\nload it\n{END}"),
    ],
    ids=["empty", "at the end", "no final newline", "in place", "in place, noted", "CRLF"],
)
def test_one_block(before: str, after: str) -> None:
    once = installed(before.encode())
    assert once.decode() == after
    assert installed(once) == once


START, STOP = BEGIN, END.strip()
OLD = f"{START}\nold\n{STOP}"
# A whole file; the file with the block in it; the file after the block has been taken out.
LINES = {
    "the last line has no newline": (f"a\n{OLD}", "a\n<>", "a\n"),
    "CRLF": (f"a\n{OLD}\nb\n".replace("\n", "\r\n"), "a\r\n<>b\r\n", "a\r\nb\r\n"),
    "spaces and tabs around the markers": (f"a\n \t{START} \nold\n\t{STOP}\t\nb\n", "a\n<>b\n", "a\nb\n"),
    "quoted in a line of the user": (f"echo '{START}'\n", f"echo '{START}'\n<>", f"echo '{START}'\n"),
    "both in lines of the user": (
        f"echo '{START}'\nmine\necho '{STOP}'\n",
        f"echo '{START}'\nmine\necho '{STOP}'\n<>",
        f"echo '{START}'\nmine\necho '{STOP}'\n",
    ),
    "a comment behind the start": (f"{START} mine\n", f"{START} mine\n<>", f"{START} mine\n"),
    "a comment behind the end": (f"{STOP} mine\n", f"{STOP} mine\n<>", f"{STOP} mine\n"),
    "a line of the user before the block": (f"x; {START}\n{OLD}\nb\n", f"x; {START}\n<>b\n", f"x; {START}\nb\n"),
    "the end in a line of the user within": (f"{START}\n: {STOP}\n{STOP}\nb\n", "<>b\n", "b\n"),
    "more characters": (f"#{START}\n{STOP}#\n", f"#{START}\n{STOP}#\n<>", f"#{START}\n{STOP}#\n"),
    "a form feed is no line end": (f"a\f{START}\n", f"a\f{START}\n<>", f"a\f{START}\n"),
    "nor is a line separator": (f"a\u2028{START}\n", f"a\u2028{START}\n<>", f"a\u2028{START}\n"),
    "nor a carriage return": (f"a\r{START}\n", f"a\r{START}\n<>", f"a\r{START}\n"),
}
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"]
BYTE_ORDER_MARKS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def encoded(text: str, encoding: str) -> bytes:
    return BYTE_ORDER_MARKS.get(encoding, b"") + text.encode(encoding)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(("before", "with_it", "without_it"), LINES.values(), ids=LINES)
def test_a_marker_counts_if_it_is_alone_on_its_line(before: str, with_it: str, without_it: str, encoding: str) -> None:
    data = encoded(before, encoding)
    assert installed(data) == encoded(with_it.replace("<>", f"{START}\nload it\n{STOP}\n"), encoding)
    assert uninstalled(data) == encoded(without_it, encoding)
    assert uninstalled(installed(data)) == encoded(without_it, encoding)


REFUSED = {
    "no end": (f"a\n{START}\nmine\n", 2, f'"{START}" has no "{STOP}" after it'),
    "no end, in a new file": (f"{START} in a new file\nmine\n", 1, f'"{START}" has no "{STOP}" after it'),
    "no start": (f"a\nmine\n{STOP}\n", 3, f'"{STOP}" has no "{START}" before it'),
    "the start is only in a line of the user": (f"echo {START}\n{STOP}", 2, f'"{STOP}" has no "{START}" before it'),
    "the end is only in a line of the user": (f"{START}\necho {STOP}", 1, f'"{START}" has no "{STOP}" after it'),
    "wrong order": (f"{STOP}\nmine\n{START}\n", 1, f'"{STOP}" has no "{START}" before it'),
    "wrong order, then a block": (f"{STOP}\n{OLD}\n", 1, f'"{STOP}" has no "{START}" before it'),
    "nested": (f"{START}\n{OLD}\n{STOP}\n", 2, f'a second "{START}"; the first is on line 1'),
    "two starts": (f"{START}\nmine\n{OLD}\n", 3, f'a second "{START}"; the first is on line 1'),
    "two ends": (f"{OLD}\nmine\n{STOP}\n", 5, f'a second "{STOP}"; the first is on line 3'),
    "two blocks": (f"{OLD}\nmine\n{OLD}\n", 5, f'a second "{START}"; the first is on line 1'),
    "a block, then a start": (f"{OLD}\nmine\n {START}", 5, f'a second "{START}"; the first is on line 1'),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize(("text", "line", "problem"), REFUSED.values(), ids=REFUSED)
def test_markers_of_no_block_are_refused(text: str, line: int, problem: str, ending: str, encoding: str) -> None:
    data = encoded(text.replace("\n", ending), encoding)
    for edit in (installed, uninstalled):
        with pytest.raises(FileError) as caught:
            edit(data)
        assert caught.value.what == f"rc, line {line}: {problem}; nothing was written"


@pytest.mark.parametrize(
    "data", [b"\xff\xfea", "a\n".encode("utf-16-le"), "a\n".encode("utf-32")], ids=["half", "no mark", "UTF-32"]
)
def test_what_is_not_text_is_refused(data: bytes) -> None:
    for edit in (installed, uninstalled):
        with pytest.raises(FileError, match="rc is not a text file; nothing was written"):
            edit(data)


@pytest.mark.parametrize(
    "before",
    [b"", b"a", b"a\n", b"a\r", b"a\r\nb", b"\xff\xfea\x00\n\x00", b"\xff\xfea\x00", b"\xff\xfe\x00\xd8", b"caf\xe9\n"],
)
@pytest.mark.parametrize("more", ["", "later\n"])
def test_taking_it_out_restores_every_byte(before: bytes, more: str) -> None:
    is_utf_16 = before.startswith(b"\xff\xfe")
    later, newline = (text.encode("utf-16-le" if is_utf_16 else "utf-8") for text in (more, "\n"))
    # What the user wrote after the block stays a line of its own.
    kept = newline if more and before not in (b"", b"a\n", b"caf\xe9\n", b"\xff\xfea\x00\n\x00") else b""
    assert uninstalled(installed(before) + later) == before + kept + later


def test_a_file_that_was_converted_to_crlf_gets_its_last_line_back() -> None:
    assert uninstalled(installed(b"a").replace(b"\n", b"\r\n")) == b"a"


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_path_of_the_hook_may_hold_any_character(encoding: str) -> None:
    block = ". '/home/b\u00fcro/\U0001f600'\n"
    made = installed(encoded("caf\u00e9\n", encoding), block)
    assert made == encoded(f"caf\u00e9\n{BEGIN}\n{block}{END}", encoding)
    assert uninstalled(made) == encoded("caf\u00e9\n", encoding)


def test_a_new_file_goes_with_its_block() -> None:
    made = installed(b"", new=True)
    assert uninstalled(made) is None
    assert uninstalled(made + b"mine\n") == b"mine\n"


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ({}, [".bashrc", ".bash_profile"]),
        ({".profile": ". ~/.bashrc\n"}, [".bashrc"]),
        ({".profile": "umask 077\n"}, [".bashrc", ".profile"]),
        ({".bash_login": "x\n", ".profile": ". ~/.bashrc\n"}, [".bashrc", ".bash_login"]),
        ({".bash_profile": "source .bashrc\n", ".profile": "x\n"}, [".bashrc"]),
    ],
    ids=["none", "reads bashrc", "does not", "the first counts", "the first reads it"],
)
def test_files_of_bash(tmp_path: Path, there: dict[str, str], expected: list[str]) -> None:
    for name, text in there.items():
        (tmp_path / name).write_text(text)
    found = install.files(SHELLS["bash"], {"HOME": str(tmp_path)})
    assert [os.path.relpath(path, tmp_path) for path in found] == expected


@pytest.mark.parametrize(
    ("shell", "variables", "expected"),
    [
        ("zsh", {}, ".zshrc"),
        ("zsh", {"ZDOTDIR": "z"}, "z/.zshrc"),
        ("fish", {}, ".config/fish/conf.d/awsprof.fish"),
        ("fish", {"XDG_CONFIG_HOME": "c"}, "c/fish/conf.d/awsprof.fish"),
    ],
)
def test_files_of_others(tmp_path: Path, shell: str, variables: dict[str, str], expected: str) -> None:
    environ = {"HOME": str(tmp_path)} | {name: str(tmp_path / value) for name, value in variables.items()}
    assert install.files(SHELLS[shell], environ) == [str(tmp_path / expected)]


def changing(shell: str, *, remove: bool = False, dry_run: bool = False) -> Callable[[Context], None]:
    return lambda ctx: init.change(ctx, shell, remove=remove, dry_run=dry_run)


def test_a_link_is_followed_and_the_mode_kept(home: Home) -> None:
    real = home.folder / "dotfiles"
    real.write_text("mine\n")
    real.chmod(0o640)
    (home.folder / ".zshrc").symlink_to(real)
    home.call(changing("zsh"))
    assert (home.folder / ".zshrc").is_symlink()
    assert real.read_text().startswith(f"mine\n{BEGIN}\n")
    assert real.stat().st_mode & 0o777 == 0o640
    assert home.err == f"{home.folder}/.zshrc: loads awsprof\nopen a new shell, then begin with: awsprof list\n"
    home.call(changing("zsh", remove=True))
    assert real.read_text() == "mine\n"


HERE = {
    "on Windows, by any PATH": ("pwsh.exe", "{folder}", True, ""),
    "an empty entry": ("pwsh", "", False, ""),
    "a dot": ("pwsh", ".:bin", False, ""),
    "an absolute folder": ("bin/pwsh", ".:{folder}/bin", False, "{folder}/bin/pwsh"),
    "an absolute folder, on Windows": ("bin/pwsh.exe", ".:{folder}/bin", True, "{folder}/bin/pwsh.exe"),
    "a folder": ("bin/pwsh/x", "{folder}/bin", False, ""),
}


@pytest.mark.parametrize(("there", "path", "windows", "found"), HERE.values(), ids=HERE)
def test_no_program_of_the_current_folder(
    there: str, path: str, windows: bool, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows looks there first. Whoever runs `init --install` in a cloned repository must not start what it brings."""
    program = tmp_path / there
    program.parent.mkdir(parents=True, exist_ok=True)
    program.touch(0o755)
    monkeypatch.chdir(tmp_path)
    path = path.format(folder=tmp_path) if there != "pwsh.exe" else "/nowhere"
    assert install.find_program("pwsh", path, windows=windows) == found.format(folder=tmp_path)


def test_init_runs_no_program_of_the_current_folder(tmp_path: Path) -> None:
    here = tmp_path / "repository"
    here.mkdir()
    for name in ("pwsh", "powershell"):
        (here / name).write_text("#!/bin/sh\ntouch ran\n")
        (here / name).chmod(0o755)
    program = f"{sysconfig.get_path('scripts')}/awsprof"
    for path in (".", "", "./:"):
        done = subprocess.run(
            [program, "init", "--install", "--dry-run", "pwsh"],
            env={"HOME": str(tmp_path), "PATH": path},
            cwd=here,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0
    assert not (here / "ran").exists()


def test_twice_is_once(home: Home) -> None:
    home.call(changing("zsh"))
    once = (home.folder / ".zshrc").read_bytes()
    home.call(changing("zsh"))
    assert (home.folder / ".zshrc").read_bytes() == once
    assert home.err == "zsh already loads awsprof\n"


def test_dry_run_writes_nothing(home: Home) -> None:
    home.call(changing("fish", dry_run=True))
    assert not (home.folder / ".config").exists()
    assert "+# >>> awsprof >>> in a new file" in home.out.splitlines()


def environment(folder: Path, **variables: str) -> dict[str, str]:
    path = f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"
    return {"HOME": str(folder), "PATH": path, "TERM": "dumb", **QUIET} | variables


def run(words: list[str], folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words,
        env=environment(folder, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


STARTS = [
    ("bash", ["bash", "-ic"], "type -t awsuse"),
    ("bash", ["bash", "-lc"], "type -t awsuse"),
    ("zsh", ["zsh", "-ic"], "whence -w awsuse"),
    ("fish", ["fish", "-c"], "functions -q awsuse; and echo function"),
    ("pwsh", ["pwsh", "-NoLogo", "-NonInteractive", "-Command"], "(Get-Command awsuse).CommandType"),
]


@pytest.mark.parametrize(("shell", "start", "line"), STARTS, ids=[" ".join(start) for _, start, _ in STARTS])
def test_a_new_shell_has_it_and_outlives_it(shell: str, start: list[str], line: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        required = shell in os.environ.get("AWSPROF_REQUIRED_SHELLS", "").split()
        (pytest.fail if required else pytest.skip)(f"{shell} is not installed")
    awsprof = f"{sysconfig.get_path('scripts')}/awsprof"
    assert run([awsprof, "init", "--install", shell], tmp_path).returncode == 0
    assert "function" in run([*start, line], tmp_path).stdout.lower()
    for path in tmp_path.rglob("*"):  # the installation has gone, the block stands
        if path.is_file():
            path.write_bytes(path.read_bytes().replace(b"/shells/awsprof.", b"/gone/awsprof."))
    without = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if "venv" not in part)
    gone = run([*start, "echo fine"], tmp_path, PATH=without)
    assert (gone.returncode, gone.stdout.strip()) == (0, "fine")
    assert "awsprof" not in gone.stderr
    assert run([awsprof, "init", "--uninstall", shell], tmp_path).returncode == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"awsprof" in path.read_bytes()] == []
