"""What people read and type: safe text, durations, times, nearest names."""

import shutil
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from awsprof.errors import UsageError
from awsprof.text import display, times

INVISIBLE = (
    *"\u3164\u034f\u115f\u1160\uffa0\u2800\u17b4\u180b\u180f\ufe00\ufe0f\u00ad\u200b\u200d\u2060\ufeff",
    *"\u061c\u200e\u202e\u2066\u2069\u2028\u00a0\u3000\U000e0100\U000e01ef\U000e0001\U000e0041\U00016fe4\U0001d159",
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("work:dev", "work:dev"),
        ("[red]x[/]", "[red]x[/]"),
        ("Zürich 東京 Ω ñ é 🚀", "Zürich 東京 Ω ñ é 🚀"),
        (r"C:\Users", r"C:\Users"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x00\x7f", r"\x00\x7f"),
        ("\x9b31m", r"\u009b31m"),  # C1: CSI in one character
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u2028b\u2029c\u0085d", r"a\u2028b\u2029c\u0085d"),
        ("\udcff\udc9b\ud800", r"\xff\x9b\ud800"),
        ("pro\u3164d", r"pro\u3164d"),
        ("prod\U000e0100", r"prod\U000e0100"),
        ("", ""),
    ],
)
def test_safe(value: str, shown: str) -> None:
    assert display.safe(value) == shown


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_what_cannot_be_seen_is_an_escape(character: str) -> None:
    assert display.safe(f"a{character}b").isascii()
    assert f"{ord(character):04x}" in display.safe(character)
    assert display.quoted(f"a{character}b").startswith("$'a\\u") or character > "\uffff"


@given(st.text(alphabet=st.characters()))
def test_safe_text_is_printable_and_safe_already(value: str) -> None:
    shown = display.safe(value)
    assert shown.isprintable()
    assert display.safe(shown) == shown
    shown.encode()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("work:dev", "work:dev"),
        ("a b", "'a b'"),
        ("dev ", "'dev '"),
        ("it's", "'it'\\''s'"),
        ("$(reboot)", "'$(reboot)'"),
        ("", "''"),
        ("a\x1bb", r"$'a\x1bb'"),
        ("a\u3164\\'b", r"$'a\u3164\\\'b'"),
        (r"a\u3164b", r"'a\u3164b'"),
        ("Zürich", "Zürich"),
    ],
)
def test_quoted(value: str, shown: str) -> None:
    assert display.quoted(value) == shown


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9))
@settings(max_examples=25, deadline=None)
def test_bash_reads_a_quoted_name_back(value: str) -> None:
    script = f"printf %s {display.quoted(value)}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, env={"LC_ALL": "C.UTF-8"}, check=True)
    assert done.stdout == value.encode()


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["work:dev", "work:Dev"], ["work:dev", "work:Dev"]),
        (["prod", "pro\u3164d"], ["prod", r"$'pro\u3164d'"]),
        (["prod", "pr\u043ed"], ["prod", r"$'pr\u043ed'"]),  # Cyrillic o
        (["\u0440rod", "p\u0433od", "prod"], [r"$'\u0440rod'", r"$'p\u0433od'", "prod"]),
        (["\u03bfne", "\u043ene"], [r"$'\u03bfne'", r"$'\u043ene'"]),  # Greek and Cyrillic
        (["caf\u00e9", "cafe\u0301"], [r"$'caf\u00e9'", r"$'cafe\u0301'"]),  # NFC and NFD
        (["\uff50rod", "prod"], [r"$'\uff50rod'", "prod"]),  # full width
        (["\U0001d429rod", "prod"], [r"$'\U0001d429rod'", "prod"]),  # mathematical bold
        (["pr\u0131d", "prid"], [r"$'pr\u0131d'", "prid"]),  # a dotless i
        (["\u212aey", "key"], [r"$'\u212aey'", "key"]),  # the Kelvin sign
        (["Zürich", "Genf"], ["Zürich", "Genf"]),
        (["東京:dev", "大阪:dev"], ["東京:dev", "大阪:dev"]),
        (["dev ", "dev"], ["'dev '", "dev"]),
        (["\ufb01le", "file"], [r"$'\ufb01le'", "file"]),  # a ligature
    ],
)
def test_names_that_look_alike_are_told_apart(names: list[str], shown: list[str]) -> None:
    assert display.told_apart(names) == shown


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
    assert times.parse_duration(words) == seconds


@pytest.mark.parametrize(
    "words",
    ["", "h", "1d", "-1", "+1", "1.5h", "1h30", "30m1h", "1h1h", "1 h", "١h", "1h,", "9" * 5000, "9" * 5000 + "h"],
)
def test_durations_refused(words: str) -> None:
    with pytest.raises(UsageError, match="is not a duration") as refused:
        times.parse_duration(words)
    assert refused.value.next_step == "write it like 36h, 90m, 1h30m or 900s"


@given(st.integers(0, 10**7))
def test_a_shown_duration_reads_back(seconds: int) -> None:
    assert times.parse_duration(times.show_duration(seconds)) == seconds


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
    assert times.parse_time(words) == seconds


@pytest.mark.parametrize("zone", ["UTC", "EAST-13", "WEST8"])
def test_a_time_without_offset_is_utc_wherever_one_is(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert times.parse_time("2026-11-23 12:00:00") == NOON
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.text())
def test_no_time_raises(words: str) -> None:
    times.parse_time(words)


@given(st.integers(-(10**9), 10**11))
def test_iso_reads_back(seconds: int) -> None:
    assert times.parse_time(times.iso(seconds)) == seconds


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Mon 12:00"),
        (6 * 86400, "Sun 12:00"),
        (-6 * 86400, "Tue 12:00"),
        (6 * 86400 + 60, "2026-11-29 12:01"),
        (-6 * 86400 - 60, "2026-11-17 11:59"),
        (7 * 86400, "2026-11-30 12:00"),
    ],
)
def test_a_time_more_than_six_days_away_is_a_date(monkeypatch: pytest.MonkeyPatch, seconds: int, words: str) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    try:
        assert times.clock(NOON + seconds, NOON) == words
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("zone", "words"),
    [("UTC", "Mon 12:00"), ("EAST-13", "Tue 01:00"), ("WEST8", "Mon 04:00")],
)
def test_the_clock_is_local(monkeypatch: pytest.MonkeyPatch, zone: str, words: str) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert times.clock(NOON, NOON) == words
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
    assert display.nearest(word, known) == hits


@pytest.mark.parametrize(
    ("words", "sentence"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_joined(words: list[str], sentence: str) -> None:
    assert display.joined(words) == sentence
