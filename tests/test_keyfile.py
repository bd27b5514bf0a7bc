"""An access key from a CSV file or from stdin."""

import io
import os
from pathlib import Path

import pytest

from awsprof.errors import FileError, UsageError
from awsprof.profiles import keyfile

HEAD = "Access key ID,Secret access key"
BOTH = ("AKIA1", "s1")


ROOT = "AWSAccessKeyId=AKIA1\r\nAWSSecretKey=s1"
FILES = {
    "plain": (f"{HEAD}\nAKIA1,s1\n", ""),
    "BOM and CRLF": (f"\ufeff{HEAD}\r\nAKIA1,s1\r\n", ""),
    "no final newline": (f"{HEAD}\nAKIA1,s1", ""),
    "extra columns": ("User Name, ACCESS KEY ID ,secret Access Key,Console\nyou,AKIA1,s1,https://x\n", "you"),
    "other order": ("Secret access key,Access key ID\ns1,AKIA1\n", ""),
    "quoted": (f'{HEAD}\n"AKIA1","s1"\n\n', ""),
    "spaces and surplus": (f"{HEAD}\n AKIA1 , s1 ,extra,more\n", ""),
    "semicolons": (f"User name,{HEAD}\nyou,AKIA1,s1\n".replace(",", ";"), "you"),
    "tabs": (f"User name,{HEAD}\nyou,AKIA1,s1\n".replace(",", "\t"), "you"),
    "a sep= line": (f"sep=,\r\n{HEAD}\r\nAKIA1,s1\r\n", ""),
    "a sep= line, semicolons": (f'"sep=;"\nUser name,{HEAD}\nyou,AKIA1,s1\n'.replace(",", ";"), "you"),
    "a sep= line, tabs": (f"sep=\t\n{HEAD}\nAKIA1,s1\n".replace(",", "\t"), ""),
    "a password with a semicolon": (f"User name,Password,{HEAD}\nyou,a;b;c;d,AKIA1,s1\n", "you"),
    "a root user's, old form": (ROOT, ""),
    "a root user's, old form, as a spreadsheet has it": ("AWSAccessKeyId,AWSSecretKey\nAKIA1,s1\n", ""),
    "a root user's, new form": (f"{HEAD}\nAKIA1,s1\n", ""),
    "old Mac line ends": (f"{HEAD}\rAKIA1,s1\r", ""),
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("case", FILES)
def test_a_csv(tmp_path: Path, case: str, encoding: str) -> None:
    text, user = FILES[case]
    if encoding == "utf-16-be":
        text = "\ufeff" + text.lstrip("\ufeff")
    path = tmp_path / "key.csv"
    path.write_bytes(text.lstrip("\ufeff" if encoding == "utf-8-sig" else "").encode(encoding))
    assert keyfile.from_csv(str(path)) == (*BOTH, user)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is missing or empty"),
        (HEAD.encode(), "has no row with an access key"),
        (b"\n\n", "has no row with an access key"),
        (b"User name,Password\nyou,p\n", "has no column 'access key id'"),
        (b"Access key ID\nAKIA1\n", "has no column 'secret access key'"),
        (HEAD.replace(",", "|").encode() + b"\nAKIA1|s1\n", "has no column"),
        (b"AWSAccessKeyId=AKIA1\n", "has no row"),
        (HEAD.encode() + b'\n"AKIA1,s1\n', "is not a CSV file"),
        (b"\xff\xfe\x00", "is not a CSV file"),
    ],
    ids=[
        "empty",
        "header only",
        "blank",
        "a password's",
        "no secret",
        "pipes",
        "half a root user's",
        "open quote",
        "binary",
    ],
)
def test_csv_refused(tmp_path: Path, data: bytes, what: str) -> None:
    path = tmp_path / "key.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError) as refused:
        keyfile.from_csv(str(path))
    assert what in refused.value.what
    assert refused.value.next_step


SEVERAL = f"User name,{HEAD}\nyou,AKIA1,s1\nme,AKIA2,s2\n\x1b[31m,AKIA3,s3\n"


@pytest.mark.parametrize(
    ("user", "what", "next_step"),
    [
        ("", r"has 3 rows: you, me, \x1b[31m", "choose one with --user NAME"),
        ("You", "has no row for You", r"it has: you, me, \x1b[31m"),
    ],
)
def test_several_rows_name_their_users(tmp_path: Path, user: str, what: str, next_step: str) -> None:
    path = tmp_path / "key.csv"
    path.write_text(SEVERAL)
    with pytest.raises(UsageError) as refused:
        keyfile.from_csv(str(path), user)
    assert refused.value.what.endswith(what)
    assert refused.value.next_step == next_step


def test_a_user_picks_a_row(tmp_path: Path) -> None:
    path = tmp_path / "key.csv"
    path.write_text(SEVERAL)
    assert keyfile.from_csv(str(path), "me") == ("AKIA2", "s2", "me")


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is missing or empty"):
        keyfile.from_csv(str(tmp_path / "gone.csv"))
    with pytest.raises(FileError, match=r"cannot read .*: Is a directory"):
        keyfile.from_csv(str(tmp_path))


@pytest.mark.parametrize(
    "data", [b"AKIA1\ns1\n", b"AKIA1\r\ns1\r\n", b" AKIA1 \n s1", b"\xef\xbb\xbfAKIA1\ns1\nmore\n"]
)
def test_two_lines(data: bytes) -> None:
    assert keyfile.from_lines(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")) == BOTH


@pytest.mark.parametrize("data", [b"", b"AKIA1\n", b"\ns1\n", b"AKIA1\n\n", b"\xff\n\xff\n"])
def test_two_lines_refused(data: bytes) -> None:
    with pytest.raises(UsageError, match="--stdin reads two lines"):
        keyfile.from_lines(io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_a_pipe_is_a_file_too() -> None:
    read, write = os.pipe()
    with os.fdopen(write, "wb") as file:
        file.write(b"Access key ID,Secret access key\nAKIA1,s1\n")
    assert keyfile.from_csv(f"/dev/fd/{read}") == (*BOTH, "")
    os.close(read)
