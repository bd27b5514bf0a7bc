"""The real AWS clients, and other programs that tests need: where each is found, or who has to do without it.

Two of them read files in one process that lasts as long as the tests.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = os.environ.get("AWSPROF_REQUIRED_CLIENTS", "").replace(",", " ").split()
Read = dict[str, dict[str, object]]

# Each answers a line with a path by a line with what it reads there: null where it refuses.
_JAVASCRIPT = """
const readline = require('node:readline');
const { loadSharedConfigFiles } = require('@smithy/core/config');
readline.createInterface({ input: process.stdin }).on('line', async (path) => {
    const seen = await loadSharedConfigFiles({ filepath: path, configFilepath: '/dev/null', ignoreCache: true });
    console.log(JSON.stringify(seen.credentialsFile));
});
"""
_BOTOCORE = """
import json, sys
import awscli  # which brings a botocore of its own, as a part of it or beside it
from botocore import configloader, exceptions
for line in sys.stdin:
    try:
        seen = configloader.raw_config_parse(line.rstrip('\\n'))
    except exceptions.ConfigParseError:
        seen = None
    print(json.dumps(seen), flush=True)
"""


class Reader:
    """A client that reads file after file."""

    def __init__(self, argv: list[str], **environ: str) -> None:
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | environ
        )

    def reads(self, path: Path) -> Read | None:
        """Every section with its settings; None where the client refuses the file."""
        assert self._process.stdin
        assert self._process.stdout
        print(path, file=self._process.stdin, flush=True)
        found: Read | None = json.loads(self._process.stdout.readline())
        return found

    def close(self) -> None:
        self._process.communicate()


def missing(name: str, reason: str) -> None:
    """Skip, or fail where this program must be there: CI names all."""
    if name in REQUIRED:
        pytest.fail(f"{reason}, and AWSPROF_REQUIRED_CLIENTS names {name}")
    pytest.skip(reason)


def awscli_1() -> str:
    """The AWS CLI v1, from a venv of its own: it pins botocore."""
    given = os.environ.get("AWSPROF_AWSCLI") or str(ROOT / ".tools/awscli/bin/aws")
    if not os.access(given, os.X_OK):
        missing("awscli", f"there is no {given}")
    return given


def awscli_2() -> str:
    """The AWS CLI v2, where the system has it."""
    found = shutil.which("aws", path="/usr/bin") or ""
    version = subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
    if not version.startswith("aws-cli/2"):
        missing("awscli2", "/usr/bin/aws is not the AWS CLI v2")
    return found


def node(script: str) -> tuple[list[str], dict[str, str]]:
    """How a script is run that uses the AWS SDK for JavaScript: command line, and what its environment needs."""
    modules = Path(os.environ.get("AWSPROF_JS") or ROOT / ".tools/js/node_modules")
    own = modules.parent / "bin/node"
    program = str(own) if own.exists() else shutil.which("node")
    if program is None or not (modules / "@aws-sdk/client-sts").exists():
        missing("javascript", f"there is no AWS SDK for JavaScript in {modules}")
    return [program or "", "-e", script], {"NODE_PATH": str(modules)}


def javascript_reader() -> Reader:
    """How the AWS SDK for JavaScript reads: sections as it calls them, settings of a block as `block.key`."""
    argv, environ = node(_JAVASCRIPT)
    return Reader(argv, **environ)


def awscli_reader() -> Reader:
    """How the botocore of the AWS CLI v1 reads, which is another than the tests' own."""
    return Reader([str(Path(awscli_1()).parent / "python"), "-c", _BOTOCORE])
