"""Where the hook files are, and the block that loads one from a shell's start-up file."""

from __future__ import annotations

import os

from awsprof import shell
from awsprof.errors import ShellError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.shell import Shell

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_PLACES = (os.path.join(_PACKAGE, "shells"), os.path.join(os.path.dirname(_PACKAGE), "shells"))

_LOGIN_FILES = (".bash_profile", ".bash_login", ".profile")
_BEGIN, _END = "# >>> awsprof >>>", "# <<< awsprof <<<"
# What the start of the block notes, so that taking it out restores every byte.
_NEW_FILE, _NO_NEWLINE = " in a new file", " after a line without end"


def hook_path(file_name: str) -> str:
    """The path of a hook file: in the installed package, else at the top of the checkout.

    Raises:
        ShellError: the installation is incomplete.
    """
    for place in _PLACES:
        path = os.path.join(place, file_name)
        if os.path.isfile(path):
            return path
    raise ShellError(f"the hook file {file_name} is missing from this installation", "install awsprof again")


def files(target: Shell, environ: Mapping[str, str]) -> list[str]:
    """The start-up files of a shell in which the hook is loaded."""
    home = environ.get("HOME") or os.path.expanduser("~")
    config = environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    if target.name == "bash":
        return [os.path.join(home, ".bashrc"), *_login_file(home)]
    if target.name == "zsh":
        return [os.path.join(environ.get("ZDOTDIR") or home, ".zshrc")]
    if target.name == "fish":
        return [os.path.join(config, "fish", "conf.d", "awsprof.fish")]
    if target.name == "pwsh":
        return [_pwsh_profile(config, environ.get("PATH", ""))]
    return [os.path.join(home, target.rc.removeprefix("~/"))]


def every_file(target: Shell, environ: Mapping[str, str]) -> list[str]:
    """The start-up files in which the hook may be loaded: the user may have added or removed one since."""
    home = environ.get("HOME") or os.path.expanduser("~")
    more = [os.path.join(home, name) for name in _LOGIN_FILES] if target.name == "bash" else []
    return list(dict.fromkeys([*files(target, environ), *more]))


def _login_file(home: str) -> list[str]:
    """The one file that a login bash reads, unless that reads ~/.bashrc. macOS starts login shells only."""
    for name in _LOGIN_FILES:
        path = os.path.join(home, name)
        try:
            with open(path, "rb") as file:
                return [] if b"bashrc" in (without_block(file.read()) or b"") else [path]
        except OSError:
            continue
    return [os.path.join(home, _LOGIN_FILES[0])]


def _pwsh_profile(config: str, path: str) -> str:
    """`$PROFILE` as PowerShell itself says; its usual place where it cannot be asked."""
    import subprocess

    for name in ("pwsh", "powershell"):
        program = find_program(name, path)
        if not program:
            continue
        command = [program, "-NoProfile", "-NonInteractive", "-Command", "[Console]::Out.Write($PROFILE)"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=30, check=True, text=True)  # noqa: S603 - fixed words
        except (OSError, subprocess.SubprocessError):
            continue
        if os.path.isabs(done.stdout.strip()):
            return done.stdout.strip()
    return os.path.join(config, "powershell", "Microsoft.PowerShell_profile.ps1")


def find_program(name: str, path: str, *, windows: bool = os.name == "nt") -> str:
    """The full path of a program, empty if it is not in an absolute folder of PATH.

    Windows looks in the current folder first, and shutil.which does so too unless a variable forbids it. A relative
    entry of PATH leads into the current folder everywhere.

    Args:
        name: the program, without `.exe`.
        path: the value of PATH.
        windows: whether programs end in `.exe`.
    """
    folders = [folder.strip(' "') if windows else folder for folder in path.split(os.pathsep)]
    for folder in folders:
        program = os.path.join(folder, f"{name}.exe" if windows else name)
        if os.path.isabs(folder) and os.path.isfile(program) and os.access(program, os.X_OK):
            return program
    return ""


def lines(target: Shell) -> str:
    """What loads the hook: its file where it is readable, else the program where it is on PATH, else nothing.

    So a shell still starts after awsprof has gone.
    """
    path = hook_path(target.hook)
    if target.name == "pwsh":
        quoted = shell.quote_pwsh(path)
        return (
            f"if (Test-Path -LiteralPath {quoted}) {{ Import-Module -Name {quoted} }}\n"
            f"elseif (Get-Command -Name awsprof -CommandType Application -ErrorAction Ignore) {{ {target.load} }}\n"
        )
    if target.name == "fish":
        quoted = shell.quote_fish(path)
        return f"if test -r {quoted}\n    source {quoted}\nelse if command -q awsprof\n    {target.load}\nend\n"
    quoted = shell.quote_posix(path)
    # ~/.profile is read by other shells, too.
    first = 'if [ -z "${BASH_VERSION-}" ]; then\n    :\nelif' if target.name == "bash" else "if"
    return (
        f"{first} [ -r {quoted} ]; then\n    . {quoted}\n"
        f"elif command -v awsprof >/dev/null 2>&1; then\n    {target.load}\nfi\n"
    )


def with_block(data: bytes, block: str, *, new: bool = False) -> bytes:
    """The bytes of a start-up file with the block: in the place of an older one, else at the end.

    Args:
        data: the bytes as they are.
        block: what loads the hook.
        new: whether the file is made for it.
    """
    encoding = _encoding(data)
    start, end, note = _found(data, encoding)
    if start < 0:
        start = end = len(data)
        note = _NEW_FILE if new else _NO_NEWLINE if data and not data.endswith("\n".encode(encoding)) else ""
    text = f"{_BEGIN}{note}\n{block}{_END}\n"
    joint = "\n" if note == _NO_NEWLINE else ""
    return data[:start] + (joint + text).encode(encoding) + data[end:]


def without_block(data: bytes) -> bytes | None:
    """The bytes as they were before the block; None where the file was made for it and is to go with it."""
    start, end, note = _found(data, _encoding(data))
    rest = data if start < 0 else data[:start] + data[end:]
    return None if note == _NEW_FILE and not rest else rest


def _encoding(data: bytes) -> str:
    """Windows PowerShell writes profiles as UTF-16 with a mark; whatever else there is takes ASCII as it is."""
    return "utf-16-le" if data.startswith(b"\xff\xfe") else "ascii"


def _found(data: bytes, encoding: str) -> tuple[int, int, str]:
    """Where the block begins and ends, the newline before it that was added with it included, and its note."""
    begin, finish = _BEGIN.encode(encoding), f"{_END}".encode(encoding)
    newline = "\n".encode(encoding)
    start = data.find(begin)
    end = data.find(finish, start)
    if start < 0 or end < 0:
        return -1, -1, ""
    head = data[start + len(begin) : data.find(newline, start)].decode(encoding, "replace").rstrip("\r")
    end += len(finish)
    for ending in ("\r\n".encode(encoding), newline):
        if data[end:].startswith(ending):
            end += len(ending)
            break
    if head == _NO_NEWLINE:
        start -= len(newline)
    return start, end, head
