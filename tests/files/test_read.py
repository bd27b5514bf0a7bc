"""Reading is botocore's reading; where botocore gives up, the line is named and the rest is read."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from awsprof.errors import FileError
from awsprof.files import read
from tests.files.ugly import LINE, awsprof_reads, botocore_profiles, botocore_reads, ugly

KEYS = b"aws_access_key_id = AK\naws_secret_access_key = SK\n"

ACCEPTED = {
    "empty": b"",
    "blank": b"\n \n\t\n",
    "comments only": b"# a\n; b\n  # c\n",
    "section without settings": b"[profile a]\n",
    "colon in a name": b"[profile work:dev]\nregion=r1\n",
    "every character of a name": b"[profile a-/.%@_:+Z9]\n" + KEYS,
    "no newline at the end": b"[a]\nx = 1",
    "CRLF": b"[a]\r\nx = 1\r\ny = 2\r\n",
    "CR only": b"[a]\rx = 1\ry = 2\r",
    "mixed endings": b"[a]\r\nx = 1\ny = 2\rz = 3",
    "key : value": b"[a]\nx: 1\ny : 2\nz:3=4\nw=5:6\n",
    "upper case": b"[a]\nREGION=x\n[A]\nregion=y\n",
    "empty value": b"[a]\nregion =\nx = 1\n",
    "comment after a value stays": b"[a]\nx = 1 # c\ny = 2 ; c\nz = 3#c\n",
    "quoted value": b'[a]\nx = "1"\n',
    "percent": b"[a]\nx = %(y)s %\n",
    "space in a key": b"[a]\na b = 1\n",
    "continuation": b"[a]\nx = 1\n  2\n\n  3\n\ny = 4\n",
    "continuation with comments": b"[a]\nx = 1\n  # no\n  2\n# no\n  3\n",
    "second key indented": b"[a]\nx = 1\n y = 2\n",
    "indented settings": b"[a]\n  x = 1\n  y = 2\n z = 3\n",
    "indented section": b"[a]\nx = 1\n [b]\ny = 2\n",
    "indented after a new header": b"[a]\nx = 1\n[b]\n  y = 2\n",
    "all indented": b" [a]\n x = 1\n [b]\n y = 2\n",
    "block": b"[a]\ns3 =\n  x = 1\n  region = 2\nregion = 3\n",
    "block with comment and blank line": b"[a]\ns3 =\n  # c\n  x = 1\n\n  y = 2\nz = 3\n",
    "block with a value twice": b"[a]\ns3 =\n  x = 1\n  x = 2\n",
    "block without settings": b"[a]\ns3 =\n\n\n[b]\n",
    "tab indents": b"[a]\ns3 =\n\tx = 1\n\t\ty = 2\n",
    "[DEFAULT]": b"[DEFAULT]\nx = 1\ny = 2\n[a]\ny = 3\n[DEFAULT]\nz = 4\n",
    "only [DEFAULT], with a block nobody inherits": b"[DEFAULT]\ns3 =\n  junk\n",
    "[DEFAULT] block that every section overrides": b"[DEFAULT]\ns3 =\n  junk\n[a]\ns3 = 1\n",
    "comment after a header": b"[profile a] # c\nx=1\n[profile b];c\nx=2\n[profile c] # ]\nx=3\n",
    "bracket in a name": b"[a]b]\nx = 1\n[]]\nx = 2\n",
    "spaces in headers": b"[ profile a ]\nx=1\n[profile  b]\nx=2\n[profile\tc]\nx=3\n[d ]\nx=4\n",
    "odd names": "[profile café]\nx=1\n[profile 🚀]\nx=2\n[profile o'neil]\nx=3\n[profile a\\b]\nx=4\n".encode(),
    "NUL": b"[a]\nx = a\0b\n",
    "U+2028 and U+0085 are no line ends": "# a\u2028[evil]\x85x=1\n[a]\nx = b\u2028y = c\x85z\n".encode(),
    "form feed and vertical tab": b"[a]\nx = a\x0cy=b\n\x0by = c\n",
    "U+2028 splits in a block": "[a]\ns3 =\n  x = 1\u2028y = 2\n".encode(),
    "other sections": b"[sso-session s]\nsso_region=x\n[plugins]\ncli=y\n[services z]\ns3 =\n  endpoint_url = h\n",
    "__proto__": b"[profile __proto__]\nx = 1\n",
}

REFUSED = {  # bytes -> the line that is wrong, and a word of the reason
    "section twice": (b"[a]\nx=1\n[b]\n[a]\ny=2\n", 4, "first defined on line 1"),
    "key twice": (b"[a]\nx=1\ny=1\nx=2\n", 4, "line 2"),
    "key twice, other case": (b"[a]\nregion=1\n\nRegion=2\n", 4, "line 2"),
    "key twice in two [DEFAULT]": (b"[DEFAULT]\nx=1\n[DEFAULT]\nx=2\n", 4, "line 2"),
    "line without =": (b"[a]\nx=1\njunk\n", 3, "neither"),
    "line without key": (b"[a]\n= 1\n", 2, "neither"),
    "slashes": (b"[a]\n// hi\n", 2, "neither"),
    "setting before a section": (b"# c\nregion = x\n[a]\n", 2, "before the first section"),
    "empty header": (b"[]\nx=1\n[a]\n", 1, "before the first section"),
    "open header": (b"[a]\n[profile foo\n", 2, "neither"),
    "block line without =": (b"[a]\ns3 =\n  x = 1\n  # c\n  junk\n", 5, "block s3"),
    "block line without = after U+2028": ("[a]\ns3 =\n  x = 1\u2028junk\n".encode(), 3, "block s3"),
    "block of [DEFAULT]": (b"[DEFAULT]\ns3 =\n  junk\n[a]\nx = 1\n", 3, "block s3"),
    "two lines of a block of [DEFAULT]": (b"[DEFAULT]\ns3 =\n  junk\n  junk\n[a]\n", 3, "block s3"),
    "BOM": (b"\xef\xbb\xbf[a]\nx = 1\n", 1, "byte order mark"),
    "BOM alone": (b"\xef\xbb\xbf", 1, "byte order mark"),
    "UTF-16": ("[a]\nx = 1\n".encode("utf-16"), 1, "UTF-8"),
    "Latin-1": (b"[a]\r\nx = 1\r\n# caf\xe9\r\n", 3, "UTF-8"),
    "Latin-1 and CR": (b"[a]\rx = 1\r# caf\xe9\r", 3, "UTF-8"),
    "the first of several": (b"[a]\nx = 1\njunk\nx = 2\n[a]\n", 3, "neither"),
}


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=ACCEPTED)
def test_what_botocore_accepts_reads_the_same(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(data)
    expected = botocore_reads(path)
    assert expected is not None
    assert awsprof_reads(read.load(str(path))) == expected


@pytest.mark.parametrize("data", ACCEPTED.values(), ids=ACCEPTED)
def test_profiles_of_a_config_file_are_botocores(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(data)
    found = [name for name, _ in read.config_sections(read.load(str(path)))]
    assert sorted(found) == sorted(botocore_profiles(path))


HEADERS = {
    "default": "default",
    "profile default": "default",
    "profile a": "a",
    "profile  a": "a",
    "profile\ta": "a",
    "profile a ": "a",
    'profile "a b"': "a b",
    "profile 'a b'": "a b",
    "profile a' 'b": "a b",
    "profile a\\b": "ab",
    "profile a\\ b": "a b",
    "profilex a": "a",
    "profile café": "café",
    "profile a\xa0b": "a\xa0b",
    'profile ""': "",
    "profile a b": None,
    "profile o'neil": None,
    "profile": None,
    "profilea": None,
    " profile a": None,
    "a": None,
    "Default": None,
    "sso-session s": None,
}


@pytest.mark.parametrize(("header", "name"), HEADERS.items(), ids=map(repr, HEADERS))
def test_a_header_of_config_names_a_profile(header: str, name: str | None, tmp_path: Path) -> None:
    assert read.config_profile(header) == name
    path = tmp_path / "config"
    path.write_text(f"[{header}]\n", encoding="utf-8")
    assert botocore_profiles(path) == ([] if name is None else [name])


@pytest.mark.parametrize(("data", "line", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_botocore_refuses_names_the_line(data: bytes, line: int, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(data)
    assert botocore_reads(path) is None
    file = read.load(str(path))
    assert file.problem is not None
    assert (file.problem.line, reason in file.problem.reason) == (line, True), file.problem.reason
    assert f"{path} line {line}: " in file.warning()


STILL_CLEAR = {
    "section twice: both count": (b"[a]\nx=1\n[b]\nz=3\n[a]\ny=2\n", {"a": {"x": "1", "y": "2"}, "b": {"z": "3"}}),
    "key twice: the later": (b"[a]\nx=1\nx=2\n", {"a": {"x": "2"}}),
    "junk is left out": (b"junk\n[a]\n// c\nx=1\n[b\ny=2\n", {"a": {"x": "1", "y": "2"}}),
    "after a BOM": (b"\xef\xbb\xbf[a]\nx=1\n", {"a": {"x": "1"}}),
    "around Latin-1": (b"# caf\xe9\n[a]\nx=1\n", {"a": {"x": "1"}}),
}


@pytest.mark.parametrize(("data", "expected"), STILL_CLEAR.values(), ids=STILL_CLEAR)
def test_what_is_clear_is_read_all_the_same(data: bytes, expected: dict[str, dict[str, str]]) -> None:
    file = read.parse(data, "config")
    assert {header: file.values(header) for header in file.sections} == expected


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=ugly())
def test_any_file_reads_as_botocore_reads_it(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_bytes(data)
    file = read.load(str(path))
    assert awsprof_reads(file) == botocore_reads(path)
    if file.problem is not None and b"[DEFAULT]" not in data:
        assert file.problem.line == _first_refused(path, data)


def _first_refused(path: Path, data: bytes) -> int:
    """The first line with which botocore refuses; a block of [DEFAULT] is refused only where somebody inherits it."""
    lines = LINE.findall(data)
    for count in range(1, len(lines) + 1):
        path.write_bytes(b"".join(lines[:count]))
        if botocore_reads(path) is None:
            return count
    raise AssertionError("botocore accepts the file")


PATHS = {
    "neither": ({}, "/home/u/.aws/config", "/home/u/.aws/credentials"),
    "both": ({"AWS_CONFIG_FILE": "/x/c", "AWS_SHARED_CREDENTIALS_FILE": "/y/k"}, "/x/c", "/y/k"),
    "home": ({"AWS_CONFIG_FILE": "~/c", "AWS_SHARED_CREDENTIALS_FILE": "~"}, "/home/u/c", "/home/u"),
    "empty": ({"AWS_CONFIG_FILE": "", "AWS_SHARED_CREDENTIALS_FILE": ""}, "/home/u/.aws/config", None),
    "relative": ({"AWS_CONFIG_FILE": "c"}, "c", None),
    "tilde inside": ({"AWS_CONFIG_FILE": "/x/~/c"}, "/x/~/c", None),
    "of nobody": ({"AWS_CONFIG_FILE": "~no-such-user-here/c"}, "~no-such-user-here/c", None),
    "slash at the end of HOME": ({"HOME": "/home/u/"}, "/home/u/.aws/config", None),
}


@pytest.mark.skipif(os.name == "nt", reason="HOME counts on POSIX only")
@pytest.mark.parametrize(("environ", "config", "credentials"), PATHS.values(), ids=PATHS)
def test_paths(environ: dict[str, str], config: str, credentials: str | None) -> None:
    found = read.paths({"HOME": "/home/u", **environ})
    assert found == (config, credentials or "/home/u/.aws/credentials")


def test_a_variable_in_a_path_is_expanded_as_botocore_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWSPROF_TEST_PLACE", "/x")
    assert read.paths({"AWS_CONFIG_FILE": "${AWSPROF_TEST_PLACE}/c", "HOME": "/h"})[0] == "/x/c"


def test_a_missing_file_is_an_empty_one(tmp_path: Path) -> None:
    file = read.load(str(tmp_path / "no" / "config"))
    assert (file.text, file.sections, file.problem, file.warning()) == ("", {}, None, "")


def test_no_file_is_an_empty_one() -> None:
    assert read.load(os.devnull).text == ""


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


def _loop(path: Path) -> None:
    path.symlink_to(path)


ODD_FILES = {
    "directory": (Path.mkdir, "is a directory"),
    "fifo": (_fifo, "is not a regular file"),
    "socket": (_socket, "cannot read"),
    "link to itself": (_loop, "cannot read"),
}


@pytest.mark.skipif(os.name == "nt", reason="POSIX kinds of files")
@pytest.mark.parametrize(("make", "reason"), ODD_FILES.values(), ids=ODD_FILES)
def test_what_is_no_file_is_said(make: object, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    path = Path("config")
    assert callable(make)
    make(path)
    with pytest.raises(FileError, match=reason) as caught:
        read.load(str(path))
    assert caught.value.exit_code == 4


def test_a_file_in_the_folders_place_is_said(tmp_path: Path) -> None:
    (tmp_path / ".aws").write_text("")
    with pytest.raises(FileError, match="cannot read"):
        read.load(str(tmp_path / ".aws" / "config"))


def test_a_hostile_path_is_said() -> None:
    with pytest.raises(FileError, match="cannot read"):
        read.load("a\0b")


@pytest.mark.skipif(os.name == "nt", reason="POSIX modes")
def test_an_unreadable_file_is_said(tmp_path: Path, as_nobody: object) -> None:
    path = tmp_path / "config"
    path.write_text("[a]\n")
    path.chmod(0)
    assert callable(as_nobody)
    assert as_nobody(read.load, str(path)) == f"FileError 4 cannot read {path}: Permission denied"


def test_a_byte_that_is_no_text_does_not_reach_a_message(tmp_path: Path) -> None:
    file = read.parse(b"[a\x1b[31m]\n[a\x1b[31m]\n", "config")
    assert file.problem is not None
    assert file.problem.reason == r"duplicate section $'[a\x1b[31m]'; first defined on line 1"


def test_reading_stays_light() -> None:
    code = "import sys, awsprof.files.read as r; r.parse(b'[a]\\nx=1\\n'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"configparser", "shlex", "botocore", "dataclasses", "typing"} & set(loaded)
