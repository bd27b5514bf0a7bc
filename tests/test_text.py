"""What people read and type: safe text, masks, durations, times, nearest names."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsprof import text
from awsprof.errors import UsageError

BAD = "\ufffd"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("work:dev", "work:dev"),
        ("[red]x[/]", "[red]x[/]"),
        ("Zürich 東京", "Zürich 東京"),
        ("\x1b[31mred", f"{BAD}[31mred"),
        ("a\nb\tc\rd", f"a{BAD}b{BAD}c{BAD}d"),
        ("\x00\x7f", BAD * 2),
        ("\x9b31m", f"{BAD}31m"),  # C1: CSI in one character
        ("\u202egnp.exe", f"{BAD}gnp.exe"),
        ("\u2066a\u2069\u200e\u061c", f"{BAD}a{BAD * 3}"),
        ("a\u2028b\u2029c\u0085d", f"a{BAD}b{BAD}c{BAD}d"),
        ("\udcff\ud800", BAD * 2),
        ("\u200b\u00ad\u00a0", BAD * 3),
        ("", ""),
    ],
)
def test_safe(value: str, shown: str) -> None:
    assert text.safe(value) == shown


@given(st.text(alphabet=st.characters()))
def test_safe_text_is_printable_and_as_long(value: str) -> None:
    shown = text.safe(value)
    assert shown.isprintable()
    assert len(shown) == len(value)
    shown.encode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("work:dev", "work:dev"),
        ("a b", "'a b'"),
        ("it's", "'it'\\''s'"),
        ("$(reboot)", "'$(reboot)'"),
        ("", "''"),
        ("a\x1bb", f"'a{BAD}b'"),
    ],
)
def test_quoted(value: str, shown: str) -> None:
    assert text.quoted(value) == shown


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("aws_secret_access_key", "short", text.MASK),
        ("AWS_SECRET_ACCESS_KEY", "x" * 99, text.MASK),
        ("aws_session_token", "t", text.MASK),
        ("aws_security_token", "t", text.MASK),
        ("my_password", "p", text.MASK),
        ("aws_secret_access_key", "", ""),
        ("aws_access_key_id", "AKIA", "AKIA"),
        ("region", "eu-west-1", "eu-west-1"),
        ("web_identity_token_file", "/run/token", "/run/token"),
        ("aws_access_key_id", "AKIA\naws_secret_access_key = shh", f"AKIA\naws_secret_access_key = {text.MASK}"),
        ("s3", "\naws_session_token: shh\nb = c", f"\naws_session_token: {text.MASK}\nb = c"),
        ("aws_access_key_id", "AKIA\n= shh", "AKIA\n= shh"),
    ],
)
def test_masked(key: str, value: str, shown: str) -> None:
    assert text.masked(key, value) == shown


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("36h", 129600),
        ("90m", 5400),
        ("1h30m", 5400),
        ("900s", 900),
        ("900", 900),
        ("1h0m1s", 3601),
        (" 2H ", 7200),
        ("0", 0),
    ],
)
def test_durations(words: str, seconds: int) -> None:
    assert text.parse_duration(words) == seconds


@pytest.mark.parametrize(
    "words",
    ["", "h", "1d", "-1", "+1", "1.5h", "1h30", "30m1h", "1h1h", "1 h", "١h", "1h,", "9" * 5000, "9" * 5000 + "h"],
)
def test_durations_refused(words: str) -> None:
    with pytest.raises(UsageError, match="is not a duration") as refused:
        text.parse_duration(words)
    assert refused.value.next_step == "write it like 36h, 90m, 1h30m or 900s"


@given(st.integers(0, 10**7))
def test_a_shown_duration_reads_back(seconds: int) -> None:
    assert text.parse_duration(text.show_duration(seconds)) == seconds


NOON = 1_795_435_200


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("2026-11-23T12:00:00Z", NOON),
        ("2026-11-23T12:00:00.1234567Z", NOON),  # .NET "o"
        ("2026-11-24T01:00:00.0000000+13:00", NOON),
        ("2026-11-23T07:00:00-05:00", NOON),
        ("2026-11-23 12:00:00", NOON),  # aws-mfa: UTC without saying so
        ("2026-11-23T12:00:00+0000", NOON),
        (" 2026-11-23T12:00:00Z\n", NOON),
        ("", None),
        ("soon", None),
        ("1795435200", None),
        ("2026-13-23T12:00:00Z", None),
        ("2026-11-23T12:00:00+99:00", None),
        ("0001-01-01T00:00:00+23:59", -62135683140),
        ("\x1b[31m", None),
        ("٢٠٢٦-١١-٢٣", None),
    ],
)
def test_times(words: str, seconds: int | None) -> None:
    assert text.parse_time(words) == seconds


@pytest.mark.parametrize("zone", ["UTC", "EAST-13", "WEST8"])
def test_a_time_without_offset_is_utc_wherever_one_is(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert text.parse_time("2026-11-23 12:00:00") == NOON
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.text())
def test_no_time_raises(words: str) -> None:
    text.parse_time(words)


@given(st.integers(-(10**9), 10**11))
def test_iso_reads_back(seconds: int) -> None:
    assert text.parse_time(text.iso(seconds)) == seconds


@pytest.mark.parametrize(
    ("zone", "words"),
    [("UTC", "Mon 12:00"), ("EAST-13", "Tue 01:00"), ("WEST8", "Mon 04:00")],
)
def test_the_clock_is_local(monkeypatch: pytest.MonkeyPatch, zone: str, words: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert text.clock(NOON) == words
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("word", "known", "hits"),
    [
        ("Dev", ["deva", "Dex", "dev"], ["dev", "deva", "Dex"]),
        ("dev", ["DEV", "Dev"], ["DEV", "Dev"]),
        ("ork", ["work:dev", "x"], ["work:dev"]),
        ("", ["a"], []),
        ("a", [], []),
        ("dev", ["dev1", "dev2", "dev3", "dev4"], ["dev4", "dev3", "dev2"]),
    ],
)
def test_nearest(word: str, known: list[str], hits: list[str]) -> None:
    assert text.nearest(word, known) == hits


@pytest.mark.parametrize(
    ("words", "sentence"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_joined(words: list[str], sentence: str) -> None:
    assert text.joined(words) == sentence
