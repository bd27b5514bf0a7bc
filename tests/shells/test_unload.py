"""awsprof_unload: the running shell is as it was before the hook was loaded, but for the environment."""

import pytest

from .profiles import DEV, switched
from .shells import TABLE, Home, Shell, changed

# A function `state` that prints all that a hook could have brought into the shell.
STATE = {
    "bash": "state() { (declare -f; complete -p; shopt -p; set -o; trap -p; compgen -v) | \\grep -v PIPESTATUS; }",
    "zsh": (
        'state() { (functions; setopt; trap; typeset +; print -rl -- "${(@kv)_comps}" ${(kv)_services}); }\n'
        "autoload -Uz compinit && compinit -D -u; theirs() { :; }; precmd_functions=(theirs)"
    ),
    "fish": (
        "function state; functions --all --names; set --names; complete; complete -C'awsuse '; complete -C'awsmfa --';"
        " functions --handlers; end"
    ),
}
TWICE = {
    "bash": ("bash", STATE["bash"], ""),
    "bash posix": ("bash", f"set -o posix\n{STATE['bash']}", ""),
    "bash strict": ("bash", f"set -eufC; IFS=_\n{STATE['bash']}", ""),
    "zsh": ("zsh", STATE["zsh"], "__awsprof_register"),
    "zsh before its first prompt": ("zsh", STATE["zsh"], ":"),
    "zsh without compinit": ("zsh", STATE["zsh"].split("\n")[0], ":"),
    "zsh options": ("zsh", f"{STATE['zsh']}\nsetopt ksh_arrays sh_word_split no_unset err_return", ":"),
    "fish": ("fish", STATE["fish"], ""),
}


@pytest.mark.parametrize(("shell", "define", "registered"), TWICE.values(), ids=TWICE, indirect=["shell"])
def test_the_shell_is_as_before(home: Home, shell: Shell, define: str, registered: str) -> None:
    outs = [home.root / name for name in ("warm", "before", "loaded", "after")]
    look = [f"state >{out}" for out in outs]
    lines = [define, look[0], look[1], shell.load(), shell.load(), registered, look[2], "awsprof_unload", look[3]]
    ran = home.script(shell, lines)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    _, before, loaded, after = (out.read_text() for out in outs)
    assert before == after != loaded
    assert "awsprof" not in after


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"], indirect=True)
def test_the_switch_stays(home: Home, shell: Shell) -> None:
    line = "awsprof use work:dev; awsprof_unload"
    start, _, unloaded, plain = home.run(shell, [line, "awsprof domains wo"]).seen
    assert (changed(start, unloaded), unloaded.status, unloaded.err) == (switched(), 0, DEV)
    # It is the program itself now.
    assert (plain.status, plain.out) == (0, "work\n")


def test_powershell_module(home: Home) -> None:
    pwsh = TABLE["pwsh"]
    pwsh.find()
    names = "(Get-ChildItem Function:, Alias:, Variable:).Name + (Get-Module).Name | Sort-Object -Unique"
    state = f'{names} | Where-Object {{ $_ -ne "LASTEXITCODE" }}'
    tab = "(TabExpansion2 'awsuse work:d' 13).CompletionMatches.CompletionText"
    outs = [home.root / name for name in ("warm", "before", "loaded", "after")]
    look = [f"{state} > {out}; {tab} >> {out}; $Error.Count >> {out}" for out in outs]
    removed = ["awsuse work:dev", "Remove-Module awsprof", f"if ($env:AWS_PROFILE) {{ {look[3]} }}"]
    ran = home.script(pwsh, [look[0], look[1], pwsh.load(), look[2], *removed])
    assert (ran.status, ran.out, ran.err) == (0, "", DEV)
    _, before, loaded, after = (out.read_text() for out in outs)
    assert before == after != loaded
