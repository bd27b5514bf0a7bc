"""Renaming and removing sections, and settings inside blocks: before -> after, byte for byte; or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from awsprof.errors import FileError
from awsprof.files import edit, javascript, plan, read
from tests.files.ugly import LINE, botocore_reads, header_of, ordinary, ugly, written

Changes = Mapping[str, Mapping[str, str | None] | None]


def change(before: str, changes: Changes, *, config: bool = True, **renamed: str) -> str:
    return edit.edit(read.parse(before.encode(), "/aws/file"), changes, config=config, renamed=renamed).text


A, B, C = "[profile a]\nx = 1\n", "[profile b]\ny = 2\n", "[profile c]\nz = 3\n"

GONE = {  # [profile b] goes
    "alone": (B, ""),
    "first": (f"{B}\n{C}", C),
    "last": (f"{A}\n{B}", A),
    "last, no newline at the end": (f"{A}\n{B}".rstrip(), A),
    "between": (f"{A}\n{B}\n{C}", f"{A}\n{C}"),
    "between, two empty lines": (f"{A}\n\n{B}\n\n{C}", f"{A}\n\n{C}"),
    "close together": (A + B + C, A + C),
    "not there": (f"{A}\n", f"{A}\n"),
    "without settings": (f"{A}[profile b]\n{C}", A + C),
    "comments on its header": (f"{A}\n# b\n; b\n{B}\n{C}", f"{A}\n{C}"),
    "comments before its header, apart": (f"{A}\n# all\n\n{B}\n{C}", f"{A}\n# all\n\n{C}"),
    "a heading for all below": (f"# mine\n\n{B}\n{C}", f"# mine\n\n{C}"),
    "comments on its settings": (f"{A}\n[profile b]\n# one\ny = 2\n# two\n\n{C}", f"{A}\n{C}"),
    "comments behind it, apart": (f"{A}\n{B}\n# note\n\n{C}", f"{A}\n# note\n\n{C}"),
    "comments behind it at the end": (f"{A}\n{B}\n# vim: ft=dosini\n", f"{A}\n# vim: ft=dosini\n"),
    "comments on the next header": (f"{A}\n{B}\n# c\n{C}", f"{A}\n# c\n{C}"),
    "comments that touch both": (f"{A}{B}# c\n{C}", f"{A}# c\n{C}"),
    "comments of two, apart": (f"{B}# b\n\n# c\n{C}", f"# c\n{C}"),
    "a comment inside, apart": (f"{A}\n[profile b]\ny = 2\n\n# note\n\nz = 3\n\n{C}", f"{A}\n# note\n\n{C}"),
    "an indented comment is part of a value": (f"{A}\n{B}  # note\n\n{C}", f"{A}\n{C}"),
    "an indented comment, apart": (f"{A}\n{B}\n  # note\n\n{C}", f"{A}\n{C}"),
    "the indented comment of another value stays": (f"{A}  # a\n{B}{C}", f"{A}  # a\n{C}"),
    "a block": (f"{A}\n[profile b]\ns3 =\n  x = 1\n\n  y = 2\n\n{C}", f"{A}\n{C}"),
    "a continued value with a comment": (f"{A}[profile b]\ny = 2\n  # c\n  3\n{C}", A + C),
    "CRLF": (f"{A}\n{B}\n{C}".replace("\n", "\r\n"), f"{A}\n{C}".replace("\n", "\r\n")),
    "quotes and words behind": (f'{A}\n[profile "b"] # mine\ny = 2\n', A),
    "its name elsewhere": (f"[b]\nq = 1\n\n{B}\n[sso-session b]\nq = 1\n", "[b]\nq = 1\n\n[sso-session b]\nq = 1\n"),
}


@pytest.mark.parametrize(("before", "after"), GONE.values(), ids=GONE)
def test_removing_a_section(before: str, after: str) -> None:
    assert change(before, {"b": None}) == after


def test_all_at_the_end_go_without_a_trace() -> None:
    assert change(f"{A}\n{B}\n{C}", {"b": None, "c": None}) == A
    assert change(f"{A}\n{B}\n{C}", {"a": None, "b": None, "c": None}) == ""


def test_two_go_at_once_and_a_third_changes() -> None:
    assert change(f"# a\n{A}\n{B}\n# c\n{C}", {"a": None, "c": None, "b": {"y": "9"}}) == "[profile b]\ny = 9\n"


RENAMED = {  # [profile b] becomes [profile d]
    "alone": (B, "[profile d]\ny = 2\n"),
    "between": (f"{A}\n# b\n{B}\n{C}", f"{A}\n# b\n[profile d]\ny = 2\n\n{C}"),
    "no newline at the end": ("[profile b]", "[profile d]"),
    "not there": (A, A),
    "words behind": ("[profile b] # mine\ny = 2\n", "[profile d] # mine\ny = 2\n"),
    "spaces, quotes": ('[profile   "b"]\ny = 2\n', "[profile d]\ny = 2\n"),
    "CRLF": ("[profile b]\r\ny = 2\r\n", "[profile d]\r\ny = 2\r\n"),
    "its name elsewhere": (f"[b]\n{B}[sso-session b]\nx = b\n", "[b]\n[profile d]\ny = 2\n[sso-session b]\nx = b\n"),
}


@pytest.mark.parametrize(("before", "after"), RENAMED.values(), ids=RENAMED)
def test_renaming_a_section(before: str, after: str) -> None:
    assert change(before, {}, b="d") == after


def test_default_has_a_header_of_its_own() -> None:
    assert change("[default]\nx = 1\n", {}, default="a") == A
    assert change(A, {}, a="default") == "[default]\nx = 1\n"
    assert change("[a]\nx = 1\n", {}, config=False, a="b") == "[b]\nx = 1\n"


def test_renamed_and_changed_at_once() -> None:
    after = "[profile d]\nx = 1\n\n[profile b]\ny = d\n"
    assert change(f"{A}\n{B}", {"b": {"y": "d"}}, a="d") == after
    assert change(f"{A}\n{B}", {"a": {"x": "9"}}, a="d") == f"[profile d]\nx = 9\n\n{B}"
    assert change(f"{A}\n{B}", {"a": None}, b="a") == "[profile a]\ny = 2\n"


NOT_RENAMED = {
    "to one that is there": (A + B, "a", "there is a profile a already"),
    "to one that is there for some tools": (f"{B}[ profile a ]\n", "a", "AWS tools differ"),
    "to a name that some cannot read": (B, "a b", "cannot read"),
    "where tools differ": (f"{B}[profile  b]\n", "d", "AWS tools differ"),
    "a header that JavaScript reads differently": ("[profile b] ;c]\ny = 2\n", "d", ""),
}


@pytest.mark.parametrize(("before", "name", "reason"), NOT_RENAMED.values(), ids=NOT_RENAMED)
def test_renaming_refused(before: str, name: str, reason: str) -> None:
    if not reason:  # to botocore it is no profile at all: nothing happens
        assert change(before, {}, b=name) == before
        return
    with pytest.raises(FileError, match=reason):
        change(before, {}, b=name)


S3 = "[profile a]\nx = 1\ns3 =\n    max_queue_size = 5\n    addressing_style = path\ny = 2\n"
BLOCKS: dict[str, tuple[str, dict[str, str | None], str]] = {
    "replaced": (S3, {"s3.max_queue_size": "9"}, S3.replace("= 5", "= 9")),
    "the same already": (S3.replace(" = 5", "=5"), {"s3.max_queue_size": "5"}, S3.replace(" = 5", "=5")),
    "added": (S3, {"s3.z": "9"}, S3.replace("path\n", "path\n    z = 9\n")),
    "added beside a setting": (S3, {"z": "8", "s3.z": "9"}, S3.replace("path\n", "path\n    z = 9\n") + "z = 8\n"),
    "removed": (S3, {"s3.max_queue_size": None}, S3.replace("    max_queue_size = 5\n", "")),
    "the last goes with its block": (
        "[profile a]\ns3 =\n  x = 1\ny = 2\n",
        {"s3.x": None},
        "[profile a]\ny = 2\n",
    ),
    "all go with their block": (
        S3,
        {"s3.max_queue_size": None, "s3.addressing_style": None},
        "[profile a]\nx = 1\ny = 2\n",
    ),
    "not there": (S3, {"s3.z": None, "dynamodb.z": None}, S3),
    "a new block": (A, {"s3.x": "1", "s3.y": "2"}, f"{A}s3 =\n    x = 1\n    y = 2\n"),
    "a new block beside a setting": (A, {"s3.x": "1", "y": "2"}, f"{A}y = 2\ns3 =\n    x = 1\n"),
    "a second block": (S3, {"s4.x": "1"}, f"{S3}s4 =\n    x = 1\n"),
    "a block at the end": (
        "[profile a]\ns3 =\n  x = 1\n\n[b]\n",
        {"s3.y": "2", "y": "3"},
        "[profile a]\ns3 =\n  x = 1\n  y = 2\ny = 3\n\n[b]\n",
    ),
    "in a new section": ("", {"s3.x": "1", "y": "2"}, "[profile a]\ny = 2\ns3 =\n    x = 1\n"),
    "indented settings": (
        "[profile a]\n  x = 1\n  s3 =\n    y = 1\n",
        {"s3.y": "2"},
        "[profile a]\n  x = 1\n  s3 =\n    y = 2\n",
    ),
    "comments in the block stay": (
        "[profile a]\ns3 =\n  # c\n  x = 1\n  # d\n  y = 1\n",
        {"s3.x": "2"},
        "[profile a]\ns3 =\n  # c\n  x = 2\n  # d\n  y = 1\n",
    ),
}


@pytest.mark.parametrize(("before", "wanted", "after"), BLOCKS.values(), ids=BLOCKS)
def test_settings_in_blocks(before: str, wanted: dict[str, str | None], after: str, tmp_path: Path) -> None:
    assert change(before, {"a": wanted}) == after
    path = tmp_path / "config"
    path.write_text(before)
    plan.carry_out([plan.Step(str(path), {"a": wanted}, config=True)])
    assert path.read_text() == after


NOT_IN_BLOCKS: dict[str, tuple[str, dict[str, str | None], str]] = {
    "no block": ("[profile a]\ns3 = 1\n", {"s3.x": "1"}, "s3 is no block"),
    "an empty setting": ("[profile a]\ns3 =\n", {"s3.x": "1"}, "s3 is no block"),
    "a comment behind what goes": ("[profile a]\ns3 =\n  x = 1\n  # c\n  y = 1\n", {"s3.x": None}, "a comment here"),
    "comments inside what goes": ("[profile a]\ns3 =\n  # c\n  x = 1\n", {"s3.x": None}, "a comment here"),
    "a value that some cannot read": (S3, {"s3.x": "é"}, "s3.x = é of a is not plain ASCII"),
}


@pytest.mark.parametrize(("before", "wanted", "reason"), NOT_IN_BLOCKS.values(), ids=NOT_IN_BLOCKS)
def test_settings_in_blocks_refused(before: str, wanted: dict[str, str | None], reason: str) -> None:
    with pytest.raises(FileError, match=reason):
        change(before, {"a": wanted})


_profile = st.sampled_from(["a", "a", "b", "default", "first", "work:dev", "new"])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=ugly(), gone=_profile, old=_profile, new=_profile, config=st.booleans())
def test_exactly_the_sections_or_nothing(
    data: bytes, gone: str, old: str, new: str, config: bool, tmp_path: Path
) -> None:
    """One section goes and another gets its name anew: botocore reads that, JavaScript reads that, all else stands."""
    renamed = {} if old in (gone, new) else {old: new}
    path = tmp_path / "file"
    path.write_bytes(data)
    before = botocore_reads(path)
    try:
        plan.carry_out([plan.Step(str(path), {gone: None}, config=config, renamed=renamed)])
    except FileError:
        event("refused")
        assert path.read_bytes() == data
        return
    assert before is not None
    file = read.parse(data)
    leaving = header_of(file, gone, config=config)
    names = {header_of(file, a, config=config): written(b, config=config) for a, b in renamed.items()}
    event("edited" if leaving in before or names.keys() & before.keys() else "nothing to do")
    kept = {header: section for header, section in before.items() if header != leaving}
    assert botocore_reads(path) == {names.get(header, header): section for header, section in kept.items()}
    _assert_only_whole_lines_went(data, path.read_bytes(), names)
    assert _javascript(path.read_bytes()) == _javascript_expected(data, leaving, names)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=ordinary(), gone=_profile, old=_profile)
def test_ordinary_sections_go_and_get_names(file: tuple[bytes, str], gone: str, old: str, tmp_path: Path) -> None:
    """Never refused; and what is said apart from a section stays when that goes."""
    data, _ = file
    path = tmp_path / "config"
    path.write_bytes(data)
    before = botocore_reads(path)
    assert before is not None
    renamed = {} if old == gone else {old: "other"}
    plan.carry_out([plan.Step(str(path), {gone: None}, config=True, renamed=renamed)])
    leaving, named = (header_of(read.parse(data), name, config=True) for name in (gone, old))
    event("edited" if {leaving, named} & before.keys() else "nothing to do")
    names = {named: "profile other"} if renamed else {}
    expected = {names.get(header, header): section for header, section in before.items() if header != leaving}
    assert botocore_reads(path) == expected
    _assert_only_whole_lines_went(data, path.read_bytes(), names)
    assert _apart_from(data, leaving) <= {line.strip() for line in path.read_bytes().splitlines()}


def _apart_from(data: bytes, header: str) -> set[bytes]:
    """The comments in paragraphs that hold no line of a section: not its header, not what follows up to the next."""
    found: set[bytes] = set()
    paragraph: list[bytes] = []
    inside = touched = False
    for line in [*data.splitlines(), b""]:
        if not line.strip():
            found.update([] if touched else paragraph)
            paragraph, touched = [], False
            continue
        if line.startswith(b"["):
            inside = line.startswith(b"[" + header.encode() + b"]")
        comment = line.strip()[:1] in (b"#", b";")
        touched = touched or (inside and not comment)
        if comment and not (inside and line[:1].isspace()):
            paragraph.append(line.strip())
    return found


def _assert_only_whole_lines_went(before: bytes, after: bytes, names: dict[str, str]) -> None:
    """What is left are lines that were there, in their order; a header has at most its name anew."""
    left = iter(line.rstrip(b"\r\n") for line in LINE.findall(before))
    for line in LINE.findall(after):
        found = next((old for old in left if old == line.rstrip(b"\r\n") or _renamed(old, line, names)), None)
        assert found is not None, line


def _renamed(old: bytes, new: bytes, names: dict[str, str]) -> bool:
    return any(old.replace(a.encode(), b.encode(), 1) == new.rstrip(b"\r\n") for a, b in names.items())


def _javascript(data: bytes) -> javascript.Parsed:
    return javascript.parse(data.decode()) or {}


def _javascript_expected(data: bytes, leaving: str, names: dict[str, str]) -> javascript.Parsed:
    known = {javascript._section(a): javascript._section(b) for a, b in names.items()}
    found = {name: section for name, section in _javascript(data).items() if name != javascript._section(leaving)}
    return {known.get(name, name): section for name, section in found.items()}
