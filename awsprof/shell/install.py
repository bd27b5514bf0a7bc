"""Where the hook files are, and the block that loads one from a shell's start-up file."""

from __future__ import annotations

import codecs
import os

from awsprof.errors import FileError, ShellError
from awsprof.shell import table
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.shell.table import Shell

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PLACES = (os.path.join(_PACKAGE, "shells"), os.path.join(os.path.dirname(_PACKAGE), "shells"))

_LOGIN_FILES = (".bash_profile", ".bash_login", ".profile")
_BEGIN, _END = "# >>> awsprof >>>", "# <<< awsprof <<<"
# What the start of the block notes, so that taking it out restores every byte.
_NEW_FILE, _NO_NEWLINE = " in a new file", " after a line without end"
_STARTS = {_BEGIN + note: note for note in ("", _NEW_FILE, _NO_NEWLINE)}
# Latin-1 has a character for every byte, and a line ends where it does in UTF-8.
_BYTES = "latin-1"
# Windows PowerShell writes UTF-16.
_MARKS = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be", codecs.BOM_UTF8: _BYTES}


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
                return [] if b"bashrc" in (without_block(path, file.read()) or b"") else [path]
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
        quoted = table.quote_pwsh(path)
        return (
            f"if (Test-Path -LiteralPath {quoted}) {{ Import-Module -Name {quoted} }}\n"
            f"elseif (Get-Command -Name awsprof -CommandType Application -ErrorAction Ignore) {{ {target.load} }}\n"
        )
    if target.name == "fish":
        quoted = table.quote_fish(path)
        return f"if test -r {quoted}\n    source {quoted}\nelse if command -q awsprof\n    {target.load}\nend\n"
    quoted = table.quote_posix(path)
    # ~/.profile is read by other shells, too.
    first = 'if [ -z "${BASH_VERSION-}" ]; then\n    :\nelif' if target.name == "bash" else "if"
    return (
        f"{first} [ -r {quoted} ]; then\n    . {quoted}\n"
        f"elif command -v awsprof >/dev/null 2>&1; then\n    {target.load}\nfi\n"
    )


def with_block(path: str, data: bytes, block: str, *, new: bool = False) -> bytes:
    """Return a start-up file with the block: in the place of an older one, otherwise at the end.

    Args:
        path: the file, for messages.
        data: its bytes.
        block: what loads the hook.
        new: whether the file is created for it.

    Raises:
        FileError: the file is not text, or its marker lines are not those of one block.
    """
    mark, encoding, text = _decoded(path, data)
    before, note, after = _split(path, text)
    if note is None:
        note = _NEW_FILE if new else _NO_NEWLINE if text and not text.endswith("\n") else ""
        before += "\n" if note == _NO_NEWLINE else ""
    if encoding == _BYTES:
        block = block.encode("utf-8", "surrogateescape").decode(_BYTES)
    return mark + f"{before}{_BEGIN}{note}\n{block}{_END}\n{after}".encode(encoding, "surrogatepass")


def without_block(path: str, data: bytes) -> bytes | None:
    """Return a start-up file as it was before the block; None if it was created for the block and is empty without it.

    Raises:
        FileError: the file is not text, or its marker lines are not those of one block.
    """
    mark, encoding, text = _decoded(path, data)
    before, note, after = _split(path, text)
    if note == _NO_NEWLINE and not after:
        is_crlf = text[len(before) :].partition("\n")[0].endswith("\r")  # an editor has converted the file since
        before = before.removesuffix("\r\n" if is_crlf else "\n")
    rest = before + after
    return None if note == _NEW_FILE and not rest else mark + rest.encode(encoding, "surrogatepass")


def _decoded(path: str, data: bytes) -> tuple[bytes, str, str]:
    """Return the byte order mark, the encoding and the text of a start-up file."""
    mark, encoding = next(((mark, name) for mark, name in _MARKS.items() if data.startswith(mark)), (b"", _BYTES))
    try:
        text = data.removeprefix(mark).decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise FileError(f"{quoted(path)} is not a text file; nothing was written", "check what it is")
    return mark, encoding, text


def _split(path: str, text: str) -> tuple[str, str | None, str]:
    """Return what is before the block, the note on its first line (None if there is no block) and what is after it.

    A marker counts if it is alone on its line. Spaces around it do not matter, nor does a carriage return.
    """
    found = []
    at = 0
    for number, line in enumerate(text.split("\n"), 1):
        marker = line.strip(" \t\r")
        if marker in _STARTS or marker == _END:
            found.append((number, marker, at))
        at += len(line) + 1
    if not found:
        return text, None, ""
    _require_one_block(path, [(number, marker in _STARTS) for number, marker, _ in found])
    (_, marker, start), (_, _, end) = found
    return text[:start], _STARTS[marker], text[end:].partition("\n")[2]


def _require_one_block(path: str, markers: list[tuple[int, bool]]) -> None:
    """Raise FileError unless the markers, by line number and whether they start a block, are a start and an end."""
    kinds, expected = [is_start for _, is_start in markers], [True, False]
    if kinds == expected:
        return
    wrong = next(at for at in range(3) if kinds[at : at + 1] != expected[at : at + 1])
    if wrong == 0:
        line, problem = markers[0][0], f'"{_END}" has no "{_BEGIN}" before it'
    elif wrong == len(kinds):
        line, problem = markers[0][0], f'"{_BEGIN}" has no "{_END}" after it'
    else:
        line, is_start = markers[wrong]
        first = markers[kinds.index(is_start)][0]
        problem = f'a second "{_BEGIN if is_start else _END}"; the first is on line {first}'
    raise FileError(
        f"{quoted(path)}, line {line}: {problem}; nothing was written",
        "remove what is left of the awsprof block in an editor, then try again",
    )
