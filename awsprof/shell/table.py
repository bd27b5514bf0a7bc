"""The shells as a table: how each quotes a value, sets and removes a variable, refuses, and where its hook file is.

A snippet is ASCII, holds names from a fixed list and values that are always quoted: quoting is the security boundary.
"""

from __future__ import annotations

import os

from awsprof.errors import ShellError, UsageError
from awsprof.text.display import joined, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from awsprof.shell.environment import Change

_READONLY = "awsprof: %s is readonly in this shell; nothing was changed"


def quote_posix(value: str) -> str:
    """For bash and zsh: `'...'` for printable ASCII, else `$'...'` with octal bytes.

    shlex.quote is not enough: it leaves `=ls` and `a:=b` bare, which zsh expands.
    """
    data = _bytes(value)
    if all(32 <= byte < 127 for byte in data):
        return "'" + value.replace("'", "'\\''") + "'"
    return "$'" + "".join(_octal(byte) for byte in data) + "'"


def _octal(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\{byte:03o}"


def quote_sh(value: str) -> str:
    """For any POSIX shell: `'...'` for printable ASCII, else what printf prints, because dash has no `$'...'`.

    `$(...)` drops newlines at the end; they are added behind it.
    """
    data = _bytes(value)
    if all(32 <= byte < 127 for byte in data):
        return quote_posix(value)
    ends = len(data) - len(data.rstrip(b"\n"))
    return (
        "\"$(command printf '"
        + "".join(f"\\{byte:03o}" for byte in data)
        + "')\""
        + ("'" + "\n" * ends + "'") * bool(ends)
    )


def quote_fish(value: str) -> str:
    r"""For fish: inside `'...'` only `\'` and `\\` are escapes; other bytes stand outside as `\Xhh`.

    POSIX quoting would let a value that ends in a backslash swallow the quote, and the next value would be executed.
    """
    return "'" + "".join(_fish(byte) for byte in _bytes(value)) + "'"


def _fish(byte: int) -> str:
    if not 32 <= byte < 127:
        return f"'\\X{byte:02x}'"
    return "\\" + chr(byte) if byte in b"'\\" else chr(byte)


def quote_pwsh(value: str) -> str:
    """For PowerShell: `'...'` with `'` doubled; everything beyond printable ASCII as `[char]`.

    U+2018 to U+201B end a single-quoted string as `'` does, and a snippet on stdout passes through code pages.

    Raises:
        ShellError: bytes that are not UTF-8, which .NET cannot hold.
    """
    _bytes(value)
    try:
        units = value.encode("utf-16-be")
    except UnicodeEncodeError:
        raise ShellError("PowerShell cannot hold a value that is not UTF-8", "use another shell for it") from None
    codes = [int.from_bytes(units[i : i + 2]) for i in range(0, len(units), 2)]
    if all(32 <= code < 127 for code in codes):
        return "'" + value.replace("'", "''") + "'"
    return "(-join [char[]]@(" + ",".join(map(str, codes)) + "))"


def _bytes(value: str) -> bytes:
    if "\0" in value:
        raise ShellError("no environment variable can hold a NUL character", "mend the value in the AWS files")
    try:
        return os.fsencode(value)
    except UnicodeEncodeError:
        raise ShellError(
            "this locale cannot spell a value of this switch", "use a UTF-8 locale: export LC_ALL=C.UTF-8"
        ) from None


class Shell:
    """One shell: its names, its hook file, and how it spells what a snippet needs."""

    def __init__(
        self,
        name: str,
        *,
        hook: str,
        rc: str,
        load: str,
        render: Callable[[Change], str],
        fail: str,
        also: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.hook = hook
        self.rc = rc
        self.load = load
        self.render = render
        self.fail = fail
        self.also = also


def _posix(change: Change) -> str:
    """For bash and zsh, where a user's function may have the name of any builtin."""
    return _lines_of_posix(change, quote_posix, "\\builtin ")


def _sh(change: Change) -> str:
    """For dash, busybox and ksh: special builtins come before functions there, and a backslash passes by aliases."""
    return _lines_of_posix(change, quote_sh, "\\")


def _lines_of_posix(change: Change, quote: Callable[[str], str], call: str) -> str:
    if not change:
        return ""
    # In a chain a readonly variable would stop half-way, on separate lines it would go unnoticed: so all are tried
    # first, in a subshell. `\builtin` passes by the user's aliases and functions.
    sets = " ".join(f"{name}={quote(value)}" for name, value in change.items() if value is not None)
    unsets = " ".join(name for name, value in change.items() if value is None)
    steps = [f"{call}unset -v {unsets}"] if unsets else []
    steps += [f"{call}export {sets}"] if sets else []
    return (
        f"if ( {call}unset -v {' '.join(change)} ) 2>/dev/null; then {' && '.join(steps)}; "
        f'else ( for awsprof_name in {" ".join(change)}; do ( {call}unset -v "${{awsprof_name}}" ) 2>/dev/null || '
        f"{call}printf '{_READONLY}\\n' \"${{awsprof_name}}\" >&2; done ); {call}false; fi\n"
    )


def _fish_snippet(change: Change) -> str:
    # `set -e` without -g would delete a universal variable for good; on an unset one it returns 4; `set -gx` does not
    # reset the status, so the snippet ends with true.
    lines = []
    for name, value in change.items():
        if value is not None:
            lines.append(f"set -gx {name} {quote_fish(value)}")
            continue
        lines.append(f"set -qg {name}; and set -eg {name}")
        lines.append(
            f"set -qU {name}; and builtin echo 'awsprof: {name} is a universal variable and still set; "
            f"remove it with: set -eU {name}' >&2"
        )
    return "\n".join([*lines, "builtin true", ""])


def get_pwsh(name: str) -> str:
    """How PowerShell gives a variable as child processes see it."""
    return f"[Environment]::GetEnvironmentVariable('{name}')"


def set_pwsh(change: Change) -> list[str]:
    """The PowerShell statements that apply a change."""
    # `$env:X = ''` leaves an empty variable from 7.5 on, and $null does the same: [NullString]::Value removes it.
    spelt = {name: "[NullString]::Value" if value is None else quote_pwsh(value) for name, value in change.items()}
    return [f"[Environment]::SetEnvironmentVariable('{name}', {value})" for name, value in spelt.items()]


def _pwsh(change: Change) -> str:
    return "\n".join([*set_pwsh(change), ""])


SHELLS = {
    shell.name: shell
    for shell in (
        Shell(
            "bash",
            hook="awsprof.bash",
            rc="~/.bashrc",
            load='eval "$(awsprof init bash)"',
            render=_posix,
            fail="\\builtin false\n",
        ),
        Shell(
            "zsh",
            hook="awsprof.zsh",
            rc="~/.zshrc",
            load='eval "$(awsprof init zsh)"',
            render=_posix,
            fail="\\builtin false\n",
        ),
        Shell(
            "fish",
            hook="awsprof.fish",
            rc="~/.config/fish/config.fish",
            load="awsprof init fish | source",
            render=_fish_snippet,
            fail="builtin false\n",
        ),
        Shell(
            "pwsh",
            hook="awsprof.psd1",
            rc="$PROFILE",
            load="awsprof init pwsh | Out-String | Invoke-Expression",
            render=_pwsh,
            fail="throw 'awsprof failed; nothing was changed'\n",
            also=("powershell",),
        ),
        # It has no hook: its scripts evaluate what --shell prints.
        Shell("sh", hook="", rc="", load="", render=_sh, fail="\\false\n"),
    )
}
HOOKED = {name: shell for name, shell in SHELLS.items() if shell.hook}
# What ends a script in every shell that is not spoken here: --shell named one, and its output will be evaluated.
FAIL_ANYWHERE = "false\n"


def find(name: str) -> Shell | None:
    """The shell of that name, None where awsprof does not speak it."""
    return next((shell for shell in SHELLS.values() if name.lower() in (shell.name, *shell.also)), None)


def by_name(name: str) -> Shell:
    """The shell of that name.

    Raises:
        UsageError: awsprof does not speak it.
    """
    found = find(name)
    if found is None:
        raise UsageError(f"awsprof does not speak {quoted(name)}", f"it speaks {joined(SHELLS)}")
    return found


def with_hook(name: str) -> Shell:
    """Return the shell of that name, if awsprof has a hook for it.

    Raises:
        UsageError: there is no such shell, or no hook for it.
    """
    found = by_name(name)
    if not found.hook:
        how = f'in a script: eval "$(awsprof use PROFILE --shell {found.name})"'
        raise UsageError(f"there is no hook for {found.name}", f"{how}\nhooks exist for {joined(HOOKED)}")
    return found
