"""An access key from where a user has it: the file that the AWS console exported, or two lines of stdin."""

from __future__ import annotations

import codecs
import csv

from awsprof.errors import FileError, UsageError
from awsprof.text.display import quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_KEY_ID, _SECRET = "access key id", "secret access key"
_USER = ("user name", "username", "user")
# A root user's file of before 2023 has a line each: AWSAccessKeyId=AKIA..., AWSSecretKey=...
_SPELLINGS = {"awsaccesskeyid": _KEY_ID, "awssecretkey": _SECRET}


def from_csv(path: str, user: str = "") -> tuple[str, str, str]:
    """Key id, secret and user name (empty if it is not there) from a file as the console exports it.

    Spreadsheets save it with another separator, a `sep=` line, or as UTF-16; headers may be in any case.

    Args:
        path: the file.
        user: which row, if there are several.

    Raises:
        UsageError: a column is missing, or no row or several are meant.
        FileError: the file cannot be read.
    """
    try:
        rows = _rows(_text(_bytes(path)).lstrip("\ufeff"))
    except (UnicodeDecodeError, csv.Error):
        raise UsageError(f"{quoted(path)} is not a CSV file", "give the file that the AWS console exported") from None
    row = _one(path, rows, user)
    missing = [name for name in (_KEY_ID, _SECRET) if name not in row]
    if missing:
        raise UsageError(
            f"{quoted(path)} has no column {quoted(missing[0])}", "give the file of an access key, not of a password"
        )
    return row[_KEY_ID], row[_SECRET], _user(row)


def _text(data: bytes) -> str:
    """The text of a file; every second byte of UTF-16 is null for such letters."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-8-sig")


def _rows(text: str) -> list[dict[str, str]]:
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    pairs = [line.partition("=") for line in lines]
    root = {_SPELLINGS.get(name.strip().lower(), ""): value.strip() for name, _, value in pairs}
    if root.keys() == {_KEY_ID, _SECRET}:
        return [root]
    separator = ""
    if lines and lines[0].strip('" \t').lower().startswith("sep="):  # Excel's
        separator = lines.pop(0).strip('" ')[4:5]
    separator = separator or max(",;\t", key=(lines or [""])[0].count)
    return [_lowered(row) for row in csv.DictReader(lines, strict=True, delimiter=separator)]


def _bytes(path: str) -> bytes:
    """All there is: a pipe is a good place for a secret, too."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        data = b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(
            f"cannot read {quoted(path)}: {reason}", "give the file that the AWS console exported"
        ) from None
    if not data:
        raise UsageError(f"{quoted(path)} is missing or empty", "give the file that the AWS console let you download")
    return data


def _lowered(row: dict[str | None, str | None]) -> dict[str, str]:
    named = {name.strip().lower(): (value or "").strip() for name, value in row.items() if isinstance(name, str)}
    return {_SPELLINGS.get(name, name): value for name, value in named.items()}


def _user(row: dict[str, str]) -> str:
    return next((row[name] for name in _USER if name in row), "")


def _one(path: str, rows: list[dict[str, str]], user: str) -> dict[str, str]:
    if not rows:
        raise UsageError(f"{quoted(path)} has no row with an access key", "give the file that the AWS console exported")
    fits = [row for row in rows if not user or _user(row) == user]
    if len(fits) == 1:
        return fits[0]
    users = ", ".join(safe(_user(row)) or "(no name)" for row in rows)
    if user and not fits:
        raise UsageError(f"{quoted(path)} has no row for {quoted(user)}", f"it has: {users}")
    raise UsageError(f"{quoted(path)} has {len(rows)} rows: {users}", "choose one with --user NAME")


def from_lines(stream: TextIO) -> tuple[str, str]:
    """Key id and secret from the first two lines of a stream.

    Raises:
        UsageError: there are not two.
    """
    try:
        key_id, secret = (stream.readline().strip("\ufeff \t\r\n") for _ in range(2))
    except UnicodeDecodeError:
        key_id = secret = ""
    if not key_id or not secret:
        raise UsageError(
            "--stdin reads two lines: the access key id, then the secret access key",
            "or name the console's file with --csv; without both, awsprof add iam DOMAIN asks",
        )
    return key_id, secret
