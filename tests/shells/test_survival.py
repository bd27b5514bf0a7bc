"""What a hook survives: options, aliases, functions and folders that break plain shell code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest

from .profiles import DEV, OFF, OPS, switched
from .shells import TABLE, Home, Shell, changed

NAMES = (
    *("export", "eval", "command", "local", "rm", "env", "source", "set", "unset", "unalias", "printf", "type"),
    *("whence", "exec", "mktemp", "cat", "true", "false", "test", "echo", "typeset", "setopt", "emulate", "return"),
    *("trap", "awsprof", "awsuse", "awsmfa", "awsoff"),
)
ALIASES = "; ".join(f"alias {name}='touch here; false'" for name in NAMES)
FUNCTIONS = "; ".join(f"function {name} {{ touch here; builtin false; }}" for name in NAMES)
FISH_FUNCTIONS = "; ".join(
    f"function {name}; touch here; builtin false; end" for name in ("source", "echo", "random", "true", "rm", "mktemp")
)
GLOBALS = "alias -g use='touch here' mfa='touch here' off='touch here'"
ZSH_OPTIONS = (
    *("ksh_arrays", "sh_word_split", "null_glob", "glob_subst", "rc_quotes", "csh_junkie_quotes", "err_return"),
    *("no_unset", "warn_create_global", "posix_builtins", "posix_identifiers", "sh_glob", "ignore_braces"),
    *("bsd_echo", "sh_file_expansion", "ksh_typeset", "no_global_export", "all_export", "auto_cd", "extended_glob"),
    *("no_equals", "no_multios", "magic_equal_subst", "no_short_loops", "posix_aliases", "typeset_silent"),
)


class Odd(NamedTuple):
    """A shell in an odd state: lines before the hook is loaded, variables, another command line."""

    shell: str
    before: str = ""
    environ: Mapping[str, str | None] = MappingProxyType({})
    argv: tuple[str, ...] = ()


ODDITIES = {
    "bash strict": Odd("bash", "set -e -u -o pipefail"),
    "bash noclobber": Odd("bash", "set -C"),
    "bash noglob": Odd("bash", "set -f"),
    "bash nocasematch errtrace": Odd("bash", "shopt -s nocasematch; set -E"),
    "bash failglob": Odd("bash", "shopt -s failglob nullglob extglob xpg_echo"),
    "bash monitor functrace": Odd("bash", "set -h -m -P -T"),
    "bash allexport": Odd("bash", "set -a"),
    "bash IFS": Odd("bash", "IFS=0123456789/.:abcdefghijklmnopqrstuvwxyz_"),
    "bash IFS empty": Odd("bash", "IFS="),
    "bash posix": Odd("bash", argv=("bash", "--posix", "--norc")),
    "bash posix strict": Odd("bash", "set -e -u -C", argv=("bash", "--posix", "--norc")),
    "bash as sh": Odd("bash", argv=("bash", "-c", 'exec -a sh bash "$0"')),
    "bash aliases": Odd("bash", f"shopt -s expand_aliases; {ALIASES}"),
    "bash functions": Odd("bash", FUNCTIONS),
    "bash readonly names": Odd("bash", "readonly file=1 dir=2 rc=3 status=4 key=5 out=6 code=7"),
    "bash traps": Odd("bash", "trap 'touch here' INT TERM USR1; trap : DEBUG RETURN ERR"),
    "bash strict bad TMPDIR": Odd("bash", "set -eu", {"TMPDIR": "/dev/null/tmp"}),
    "zsh strict": Odd("zsh", "setopt err_exit no_unset pipe_fail"),
    "zsh noclobber": Odd("zsh", "setopt no_clobber"),
    "zsh noglob": Odd("zsh", "setopt no_glob"),
    "zsh IFS": Odd("zsh", "IFS=0123456789/.:abcdefghijklmnopqrstuvwxyz_; setopt sh_word_split"),
    "zsh emulate sh": Odd("zsh", "emulate sh"),
    "zsh emulate ksh": Odd("zsh", "emulate ksh"),
    "zsh emulate csh": Odd("zsh", "emulate csh"),
    "zsh started as sh": Odd("zsh", argv=("zsh", "--emulate", "sh", "-f")),
    "zsh aliases": Odd("zsh", f"{ALIASES}; setopt aliases"),
    "zsh global aliases": Odd("zsh", GLOBALS),
    "zsh functions": Odd("zsh", FUNCTIONS),
    "zsh readonly names": Odd("zsh", "readonly file=1 dir=2 rc=3 key=5 out=6 code=7"),
    "zsh strict bad TMPDIR": Odd("zsh", "set -eu", {"TMPDIR": "/dev/null/tmp"}),
    **{f"zsh {option}": Odd("zsh", f"setopt {option}") for option in ZSH_OPTIONS},
    "zsh many options": Odd("zsh", f"setopt {' '.join(ZSH_OPTIONS)}"),
    "fish functions": Odd("fish", FISH_FUNCTIONS),
    "fish names": Odd("fish", "set -g file 1; set -g folder 2; set -g cache 3; set -g rc 4; set -g temporary 5"),
    "pwsh strict": Odd(
        "pwsh",
        "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'; "
        "$PSNativeCommandUseErrorActionPreference = $true",
    ),
    "pwsh names": Odd("pwsh", "$file = 1; $rc = 2; $exe = 3; $code = 4; $info = 5; $folders = 6"),
    "pwsh aliases": Odd("pwsh", "foreach ($name in 'awsprof', 'awsuse', 'awsoff') { Set-Alias $name Get-Date }"),
    "pwsh functions": Odd("pwsh", "function awsprof { touch here }; function awsuse { touch here }"),
}
for _name in TABLE:
    ODDITIES |= {
        f"{_name} bad TMPDIR": Odd(_name, environ={"TMPDIR": "/dev/null/tmp"}),
        f"{_name} no TMPDIR": Odd(_name, environ={"TMPDIR": None}),
        f"{_name} TMPDIR with a space": Odd(_name, environ={"TMPDIR": "a space's"}),
        f"{_name} TMPDIR with a dash": Odd(_name, environ={"TMPDIR": "-x"}),
        f"{_name} C locale": Odd(_name, environ={"LC_ALL": "C"}),
    }


# Where HOME is not set, the AWS files still are where these say.
def _files(home: Home) -> dict[str, str]:
    folder = home.path / ".aws"
    return {"AWS_CONFIG_FILE": f"{folder}/config", "AWS_SHARED_CREDENTIALS_FILE": f"{folder}/credentials"}


for _name in ("bash", "zsh", "fish"):  # PowerShell itself does not start in such a home
    ODDITIES[f"{_name} bad HOME"] = Odd(_name, environ={"HOME": "/dev/null/home"})

FAILING = {
    "bash": "awsuse nope || \\builtin true",
    "zsh": "awsuse nope || \\builtin true",
    "fish": "awsuse nope; or builtin true",
    # Under Stop it would end the script.
    "pwsh": "try { awsuse nope } catch { }",
}
NO_PROFILE = "awsprof: no profile nope\n  awsprof list shows what there is\n"


@pytest.mark.parametrize(("shell", "before", "environ", "argv"), ODDITIES.values(), ids=ODDITIES, indirect=["shell"])
def test_odd_state(
    home: Home, shell: Shell, before: str, environ: Mapping[str, str | None], argv: tuple[str, ...]
) -> None:
    home.work.joinpath("a space's").mkdir()
    lines = ["awsuse work:dev", "awsuse work:ops", FAILING[shell.name], "awsprof 'off'"]
    ran = home.run(shell, lines, before=[before], environ={**_files(home), **environ}, argv=argv or None)
    start, loaded, *after = ran.seen
    ops = switched("work:ops", "", AWSPROF_PREVIOUS="work:dev")
    assert (changed(start, loaded), loaded.status, loaded.out, loaded.err) == ({}, 0, "", "")
    assert [(changed(start, seen), seen.status, seen.out, seen.err) for seen in after] == [
        (switched(), 0, "", DEV),
        (ops, 0, "", OPS),
        (ops, 3 if shell.name == "pwsh" else 0, "", NO_PROFILE),
        ({"AWSPROF_PREVIOUS": "work:ops\nwork:dev"}, 0, "", OFF),
    ]
    assert home.left_behind() == []
    assert not list(home.work.joinpath("a space's").iterdir())


# A variable that does not take what it is given, and whose name the message has.
READONLY = {
    "bash": (Odd("bash", "readonly AWS_PROFILE"), "AWS_PROFILE"),
    "bash -e": (Odd("bash", "set -e; readonly AWS_PROFILE"), "AWS_PROFILE"),
    "bash posix": (Odd("bash", "readonly AWS_PROFILE", argv=("bash", "--posix", "--norc")), "AWS_PROFILE"),
    "bash region": (Odd("bash", "readonly AWS_REGION"), "AWS_REGION"),
    "bash saved": (Odd("bash", "readonly AWSPROF_SAVED"), "AWSPROF_SAVED"),
    "bash uppercase": (Odd("bash", "declare -u AWS_PROFILE"), "AWS_PROFILE"),
    "bash integer": (Odd("bash", "declare -i AWSPROF_SAVED"), "AWSPROF_SAVED"),
    "zsh": (Odd("zsh", "readonly AWS_PROFILE"), "AWS_PROFILE"),
    "zsh -e": (Odd("zsh", "set -e; readonly AWS_PROFILE"), "AWS_PROFILE"),
    "zsh region": (Odd("zsh", "typeset -rx AWS_REGION"), "AWS_REGION"),
    "zsh posix_builtins": (Odd("zsh", "setopt posix_builtins; readonly AWS_PROFILE"), "AWS_PROFILE"),
    "zsh uppercase": (Odd("zsh", "typeset -ux AWSPROF_SAVED"), "AWSPROF_SAVED"),
    "zsh integer": (Odd("zsh", "typeset -i AWSPROF_SAVED"), "AWSPROF_SAVED"),
    "zsh array": (Odd("zsh", "typeset -a AWSPROF_SAVED"), "AWSPROF_SAVED"),
    "zsh truncated": (Odd("zsh", "typeset -L2 AWSPROF_SAVED"), "AWSPROF_SAVED"),
}


@pytest.mark.parametrize(
    ("shell", "before", "environ", "argv", "name"),
    [(*odd, name) for odd, name in READONLY.values()],
    ids=READONLY,
    indirect=["shell"],
)
def test_readonly_variable_changes_nothing(
    home: Home, shell: Shell, before: str, environ: Mapping[str, str | None], argv: tuple[str, ...], name: str
) -> None:
    theirs = {"AWS_PROFILE": "home:billing", "AWS_REGION": "eu-central-1", "AWS_ROLE_ARN": "theirs", **environ}
    failed = f"awsuse work:dev || {shell.probe(home.notes)}"
    start, _, seen, _ = home.run(shell, [failed], before=[before], environ=theirs, argv=argv or None).seen
    assert (changed(start, seen), seen.status) == ({}, 7)
    assert seen.err == (f"awsprof: {name} is readonly, or not a plain variable, in this shell; nothing was changed\n")
    assert home.left_behind() == []


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_xtrace_shows_no_value_and_is_restored(home: Home, shell: Shell) -> None:
    environ = {"AWS_SECRET_ACCESS_KEY": "very secret", "AWS_ROLE_ARN": "arn of theirs"}
    start, _, used, failed, plain = home.run(
        shell, ["awsuse work:dev", "awsuse nope || \\builtin true", ":"], before=["set -x"], environ=environ
    ).seen
    assert changed(start, used)["AWS_PROFILE"] == "work:dev"
    traced = [line for line in (used.err + failed.err).splitlines() if line.startswith("+")]
    assert not [line for line in traced for value in (*environ.values(), "southeast", "AWS_") if value in line]
    assert traced
    assert " :\n" in plain.err


def test_universal_variable_is_kept_with_a_warning(home: Home) -> None:
    fish = TABLE["fish"]
    fish.find()
    lines = ["awsuse work:dev", "set -eg AWS_PROFILE; set -eg AWS_REGION", "awsoff"]
    before = ["set -Ux AWS_ROLE_ARN theirs; set -Ux AWS_REGION eu-central-1"]
    start, _, used, _, off = home.run(fish, lines, before=before, argv=["fish"]).seen
    saved = "=eu-central-1||AWS_ROLE_ARN=theirs"
    assert (changed(start, used), used.status) == (switched(AWSPROF_SAVED=saved), 0)
    assert used.err == (
        "awsprof: AWS_ROLE_ARN is a universal variable and still set; remove it with: set -eU AWS_ROLE_ARN\n"
        f"{DEV}removed AWS_ROLE_ARN\n"
    )
    assert (changed(start, off), off.status) == ({}, 0)
    assert "SETUVAR --export AWS_REGION:eu" in home.path.joinpath(".config/fish/fish_variables").read_text()


@pytest.mark.parametrize(
    ("required", "outcome"),
    [("", pytest.skip.Exception), ("bash zsh", pytest.skip.Exception), ("bash nosuch", pytest.fail.Exception)],
)
def test_missing_shell(monkeypatch: pytest.MonkeyPatch, required: str, outcome: type[BaseException]) -> None:
    monkeypatch.setenv("AWSPROF_REQUIRED_SHELLS", required)
    with pytest.raises(outcome, match="nosuch is not installed"):
        TABLE["bash"]._replace(name="nosuch", argv=("nosuch",)).find()


@pytest.mark.parametrize("shell", ["bash", "zsh"], indirect=True)
def test_alias_where_the_hook_is_evaluated(home: Home, shell: Shell) -> None:
    """`eval` reads the whole hook before the unalias in it is run."""
    before = ["shopt -s expand_aliases 2>/dev/null || :", "alias awsprof='touch here'"]
    start, _, used = home.run(
        shell, ["awsuse work:dev"], before=before, load=f'eval "$(\\awsprof init {shell.name})"'
    ).seen
    assert (changed(start, used), used.err) == (switched(), DEV)
    assert home.left_behind() == []
