"""The four shells as the tests start them: each overrides only spelling.

A script is a list of lines; after each the probe writes down status and environment. What a test sees is one `Seen`
per line, the first for loading the hook.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from awsprof.shell.table import SHELLS

from .probe import SEPARATOR

CHECKOUT = Path(__file__).parents[2] / "shells"
PROBE = Path(__file__).with_name("probe.py")
BIN = Path(sys.executable).parent
# Another fish than the installed one, for instance of another Debian; fish before 3.4 has no --no-config.
FISH = (os.environ.get("AWSPROF_FISH", "fish"), *os.environ.get("AWSPROF_FISH_OPTIONS", "--no-config").split())
# PowerShell asks the network neither for updates nor reports what is done.
QUIET = {"POWERSHELL_TELEMETRY_OPTOUT": "1", "POWERSHELL_UPDATECHECK": "Off"}
# What every shell keeps for itself, or sets when it starts.
OWN = {b"_", b"SHLVL", b"PWD", b"OLDPWD", b"PSModulePath"}


class Shell(NamedTuple):
    """How a shell is started without its rc files, and spells what a test needs.

    `path` quotes nothing: it is given plain paths only.
    """

    name: str
    argv: tuple[str, ...]
    """The command line before a script's path."""
    prompt: tuple[str, ...]
    """The command line of an interactive shell."""
    source: str
    status: str
    call: str = ""
    ending: str = ""

    @property
    def hook(self) -> Path:
        return CHECKOUT / SHELLS[self.name].hook

    @property
    def init(self) -> str:
        """The line that `awsprof` itself tells the user to put into the rc file."""
        return SHELLS[self.name].load

    def load(self, hook: Path | None = None) -> str:
        return self.source.format(path=hook or self.hook)

    def probe(self, notes: Path) -> str:
        return f"{self.call}{sys.executable} -IS {PROBE} {notes} {self.status}"

    def find(self) -> None:
        """Skip where the shell is missing; fail where it must be there."""
        if shutil.which(self.argv[0]) is None:
            required = os.environ.get("AWSPROF_REQUIRED_SHELLS", "").split()
            (pytest.fail if self.name in required else pytest.skip)(f"{self.name} is not installed")


TABLE = {
    shell.name: shell
    for shell in (
        Shell(
            "bash",
            argv=("bash", "--norc", "--noprofile"),
            prompt=("bash", "--norc", "--noprofile", "-i"),
            source="\\builtin source {path}",
            status="$?",
        ),
        Shell("zsh", argv=("zsh", "-f"), prompt=("zsh", "-f", "-i"), source="\\builtin source {path}", status="$?"),
        Shell(
            "fish",
            argv=FISH,
            prompt=(*FISH, "-i"),
            source="builtin source {path}",
            status="$status",
        ),
        Shell(
            "pwsh",
            argv=("pwsh", "-NoProfile", "-NonInteractive", "-NoLogo", "-File"),
            # PSReadLine would draw the prompt again and again.
            prompt=(
                "pwsh",
                "-NoProfile",
                "-NoLogo",
                "-NoExit",
                "-Command",
                "Remove-Module PSReadLine -ErrorAction Ignore",
            ),
            source="Import-Module {path}",
            # Not plain $LASTEXITCODE: StrictMode refuses it where no program ran yet.
            status="(Get-Variable -Name LASTEXITCODE -ValueOnly -ErrorAction Ignore)",
            call="& ",
            ending=".ps1",
        ),
    )
}


class Seen(NamedTuple):
    """What there was after a line: its status, all variables, and what it printed."""

    status: int
    environ: dict[bytes, bytes]
    out: str
    err: str


def changed(before: Seen, after: Seen) -> dict[str, str | None]:
    """The variables that are not what they were, as text; None where one has gone."""
    names = {name for name in before.environ.keys() | after.environ.keys() if name not in OWN}
    differing = sorted(name for name in names if before.environ.get(name) != after.environ.get(name))
    return {os.fsdecode(name): _text(after.environ.get(name)) for name in differing}


def _text(value: bytes | None) -> str | None:
    return None if value is None else os.fsdecode(value)


class Ran(NamedTuple):
    """How a whole script ended."""

    status: int
    out: str
    err: str
    seen: list[Seen]


class Home:
    """A home of its own for one test: AWS files, a folder for temporary files, a clean environment."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path, self.temporary, self.work = root / "home", root / "tmp", root / "work"
        for folder in (self.path / ".aws", self.temporary, self.work):
            folder.mkdir(parents=True)
        self.notes = root / "notes"
        places = [str(Path(found).parent) for name in TABLE if (found := shutil.which(name))]
        self.environ = {
            "HOME": str(self.path),
            "PATH": os.pathsep.join(dict.fromkeys([str(BIN), "/usr/bin", "/bin", *places])),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TMPDIR": str(self.temporary),
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "*",
            # .NET leaves sockets in TMPDIR, where a test looks for files left behind.
            "DOTNET_EnableDiagnostics": "0",
            **QUIET,
        }

    def write(self, config: str = "", credentials: str = "") -> None:
        (self.path / ".aws/config").write_text(config)
        (self.path / ".aws/credentials").write_text(credentials)

    def environment(self, more: Mapping[str, str | None]) -> dict[str, str]:
        """The clean environment with more in it; None takes a variable out of it."""
        both: dict[str, str | None] = {**self.environ, **more}
        return {name: value for name, value in both.items() if value is not None}

    def run(
        self,
        shell: Shell,
        lines: Sequence[str],
        *,
        load: str | None = None,
        before: Sequence[str] = (),
        argv: Sequence[str] | None = None,
        environ: Mapping[str, str | None] | None = None,
    ) -> Ran:
        """Run a script of these lines, the hook loaded before them, and look after each."""
        probe = shell.probe(self.notes)
        watched = [
            probe,
            *(line for each in (shell.load() if load is None else load, *lines) for line in (each, probe)),
        ]
        return self.script(shell, [*before, *watched], argv=argv, environ=environ)

    def script(
        self,
        shell: Shell,
        lines: Sequence[str],
        *,
        argv: Sequence[str] | None = None,
        environ: Mapping[str, str | None] | None = None,
    ) -> Ran:
        """Run a script of exactly these lines; a probe among them is seen."""
        path = self.root / f"script{shell.ending}"
        path.write_bytes(os.fsencode("\n".join([*lines, ""])))
        self.notes.unlink(missing_ok=True)
        done = subprocess.run(
            [*(argv or shell.argv), path],
            env=self.environment(environ or {}),
            cwd=self.work,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
        )
        out, err = (os.fsdecode(stream) for stream in (done.stdout, done.stderr))
        return Ran(
            done.returncode, out.replace("\x1e", ""), err.replace("\x1e", ""), self._seen(done.stdout, done.stderr)
        )

    def _seen(self, out: bytes, err: bytes) -> list[Seen]:
        notes = self.notes.read_text().splitlines() if self.notes.exists() else []
        return [
            Seen(int(note["status"] or 0), _unhexed(note["environ"]), os.fsdecode(printed), os.fsdecode(told))
            for note, printed, told in zip(
                map(json.loads, notes), out.split(SEPARATOR), err.split(SEPARATOR), strict=False
            )
        ]

    def left_behind(self) -> list[str]:
        """The files where a hook makes its own that are still there; the cache itself lies in folders beside them."""
        folders = (self.temporary, self.work, self.root / "run")
        files = [file for folder in folders for file in folder.rglob("*")]
        files += (self.path / ".cache/awsprof").glob("*")
        return [str(file.relative_to(self.root)) for file in files if file.is_file()]


def _unhexed(environ: Mapping[str, str]) -> dict[bytes, bytes]:
    return {bytes.fromhex(name): bytes.fromhex(value) for name, value in environ.items()}
