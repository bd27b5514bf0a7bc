"""Hostile text from the AWS files and from AWS, on a real terminal: every verb that prints shows it harmless."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aws.sts import Answer, CheckingSts

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a terminal as POSIX has them")
BIN = Path(sys.executable).parent
TITLE = "PWNED"
DONE = "the script is done: "
# What would set the title, clear the screen, move, beep, turn the text round, or be taken for rich's markup.
HOSTILE = "".join(
    (
        f"\x1b]0;{TITLE}\x07\x1b[2J\x1b[31m",
        f"\x9d0;{TITLE}\x9c\x9b2J\x9b31m",
        "\u202egnp.exe\u2066\u200f\u200b",
        "[bold]m[/bold][link=https://example.com]l[/][/nothing]",
        "\x08\x08\x07\x0e\x7f%s",
    )
)
SHOWN = "[bold]m[/bold][link=https://example.com]l[/][/nothing]"  # as text
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def config(what: str) -> str:
    """A domain with hostile text in every place that can hold it."""
    arn = f"arn:aws:iam::123456789012:role/{what}"
    return (
        f"# a comment {what}\n[profile work:mfa]\nmfa_device_arn = arn:aws:iam::123456789012:mfa/{what}\n"
        f"[profile work:{what}]\nrole_arn = {arn}\nsource_profile = work:mfa\nregion = eu-{what}\n# behind {what}\n"
        f"output = {what}\ns3 =\n  x = {what}\n"
        f"[profile {what}:dev]\nrole_arn = {arn}\nsource_profile = gone:{what}\n"
        f"[profile work:plain]\nrole_arn = {arn}\nsource_profile = work:mfa\nregion = {what}\n{what} = 1\n"
    )


CREDENTIALS = (
    "[work:iam]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE{0}\naws_secret_access_key = hush\n[plain]\nx = {0}\n"
)

# Each is run by a bash with the hook; NAME is the hostile profile. Where it asks, it is answered no.
VERBS = [
    "list",
    "list --json",
    "domains",
    "domains --json",
    "show NAME",
    "show work:plain",
    "show --json NAME",
    "use NAME; awsprof status; awsprof status --json; awsprof off",
    "use NAM",
    "use WHAT:dev",
    "-v use NAME",
    "mfa work",
    "mfa WHAT",
    "whoami NAME",
    "set NAME output=json --dry-run",
    "set work:plain region=eu-west-1 --dry-run",
    "set work:plain output=WHAT",
    "set work:plain output=json",
    "unset NAME s3.x region",
    "rename NAME work:new --dry-run",
    "rename work:plain NAME",
    "remove NAME --dry-run",
    "remove work:mfa",
    "adopt",
    "adopt NAME --dry-run",
    "add role work:plain --role-arn arn:aws:iam::123456789012:role/Other --source work:mfa",
    "add role work:more --role-arn arn:aws:iam::123456789012:role/WHAT --source NAME",
    "add mfa work --device-arn WHAT",
    "add iam work --csv WHAT",
    "rotate work",
    "rotate WHAT",
    "list --domain WHAT",
    "WHAT",
]


PARTS = 3


class Terminal:
    """A terminal of tmux's: what a program wrote to it, what it then shows, and its title."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "tmux"

    def tmux(self, *words: str) -> str:
        argv = ["tmux", "-u", "-S", str(self.socket), "-f", "/dev/null", *words]
        return subprocess.run(
            argv, capture_output=True, text=True, check=True, env=os.environ | {"TERM": "xterm"}
        ).stdout

    def show(self, script: str, environ: dict[str, str], *, until: str = DONE) -> tuple[str, str, str]:
        """Run a script of bash's until it has written some words; gives what it wrote, the screen, and the title."""
        path, raw, go = self.folder / "script", self.folder / "raw", self.folder / "go"
        path.write_text(f"while [ ! -e {go} ]; do sleep 0.02; done\n{script}\nprintf '\\n%s%s' '{DONE}' $?\nsleep 60\n")
        raw.touch()
        variables = [f"{name}={value}" for name, value in environ.items()]
        self.tmux("new-session", "-d", "-x", "2000", "-y", "500", "env", "-i", *variables, "bash", str(path))
        self.tmux("pipe-pane", "-O", f"exec cat >> {raw}")
        go.touch()
        self._answer(raw, until)
        screen = self.tmux("capture-pane", "-p", "-S", "-")
        return raw.read_bytes().decode(), screen, self.tmux("display-message", "-p", "#{pane_title}").strip()

    def _answer(self, raw: Path, until: str) -> None:
        """Say no to each question, until the words stand there."""
        answered = 0
        for _ in range(3000):
            written = raw.read_bytes()
            if until.encode() in written:
                time.sleep(0.3)  # for tmux to draw it
                return
            if len(written) > answered and written.rstrip().endswith((b"[y/N]", b":")):
                answered = len(written)
                self.tmux("send-keys", "n", "Enter")
            time.sleep(0.02)
        raise AssertionError(raw.read_bytes())


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    if not shutil.which("tmux"):
        pytest.skip("there is no tmux here")
    found = Terminal(tmp_path)
    yield found
    subprocess.run(["tmux", "-S", str(found.socket), "kill-server"], capture_output=True, check=False)


def environment(home: Path) -> dict[str, str]:
    return {
        "HOME": str(home),
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    }


def assert_harmless(raw: str, screen: str, title: str) -> None:
    """What was written is plain text and colours, and stands on the screen as it was written."""
    assert DONE in raw
    written = COLOUR.sub("", raw)
    assert [character for character in written if not character.isprintable() and character not in "\r\n"] == []
    assert TITLE not in title
    assert [line.rstrip() for line in screen.rstrip().split("\n")] == [
        line.rstrip() for line in written.replace("\r", "").rstrip().split("\n")
    ]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    found = tmp_path / "home"
    (found / ".aws").mkdir(parents=True)
    (found / ".aws/config").write_text(config(HOSTILE))
    (found / ".aws/credentials").write_text(CREDENTIALS.format(HOSTILE))
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_every_verb(part: int, terminal: Terminal, home: Path) -> None:
    name, what = shlex.quote(f"work:{HOSTILE}"), shlex.quote(HOSTILE)
    lines = [f"awsprof {verb.replace('NAME', name).replace('WHAT', what)}" for verb in VERBS[part::PARTS]]
    raw, screen, title = terminal.show("\n".join(['eval "$(awsprof init bash)"', *lines]), environment(home))
    assert_harmless(raw, screen, title)
    assert SHOWN in screen


def test_the_list_that_opens(terminal: Terminal, home: Path) -> None:
    """It moves the cursor itself, so that only the text between can be looked at."""
    raw, screen, title = terminal.show(
        'eval "$(awsprof init bash)"\nawsprof use', environment(home), until="work:plain"
    )
    assert TITLE not in title
    assert f"\\x1b]0;{TITLE}" in screen
    assert SHOWN in screen
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", raw)
    assert [c for c in drawn if not c.isprintable() and c not in "\r\n\b"] == []  # it steps one back, the names two
    assert "\b\b" not in drawn


NO_CONTROLS = "".join(c for c in HOSTILE if c >= " ")  # what XML may hold, C1 and bidi among it
IDENTITY = f"""\
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/{NO_CONTROLS}</Arn><UserId>{NO_CONTROLS}</UserId><Account>{NO_CONTROLS}</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>
"""


def test_what_aws_answers(terminal: Terminal, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".aws").mkdir(parents=True)
    with CheckingSts() as sts:
        user = sts.add_user("your.name")
        keys = f"aws_access_key_id = {user.access_key_id}\naws_secret_access_key = {user.secret_access_key}\n"
        (home / ".aws/credentials").write_text(f"[work:iam]\n{keys}")
        (home / ".aws/config").write_text(f"[profile work:mfa]\nmfa_device_arn = {user.device_arn}\n")
        errors = [
            Answer(403, "AccessDenied", NO_CONTROLS),
            Answer(400, NO_CONTROLS, NO_CONTROLS),
            Answer(200, body=HOSTILE.encode()),
        ]
        sts.script("GetCallerIdentity", Answer(200, body=IDENTITY.encode()), *errors)
        sts.script("GetSessionToken", *errors)
        lines = ["awsprof whoami work:iam"] * 4 + ["awsprof mfa work --code 123456"] * 3
        environ = environment(home) | {"AWS_ENDPOINT_URL": sts.url, "NO_PROXY": "*"}
        raw, screen, title = terminal.show("\n".join(lines), environ)
        assert (sts.count("GetCallerIdentity"), sts.count("GetSessionToken")) == (4, 3)
    assert_harmless(raw, screen, title)
    assert screen.count(SHOWN) >= 4
