"""Read and show durations and times."""

from __future__ import annotations

import time

from awsprof.errors import UsageError
from awsprof.text.display import quoted

_UNITS = {"h": 3600, "m": 60, "s": 1}
_WEEKDAY_IS_CLEAR = 6 * 86400  # seconds


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
    """Return the seconds since the epoch of a time as AWS tools write it into their files; None if it is none.

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


def clock(seconds: float, now: float) -> str:
    """Return a time in the local zone: Tue 03:12, or 2026-12-24 03:12 if it is more than six days away or ago."""
    moment = time.localtime(seconds)
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.tm_wday]
    day = weekday if abs(seconds - now) <= _WEEKDAY_IS_CLEAR else time.strftime("%Y-%m-%d", moment)
    return f"{day} {moment.tm_hour:02}:{moment.tm_min:02}"
