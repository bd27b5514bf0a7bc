"""The last word before a file is replaced is botocore's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from awsprof.errors import FileError
from awsprof.files import read, verify

Meant = Mapping[str, Mapping[str, str | None]]
SET: Meant = {"a": {"x": "2"}}
GONE: Meant = {"a": {"x": None}}

VERDICTS: dict[str, tuple[str, str, Meant, bool]] = {
    "set": ("[a]\nx = 1\n", "[a]\nx = 2\n", SET, True),
    "added": ("[a]\ny = 1\n", "[a]\ny = 1\nx = 2\n", SET, True),
    "removed": ("[a]\nx = 1\n", "[a]\n", GONE, True),
    "new section": ("[b]\n", "[b]\n[a]\nx = 2\n", SET, True),
    "new file": ("", "[a]\nx = 2\n", SET, True),
    "nothing meant, nothing done": ("[a]\nx = 1\n", "[a]\nx=1\n# c\n", {}, True),
    "inherits [DEFAULT]": ("[DEFAULT]\nz = 9\n", "[DEFAULT]\nz = 9\n[a]\nx = 2\n", SET, True),
    "inherits a block": ("[DEFAULT]\ns3 =\n  z = 9\n", "[DEFAULT]\ns3 =\n  z = 9\n[a]\nx = 2\n", SET, True),
    "not set": ("[a]\nx = 1\n", "[a]\nx = 1\n", SET, False),
    "another value": ("[a]\nx = 1\n", "[a]\nx = 2 # c\n", SET, False),
    "continued": ("[a]\nx = 1\n", "[a]\nx = 2\n  3\n", SET, False),
    "not removed": ("[a]\nx = 1\n", "[a]\nx =\n", GONE, False),
    "another setting lost": ("[a]\nx = 1\ny = 1\n", "[a]\nx = 2\n", SET, False),
    "another setting changed": ("[a]\nx = 1\ny = 1\n", "[a]\nx = 2\ny = 2\n", SET, False),
    "a block changed": ("[a]\nx = 1\ns3 =\n  y = 1\n", "[a]\nx = 2\ns3 =\n  y = 2\n", SET, False),
    "another section lost": ("[a]\nx = 1\n[b]\n", "[a]\nx = 2\n", SET, False),
    "another section came": ("[a]\nx = 1\n", "[a]\nx = 2\n[b]\n", SET, False),
    "under another header": ("", "[profile a]\nx = 2\n", SET, False),
    "as [DEFAULT]": ("", "[DEFAULT]\nx = 2\n", {"DEFAULT": {"x": "2"}}, False),
    "refused by botocore": ("[a]\nx = 1\n", "[a]\nx = 2\nx = 2\n", SET, False),
    "emptied": ("[a]\nx = 1\n", "", GONE, False),
}


@pytest.mark.parametrize(("before", "after", "meant", "right"), VERDICTS.values(), ids=VERDICTS)
def test_verdict(before: str, after: str, meant: Meant, right: bool, tmp_path: Path) -> None:
    old, new = tmp_path / "credentials", tmp_path / "new"
    old.write_text(before)
    new.write_text(after)
    assert verify.as_meant(read.load(str(old)), str(new), meant) is right


def test_a_missing_file_was_empty(tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.write_text("[a]\nx = 2\n")
    assert verify.as_meant(read.load(str(tmp_path / "credentials")), str(new), SET)


def test_a_file_that_botocore_refused_before_is_an_error(tmp_path: Path) -> None:
    old = tmp_path / "credentials"
    old.write_text("junk\n")
    with pytest.raises(FileError, match=r"the AWS CLI and boto3 refuse .*credentials; nothing was written"):
        verify.as_meant(read.load(str(old)), str(old), SET)
