"""After a switch, what child processes see is what was meant, or the switch fails and says which variable differs."""

import subprocess
from pathlib import Path

import pytest

from awsprof.shell.guard import SPELLINGS

from .counted import Counted
from .shells import TABLE, Home

BEHIND = "the rest of the change is made; run it again outside that function"
# Per shell: lines before the switch, the switch, and what the message says.
HIDDEN = {
    "bash local": ("bash", "f() {{ local AWS_PROFILE; {}; }}; f", "AWS_PROFILE is local to a calling function"),
    "bash local with a value": (
        "bash",
        "f() {{ local -x AWS_PROFILE=other; {}; }}; f",
        "AWS_PROFILE is local to a calling function",
    ),
    "bash local of a caller's caller": (
        "bash",
        "g() {{ {}; }}; f() {{ local AWS_PROFILE; g; }}; f",
        "AWS_PROFILE is local to a calling function",
    ),
    "bash local region": (
        "bash",
        "f() {{ local AWS_REGION=x; {}; }}; f",
        "AWS_REGION is local to a calling function",
    ),
    "bash local saved": ("bash", "f() {{ local AWSPROF_SAVED; {}; }}; f", "AWSPROF_SAVED is local"),
    "bash local with inheritance": (
        "bash",
        "shopt -s localvar_inherit; f() {{ local AWS_PROFILE; {}; }}; f",
        "AWS_PROFILE is local to a calling function",
    ),
    "bash a mask local": (
        "bash",
        "export AWS_ROLE_ARN=theirs; f() {{ local -x AWS_ROLE_ARN=x; {}; }}; f",
        "AWS_ROLE_ARN is still set for child processes",
    ),
    "bash a mask local without a value": (
        "bash",
        "export AWS_ACCESS_KEY_ID=theirs; f() {{ local AWS_ACCESS_KEY_ID; {}; }}; f",
        "AWS_ACCESS_KEY_ID is still set for child processes",
    ),
    "bash reference": ("bash", "declare -n AWS_PROFILE=foo; {}", "child processes do not see AWS_PROFILE"),
    "bash array": ("bash", "declare -a AWS_PROFILE; {}", "child processes do not see AWS_PROFILE"),
    "zsh local": ("zsh", "f() {{ local AWS_PROFILE; {}; }}; f", "AWS_PROFILE is local to a calling function"),
    "zsh local not exported": (
        "zsh",
        "f() {{ local +x AWS_PROFILE=other; {}; }}; f",
        "AWS_PROFILE is local to a calling function",
    ),
    "zsh local region": ("zsh", "f() {{ local AWS_DEFAULT_REGION=x; {}; }}; f", "AWS_DEFAULT_REGION is local"),
    "zsh a mask local": (
        "zsh",
        "f() {{ local -x AWS_ROLE_ARN=x; {}; }}; f",
        "AWS_ROLE_ARN is assigned in front of the command or local to a calling function",
    ),
    "zsh a mask hidden": (
        "zsh",
        "export AWS_ACCESS_KEY_ID=theirs; f() {{ local AWS_ACCESS_KEY_ID; {}; }}; f",
        "AWS_ACCESS_KEY_ID is assigned in front of the command or local to a calling function",
    ),
    "zsh in front": ("zsh", "AWS_PROFILE=x {}", "AWS_PROFILE is assigned in front of the command"),
    "zsh region in front": ("zsh", "AWS_REGION=x {}", "AWS_REGION is assigned in front of the command"),
    "zsh the same in front": ("zsh", "AWS_PROFILE=work:dev {}", "AWS_PROFILE is assigned in front of the command"),
    "zsh quoted in front": ("zsh", "A=1 AWS_REGION='a b' {}", "AWS_REGION is assigned in front of the command"),
    "zsh expanded in front": ("zsh", "x=y; AWS_REGION=$x {}", "AWS_REGION is assigned in front of the command"),
    "zsh a mask in front": (
        "zsh",
        "export AWS_ROLE_ARN=theirs; AWS_ROLE_ARN=x {}",
        "AWS_ROLE_ARN is assigned in front of the command",
    ),
    "zsh in front of a function": (
        "zsh",
        "f() {{ {} }}; AWS_REGION=x f",
        "AWS_REGION is assigned in front of the command",
    ),
    "zsh in front, in a function": (
        "zsh",
        "f() {{ AWS_REGION=x {} }}; f",
        "AWS_REGION is assigned in front of the command",
    ),
    "fish local": (
        "fish",
        "function f; set -lx AWS_PROFILE other; {}; end; f",
        "child processes see AWS_PROFILE=other instead of work:dev",
    ),
    "fish local not exported": (
        "fish",
        "function f; set -l AWS_PROFILE other; {}; end; f",
        "child processes do not see AWS_PROFILE",
    ),
    "fish local without a value": (
        "fish",
        "function f; set -l AWS_REGION; {}; end; f",
        "child processes do not see AWS_REGION",
    ),
    "fish of the function": (
        "fish",
        "function f; if true; set -fx AWS_REGION x; end; {}; end; f",
        "child processes see AWS_REGION=x instead of eu-west-1",
    ),
    "fish block": (
        "fish",
        "begin; set -lx AWSPROF_SAVED x; {}; end",
        "child processes see AWSPROF_SAVED=x instead of",
    ),
    "fish in front": ("fish", "AWS_PROFILE=x {}", "child processes see AWS_PROFILE=x instead of work:dev"),
    "fish a mask local": (
        "fish",
        "function f; set -lx AWS_ROLE_ARN x; {}; end; f",
        "AWS_ROLE_ARN is still set for child processes",
    ),
    "fish a mask hidden": (
        "fish",
        "set -gx AWS_ACCESS_KEY_ID theirs; function f; set -l AWS_ACCESS_KEY_ID x; {}; end; f",
        "AWS_ACCESS_KEY_ID is still set for child processes",
    ),
    "fish a mask hidden from a block": (
        "fish",
        "set -gx AWS_ROLE_ARN theirs; begin; set -l AWS_ROLE_ARN; {}; end",
        "AWS_ROLE_ARN is still set for child processes",
    ),
}


@pytest.mark.parametrize("command", ["awsprof use work:dev", "awsuse work:dev"])
@pytest.mark.parametrize(("name", "lines", "said"), HIDDEN.values(), ids=HIDDEN)
def test_a_switch_that_child_processes_would_not_see(
    tmp_path: Path, name: str, lines: str, said: str, command: str
) -> None:
    """By the program, and then where there is a cached answer."""
    shell = TABLE[name]
    shell.find()
    counted = Counted(Home(tmp_path))
    probe = shell.probe(counted.home.notes)
    for before in ([], ["awsprof use work:dev", "awsprof off"]):
        counted.run(shell, *before)
        ran = counted.home.script(shell, [shell.load(), lines.format(command), probe])
        (seen,) = ran.seen
        assert seen.status == 7, ran.err
        assert said in seen.err
        assert BEHIND in seen.err
        assert "work:dev  123456789012" not in seen.err, "the success line"


SEEN = {
    "bash in front": ("bash", "AWS_PROFILE=x {}"),
    "bash region in front": ("bash", "AWS_REGION=x {}"),
    "bash in front, in a function": ("bash", "f() {{ AWS_REGION=x {}; }}; f"),
    "bash posix in front": ("bash", "set -o posix; AWS_PROFILE=x {}"),
    "bash uppercase": ("bash", "declare -u OTHER; {}"),
    "bash trace": ("bash", "declare -t AWS_PROFILE=x; {}"),
    "bash not exported": ("bash", "AWS_PROFILE=x; {}"),
    "zsh tied": ("zsh", "typeset -T AWS_PROFILE aws_profile; {}"),
    "zsh not exported": ("zsh", "AWS_PROFILE=x; typeset +x AWS_REGION=y; {}"),
    "zsh another in front": ("zsh", "FOO=x {}"),
    "zsh in front of another command": ("zsh", "AWS_REGION=x true; {}"),
    "zsh assigned before": ("zsh", "AWS_REGION=x; {}"),
    "zsh exported before": ("zsh", "export AWS_REGION=x && {}"),
    "fish universal": ("fish", "set -Ux AWS_PROFILE x; {}"),
    "fish another local": ("fish", "function f; set -lx OTHER x; {}; end; f"),
    "bash a mask not exported": ("bash", "AWS_ROLE_ARN=x; {}"),
    "zsh a mask not exported": ("zsh", "typeset AWS_ROLE_ARN=x; {}"),
    "fish a mask not exported": ("fish", "function f; set -l AWS_ROLE_ARN x; {}; end; f"),
    "fish not exported": ("fish", "set -g AWS_PROFILE x; {}"),
}


@pytest.mark.parametrize(("name", "lines"), SEEN.values(), ids=SEEN)
def test_a_switch_that_child_processes_see(tmp_path: Path, name: str, lines: str) -> None:
    shell = TABLE[name]
    shell.find()
    counted = Counted(Home(tmp_path))
    probe = shell.probe(counted.home.notes)
    for before in ([], ["awsprof use work:dev", "awsprof off"]):
        counted.run(shell, *before)
        (seen,) = counted.home.script(shell, [shell.load(), lines.format("awsprof use work:dev"), probe]).seen
        assert (seen.status, seen.environ.get(b"AWS_PROFILE"), seen.environ.get(b"AWS_REGION")) == (
            0,
            b"work:dev",
            b"eu-west-1",
        ), seen.err
        assert "work:dev  123456789012" in seen.err


@pytest.mark.parametrize("name", ["zsh"])
def test_the_line_that_is_typed(tmp_path: Path, name: str) -> None:
    """At a prompt the text of the command comes from the history, and with -c from the command line."""
    shell = TABLE[name]
    shell.find()
    home = Home(tmp_path)
    home.write("[profile work:dev]\nregion = eu-west-1\n")
    line = "AWS_REGION=x awsprof use work:dev"
    typed = subprocess.run(
        shell.prompt,
        input=f"{shell.load()}\n{line}\necho status:$?\n",
        env=home.environ,
        capture_output=True,
        text=True,
    )
    assert "status:7" in typed.stdout, typed.stderr
    given = subprocess.run([*shell.argv, "-c", f"{shell.load()}\n{line}"], env=home.environ, capture_output=True)
    assert given.returncode == 7


def test_nothing_is_left_out() -> None:
    assert {name for name, *_ in HIDDEN.values()} == set(SPELLINGS) - {"pwsh"}
