"""A home with AWS files of any size and the checking server behind it, for programs that are killed half-way."""

import os
import re
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from awsprof.text.times import iso
from tests.aws.account import Key
from tests.aws.sts import CheckingSts

from .verbs import Verb

AWSPROF = (sys.executable, "-P", "-m", "awsprof")
TEMPORARY = ".awsprof-tmp-"
# Config and credentials of each profile; words in <> are filled in, `<ROLE>` with the role's own name behind it.
KEY_LINES = "aws_access_key_id = <ID {0}>\naws_secret_access_key = <SECRET {0}>\n"
PROFILES = {
    "work:iam": ("# mine\n[profile work:iam]\nregion = eu-central-1\n", f"[work:iam]\n{KEY_LINES.format('you')}"),
    "work:mfa": (
        "[profile work:mfa]\nmfa_device_arn = <DEVICE>\n",
        f"\n# the session\n[work:mfa]\n{KEY_LINES.format('session')}aws_session_token = <TOKEN>\nexpiration = <END>\n",
    ),
    "work:dev": (
        "\n[profile work:dev]\nrole_arn = <ROLE>\nsource_profile = work:mfa\nregion = eu-west-1\ns3 =\n"
        "    max_queue_size = 10\n",
        "",
    ),
    "me": ("", f"[me]\n{KEY_LINES.format('me')}"),
    "old": ("[profile old]\nrole_arn = <ROLE>\nsource_profile = me\nmfa_serial = <DEVICE>2\n", ""),
}
SIZES = {"few": 0, "5": 5, "400": 400, "10,000": 10_000}


@cache
def bulk(count: int) -> tuple[str, str]:
    """Config and credentials of so many further profiles: of three, two are roles and one has keys."""
    config, credentials = [], []
    for number in range(count):
        domain = f"bulk{number // 3}"
        if number % 3 == 0:
            credentials.append(
                f"\n[{domain}:iam]\naws_access_key_id = AKIA{number:016}\naws_secret_access_key = {number:040}\n"
            )
        else:
            source = f"{domain}:iam" if number % 3 == 1 and number + 1 < count else "work:mfa"
            config.append(
                f"\n# project {number}\n[profile {domain}:role{number}]\nrole_arn = arn:aws:iam::{number:012}:role/R\n"
                f"source_profile = {source}\nregion = eu-west-1\n"
            )
    return "".join(config), "".join(credentials)


class State(NamedTuple):
    """What lies in a home: each file (None where there is none), and left-over temporary files.

    Secrets and times that only one run knows stand as words, so that the states of two runs can be compared.
    """

    config: str | None
    credentials: str | None
    bashrc: str | None
    left: tuple[str, ...]

    @property
    def files(self) -> tuple[str | None, ...]:
        return self.config, self.credentials, self.bashrc


class World:
    """A home at the default places, as of a user with an ordinary shell."""

    def __init__(self, home: Path, sts: CheckingSts) -> None:
        self.home, self.sts = home, sts
        self.user, self.me, self.other = (sts.add_user(name) for name in ("your.name", "me", "other.name"))
        self.session = sts._state.add_key(
            Key(self.user.arn, self.user.user_id, self.user, int(time.time()) + 90_000, mfa=True)
        )
        self.known = list(sts._state.keys)
        self.aws = home / ".aws"
        self.config, self.credentials, self.bashrc = self.aws / "config", self.aws / "credentials", home / ".bashrc"
        self.environ = {
            "HOME": str(home),
            "PATH": f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "0",  # each run must do the same in the same order
            "PYTHONDONTWRITEBYTECODE": "1",
            "AWS_ENDPOINT_URL": sts.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def write(self, needs: tuple[str, ...], size: int) -> None:
        """The profiles that are needed, or as many as are wanted."""
        self.aws.mkdir(mode=0o700, parents=True)
        texts = [PROFILES[name] for name in (PROFILES if size else needs)]
        texts.append(bulk(max(0, size - len(PROFILES))))
        for at, path in enumerate((self.config, self.credentials)):
            path.touch(mode=0o600)
            path.write_text(self._filled("".join(text[at] for text in texts)))
        self.bashrc.write_text("alias ll='ls -l'\n")

    def _filled(self, text: str) -> str:
        keys = {" you": self.user.key, " me": self.me.key, " session": self.session, "": self.other.key}
        for who, key in keys.items():
            text = text.replace(f"<ID{who}>", key.access_key_id).replace(f"<SECRET{who}>", key.secret_access_key)
        text = text.replace("<TOKEN>", self.session.token).replace("<END>", iso(self.session.expires or 0))
        text = text.replace("<DEVICE>", self.user.device_arn)
        return text.replace("<ROLE>", f"arn:aws:iam::{self.sts.account}:role/PowerUsers")

    def words(self, verb: Verb) -> tuple[list[str], str]:
        """The words and the stdin of a verb, with a code that nobody used before."""
        code = self.user.next_code() if "<CODE>" in verb.words + verb.given else ""
        words, given = (self._filled(text).replace("<CODE>", code) for text in (verb.words, verb.given))
        return [*AWSPROF, *words.split()], given

    def run(
        self, words: list[str], given: str = "", *, before: tuple[str, ...] = (), environ: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A program without a terminal, not started in the home: strace writes the folder into each line."""
        return subprocess.run(
            [*before, *words],
            input=given,
            env={**self.environ, **(environ or {})},
            cwd="/",
            capture_output=True,
            text=True,
            timeout=300,
        )

    def verb(self, verb: Verb, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        return self.run(*self.words(verb), before=before, environ={"AWS_PROFILE": verb.active} if verb.active else {})

    def state(self) -> State:
        """What lies there now."""
        texts = [path.read_text() if path.exists() else None for path in (self.config, self.credentials, self.bashrc)]
        left = [path for folder in (self.home, self.aws) for path in folder.glob(f"{TEMPORARY}*")]
        config, credentials, bashrc = (None if text is None else self._alike(text) for text in texts)
        told = sorted(f"{path.parent.name}/{TEMPORARY}* {path.stat().st_mode & 0o777:o}" for path in left)
        return State(config, credentials, bashrc, tuple(told))

    def _alike(self, text: str) -> str:
        """A text without what differs from run to run: keys that were there by their number, newer ones in order."""
        by_id = self.sts._state.keys
        new = [key_id for key_id in re.findall(r"(?:AKIA|ASIA)[A-Z2-7]{16}", text) if key_id not in self.known]
        names = {key_id: f"key{number}" for number, key_id in enumerate(self.known)}
        names |= {key_id: f"new{number}" for number, key_id in enumerate(dict.fromkeys(new))}
        for key_id, name in names.items():
            text = text.replace(key_id, f"<{name}>")
            key = by_id.get(key_id)
            for part, value in (("secret", key.secret_access_key), ("token", key.token)) if key else ():
                text = text.replace(value, f"<{name} {part}>") if value else text
        return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>", text)


@contextmanager
def world(home: Path, verb: Verb, size: int) -> Iterator[World]:
    """A world of its own, as it is before a verb."""
    with CheckingSts() as sts:
        made = World(home, sts)
        made.write(verb.needs, size)
        yield made
