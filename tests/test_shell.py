"""How each shell spells a change. That the quoting holds is proven in the real shells, in tests/shells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsprof.errors import ShellError, UsageError
from awsprof.shell import environment as env
from awsprof.shell import table

EVERY = list(table.SHELLS.values())
HOOKED = list(table.HOOKED.values())
READONLY = "awsprof: %s is readonly in this shell; nothing was changed"
NAMES = sorted({*env.MANAGED, *env.MASKS, env.SAVED, env.PREVIOUS})


def posix(names: str, steps: str) -> str:
    return (
        f"if ( \\builtin unset -v {names} ) 2>/dev/null; then {steps}; "
        f'else ( for awsprof_name in {names}; do ( \\builtin unset -v "${{awsprof_name}}" ) 2>/dev/null || '
        f"\\builtin printf '{READONLY}\\n' \"${{awsprof_name}}\" >&2; done ); \\builtin false; fi\n"
    )


def fish_unset(name: str) -> str:
    return (
        f"set -qg {name}; and set -eg {name}\n"
        f"set -qU {name}; and builtin echo 'awsprof: {name} is a universal variable and still set; "
        f"remove it with: set -eU {name}' >&2\n"
    )


CHANGES: dict[str, dict[str, str | None]] = {
    "set": {"AWS_PROFILE": "work:dev"},
    "unset": {"AWS_VAULT": None},
    "both": {"AWS_PROFILE": "it's", "AWS_REGION": "", "AWS_VAULT": None, "AWS_SSO_PROFILE": None},
}
POSIX = {
    "set": posix("AWS_PROFILE", "\\builtin export AWS_PROFILE='work:dev'"),
    "unset": posix("AWS_VAULT", "\\builtin unset -v AWS_VAULT"),
    "both": posix(
        "AWS_PROFILE AWS_REGION AWS_VAULT AWS_SSO_PROFILE",
        "\\builtin unset -v AWS_VAULT AWS_SSO_PROFILE && \\builtin export AWS_PROFILE='it'\\''s' AWS_REGION=''",
    ),
}
SH = {name: snippet.replace("\\builtin ", "\\") for name, snippet in POSIX.items()}
FISH = {
    "set": "set -gx AWS_PROFILE 'work:dev'\nbuiltin true\n",
    "unset": fish_unset("AWS_VAULT") + "builtin true\n",
    "both": "set -gx AWS_PROFILE 'it\\'s'\nset -gx AWS_REGION ''\n"
    + fish_unset("AWS_VAULT")
    + fish_unset("AWS_SSO_PROFILE")
    + "builtin true\n",
}
PWSH = {
    "set": "[Environment]::SetEnvironmentVariable('AWS_PROFILE', 'work:dev')\n",
    "unset": "[Environment]::SetEnvironmentVariable('AWS_VAULT', [NullString]::Value)\n",
    "both": "[Environment]::SetEnvironmentVariable('AWS_PROFILE', 'it''s')\n"
    "[Environment]::SetEnvironmentVariable('AWS_REGION', '')\n"
    "[Environment]::SetEnvironmentVariable('AWS_VAULT', [NullString]::Value)\n"
    "[Environment]::SetEnvironmentVariable('AWS_SSO_PROFILE', [NullString]::Value)\n",
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(
    ("kind", "snippets"), [("bash", POSIX), ("zsh", POSIX), ("fish", FISH), ("pwsh", PWSH), ("sh", SH)]
)
def test_snippets(kind: str, snippets: dict[str, str], name: str) -> None:
    assert table.SHELLS[kind].render(CHANGES[name]) == snippets[name]


VALUES = {
    #          bash and zsh               fish                              PowerShell
    "plain": ("'plain'", "'plain'", "'plain'"),
    "": ("''", "''", "''"),
    "=ls": ("'=ls'", "'=ls'", "'=ls'"),
    "it's": ("'it'\\''s'", "'it\\'s'", "'it''s'"),
    "a\\": ("'a\\'", "'a\\\\'", "'a\\'"),
    "$(x) `x` $x": ("'$(x) `x` $x'",) * 3,
    "a\nb": ("$'a\\012b'", "'a'\\X0a'b'", "(-join [char[]]@(97,10,98))"),
    "\x1b'\\": ("$'\\033\\047\\134'", "''\\X1b'\\'\\\\'", "(-join [char[]]@(27,39,92))"),
    "é": ("$'\\303\\251'", "''\\Xc3''\\Xa9''", "(-join [char[]]@(233))"),
    "\u2019": ("$'\\342\\200\\231'", "''\\Xe2''\\X80''\\X99''", "(-join [char[]]@(8217))"),
    "\U0001f600": ("$'\\360\\237\\230\\200'", "''\\Xf0''\\X9f''\\X98''\\X80''", "(-join [char[]]@(55357,56832))"),
    "\x7f": ("$'\\177'", "''\\X7f''", "(-join [char[]]@(127))"),
}


@pytest.mark.parametrize("value", VALUES)
def test_quoting(value: str) -> None:
    quoted = (table.quote_posix(value), table.quote_fish(value), table.quote_pwsh(value))
    assert quoted == VALUES[value]


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        ("it's", "'it'\\''s'"),
        ("%s\\n", "'%s\\n'"),
        ("é", "\"$(command printf '\\303\\251')\""),
        ("é%\n\n", "\"$(command printf '\\303\\251\\045\\012\\012')\"'\n\n'"),
    ],
)
def test_quoting_for_sh(value: str, quoted: str) -> None:
    assert table.quote_sh(value) == quoted


def test_bytes_that_are_not_utf8() -> None:
    assert table.quote_posix("a\udcff") == "$'a\\377'"
    assert table.quote_fish("a\udcff") == "'a'\\Xff''"
    with pytest.raises(ShellError, match="not UTF-8") as refused:
        table.quote_pwsh("a\udcff")
    assert refused.value.exit_code == 7


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_nul_is_refused(kind: table.Shell) -> None:
    with pytest.raises(ShellError, match="NUL") as refused:
        kind.render({"AWS_PROFILE": "a\0b"})
    assert refused.value.exit_code == 7


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_no_change_is_a_snippet_without_effect(kind: table.Shell) -> None:
    assert kind.render({}).strip() in ("", "builtin true")


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
@given(
    st.dictionaries(st.sampled_from(NAMES), st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=1)
)
def test_a_snippet_is_ascii_and_printable(kind: table.Shell, change: dict[str, str | None]) -> None:
    change = {name: value.replace("\0", "") if value else value for name, value in change.items()}
    snippet = kind.render(change)
    assert snippet.isascii()
    assert snippet.endswith("\n")
    assert snippet.replace("\n", "").isprintable()


@pytest.mark.parametrize("name", NAMES)
def test_names_need_no_quoting(name: str) -> None:
    assert name.isidentifier()
    assert name.isascii()
    assert name.startswith(("AWS", "AMAZON_", "GRANTED_SSO"))


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("bash", "bash"),
        ("ZSH", "zsh"),
        ("fish", "fish"),
        ("pwsh", "pwsh"),
        ("powershell", "pwsh"),
        ("PowerShell", "pwsh"),
        ("sh", "sh"),
    ],
)
def test_shells_by_name(word: str, name: str) -> None:
    assert table.by_name(word).name == name


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("tcsh", "it speaks bash, zsh, fish, pwsh and sh"),
        ("cmd", "it speaks bash, zsh, fish, pwsh and sh"),
        ("", "it speaks bash, zsh, fish, pwsh and sh"),
        ("\x1b[31m", "it speaks bash, zsh, fish, pwsh and sh"),
    ],
)
def test_other_shells(word: str, hint: str) -> None:
    with pytest.raises(UsageError, match="does not speak") as refused:
        table.by_name(word)
    assert refused.value.next_step.startswith(hint)


def test_sh_has_no_hook() -> None:
    with pytest.raises(UsageError, match="there is no hook for sh") as refused:
        table.with_hook("sh")
    assert refused.value.next_step.startswith('in a script: eval "$(awsprof use PROFILE --shell sh)"')


@pytest.mark.parametrize("kind", HOOKED, ids=lambda kind: kind.name)
def test_each_shell_is_told_where_its_line_goes(kind: table.Shell) -> None:
    assert kind.rc
    assert f"awsprof init {kind.name}" in kind.load
    assert kind.fail.endswith("\n")
