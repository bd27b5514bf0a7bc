"""Each shell at a terminal: the hidden prompt, Ctrl-C and Ctrl-Z there, a right code; the server checks it."""

import io
import json
import sys
import termios
import time
from collections.abc import Iterator

import pytest

from tests.aws.account import User
from tests.aws.sts import CheckingSts

from .profiles import bare
from .screen import Answering
from .shells import Home, Seen, Shell, changed

PROMPT = {
    "bash": "PS1=REA''DY",
    "zsh": "PS1=REA''DY",
    "fish": "function fish_prompt; builtin echo -n REA''DY; end",
    "pwsh": "function prompt { 'REA' + 'DY' }",
}
ASKED = "MFA code for work \\(hidden\\): "
CONFIG = """\
[profile work:iam]
region = ap-southeast-2

[profile work:mfa]
mfa_device_arn = {device}

[profile work:dev]
role_arn = arn:aws:iam::222222222222:role/PowerUsers
source_profile = work:mfa
region = ap-southeast-2
"""
CREDENTIALS = """\
[work:iam]
aws_access_key_id = {user.access_key_id}
aws_secret_access_key = {user.secret_access_key}
"""


@pytest.fixture
def user() -> Iterator[tuple[User, CheckingSts]]:
    with CheckingSts() as sts:
        yield sts.add_user("your.name"), sts


class Terminal:
    """An interactive shell behind a pseudo-terminal, with the hook loaded."""

    def __init__(self, home: Home, shell: Shell, environ: dict[str, str]) -> None:
        self.home, self.shell, self.shown = home, shell, io.StringIO()
        self.child = Answering(
            shell.prompt[0],
            list(shell.prompt[1:]),
            env={**home.environment(environ), "TERM": "xterm"},
            cwd=str(home.work),
            dimensions=(24, 200),
            encoding="utf-8",
            timeout=20,
        )
        self.child.delaybeforesend = None
        self.child.logfile_read = self.shown
        self.line(PROMPT[shell.name])
        self.line(shell.load())

    def line(self, line: str) -> None:
        """Type a line, and wait for the prompt after it."""
        self.type(line)
        self.child.expect("READY")

    def type(self, line: str) -> None:
        self.child.send(line + "\r")

    def look(self) -> Seen:
        """The environment and the last status of the shell."""
        self.type(self.shell.probe(self.home.notes))
        self.child.expect("\x1e.*\x1e.*READY")
        note = json.loads(self.home.notes.read_text().splitlines()[-1])
        environ = {bytes.fromhex(name): bytes.fromhex(value) for name, value in note["environ"].items()}
        return Seen(int(note["status"] or 0), environ, "", "")

    def wait_until_hidden(self) -> None:
        """Wait for a program that reads whole lines without echo: a shell that edits a line reads single keys."""
        deadline = time.monotonic() + 20
        while termios.tcgetattr(self.child.child_fd)[3] & (termios.ICANON | termios.ECHO) != termios.ICANON:
            assert time.monotonic() < deadline, "what is typed is shown"
            time.sleep(0.01)

    def modes(self) -> str:
        """How the terminal is set for programs."""
        self.line(f"stty -g > {self.home.root}/modes")
        return (self.home.root / "modes").read_text()


def test_mfa_at_a_terminal(home: Home, shell: Shell, user: tuple[User, CheckingSts]) -> None:
    person, sts = user
    home.write(CONFIG.format(device=person.device_arn), CREDENTIALS.format(user=person))
    files = [file.read_bytes() for file in sorted(home.path.joinpath(".aws").iterdir())]
    terminal = Terminal(home, shell, {"AWS_ENDPOINT_URL": sts.url})
    start, modes = terminal.look(), terminal.modes()
    terminal.line("awsuse work:dev --no-renew")
    switched = terminal.look()
    assert changed(start, switched) == bare("work:dev", "ap-southeast-2")

    terminal.type("awsmfa")
    terminal.child.expect(ASKED)
    terminal.child.send("12345\x03")
    terminal.child.expect("READY")
    left = terminal.look()
    assert (changed(switched, left), left.status) == ({}, 130)
    assert terminal.modes() == modes
    assert home.left_behind() == []
    assert sts.count("GetSessionToken") == 0
    assert [home.path.joinpath(".aws", name).read_bytes() for name in ("config", "credentials")] == files

    wrong, right = person.wrong_code(), person.next_code()
    terminal.type("awsmfa")
    for code in (wrong, right):
        terminal.child.expect(ASKED)
        terminal.child.send(code + "\r")
    terminal.child.expect("work:mfa  session until .*READY")
    renewed = terminal.look()
    end = next(
        line for line in home.path.joinpath(".aws/credentials").read_text().splitlines() if "expiration =" in line
    )
    assert (changed(switched, renewed), renewed.status) == ({"AWS_SESSION_EXPIRATION": end.split(" = ")[1]}, 0)
    assert terminal.modes() == modes
    assert home.left_behind() == []
    assert not [code for code in ("12345", wrong, right) if code in terminal.shown.getvalue()]
    terminal.child.close(force=True)


SKIPPABLE = "MFA code for work \\(hidden; Enter to skip\\): "


def test_use_asks_for_what_is_missing(home: Home, shell: Shell, user: tuple[User, CheckingSts]) -> None:
    person, sts = user
    home.write(CONFIG.format(device=person.device_arn), CREDENTIALS.format(user=person))
    terminal = Terminal(home, shell, {"AWS_ENDPOINT_URL": sts.url})
    start = terminal.look()
    terminal.type("awsuse work:dev")
    terminal.child.expect(SKIPPABLE)
    terminal.child.send("\x03")
    terminal.child.expect("READY")
    left = terminal.look()
    assert (changed(start, left), left.status) == ({}, 130)

    terminal.type("awsuse work:dev")
    terminal.child.expect(SKIPPABLE)
    terminal.child.send("\r")
    terminal.child.expect("renew the session with: awsprof mfa work.*READY")
    skipped = terminal.look()
    assert (changed(start, skipped), skipped.status) == (bare("work:dev", "ap-southeast-2"), 0)
    assert sts.count("GetSessionToken") == 0

    terminal.type("awsuse work:dev")
    for code in (person.wrong_code(), person.next_code()):
        terminal.child.expect(SKIPPABLE)
        terminal.child.send(code + "\r")
    terminal.child.expect("session until .*READY")
    renewed = terminal.look()
    assert list(changed(skipped, renewed)) == ["AWS_SESSION_EXPIRATION"]
    terminal.line("awsuse work:iam")
    terminal.line("awsuse work:dev")  # asks nothing: the session lasts
    assert sts.count("GetSessionToken") == 2
    assert home.left_behind() == []
    terminal.child.close(force=True)


WITH_CTRL_Z = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"], indirect=True)


def stopped(terminal: Terminal, line: str) -> None:
    """Type a line that asks for a code, and Ctrl-Z there: the shell is there at once, as it was."""
    before, modes = terminal.look(), terminal.modes()
    terminal.type(line)
    terminal.child.expect(ASKED)
    terminal.child.send("\x1a")
    terminal.child.expect("READY")
    after = terminal.look()
    assert (changed(before, after), after.status) == ({}, 148)
    assert terminal.modes() == modes
    assert terminal.home.left_behind() == []


@WITH_CTRL_Z
def test_ctrl_z_and_fg(home: Home, shell: Shell, user: tuple[User, CheckingSts]) -> None:
    person, sts = user
    home.write(CONFIG.format(device=person.device_arn), CREDENTIALS.format(user=person))
    terminal = Terminal(home, shell, {"AWS_ENDPOINT_URL": sts.url})
    start, modes = terminal.look(), terminal.modes()
    stopped(terminal, "awsuse work:dev --renew && echo RAN ON")
    assert sts.count("GetSessionToken") == 0

    terminal.type("fg")
    terminal.wait_until_hidden()
    code = person.next_code()
    terminal.child.send(code + "\r")
    terminal.child.expect("the shell has gone on without this command.*READY")
    after = terminal.look()
    # The session is there, the switch is not.
    assert changed(start, after) == {}
    assert sts.count("GetSessionToken") == 1
    assert "expiration = " in home.path.joinpath(".aws/credentials").read_text()
    assert terminal.modes() == modes
    assert home.left_behind() == []
    assert code not in terminal.shown.getvalue()
    assert "\nRAN ON" not in terminal.shown.getvalue()
    terminal.child.close(force=True)


@WITH_CTRL_Z
def test_ctrl_z_and_kill(home: Home, shell: Shell, user: tuple[User, CheckingSts]) -> None:
    person, sts = user
    home.write(CONFIG.format(device=person.device_arn), CREDENTIALS.format(user=person))
    terminal = Terminal(home, shell, {"AWS_ENDPOINT_URL": sts.url})
    start = terminal.look()
    stopped(terminal, "awsuse work:dev --renew")
    terminal.line("kill %1")
    after = terminal.look()
    assert changed(start, after) == {}
    assert home.left_behind() == []
    assert sts.count("GetSessionToken") == 0
    terminal.child.close(force=True)


def test_program_that_dies_of_ctrl_c(home: Home, shell: Shell) -> None:
    """As Python does before it can catch it: the shell itself then breaks off what it was doing."""
    program = home.root / "bin/awsprof"
    program.parent.mkdir()
    # A terminal sends Ctrl-C to all its foreground processes; PowerShell is always one of them.
    whom = 0 if shell.name == "pwsh" else "os.getpid()"
    code = f"import os, signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\nos.kill({whom}, signal.SIGINT)\n"
    program.write_text(f"#!{sys.executable} -IS\n{code}")
    program.chmod(0o755)
    terminal = Terminal(home, shell, {"PATH": f"{program.parent}:{home.environ['PATH']}"})
    start = terminal.look()
    terminal.line("awsuse work:dev")
    after = terminal.look()
    assert changed(start, after) == {}
    assert after.status in (1, 130)  # zsh gives 1
    assert home.left_behind() == []
    terminal.child.close(force=True)
