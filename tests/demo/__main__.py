"""`make demo`: one day of awsprof in your kind of shell, with each command and what it printed.

It needs no AWS account and touches nothing of yours: the home is a temporary one, and AWS is the checking STS of the
tests, on loopback. The shell runs in a terminal of its own, where the MFA code is typed at the hidden prompt.
"""

import argparse
import os
import shutil
import sys
import sysconfig
import tempfile
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple, TextIO

import pexpect

from awsprof.shell.table import SHELLS
from tests.aws.account import Role, User
from tests.aws.sts import CheckingSts, write_csv

ROOT = Path(__file__).resolve().parents[2]
AWS_CLI = ROOT / ".tools/awscli/bin/aws"
# What the shell may know of the machine: nothing of AWS, and neither HOME nor XDG folders.
KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "NO_COLOR", "COLORTERM")
PATIENCE = 60


class Kind(NamedTuple):
    """What runs a script in a kind of shell, the script's ending, and how it ends where a step fails."""

    run: tuple[str, ...]
    suffix: str
    check: str


KINDS = {
    "bash": Kind(("bash", "--noprofile", "--norc"), ".bash", "|| exit"),
    "zsh": Kind(("zsh", "-f"), ".zsh", "|| exit"),
    "fish": Kind(("fish",), ".fish", "; or exit $status"),
    "pwsh": Kind(("pwsh", "-NoProfile", "-File"), ".ps1", "; if ($LASTEXITCODE) { exit $LASTEXITCODE }"),
}


def steps(shell: str, csv: str, role_arn: str) -> list[str]:
    """The day: what a new machine needs once, then what every morning needs."""
    identity = "aws sts get-caller-identity" if AWS_CLI.exists() else "awsprof whoami"
    return [
        SHELLS[shell].load,
        f"awsprof add iam work --csv {csv}",
        "awsprof add mfa work",
        f"awsprof add role work:dev --source work:mfa --role-arn {role_arn} --region ap-southeast-2",
        "awsprof use work:dev",
        identity,
        "awsprof status",
        "awsprof list",
        "awsprof off",
    ]


def play_day(shell: str, sts: CheckingSts, user: User, role: Role, out: TextIO) -> int:
    """Run the day in that shell and show it; the exit code is that of the step that failed, else 0."""
    return play(shell, steps(shell, f"{user.name}_accessKeys.csv", role.arn), sts, user, out)


def play(shell: str, commands: list[str], sts: CheckingSts, user: User, out: TextIO) -> int:
    """Run commands in that shell, in a new home with the user's access key, and show them as a terminal does."""
    with tempfile.TemporaryDirectory(prefix="demo-of-awsprof-") as folder:
        home = Path(folder)
        write_csv(home / f"{user.name}_accessKeys.csv", user)
        script = home / f"day{KINDS[shell].suffix}"
        script.write_text(_script(KINDS[shell], commands))
        child = pexpect.spawn(
            KINDS[shell].run[0],
            [*KINDS[shell].run[1:], str(script)],
            cwd=home,
            env=_environment(home, sts.url, out),
            encoding="utf-8",
            codec_errors="replace",
            timeout=PATIENCE,
            dimensions=(50, 120),
        )
        child.logfile_read = _Screen(out)
        try:
            return _answered(child, user)
        finally:
            child.close(force=True)


def _script(kind: Kind, commands: list[str]) -> str:
    return "".join(f"echo '$ {command}'\n{command} {kind.check}\necho ''\n" for command in commands)


def _environment(home: Path, url: str, out: TextIO) -> dict[str, str]:
    programs = home / "bin"
    programs.mkdir()
    (programs / "awsprof").symlink_to(Path(sysconfig.get_path("scripts"), "awsprof"))
    if AWS_CLI.exists():
        (programs / "aws").symlink_to(AWS_CLI)
    (home / "tmp").mkdir(mode=0o700)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {
        **kept,
        "PATH": f"{programs}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "TERM": kept.get("TERM", "dumb") if out.isatty() else "dumb",
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }


def _answered(child: "pexpect.spawn[str]", user: User) -> int:
    """Type the code where it is asked for; give the shell's exit code."""
    try:
        while child.expect_exact(["(hidden): ", "Enter to skip): ", pexpect.EOF]) < 2:
            child.sendline(user.next_code())
    except pexpect.TIMEOUT:
        print(f"\nthe demo has hung for {PATIENCE} s: given up", file=sys.stderr)
        return 1
    child.wait()
    return child.exitstatus if child.exitstatus is not None else 1


class _Screen:
    """Shows what the terminal shows, as it comes. A terminal's lines end in CR LF, a transcript's in LF."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def write(self, text: str) -> None:
        self._out.write(text.replace("\r", ""))

    def flush(self) -> None:
        self._out.flush()


def _own_kind() -> str:
    """The user's shell, where awsprof speaks it, else the first of the others that is there."""
    mine = Path(os.environ.get("SHELL", "")).name
    for kind in (mine, *KINDS):
        if kind in KINDS and shutil.which(kind):
            return kind
    sys.exit(f"the demo needs one of {', '.join(KINDS)} on PATH")


def main() -> int:
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description="One day of awsprof, without AWS.")
    parser.add_argument("--shell", choices=KINDS, help="the kind of shell; default: yours")
    shell = parser.parse_args().shell or _own_kind()
    print(f"# {shell}, in a temporary home; AWS is a server on this machine that really checks MFA codes", flush=True)
    with CheckingSts() as sts:
        code = play_day(shell, sts, sts.add_user("your.name"), sts.add_role("PowerUsers"), sys.stdout)
    print("# the temporary home is gone; nothing of yours was touched" if code == 0 else f"# a step failed: {code}")
    return code


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
