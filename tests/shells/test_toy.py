"""A shell is one hook file and one entry of the table: dash, which awsprof does not speak, is taught to it here."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .shells import Home

HOOK = """\
awsprof() {
    _out=$(mktemp) || return
    AWSPROF_HOOK=1:dash AWSPROF_OUT=$_out command awsprof "$@"
    set -- $?
    [ "$1" != 0 ] || . "$_out"
    rm -f "$_out"
    return "$1"
}
"""
# The program with one more entry in its table of shells.
PROGRAM = """\
#!{python}
import sys
from awsprof.shell import install, table as shell
from awsprof.__main__ import main

def render(change):
    return "".join(
        f"unset {{name}}\\n" if value is None else f"export {{name}}={{shell.quote_posix(value)}}\\n"
        for name, value in change.items()
    )

entry = shell.Shell("dash", hook="awsprof.dash", rc="~/.dashrc", load=". hook", render=render, fail="false\\n")
shell.SHELLS["dash"] = entry
install._PLACES = ({folder!r},)
sys.exit(main())
"""


@pytest.mark.skipif(not shutil.which("dash"), reason="dash is not installed")
def test_a_shell_is_one_file_and_one_entry(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.write("[profile work:dev]\nregion = eu-west-1\n")
    (tmp_path / "awsprof.dash").write_text(HOOK)
    program = tmp_path / "bin/awsprof"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable, folder=str(tmp_path)))
    program.chmod(0o755)
    script = """
        awsprof init dash > hook && . ./hook
        awsprof use work:dev && echo "$AWS_PROFILE $AWS_REGION"
        awsprof use work:gone; echo "$? $AWS_PROFILE"
        awsprof off; echo "[$AWS_PROFILE]"
        eval "$(command awsprof use work:dev --shell dash)"; echo "$AWS_PROFILE"
        awsprof init dash --install 2>/dev/null; grep -c awsprof.dash "$HOME/.dashrc"
    """
    environ = home.environ | {"PATH": f"{program.parent}:{home.environ['PATH']}"}
    done = subprocess.run(["dash", "-c", script], env=environ, cwd=home.work, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["work:dev eu-west-1", "3 work:dev", "[]", "work:dev", "2"], done.stderr
