"""Whole processes, timed by hyperfine: each command of awsprof beside bare Python, a typer program and its peers."""

import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.aws.sts import CheckingSts
from tests.shells.shells import BIN

from .homes import ONE

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".tools/peers"
ROUNDS = 3
BARE = "python -c pass"
IMPORTED = "import boto3, one STS client"
HELLO = f"{BIN}/python {Path(__file__).with_name('hello.py')}"


class Row(NamedTuple):
    """A command, how it is called in the table, and what it is to be compared with."""

    name: str
    command: str
    goal: str = ""
    prepare: str = "true"


def rows(home: Path, sts: str) -> list[Row]:
    """What is timed in a home, with an STS at that address that refuses all keys."""
    out, awsprof = home / "channel", f"{BIN}/awsprof"
    hook = f"env AWSPROF_HOOK=1:bash AWSPROF_OUT={out}"
    empty = f"truncate -s 0 {out}"
    found = [
        Row(BARE, f"{BIN}/{BARE}"),
        Row("awsprof use", f"{hook} {awsprof} use {ONE}", "≤ 2.3 / 2.6 / 4 × bare", empty),
        Row(
            "awsprof use, cache renewed",
            f"{hook} {awsprof} use {ONE}",
            "≤ 7 × bare",
            f"sh -c '{empty}; touch {home}/.aws/config'",
        ),
        Row("awsprof off", f"{hook} AWSPROF_SAVED=| AWS_PROFILE={ONE} {awsprof} off", "≤ 2.3 × bare", empty),
        Row("awsprof status", f"{awsprof} status", "≤ 2.3 / 2.6 / 4 × bare"),
        Row("awsprof init bash", f"{awsprof} init bash", "≤ 2.3 × bare"),
        Row("awsprof cache", f"{awsprof} cache", "≤ 2.3 / 2.6 / 4 × bare"),
        Row("typer hello", HELLO),
        Row("typer hello --help", f"{HELLO} --help"),
        Row("typer hello, rich's table", f"{HELLO} --drawn"),
        Row("awsprof list", f"{awsprof} list", "≤ 1.3 × typer hello with rich's table"),
        Row("awsprof show", f"{awsprof} show {ONE}", "≤ 1.3 × typer hello"),
        Row("awsprof domains", f"{awsprof} domains", "≤ 1.3 × typer hello"),
        Row("awsprof --help", f"{awsprof} --help", "≤ 1.3 × typer hello --help"),
        Row(IMPORTED, f'{BIN}/python -c \'import boto3; boto3.client("sts", "eu-west-1")\''),
        Row(
            "awsprof mfa, refused",
            f"env AWS_ENDPOINT_URL_STS={sts} {awsprof} mfa d0 --force --code 000000",
            f"≤ 1.3 × {IMPORTED}",
        ),
    ]
    return found + [row for row in _peers() if shutil.which(row.command.split()[0])]


def _peers() -> list[Row]:
    return [
        Row("awsume (its program, no role)", f"{PEERS}/awsume/bin/awsumepy d0:iam"),
        Row("aws configure get (v1)", f"{ROOT}/.tools/awscli/bin/aws configure get region --profile {ONE}"),
        Row("aws-mfa --help", f"{PEERS}/aws-mfa/bin/aws-mfa --help"),
        Row("aws-sso-util --help", f"{PEERS}/aws-sso-util/bin/aws-sso-util --help"),
        Row("aws-vault exec", f"aws-vault exec --no-session {ONE} -- true"),
        Row("granted assume", f"assume {ONE}"),
    ]


def measure(home: Path, environ: dict[str, str], runs: int) -> dict[str, float]:
    """The median of each row in this home, in milliseconds."""
    times: dict[str, list[float]] = {}
    (home / "channel").touch()
    with CheckingSts() as sts:
        for _ in range(ROUNDS):  # what the machine does meanwhile meets all rows
            found = rows(home, sts.url)
            for row, seen in zip(
                found, _time(found, home / "hyperfine.json", environ, -(-runs // ROUNDS)), strict=True
            ):
                times.setdefault(row.name, []).extend(seen)
    return {name: statistics.median(seen) * 1000 for name, seen in times.items()}


def _time(rows: list[Row], report: Path, environ: dict[str, str], runs: int) -> list[list[float]]:
    """The times of each row, in seconds."""
    command = ["hyperfine", "--shell=none", "--warmup", "1", "--runs", str(runs), "--ignore-failure", "--style", "none"]
    for row in rows:
        command += ["--prepare", row.prepare, row.command]
    done = subprocess.run(
        [*command, "--export-json", report], env=environ, capture_output=True, text=True, cwd=report.parent, check=False
    )
    if done.returncode:
        sys.exit(f"hyperfine: {done.stderr}")
    return [result["times"] for result in json.loads(report.read_text())["results"]]
