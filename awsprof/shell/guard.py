"""What must hold for a shell to give an answer again without a process, and how each shell tests it.

A guard is data, as a change is; a shell spells both in one line of code. The code ends with status 0 where the answer
was given, and otherwise has changed nothing.
"""

from __future__ import annotations

from awsprof.shell.environment import (
    MANAGED,
    MASKS,
    PREVIOUS,
    PROFILE,
    REGIONS,
    REPORTED,
    REPORTED_PREFIXES,
    SAVED,
    SESSION_END,
)
from awsprof.shell.handover import confirm_fish, confirm_pwsh, confirm_replay_bash, confirm_zsh
from awsprof.shell.table import get_pwsh, quote_fish, quote_posix, quote_pwsh, set_pwsh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from awsprof.shell.environment import Change

STATE = (*MANAGED, SAVED, PREVIOUS)
PATH = "PATH"
_FAMILIES = f"^({'|'.join(REPORTED_PREFIXES)})"  # as a regular expression
_TICKS = 621_355_968_000_000_000  # from the year 1, from which .NET counts, to 1970, in units of 100 nanoseconds


class File:
    """A file or folder as it was.

    Args:
        path: where it was looked for.
        real: what that path really is.
        stamp: the path of an empty file that is as old; empty where there was no file.
        hops: the path, and each that it led to if it was a link, with their own times in nanoseconds since the epoch.
        folder: whether it is a folder.
    """

    __slots__ = ("folder", "hops", "path", "real", "stamp")

    def __init__(self, path: str, real: str, stamp: str, hops: list[tuple[str, int]], *, folder: bool = False) -> None:
        self.folder = folder
        self.path = path
        self.real = real
        self.stamp = stamp
        self.hops = hops


class Guard:
    """What an answer was made from.

    Args:
        inputs: variables that must be as they were, None where one was not set.
        saved: what AWSPROF_SAVED must be, or what the shell's own regions come to where it is not set yet.
        first: whether that may be the first switch of a shell, in which AWSPROF_SAVED is not set yet.
        files: files that must be as they were.
        program: the awsprof program that would be called.
        until: until when the answer is good, in seconds since the epoch, or None.
        until_stamp: the stamp of that moment.
    """

    __slots__ = ("files", "first", "inputs", "program", "saved", "until", "until_stamp")

    def __init__(
        self,
        inputs: Mapping[str, str | None],
        *,
        saved: str,
        first: bool,
        files: list[File],
        program: str,
        until: int | None,
        until_stamp: str = "",
    ) -> None:
        self.inputs = inputs
        self.saved = saved
        self.first = first
        self.files = files
        self.program = program
        self.until = until
        self.until_stamp = until_stamp


def _posix(
    guard: Guard, change: Change, confirm: str, *, attribute: str, exported: str, clock: str, reported: str
) -> str:
    """The code for bash and zsh, which differ in how they tell a variable's attributes, and the time.

    Args:
        guard: what must hold.
        change: what to change then.
        confirm: the code that checks what child processes see then, and prints the lines.
        attribute: the parameter expansion that tells a variable's attributes.
        exported: what it tells of one that is exported and nothing else.
        clock: the test that it is not yet so many seconds since the epoch.
        reported: the test that no variable of a family is set that a switch reports.
    """
    q = quote_posix
    inputs = "|".join(f"${{{name}+=${name}}}" for name in guard.inputs)
    # Exported and nothing else: not readonly, not local to a calling function, not hidden from the program.
    kinds = "".join(f"${{{name}+=}}{attribute.format(name)}" for name in STATE)
    tests = [
        f'"{inputs}" == {q("|".join("" if value is None else "=" + value for value in guard.inputs.values()))}',
        f'-z "{"".join(f"${{{name}+x}}" for name in (*MASKS, *REPORTED))}"',
        reported,
        f'"{_saved_posix(first=guard.first)}" == {q(guard.saved)}',
        f'"${{__awsprof_program}}" == {q(guard.program)}',
        f'-z "${{__awsprof_kinds//={exported}/}}"',
        *(test for file in guard.files for test in _file_posix(file)),
    ]
    steps = [f'__awsprof_kinds="{kinds}"', f"[[ {' && '.join(tests)} ]]"]
    if guard.until is not None:
        steps.append(clock.format(guard.until))
    profile = change[PROFILE]
    steps += _previous_posix(q(profile)) if profile else _PREVIOUS_OFF_POSIX
    unset = [name for name, value in change.items() if value is None]
    steps += [f"\\builtin unset -v {' '.join(unset)}"] if unset else []
    sets = [f"{name}={q(value)}" for name, value in change.items() if value is not None]
    steps += [f"\\builtin export {' '.join(sets)}"] if sets else []
    return " && ".join([*steps, confirm])


def _previous_posix(profile: str) -> list[str]:
    return [
        f"{{ [[ -z ${{{PROFILE}-}} || ${{{PROFILE}}} == {profile} ]] || "
        f'\\builtin export {PREVIOUS}="${{{PROFILE}}}"; }}'
    ]


# After `off` the profile before stays on a second line (environment.previous).
_PREVIOUS_OFF_POSIX = [
    f"__awsprof_kinds=${{{PREVIOUS}-}}",
    "__awsprof_kinds=${__awsprof_kinds%%$'\\n'*}",
    f'{{ [[ -z ${{{PROFILE}-}} || ${{{PROFILE}}} == "${{__awsprof_kinds}}" ]] || '
    "{ __awsprof_kinds=${__awsprof_kinds:+$'\\n'${__awsprof_kinds}} && "
    f'\\builtin export {PREVIOUS}="${{{PROFILE}}}${{__awsprof_kinds}}"; }}; }}',
]


def _saved_posix(*, first: bool) -> str:
    if not first:
        return f"${{{SAVED}-}}"
    # Where a profile or an end stands there already, more than regions would have to be saved.
    more = "".join(f"${{{name}+|}}" for name in (PROFILE, SESSION_END))
    return f"${{{SAVED}:-{'|'.join(f'${{{name}+=${name}}}' for name in REGIONS)}{more}}}"


def _file_posix(file: File) -> list[str]:
    path, stamp = quote_posix(file.path), quote_posix(file.stamp)
    if not file.stamp:
        return [f"! -e {path}"]
    alike = f"{path} -ef {quote_posix(file.real)}" if file.real != file.path else f"! -L {path}"
    return [f"-r {path}", f"-e {stamp}", f"! {path} -nt {stamp}", f"! {path} -ot {stamp}", alike]


def bash(guard: Guard, change: Change, lines: list[str]) -> str:
    """For bash 5 and later, with `set -u` off."""
    clock = "\\builtin printf -v __awsprof_now '%(%s)T' -1 && [[ ${{__awsprof_now}} -lt {} ]]"
    # One expansion for all families, which begin with AWS_: each sorts the names of all variables.
    reported = f"\" ${{!AWS_@}}\" != *' '@({'|'.join(REPORTED_PREFIXES)})*"
    # A calling function may hide one that child processes see: a local without a value has attributes only.
    hidden = "".join(f"${{{name}@a}}" for name in (*MASKS, *REPORTED))
    reported += f' && -z "{hidden}"'
    confirm = confirm_replay_bash(change, lines)
    return _posix(guard, change, confirm, attribute="${{{0}@a}}", exported="x", clock=clock, reported=reported)


def zsh(guard: Guard, change: Change, lines: list[str]) -> str:
    """For zsh, in its own emulation."""
    clock = "(( ${{(%):-%D{{%s\\}}}} < {} ))"
    # PATH is always found: if `parameters` is not what zsh/parameter makes, the test fails.
    pattern = "|".join((PATH, *(f"{prefix}*" for prefix in REPORTED_PREFIXES)))
    reported = f'"${{(k)parameters[(I)({pattern})]}}" == {PATH}'
    confirm = confirm_zsh(change, lines)
    return _posix(
        guard, change, confirm, attribute="${{(t){0}}}", exported="scalar-export", clock=clock, reported=reported
    )


def fish(guard: Guard, change: Change, lines: list[str]) -> str:
    """For fish 3.6 and later."""
    q, state = quote_fish, " ".join(STATE)
    inputs = '"' + "|".join(f"${name}" for name in guard.inputs) + '"'
    values = list(guard.inputs.values())
    tests = [
        f"test {inputs} = {q('|'.join(value or '' for value in values))}",
        _unset(" ".join(guard.inputs), values.count(None)) if values else "builtin true",
        # A calling function's own, which the program may not see: the hook's functions look into those that call them.
        _unset(f"-l {' '.join(guard.inputs)}", len(values)) if values else "builtin true",
        _unset(" ".join((*MASKS, *REPORTED)), len(MASKS) + len(REPORTED)),
        f"not builtin string match -qr {q(_FAMILIES)} -- (builtin set -n)",
        # Global and exported, or not there: no other scope, and none that the program would not see.
        f"begin; set -q {state}; set -l missing $status; set -qgx {state}; test $status -eq $missing; end",
        _unset(f"-U {state}", len(STATE)),
        _saved_fish(guard),
        f'test "$__awsprof_program" = {q(guard.program)}',
        *(_file_fish(file) for file in guard.files),
    ]
    if guard.until is not None:  # fish has no clock, but it tells a file's age, which is negative before its time
        tests.append(f"path mtime -R {q(guard.until_stamp)} 2>/dev/null | read -l left; and test $left -lt 0")
    steps = [
        f'test -n "${PROFILE}"; and test "${PROFILE}" != {q(profile)}; and set -gx {PREVIOUS} ${PROFILE}'
        if (profile := change[PROFILE])
        else _PREVIOUS_OFF_FISH
    ]
    for name, value in change.items():
        steps.append(f"set -eg {name}" if value is None else f"set -gx {name} {q(value)}")
    steps.append(confirm_fish(change, lines))
    return f"{'; and '.join(tests)}; and begin; {'; '.join(steps)}; end"


_PREVIOUS_OFF_FISH = (
    f'set -l before (builtin string split \\n -- "${PREVIOUS}")[1]; test "${PROFILE}" = "$before"; '
    f'and set before; or test -z "${PROFILE}"; or begin; test -n "$before"; and set before \\n"$before"; '
    f'set -gx {PREVIOUS} "${PROFILE}$before"; end'
)


def _unset(query: str, missing: int) -> str:
    """So many of these variables are not set: `set -q` counts them."""
    return f"begin; set -q {query}; test $status -eq {missing}; end"


def _saved_fish(guard: Guard) -> str:
    steps = [f'set -l saved "${SAVED}"']
    if guard.first:
        region, default = REGIONS
        steps += [
            f'if test -z "$saved"; set -q {region}; and set saved "=${region}"',
            f'set saved "$saved|"; set -q {default}; and set saved "$saved=${default}"',
            f'{_unset(f"{PROFILE} {SESSION_END}", 2)}; or set saved "$saved|"; end',
        ]
    return f'begin; {"; ".join(steps)}; test "$saved" = {quote_fish(guard.saved)}; end'


def _file_fish(file: File) -> str:
    path, stamp = quote_fish(file.path), quote_fish(file.stamp)
    if not file.stamp:
        return f"not test -e {path}"
    alike = f"not test -L {path}"
    if file.real != file.path:
        alike = f"test (builtin realpath {path}) = {quote_fish(file.real)}"
    return f"test -r {path}; and test -e {stamp}; and not test {path} -nt {stamp} -o {path} -ot {stamp}; and {alike}"


def pwsh(guard: Guard, change: Change, lines: list[str]) -> str:
    """For PowerShell on .NET 8 and later.

    Not `$env:X`, as a drive Env: can be anything, and not `-ceq`, which ignores zero-width characters.
    """
    tests = [_is_pwsh(name, value) for name, value in guard.inputs.items()]
    tests += [_is_pwsh(name, None) for name in (*MASKS, *REPORTED)]
    tests += [f"-not @([Environment]::GetEnvironmentVariables().Keys -match {quote_pwsh(_FAMILIES)})"]
    tests += [_equal_pwsh(_saved_pwsh(first=guard.first), guard.saved), _equal_pwsh("$program", guard.program)]
    tests += [test for file in guard.files for test in _file_pwsh(file)]
    if guard.until is not None:
        tests.append(f"[DateTimeOffset]::UtcNow.ToUnixTimeSeconds() -lt {guard.until}")
    steps = [_previous_pwsh(change[PROFILE] or ""), *set_pwsh(change), *confirm_pwsh(change, lines)]
    return f"if ({' -and '.join(tests)}) {{ {'; '.join(steps)}; $true }}"


def _previous_pwsh(profile: str) -> str:
    active, value = get_pwsh(PROFILE), get_pwsh(PROFILE)
    other = quote_pwsh(profile)
    start = ""
    if not profile:  # `off`: the profile before stays on a second line (environment.previous)
        start = f'$before = "$({get_pwsh(PREVIOUS)})".Split("`n")[0]; '
        value, other = f'$(if ($before) {{ "$({active})`n$before" }} else {{ {active} }})', "$before"
    condition = f"{active} -and -not [string]::Equals({active}, {other})"
    return f"{start}if ({condition}) {{ [Environment]::SetEnvironmentVariable('{PREVIOUS}', {value}) }}"


def _equal_pwsh(spelt: str, value: str) -> str:
    return f"[string]::Equals({spelt}, {quote_pwsh(value)})"


def _is_pwsh(name: str, value: str | None) -> str:
    found = get_pwsh(name)
    if value is None:
        return f"$null -eq {found}"
    # A method takes $null for an empty string.
    return _equal_pwsh(found, value) if value else f"'' -eq {found}"


def _saved_pwsh(*, first: bool) -> str:
    saved = get_pwsh(SAVED)
    if not first:
        return f'"$({saved})"'
    own = "|".join(f'$(if ($null -ne {get_pwsh(name)}) {{ "=$({get_pwsh(name)})" }})' for name in REGIONS)
    more = "".join(f"$(if ($null -ne {get_pwsh(name)}) {{ '|' }})" for name in (PROFILE, SESSION_END))
    return f'$(if ({saved}) {{ {saved} }} else {{ "{own}{more}" }})'


def _file_pwsh(file: File) -> list[str]:
    """.NET does not follow the last link: each hop has its own time. A file that cannot be opened ends the guard."""
    if not file.stamp:
        return [f"-not [System.IO.Path]::Exists({quote_pwsh(file.path)})"]
    times = [
        f"[System.IO.File]::GetLastWriteTimeUtc({quote_pwsh(path)}).Ticks -eq {_TICKS + moment // 100}"
        for path, moment in file.hops
    ]
    if file.folder:
        return times
    return [*times, f"'' -eq \"$([System.IO.File]::OpenRead({quote_pwsh(file.path)}).Dispose())\""]


SPELLINGS: dict[str, Callable[[Guard, Change, list[str]], str]] = {
    "bash": bash,
    "zsh": zsh,
    "fish": fish,
    "pwsh": pwsh,
}
