"""`--shell sh` in the shells that have no hook: dash, busybox, ksh and mksh, and the others as sh."""

import os
import shutil
import subprocess
import sys

import pytest

from awsprof.shell.table import SHELLS

from .shells import Home
from .test_quoting import VALUES

POSIX = {
    "dash": ("dash",),
    "busybox": ("busybox", "sh"),
    "ksh": ("ksh",),
    "mksh": ("mksh",),
    "bash as sh": ("bash", "--posix"),
    "zsh as sh": ("zsh", "--emulate", "sh"),
}
each_sh = pytest.mark.parametrize(
    "sh",
    [
        pytest.param(argv, marks=pytest.mark.skipif(not shutil.which(argv[0]), reason=f"{argv[0]} is not installed"))
        for argv in POSIX.values()
    ],
    ids=POSIX,
)
CONFIG = "[profile work:dev]\nregion = eu-west-1\n[profile work:d\u00e9v]\n"
SCRIPT = """\
set -eu
alias unset=echo export=echo || true
eval "$(awsprof use work:dev --shell sh)"
sh -c 'echo "$AWS_PROFILE $AWS_REGION ${AWS_VAULT-removed}"'
eval "$(awsprof use work:dev --shell sh)"
eval "$(awsprof use work:d\u00e9v --shell=sh)"
sh -c 'echo "$AWS_PROFILE ${AWS_REGION-none}"'
if eval "$(awsprof use work:gone --shell sh)"; then echo wrong; else echo "kept $AWS_PROFILE"; fi
eval "$(awsprof off --shell sh)"
echo "${AWS_PROFILE-none} ${AWS_VAULT}"
readonly AWS_REGION=mine
if eval "$(awsprof use work:dev --shell sh)"; then echo wrong; else echo "refused ${AWS_PROFILE-none} $AWS_REGION"; fi
eval "$(awsprof use work:gone --shell sh)"
echo not reached
"""


@each_sh
def test_a_script(home: Home, sh: tuple[str, ...]) -> None:
    home.write(CONFIG)
    path = home.root / "script"
    path.write_text(SCRIPT)
    environ = home.environment({"AWS_VAULT": "mine"})
    done = subprocess.run([*sh, path], env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.stdout.splitlines() == [
        "work:dev eu-west-1 removed",
        "work:d\u00e9v none",
        "kept work:d\u00e9v",
        "none mine",
        "refused none mine",
    ], done.stderr
    assert done.returncode != 0
    assert "AWS_REGION is readonly in this shell; nothing was changed" in done.stderr


@each_sh
def test_every_value_arrives(home: Home, sh: tuple[str, ...]) -> None:
    values = [value for value in VALUES if value]
    read = f"{sys.executable} -IS -c 'import os, sys; sys.stdout.write(os.environb[b\"VALUE\"].hex())'; echo"
    lines = [f"{SHELLS['sh'].render({'VALUE': value})}" for value in values[::11]]
    script = "\n".join(f"{line}{read}" for line in lines)
    done = subprocess.run([*sh, "-c", script], env=home.environ, capture_output=True, text=True)
    found = [os.fsdecode(bytes.fromhex(line)) for line in done.stdout.splitlines()]
    assert found == values[::11], done.stderr
