"""Every verb and every error, at its most talkative: no secret is anywhere but in the credentials file.

A new verb is a row of VERBS, a new error a row of ERRORS.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.aws.desk import AWSPROF, Desk, desk, keys_text, own_environment, sts, user
from tests.aws.sts import Answer, write_csv

from . import canary
from .canary import Leak

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

pytestmark = pytest.mark.slow

TOKEN = "IQoJb3JpZ2luX2VjPLANTEDtokenOFtheSESSIONthatIsThere/0123456789+abcdefghij=="
OLD = "OLDsecretINaCOMMENT/5647382910+qponmlkji"
SAVED = "SECRETinTHEenvironment/9876543210+zyxwvu"


Spoil = Callable[["Nest"], object]


class Nest:
    """A desk with secrets wherever a user has them, and their names."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        desk.set_up(session=time.time() + 9000)
        text = desk.read()[1].replace("aws_session_token = TOKEN", f"aws_session_token = {TOKEN}")
        desk.credentials.write_text(f"# aws_secret_access_key = {OLD}\n{text}")
        self.other = desk.sts.add_user("other.name")
        self.csv = desk.folder / "key.csv"
        write_csv(self.csv, self.other)
        self.code, self.wrong = desk.user.next_code(), desk.user.wrong_code()
        self.words = {
            "CODE": self.code,
            "WRONG": self.wrong,
            "CSV": str(self.csv),
            "ID": self.other.access_key_id,
            "SECRET": self.other.secret_access_key,
            "DEVICE": desk.user.device_arn,
            "ROLE": f"arn:aws:iam::{desk.sts.account}:role/PowerUsers",
        }

    def filled(self, text: str) -> str:
        for word, value in self.words.items():
            text = text.replace(f"<{word}>", value)
        return text

    def secrets(self) -> dict[str, str]:
        """All there are by now, the new session's too."""
        lines = self.desk.read()[1].split("\n")
        values = [line.partition(" = ")[2] for line in lines if "secret" in line or "token" in line]
        found = {f"line {number} of credentials": value for number, value in enumerate(values) if len(value) > 20}
        return {
            **found,
            "access key": self.desk.user.secret_access_key,
            "other's access key": self.other.secret_access_key,
            "token": TOKEN,
            "comment": OLD,
            "code": self.code,
            "wrong code": self.wrong,
            "seed": self.desk.user.totp_secret,
        }

    def watch(self, line: str, given: str = "", program: tuple[str, ...] = AWSPROF) -> canary.Watched:
        words = [*program, *self.filled(line).split()]
        return canary.watch(words, self.desk.folder.parent / "trace", given=self.filled(given), cwd=self.desk.folder)

    def leaks(self, done: canary.Watched) -> set[Leak]:
        """All but what is meant: the credentials file, its successor, the request, and the user's own --code."""
        secrets = self.secrets()
        folder = self.desk.folder
        meant = (str(self.desk.credentials), str(folder / ".awsprof-tmp-"))
        sent = ("code", "wrong code", "token", "line 3 of credentials")
        return {
            leak
            for leak in done.leaks(secrets) | canary.left_in(folder, secrets, but=[self.desk.credentials, self.csv])
            if not leak.place.startswith(meant)
            and not (leak.place == "argv" and leak.secret.endswith("code"))
            and not (leak.place == "socket" and leak.secret in sent)
        }


@pytest.fixture
def nest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Nest:
    canary.find_strace()
    for name in ("XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "TMPDIR"):
        folder = desk.folder / name
        folder.mkdir(mode=0o700)
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setenv("AWS_PROFILE", "work:dev")
    return Nest(desk)


# Words, stdin, exit code.
VERBS: dict[str, tuple[str, str, int]] = {
    "list": ("list", "", 0),
    "list --json": ("list --json", "", 0),
    "domains": ("domains --json", "", 0),
    "current": ("current", "", 0),
    "use, sh": ("use work:dev --shell sh", "", 0),
    "show iam": ("show work:iam", "", 0),
    "show iam --json": ("show work:iam --json", "", 0),
    "show mfa": ("show work:mfa", "", 0),
    "show role": ("show work:dev --json", "", 0),
    "status": ("status", "", 0),
    "status --json": ("status --json", "", 0),
    "whoami": ("whoami work:iam --json", "", 0),
    "use, bash": ("use work:dev --shell bash", "", 0),
    "use, fish": ("use work:iam --shell fish", "", 0),
    "use, pwsh": ("use work:mfa --shell pwsh", "", 0),
    "off": ("off --shell bash", "", 0),
    "init": ("init bash", "", 0),
    "init --install": ("init bash --install", "", 0),
    "cache": ("cache", "", 0),
    "mfa, there already": ("mfa work", "", 0),
    "mfa --code": ("mfa work --force --code <CODE>", "", 0),
    "mfa --code -": ("mfa work --force --json --code -", "<CODE>\n", 0),
    "add iam --csv": ("add iam new --csv <CSV>", "", 0),
    "add iam --stdin": ("add iam new --stdin --region eu-west-1", "<ID>\n<SECRET>\n", 0),
    "add iam --force": ("add iam work --force --stdin", "<ID>\n<SECRET>\n", 0),
    "add iam --dry-run": ("add iam work --force --dry-run --csv <CSV>", "", 0),
    "add mfa": ("add mfa work --force", "", 0),
    "add mfa --device-arn": ("add mfa work --force --dry-run --device-arn <DEVICE>x", "", 0),
    "set": ("set work:dev region=eu-west-1 --yes", "", 0),
    "set, a secret": ("set work:iam aws_secret_access_key=- --yes", "<SECRET>\n", 0),
    "set --dry-run": ("set work:iam aws_access_key_id=<ID> aws_secret_access_key=- --dry-run", "<SECRET>\n", 0),
    "unset": ("unset work:iam aws_secret_access_key --yes", "", 0),
    "rename": ("rename work:iam work:other --yes", "", 0),
    "rename a domain": ("rename work: acme: --dry-run", "", 0),
    "remove": ("remove work: --cascade --yes", "", 0),
    "remove --dry-run": ("remove work: --cascade --dry-run", "", 0),
    "rotate --dry-run": ("rotate work --dry-run", "", 0),
    "adopt": ("adopt --domain new --yes", "", 0),
    "adopt --move": ("adopt --domain new --move --dry-run", "", 0),
    "add role": ("add role work:ops --role-arn <ROLE> --external-id ext-1", "", 0),
}


@pytest.mark.parametrize("case", VERBS)
def test_a_verb_leaks_nothing(nest: Nest, case: str) -> None:
    line, given, status = VERBS[case]
    done = nest.watch(f"{line} -v --debug", given)
    assert done.status == status, done.err
    assert nest.leaks(done) == set()


@pytest.mark.parametrize("words", ["", "--keep-old", "--delete-old"])
def test_rotating_leaks_nothing(nest: Nest, words: str) -> None:
    nest.desk.set_up()  # the planted session is none of AWS's
    before = nest.secrets()
    done = nest.watch(f"rotate work --yes --allow-endpoint 127.0.0.1 {words} -v --debug")
    assert done.status == 0, done.err
    assert nest.secrets() != before
    assert nest.leaks(done) == set()


def no_equals_sign(nest: Nest) -> None:
    text = nest.desk.credentials.read_text()
    nest.desk.credentials.write_text(f"{text}[broken]\naws_secret_access_key {OLD}x\n")


def section_twice(nest: Nest) -> None:
    nest.desk.credentials.write_text(f"{nest.desk.credentials.read_text()}[work:iam]\n{keys_text('AKIA')}")


def key_twice(nest: Nest) -> None:
    text = nest.desk.credentials.read_text()
    nest.desk.credentials.write_text(f"{text}[two]\naws_secret_access_key = {OLD}x\naws_secret_access_key = {OLD}y\n")


def secret_as_header(nest: Nest) -> None:
    nest.desk.credentials.write_text(f"{nest.desk.credentials.read_text()}[x\naws_secret_access_key = {OLD}x\n")


def answers(*given: Answer) -> Spoil:
    return lambda nest: nest.desk.sts.script("GetSessionToken", *given)


def csv_of(text: str) -> Spoil:
    return lambda nest: nest.csv.write_text(nest.filled(text))


def echo(nest: Nest) -> None:
    message = f"1 validation error detected: Value '{nest.code}' at 'tokenCode' failed to satisfy constraint"
    nest.desk.sts.script("GetSessionToken", Answer(400, "ValidationError", message))


def page(nest: Nest) -> None:
    nest.desk.sts.script("GetSessionToken", Answer(200, body=f"<html>{TOKEN} {nest.code}</html>".encode()))


def half_an_answer(nest: Nest) -> None:
    body = f"<GetSessionTokenResponse><GetSessionTokenResult><Credentials><SessionToken>{TOKEN}</SessionToken>"
    nest.desk.sts.script("GetSessionToken", Answer(200, body=f"{body}</Credentials>".encode()))


def nothing(nest: Nest) -> None:
    """All is as it should be, but for the words."""


MFA = "mfa work --force --code <CODE>"
# What is wrong, words, stdin, exit code.
ERRORS: dict[str, tuple[Spoil, str, str, int]] = {
    "a wrong code": (nothing, "mfa work --force --code -", "<WRONG>", 5),
    "no code": (nothing, "mfa work --force --code -", "<SECRET>", 2),
    "two codes": (nothing, "mfa work --force --code -", "<CODE><CODE>", 2),
    "the code is echoed": (echo, MFA, "", 5),
    "a page": (page, MFA, "", 6),
    "half an answer": (half_an_answer, MFA, "", 6),
    "out of order": (answers(Answer(500, "InternalFailure", "")), MFA, "", 6),
    "hung up": (answers(Answer(hang_up="after")), MFA, "", 6),
    "a session that AWS does not know": (nothing, "rotate work --yes --allow-endpoint 127.0.0.1", "", 5),
    "no such profile": (nothing, "use work:nobody --shell bash", "", 3),
    "exists already": (nothing, "add iam work --csv <CSV>", "", 2),
    "id and secret exchanged": (nothing, "add iam new --stdin", "<SECRET>\n<ID>\n", 2),
    "no id": (nothing, "add iam new --stdin", "<SECRET>\n<SECRET>\n", 2),
    "one line": (nothing, "add iam new --stdin", "<ID> <SECRET>\n", 2),
    "half a secret": (nothing, "add iam new --stdin", "<ID>\n<SECRET> <SECRET>\n", 2),
    "columns of a CSV file": (csv_of("<SECRET>,<ID>\n"), "add iam new --csv <CSV>", "", 2),
    "rows of a CSV file": (
        csv_of("Access key ID,Secret access key\n<SECRET>,<ID>\n"), "add iam new --csv <CSV>", "", 2
    ),
    "a user of a CSV file": (nothing, "add iam new --csv <CSV> --user nobody", "", 2),
    "not UTF-8": (lambda nest: nest.csv.write_bytes(b"\xff" + nest.csv.read_bytes()), "add iam new --csv <CSV>", "", 2),
    **{
        f"{broken.__name__}: {line}": (broken, line, "", status)
        for broken in (no_equals_sign, section_twice, key_twice, secret_as_header)
        for line, status in (
            ("list", 0),
            ("status", 0),
            ("show work:iam", 0),
            ("add iam new --csv <CSV>", 4),
            (MFA, 4),
            ("whoami work:iam", 4),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("case", ERRORS)
def test_an_error_leaks_nothing(nest: Nest, case: str) -> None:
    spoil, line, given, status = ERRORS[case]
    spoil(nest)
    done = nest.watch(f"{line} -v --debug", given)
    assert done.status == status, done.out + done.err
    assert nest.leaks(done) == set()


FAULT = """
import sys
from awsprof.__main__ import main
def fault(*words, **named):
    raise RuntimeError(words, named, [getattr(word, "__dict__", word) for word in words])
setattr(room, name, fault)
sys.exit(main())
"""
FAULTS = {
    "in writing": "from awsprof.sessions import renewal as room; name = 'write'",
    "in asking": "from awsprof import aws as room; name = 'get_session_token'",
    "in looking": "from awsprof.profiles.model import Profile as room; name = 'get'",
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_traceback_leaks_nothing(nest: Nest, case: str) -> None:
    code = f"{FAULTS[case]}\n{FAULT}"
    done = nest.watch("mfa work --force --debug -v --code <CODE>", program=(sys.executable, "-P", "-c", code))
    assert done.status == 1, done.err
    assert "RuntimeError" in done.err
    assert "Traceback" in done.err or "File" in done.err
    assert nest.leaks(done) == set()


def test_secrets_of_the_environment_are_not_kept(nest: Nest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SAVED)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA" + "A" * 16)
    done = nest.watch("use work:dev --shell bash -v --debug")
    assert done.status == 0, done.err
    kept = {leak for leak in done.leaks({"saved": SAVED}) if leak.place != "environment"}
    assert kept == canary.left_in(nest.desk.folder, {"saved": SAVED}, but=[]) == set()


SPELL = "import base64, os, subprocess, sys, urllib.parse; secret = sys.stdin.read()\n"
# A program that leaks what it reads, and where the canary must see it.
PLANTED = {
    "stdout": ("print(secret)", "stdout"),
    "stderr": ("sys.exit(secret)", "stderr"),
    "a part": ("print(secret[5:25])", "stdout"),
    "argv": ("subprocess.run(['true', '--x=' + secret])", "argv"),
    "environment": ("subprocess.run(['true'], env={'X': secret, 'PATH': os.environ['PATH']})", "environment"),
    "hex": ("print(secret.encode().hex())", "stdout"),
    "HEX": ("print(secret.encode().hex().upper())", "stdout"),
    "base64": ("print(base64.b64encode(secret.encode()))", "stdout"),
    "base64 amid text": ("print(base64.b64encode(b'key=' + secret.encode() + b';'))", "stdout"),
    "base64 for URLs": ("print(base64.urlsafe_b64encode(b'ab' + secret.encode() + b';'))", "stdout"),
    "URL": ("print(urllib.parse.quote(secret, safe=''))", "stdout"),
    "a file": ("open('left', 'w').write(secret)", "{folder}/left"),
    "a file that is removed": ("open('gone', 'w').write(secret); os.unlink('gone')", "{folder}/gone"),
    "a child's file": (
        "subprocess.run(['sh', '-c', 'read x; echo \"$x\" > left'], input=secret, text=True)", "{folder}/left"
    ),
    "a socket": (
        "import socket; a, b = socket.socketpair(); a.sendall(secret.encode())", "socket"
    ),
}  # fmt: skip


@pytest.mark.parametrize("which", ["access key", "token", "code", "seed"])
@pytest.mark.parametrize("case", PLANTED)
def test_the_canary_sees_a_planted_leak(nest: Nest, case: str, which: str) -> None:
    code, place = PLANTED[case]
    if case in ("a part", "URL", "base64 amid text", "base64 for URLs") and which == "code":
        pytest.skip("six digits have no parts, and look the same in a URL")
    secret = nest.secrets()[which]
    if case == "a part" and which == "token":
        code = "print(secret[30:50])"
    done = canary.watch(
        [sys.executable, "-P", "-c", SPELL + code],
        nest.desk.folder.parent / "trace",
        given=secret,
        cwd=nest.desk.folder,
    )
    assert Leak(which, place.format(folder=nest.desk.folder)) in nest.leaks(done) | done.leaks({which: secret})
    assert Path(nest.desk.folder / "left").exists() == ("left" in place)
