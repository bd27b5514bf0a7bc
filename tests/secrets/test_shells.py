"""In each shell, traced by the shell itself, with everything it knows printed at the end: no secret anywhere."""

from pathlib import Path

import pexpect
import pytest

from tests.aws.account import User
from tests.aws.desk import own_environment, sts, user
from tests.aws.sts import CheckingSts
from tests.shells.conftest import home, shell
from tests.shells.shells import Home, Shell
from tests.shells.test_terminal import ASKED, CONFIG, CREDENTIALS, Terminal

from . import canary
from .canary import Leak

__all__ = ["home", "own_environment", "shell", "sts", "user"]  # fixtures

pytestmark = pytest.mark.slow

SAVED = "SECRETinTHEenvironment/9876543210+zyxwvu"
TRACED = {
    "bash": "set -x",
    "zsh": "set -x",
    "fish": "set -g fish_trace 1",
    "pwsh": "Set-PSDebug -Trace 2",
}
PWSH_VARIABLES = "Get-Variable | ForEach-Object { $_.Name; $_.Value | Out-String -Width 9999 }"
KNOWN = {
    "bash": ["set", "declare -p", "export -p", "history"],
    "zsh": ["set", "typeset -p", "export -p"],
    "fish": ["set --show", "set -gx", "functions -a"],
    "pwsh": [
        PWSH_VARIABLES,
        f"if (Get-Module awsprof) {{ & (Get-Module awsprof) {{ {PWSH_VARIABLES} }} }}",
        "Get-ChildItem env: | ForEach-Object { $_.Value }",
        '$Error | ForEach-Object { "$_ $($_.InvocationInfo.Line) $($_.ScriptStackTrace)" }',
    ],
}
# The lines of a day, good and bad; {NAME} is a file that is read from stdin.
DAY = [
    "awsuse work:dev",
    "awsmfa --force --code - {CODE}",
    "awsmfa --force --code - {WRONG}",
    "awsprof -v --debug mfa work --force --code - {SECOND}",
    "awsuse work:iam",
    "awsuse -",
    "awsuse nobody:dev",
    "awsprof show work:iam",
    "awsprof show work:mfa --json",
    "awsprof -v add iam new --stdin {KEYS}",
    "awsprof --debug add iam new --stdin {KEYS}",
    "awsprof add iam new --force --dry-run --stdin {OTHER}",
    "awsprof add iam bad --stdin {BAD}",
    "awsprof status",
    "awsoff",
]


class Nest:
    """A home with secrets, and files of some to be read from stdin."""

    def __init__(self, home: Home, user: User, sts: CheckingSts) -> None:
        self.home, self.trace = home, home.root / "trace"
        other = sts.add_user("other.name")
        home.write(CONFIG.format(device=user.device_arn), CREDENTIALS.format(user=user))
        self.files = {
            "CODE": user.next_code(),
            "WRONG": user.wrong_code(),
            "SECOND": user.next_code(),
            "KEYS": f"{other.access_key_id}\n{other.secret_access_key}",
            "OTHER": f"{other.access_key_id}\n{SAVED[:-1]}x",
            "BAD": f"{other.secret_access_key}\n{other.access_key_id}",
        }
        (home.root / "given").mkdir()
        for name, text in self.files.items():
            (home.root / "given" / name).write_text(f"{text}\n")
        self.known = {
            "access key": user.secret_access_key,
            "other's access key": other.secret_access_key,
            "seed": user.totp_secret,
            **{name: self.files[name] for name in ("CODE", "WRONG", "SECOND")},
        }
        self.environ = {"AWS_ENDPOINT_URL": sts.url, "XDG_RUNTIME_DIR": str(home.root / "run")}
        (home.root / "run").mkdir(mode=0o700)

    @property
    def credentials(self) -> Path:
        return self.home.path / ".aws/credentials"

    def lines(self, shell: Shell) -> list[str]:
        """The day in that shell's words."""
        given = {name: str(self.home.root / "given" / name) for name in self.files}
        if shell.name != "pwsh":
            return [line.format(**{name: f"< {path}" for name, path in given.items()}) for line in DAY]
        piped = [(line.partition(" {")[0], line.partition(" {")[2].rstrip("}")) for line in DAY]
        return [f"Get-Content {given[name]} | {line}" if name else line for line, name in piped]

    def secrets(self) -> dict[str, str]:
        """All there are by now, the last session's too."""
        lines = self.credentials.read_text().split("\n")
        values = [line.partition(" = ")[2] for line in lines if "secret" in line or "token" in line]
        return {**{f"value {number}": value for number, value in enumerate(values)}, **self.known}

    def script(self, shell: Shell, lines: list[str], environ: dict[str, str]) -> canary.Watched:
        path = self.home.root / "given" / f"script{shell.ending}"
        path.write_text("\n".join([*lines, ""]))
        environ = self.home.environment({**self.environ, **environ})
        return canary.watch([*shell.argv, str(path)], self.trace, cwd=self.home.work, environ=environ)

    def leaks(self, shell: Shell, acts: canary.Watched, more: dict[str, str]) -> set[Leak]:
        """All but the credentials file, its successor, and the request with its code."""
        secrets = {**self.secrets(), **more}
        files = list((self.home.root / "given").iterdir())
        given = "".join(self.files.values())
        meant = (str(self.credentials), str(self.credentials.parent / ".awsprof-tmp-"))
        found = acts.leaks(secrets) | canary.left_in(self.home.root, secrets, but=[self.credentials, *files])
        return {
            leak
            for leak in found
            if not leak.place.startswith(meant)
            # PowerShell reads no file as stdin: it pipes what it was given.
            and not (leak.place.startswith("pipe:") and shell.name == "pwsh" and secrets[leak.secret] in given)
            and not (leak.place == "socket" and leak.secret in ("CODE", "WRONG", "SECOND"))
        }


@pytest.fixture
def nest(home: Home, user: User, sts: CheckingSts) -> Nest:
    canary.find_strace()
    return Nest(home, user, sts)


def test_a_traced_day_leaks_nothing(nest: Nest, shell: Shell, sts: CheckingSts) -> None:
    lines = [shell.load(), TRACED[shell.name], *nest.lines(shell), *KNOWN[shell.name]]
    done = nest.script(shell, lines, {})
    assert "--code" in done.err + done.out, "the shell did not trace"
    assert [request.code for request in sts.requests] == ["", "AccessDenied", ""], done.err
    assert "[new:iam]" in nest.credentials.read_text()
    assert nest.leaks(shell, done, {"never written": nest.files["OTHER"].split()[1]}) == set()


def test_a_switch_forgets_the_secrets_of_the_environment(nest: Nest, shell: Shell) -> None:
    set_before = {"AWS_SECRET_ACCESS_KEY": SAVED, "AWS_ACCESS_KEY_ID": "AKIA" + "A" * 16}
    for last in ("awsuse work:dev", "awsoff"):
        lines = [shell.load(), TRACED[shell.name], *dict.fromkeys(["awsuse work:dev", last]), *KNOWN[shell.name]]
        done = nest.script(shell, lines, set_before)
        assert "work:dev" in done.err
        # The hook and the program are started while it is still set; whatever is printed or written has it no more.
        assert {leak for leak in nest.leaks(shell, done, {"saved": SAVED}) if leak.place != "environment"} == set()


READ = {
    "bash": "x=$(cat {path})",
    "zsh": "x=$(cat {path})",
    "fish": "set -g x (cat {path})",
    "pwsh": "$x = Get-Content -Raw {path}",
}


def test_the_canary_sees_what_a_shell_knows(nest: Nest, shell: Shell) -> None:
    keys = nest.home.root / "given/BAD"
    done = nest.script(shell, [READ[shell.name].format(path=keys), *KNOWN[shell.name]], {})
    assert Leak("other's access key", "stdout") in nest.leaks(shell, done, {})


HISTORY = {
    "bash": ["history -w {path}"],
    "zsh": ["fc -W {path}"],
    "fish": ["history > {path}"],
    "pwsh": ["Get-History | ForEach-Object CommandLine > {path}"],
}


def test_a_code_typed_at_a_terminal_leaks_nothing(nest: Nest, shell: Shell, user: User) -> None:
    watched = shell._replace(prompt=(*canary.STRACE, "-o", str(nest.trace), "--", *shell.prompt))
    history = nest.home.root / "history"
    more = {"HISTFILE": f"{history}.own", "SAVEHIST": "99", "HISTSIZE": "99"}
    terminal = Terminal(nest.home, watched, {**nest.environ, **more})
    terminal.line("awsuse work:dev --no-renew")
    for typed, then in ((nest.files["CODE"][:5], "\x03"), (nest.files["WRONG"], "\r"), (nest.files["CODE"], "\r")):
        if then == "\x03" or typed == nest.files["WRONG"]:
            terminal.type("awsmfa -v --debug")
        terminal.child.expect(ASKED)
        terminal.child.send(typed + then)
        if then == "\x03":
            terminal.child.expect("READY")
    terminal.child.expect("work:mfa  session until .*READY")
    for line in (*KNOWN[shell.name], *(line.format(path=history) for line in HISTORY[shell.name])):
        terminal.type(line)
    terminal.type("exit")
    terminal.child.expect(pexpect.EOF, timeout=60)
    terminal.child.close()
    assert "awsmfa" in history.read_text(errors="replace")
    acts = list(canary.acts_of(nest.trace.read_text(errors="replace")))
    assert acts
    nest.trace.unlink()
    done = canary.Watched(0, "", "", [*acts, ("terminal", terminal.shown.getvalue())])
    assert nest.leaks(shell, done, {}) == set()
