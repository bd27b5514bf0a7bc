"""What a hook evaluates: the change, a check of what child processes see after it, and the lines that are printed then.

The success line of a switch is part of it, so that it is printed only if the check holds. If it does not, the hook's
function `__awsprof_differs` (in PowerShell an error) says which variable differs and returns 7; nothing is undone.
`--shell` prints the change alone. A shell that is not in SPELLINGS gets the change alone, too, and the program prints
the lines.
"""

from __future__ import annotations

import os

from awsprof.shell.environment import MASKS, PROFILE
from awsprof.shell.table import SHELLS, get_pwsh, quote_fish, quote_posix, quote_pwsh

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from awsprof.shell.environment import Change

# Assigned in a subshell first: a readonly variable refuses it, an array cannot be exported, and one that converts what
# it is given returns something else. An integer would even evaluate it, command substitutions included.
_PROBE = "0x1aB"
_REFUSE = (
    "( for __awsprof_name in {names}; do "
    '( \\builtin export "${{__awsprof_name}}={probe}" && \\builtin eval "[[ \\$${{__awsprof_name}} == {probe} ]]" && '
    '\\builtin unset -v "${{__awsprof_name}}" ) 2>/dev/null || '
    "\\builtin printf 'awsprof: %s is readonly, or not a plain variable, in this shell; nothing was changed\\n' "
    '"${{__awsprof_name}}" >&2; done ); \\builtin false'
)


def bash(change: Change, lines: list[str]) -> str:
    """Return what the bash hook evaluates."""
    return _posix(change, confirm_bash(change, lines))


def zsh(change: Change, lines: list[str]) -> str:
    """Return what the zsh hook evaluates.

    A calling function's variable that is unset comes back when that returns. One that overrides the profile may hide an
    exported one from the program until then.
    """
    names = [*dict.fromkeys((*_split(change)[1], *(MASKS if change.get(PROFILE) else ())))]
    noted = " ".join(names)
    look = (
        f"for __awsprof_name in {noted}; do if [[ ${{(Pt)__awsprof_name}} == *-local* ]]; then "
        '__awsprof_front+=" ${__awsprof_name}" && __awsprof_local+=("${__awsprof_name}"); fi; done\n'
    )
    return (look if names else "") + _posix(change, confirm_zsh(change, lines))


def fish(change: Change, lines: list[str]) -> str:
    """Return what the fish hook evaluates."""
    plain = SHELLS["fish"].render(change).removesuffix("builtin true\n")
    return f"{plain}{confirm_fish(change, lines)}\n"


def pwsh(change: Change, lines: list[str]) -> str:
    """Return what the PowerShell hook evaluates."""
    return "\n".join([SHELLS["pwsh"].render(change).rstrip("\n"), *confirm_pwsh(change, lines), ""])


def _posix(change: Change, confirm: str) -> str:
    sets, unsets = _split(change)
    tests = [f"\\builtin unset -v {' '.join(change)}"]
    steps = [f"\\builtin unset -v {' '.join(unsets)}"] if unsets else []
    if sets:
        seen = "".join(f"${{{name}}}" for name in sets)
        probes = " ".join(f"{name}={_PROBE}" for name in sets)
        tests = [f"\\builtin export {probes}", f'[[ "{seen}" == {_PROBE * len(sets)} ]]', *tests]
        steps.append("\\builtin export " + " ".join(f"{name}={quote_posix(value)}" for name, value in sets.items()))
    return (
        f"if ( {' && '.join(tests)} ) 2>/dev/null; then {' && '.join([*steps, confirm])}; "
        f"else {_REFUSE.format(names=' '.join(change), probe=_PROBE)}; fi\n"
    )


def confirm_bash(change: Change, lines: list[str]) -> str:
    """Return the code that checks what child processes see after a change, and prints lines on stderr if it holds.

    `declare -g` reaches the global variable only: if an attribute that it sets is not seen, a variable of a calling
    function is in front of it. Before bash 5 no expansion reports attributes, and only the values are compared.
    """
    sets, _ = _split(change)
    test = f"[[ {' && '.join(_seen_posix(change))} ]]"
    if sets:
        names, kinds = " ".join(sets), "".join(f"${{{name}@a}}" for name in sets)
        test += (
            f" && {{ [[ ${{BASH_VERSINFO[0]}} -lt 5 ]] || "
            f"{{ \\builtin declare -gt {names} && __awsprof_kinds={kinds} && "
            f"\\builtin declare -g +t {names} && [[ ${{__awsprof_kinds}} == {'tx' * len(sets)} ]] && "
            f"! \\builtin test {' -o '.join(f'-R {name}' for name in sets)}; }}; }}"
        )
    return _confirm_posix(change, lines, test)


def confirm_replay_bash(change: Change, lines: list[str]) -> str:
    """Return a shorter check for a replay, whose guard has found every variable plain: each expansion counts there.

    Only a function that calls awsprof can have a local variable in front; the hook notes one in __awsprof_nested.
    """
    references = " -o ".join(f"-R {name}" for name in _split(change)[0])
    plain = f"[[ -z ${{__awsprof_nested-1}} ]] && ! \\builtin test {references}" if references else "\\builtin :"
    return _confirm_posix(change, lines, plain)


def confirm_zsh(change: Change, lines: list[str]) -> str:
    """Return the same for zsh, where the hook notes in __awsprof_front what is assigned in front of the command."""
    sets, _ = _split(change)
    kinds = "|".join(f"${{(t){name}}}" for name in sets)
    tests = [*_seen_posix(change), f'"{kinds}" == "{"|".join(["scalar-export"] * len(sets))}"']
    test = f"[[ {' && '.join([*tests, '-z ${__awsprof_front-}'])} ]]"
    return _confirm_posix(change, lines, test, more=" ${__awsprof_local}")


def _seen_posix(change: Change) -> list[str]:
    sets, unsets = _split(change)
    tests = [f'"${{{name}-}}" == {quote_posix(value)}' for name, value in sets.items()]
    return [*tests, f'-z "{"".join(f"${{{name}+x}}" for name in unsets)}"'] if unsets else tests


def _confirm_posix(change: Change, lines: list[str], test: str, *, more: str = "") -> str:
    differs = f"__awsprof_differs {_meant(change, quote_posix)}{more}"
    said = _said(lines, quote_posix)
    say = f" && {{ \\builtin printf '%s\\n' {said} >&2 || \\builtin :; }}" if said else ""
    return f"{{ {{ {test}; }} || {differs}; }}{say}"


def confirm_fish(change: Change, lines: list[str]) -> str:
    """Return the same for fish, where a local variable of a calling function is in front of the global one."""
    sets, unsets = _split(change)
    seen = "|".join(f"${name}" for name in sets)
    tests = [f'test "{seen}" = {quote_fish("|".join(sets.values()))}; and set -qx {" ".join(sets)}'] if sets else []
    tests += [f"begin; set -ql {' '.join(unsets)}; test $status -eq {len(unsets)}; end"] if unsets else []
    hidden = ""
    if change.get(PROFILE):  # a calling function's own may hide from the program one that overrides the profile
        tests.append(f"begin; set -qgx {' '.join(MASKS)}; test $status -eq {len(MASKS)}; end")
        pattern = quote_fish(f"^({'|'.join(MASKS)})$")
        hidden = f" (builtin set -gxn | string replace -rf {pattern} '$1')"
    said = _said(lines, quote_fish)
    say = f"builtin printf '%s\\n' {said} >&2; " if said else ""
    differs = f"__awsprof_differs {_meant(change, quote_fish)}{hidden}"
    return f"begin; {'; and '.join(tests)}; end; or {differs}; and begin; {say}builtin true; end"


def confirm_pwsh(change: Change, lines: list[str]) -> list[str]:
    """Return the same for PowerShell, as statements. What a method sets there is what child processes see."""
    # UTF-16 cannot hold what is not UTF-8.
    spelt = [_spelt(line.encode("utf-8", "backslashreplace").decode()) for line in lines if line]
    checks = [_differs_pwsh(name, value) for name, value in change.items()]
    return [*checks, *(f"[Console]::Error.WriteLine({quote_pwsh(line)})" for line in spelt)]


def _differs_pwsh(name: str, value: str | None) -> str:
    found, then = get_pwsh(name), '"`n  open a new shell and try again"'
    if value is None:  # not what it is: it may be a secret
        return f"if ($null -ne {found}) {{ throw '{name} is still set for child processes' + {then} }}"
    spelt = quote_pwsh(value)
    text = f"'child processes see {name}=' + {found} + ' instead of ' + {spelt} + {then}"
    return f"if (-not [string]::Equals({found}, {spelt})) {{ throw {text} }}"


def _split(change: Change) -> tuple[dict[str, str], list[str]]:
    sets = {name: value for name, value in change.items() if value is not None}
    return sets, [name for name in change if name not in sets]


def _meant(change: Change, quote: Callable[[str], str]) -> str:
    return " ".join(quote(name if value is None else f"{name}={value}") for name, value in change.items())


def _said(lines: list[str], quote: Callable[[str], str]) -> str:
    return " ".join(quote(_spelt(line)) for line in lines if line)


def _spelt(line: str) -> str:
    """Return a line as every locale can spell it: it is only shown."""
    try:
        os.fsencode(line)
    except UnicodeEncodeError:
        return line.encode("ascii", "backslashreplace").decode()
    return line


SPELLINGS: Mapping[str, Callable[[Change, list[str]], str]] = {
    "bash": bash,
    "zsh": zsh,
    "fish": fish,
    "pwsh": pwsh,
}
