"""What AWS tools read of odd files, by answers that botocore gave: readings.json, with bytes written as Latin-1.

A botocore that changes its mind fails here, and so does an awsprof that reads anything else.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from awsprof.files import read
from awsprof.profiles import model

from .ugly import botocore_reads

ROWS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("readings.json").read_text(encoding="utf-8"))
ACCEPTED = [row for row in ROWS if row["botocore"] is not None]
REFUSED = [row for row in ROWS if row["botocore"] is None]
FILES = ("config", "credentials")


def case(row: dict[str, Any]) -> str:
    name: str = row["case"]
    return name


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }


def write(row: dict[str, Any], folder: Path) -> None:
    for file in FILES:
        (folder / file).write_bytes(row[file].encode("latin-1"))


def botocore_profiles(folder: Path) -> dict[str, dict[str, object]]:
    """Every profile with its settings, as a botocore session finds them."""
    from botocore.session import Session

    session = Session()
    session.set_config_variable("config_file", str(folder / "config"))
    session.set_config_variable("credentials_file", str(folder / "credentials"))
    found: dict[str, dict[str, object]] = session.full_config["profiles"]
    return found


@pytest.mark.parametrize("row", ACCEPTED, ids=case)
def test_botocore_still_reads_it_so(row: dict[str, Any], tmp_path: Path) -> None:
    write(row, tmp_path)
    found = botocore_profiles(tmp_path)
    assert {name: found[name] for name in row["botocore"]} == row["botocore"]


@pytest.mark.parametrize("row", ACCEPTED, ids=case)
def test_awsprof_reads_it_so(row: dict[str, Any], tmp_path: Path, environ: dict[str, str]) -> None:
    write(row, tmp_path)
    known = model.load(environ)
    assert known.warnings == []
    assert sorted(known) == sorted(botocore_profiles(tmp_path))
    for name, expected in row["botocore"].items():
        merged = {**known[name].config, **known[name].credentials}
        assert {key: read.nested(value) if value[:1] == "\n" else value for key, value in merged.items()} == expected


@pytest.mark.parametrize("row", REFUSED, ids=case)
def test_botocore_still_refuses_it(row: dict[str, Any], tmp_path: Path) -> None:
    write(row, tmp_path)
    assert botocore_reads(tmp_path / "config") is None


@pytest.mark.parametrize("row", REFUSED, ids=case)
def test_what_is_clear_of_it_is_listed_and_its_line_named(
    row: dict[str, Any], tmp_path: Path, environ: dict[str, str]
) -> None:
    write(row, tmp_path)
    known = model.load(environ)
    assert len(known.warnings) == 1
    assert known.warnings[0].startswith(f"{tmp_path / 'config'} line {row['line']}: ")
    assert known.warnings[0].endswith("the AWS CLI and boto3 refuse this file")
    assert list(known) == row["listed"]
