"""The light path and typer, held to the same bytes; and what the light path must not import."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from awsprof.cli import entry, fast
from awsprof.context import Context
from awsprof.errors import AwsprofError
from awsprof.shell.channel import Channel

from .conftest import NOW, Home

CONFIG = """\
[profile work:mfa]
mfa_device_arn = arn:aws:iam::123456789012:mfa/you
[profile work:dev]
role_arn = arn:aws:iam::123456789012:role/Dev
source_profile = work:mfa
region = eu-west-1
[profile play:dev]
role_arn = arn:aws:iam::210987654321:role/Dev
source_profile = work:mfa
"""
CREDENTIALS = "[work:iam]\naws_access_key_id = A\naws_secret_access_key = s\n"

SESSION = """\
aws_access_key_id = A
aws_secret_access_key = s
aws_session_token = t
expiration = 2099-11-24T03:12:05Z
awsprof_expiration_for = A
"""

LINES = [
    "",
    "use work:dev",
    "use work:dev --shell zsh",
    "use --shell=fish work:dev",
    "use dev --domain play",
    "use --domain=play dev",
    "use dev",
    "use mfa",
    "use work:dev --region us-east-1",
    "use work:dev --region=nowhere",
    "use -",
    "use - --shell pwsh",
    "use",
    "use --shell bash",
    "use gone",
    "use work:dev --shell tcsh",
    "off",
    "off --shell bash",
    "off --shell=powershell",
    "status",
    "status --json",
    "status --json --json",
    "init bash",
    "init zsh",
    "init fish",
    "init pwsh",
    "init tcsh",
    "init BASH",
]
# Whatever is not plain: typer alone answers.
LONG = [
    "list",
    "use a b",
    "use --",
    "use -- work:dev",
    "use -x",
    "use --dom play dev",
    "use --domain",
    "use --domain= dev",
    "use dev --domain --shell",
    "use dev --domain a --domain b",
    "use work:dev --mfa",
    "use work:dev -m",
    "use --help",
    "off x",
    "off --json",
    "status x",
    "status --json=1",
    "status --help",
    "init bash zsh",
    "init --version",
]


def surroundings(home: Home) -> tuple[Context, io.StringIO, io.StringIO]:
    home.channel.write_bytes(b"")
    out, err = io.StringIO(), io.StringIO()
    environ = home.environ | {"AWS_PROFILE": "work:mfa", "AWS_VAULT": "v", "AWSPROF_PREVIOUS": "play:dev"}
    channel = Channel("1", "bash", str(home.channel))
    return Context(environ, channel=channel, now=lambda: NOW, stdout=out, stderr=err), out, err


def outcome(home: Home, words: list[str], *, plainly: bool) -> tuple[str, str, str, object]:
    """What a command line prints, hands to the shell and raises."""
    ctx, out, err = surroundings(home)
    raised: object = None
    try:
        if plainly:
            run = fast.find(words)
            assert run is not None
            run(ctx)
        else:
            entry.run(words, ctx)
    except AwsprofError as error:
        raised = (type(error), error.exit_code, error.what, error.next_step)
    return out.getvalue(), err.getvalue(), home.channel.read_text(), raised


@pytest.mark.parametrize("line", LINES)
def test_both_ways_lead_to_the_same_bytes(home: Home, line: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    words = line.split()
    plain, long = (outcome(home, words, plainly=plainly) for plainly in (True, False))
    assert plain == long
    assert any(plain)


@pytest.mark.parametrize("plainly", [True, False])
def test_both_ways_renew_the_cache(home: Home, plainly: bool) -> None:
    home.write(CONFIG, CREDENTIALS)
    assert outcome(home, ["cache"], plainly=plainly) == ("", "", "", None)
    assert "work:dev" in (home.folder / ".cache/awsprof/1/names").read_text()


@pytest.mark.parametrize("line", LONG)
def test_what_is_not_plain_goes_the_long_way(line: str) -> None:
    assert fast.find(line.split()) is None


def test_an_empty_word_goes_the_long_way() -> None:
    assert fast.find(["use", ""]) is None


HEAVY = [
    "typer",
    "click",
    "rich",
    "boto3",
    "botocore",
    "pydantic",
    "prompt_toolkit",
    "shellingham",
    "dataclasses",
    "typing",
    "re",
    "json",
    "configparser",
    "logging",
    "difflib",
    "shlex",
    "inspect",
    "subprocess",
]
PROGRAM = """\
import sys
before = set(sys.modules)
code = None
if sys.argv[1:]:
    from awsprof.__main__ import main
    code = main()
loaded = sorted(set(sys.modules) - before)
import json
print(json.dumps([code, loaded]), file=sys.stderr)
"""


def loaded_by(home: Home, words: list[str], **variables: str) -> set[str]:
    """The modules that a real process loads for a command line, beyond those the interpreter starts with."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        env=home.environ | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent.parent,
        timeout=60,
    )
    code, loaded = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stderr
    return set(loaded)


@pytest.mark.parametrize(
    "line",
    [
        "use work:dev",
        "use dev --domain play --region us-east-1",
        "use - --shell zsh",
        "off",
        "status",
        "init bash",
        "cache",
    ],
)
def test_the_light_path_imports_nothing_heavy(home: Home, line: str) -> None:
    home.write(CONFIG, CREDENTIALS + "[work:mfa]\n" + SESSION)
    home.channel.touch()
    loaded = loaded_by(
        home,
        line.split(),
        AWSPROF_HOOK="1:bash",
        AWSPROF_OUT=str(home.channel),
        AWSPROF_PREVIOUS="work:dev",
        AWSPROF_SAVED="=eu-west-1|",
        AWS_PROFILE="work:dev",
    )
    assert "awsprof.__main__" in loaded
    assert loaded.isdisjoint(HEAVY)
