"""Pure helpers for what people read and type: safe text, masking, durations, times, nearest names."""

from __future__ import annotations

import time

from awsprof.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

MASK = "********"
_SECRET_WORDS = ("secret", "token", "password")
_NOT_SECRET = ("web_identity_token_file", "token_file")
_UNITS = {"h": 3600, "m": 60, "s": 1}


def safe(value: str) -> str:
    """Text as it may be shown on a terminal: controls, bidi marks and undecodable bytes become U+FFFD."""
    if value.isascii() and value.isprintable():
        return value
    # What Python calls printable has no control, format (bidi), separator, surrogate or unassigned character.
    return "".join(character if character.isprintable() else "\ufffd" for character in value)


def quoted(value: str) -> str:
    """A name as a message or a suggested command shows it: bare where a shell takes it so, else in quotes."""
    shown = safe(value)
    plain = shown != "" and all(c.isalnum() or c in "_.:/@+-" for c in shown)
    return shown if plain else "'" + shown.replace("'", "'\\''") + "'"


def is_secret(key: str) -> bool:
    """Whether a setting of this name holds a secret in the AWS files."""
    lowered = key.lower()
    return lowered not in _NOT_SECRET and any(word in lowered for word in _SECRET_WORDS)


def masked(key: str, value: str) -> str:
    """The value of a setting as it may be shown: secrets become a mask of one fixed length.

    An indented line belongs to the value above it: a secret that was indented by mistake is masked there, too.
    """
    if value and is_secret(key):
        return MASK
    return "\n".join(map(masked_line, value.split("\n"))) if "\n" in value else value


def masked_line(line: str) -> str:
    """A line without the secret it sets, however that is spelled; text before it, as in a comment, stays."""
    start = 0
    for at, character in enumerate(line):
        if character in "=:":
            if is_secret(line[start:at].strip(" #;")) and line[at + 1 :].strip():
                return f"{line[: at + 1]} {MASK}"
            start = at + 1
    return line


def parse_duration(words: str) -> int:
    """Seconds in `36h`, `90m`, `1h30m`, `900s` or plain seconds.

    Raises:
        UsageError: the words are not a duration.
    """
    total, number, last = 0, "", 3601
    if len(words) > 20:  # int() itself refuses numbers of thousands of digits, in words of its own
        raise _bad_duration(words)
    for character in words.strip().lower():
        if character.isascii() and character.isdigit():
            number += character
            continue
        unit = _UNITS.get(character)
        if unit is None or not number or unit >= last:
            raise _bad_duration(words)
        total, number, last = total + int(number) * unit, "", unit
    if number and last == 3601:
        return int(number)
    if number or last == 3601:
        raise _bad_duration(words)
    return total


def _bad_duration(words: str) -> UsageError:
    return UsageError(f"{quoted(words)} is not a duration", "write it like 36h, 90m, 1h30m or 900s")


def show_duration(seconds: int) -> str:
    """Seconds in the form that parse_duration reads: 5400 is 1h30m."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "m"), (left, "s"))
    return "".join(f"{n}{unit}" for n, unit in parts if n) or "0s"


def age(seconds: float) -> str:
    """How old something is, in days."""
    days = int(seconds // 86400)
    return "of today" if days < 1 else f"{days} day{'s' if days > 1 else ''} old"


def parse_time(words: str) -> int | None:
    """Seconds since the epoch for a time as AWS tools write it into their files; None where it is none.

    Offsets and Z are honoured, .NET's seven fraction digits too; a time without an offset is UTC, as aws-mfa means it.
    """
    from datetime import UTC, datetime  # only a profile with a session pays for it

    try:
        moment = datetime.fromisoformat(words.strip())
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def iso(seconds: float) -> str:
    """A time in UTC as it is written into files and JSON: 2026-11-24T03:12:05Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def clock(seconds: float) -> str:
    """A time as people read it, in the local zone: Tue 03:12. It never depends on now."""
    moment = time.localtime(seconds)
    return f"{('Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun')[moment.tm_wday]} {moment.tm_hour:02}:{moment.tm_min:02}"


def nearest(word: str, names: Iterable[str], most: int = 3) -> list[str]:
    """The names that were probably meant, best first; one that differs only in case leads."""
    import difflib  # only a misspelt name pays for it

    known = sorted(set(names))
    folded = [name for name in known if name.casefold() == word.casefold()]
    by_case = {name.casefold(): name for name in reversed(known)}
    close = [by_case[hit] for hit in difflib.get_close_matches(word.casefold(), list(by_case), most)]
    inside = [name for name in known if word and word.casefold() in name.casefold()]
    return list(dict.fromkeys([*folded, *close, *inside]))[:most]


def joined(words: Iterable[str], last: str = "and") -> str:
    """Names in a sentence: `a, b and c`."""
    *before, end = list(words) or [""]
    return f"{', '.join(before)} {last} {end}" if before else end
