"""Before -> after, byte for byte; and whatever a file looks like: exactly the change, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from awsprof.errors import FileError
from awsprof.files import edit, javascript, plan, read
from tests.files.ugly import KEYS, LINE, botocore_reads, header_of, ordinary, ugly

Settings = Mapping[str, str | None]
SET: Settings = {"region": "new"}
GONE: Settings = {"region": None}


def change(before: str, settings: Settings, profile: str = "a", *, config: bool = True) -> str:
    file = read.parse(before.encode("utf-8", "surrogateescape"), "/aws/file")
    return edit.edit(file, {profile: settings}, config=config).text


ADDED = {
    "empty file": ("", "[profile a]\nregion = new\n"),
    "blank file": ("\n", "\n[profile a]\nregion = new\n"),
    "after another section": ("[b]\nx = 1\n", "[b]\nx = 1\n\n[profile a]\nregion = new\n"),
    "after a blank line": ("[b]\nx = 1\n\n", "[b]\nx = 1\n\n[profile a]\nregion = new\n"),
    "no final newline": ("[b]\nx = 1", "[b]\nx = 1\n\n[profile a]\nregion = new\n"),
    "spaces for a last line": ("[b]\nx = 1\n  ", "[b]\nx = 1\n  \n[profile a]\nregion = new\n"),
    "CRLF": ("[b]\r\nx = 1\r\n", "[b]\r\nx = 1\r\n\r\n[profile a]\r\nregion = new\r\n"),
    "CRLF, no final newline": ("# c\r\n[b]", "# c\r\n[b]\r\n\r\n[profile a]\r\nregion = new\r\n"),
    "mixed endings: the first": ("[b]\r\nx = 1\n", "[b]\r\nx = 1\n\r\n[profile a]\r\nregion = new\r\n"),
    "after a block": ("[b]\ns3 =\n  x = 1\n", "[b]\ns3 =\n  x = 1\n\n[profile a]\nregion = new\n"),
    "[a] of config is no profile": ("[a]\nx = 1\n", "[a]\nx = 1\n\n[profile a]\nregion = new\n"),
    "[sso-session a] is no profile": ("[sso-session a]\n", "[sso-session a]\n\n[profile a]\nregion = new\n"),
    "name in another case": ("[profile A]\nx = 1\n", "[profile A]\nx = 1\n\n[profile a]\nregion = new\n"),
    "beside [DEFAULT]": ("[DEFAULT]\nx = 1\n", "[DEFAULT]\nx = 1\n\n[profile a]\nregion = new\n"),
}

KEPT = {
    "replaced": ("[profile a]\nregion = old\nx = 1\n", "[profile a]\nregion = new\nx = 1\n"),
    "replaced without spaces": ("[profile a]\nregion=old\n", "[profile a]\nregion = new\n"),
    "the same already": ("[profile a]\nregion=new\n", "[profile a]\nregion=new\n"),
    "replaced on the last line": ("[profile a]\nregion = old", "[profile a]\nregion = new\n"),
    "replaced, tabs": ("[profile a]\nregion\t=\told\n", "[profile a]\nregion = new\n"),
    "replaced, empty": ("[profile a]\nregion =\nx = 1\n", "[profile a]\nregion = new\nx = 1\n"),
    "replaced, CRLF": ("[profile a]\r\nregion = old\r\nx = 1\r\n", "[profile a]\r\nregion = new\r\nx = 1\r\n"),
    "upper case": ("[profile a]\nRegion = old\n", "[profile a]\nregion = new\n"),
    "upper case, the same value": ("[profile a]\nREGION = new\n", "[profile a]\nregion = new\n"),
    "colon": ("[profile a]\nregion: old\n", "[profile a]\nregion = new\n"),
    "colon, the same value": ("[profile a]\nregion: new\n", "[profile a]\nregion = new\n"),
    "colon and =": ("[profile a]\nregion: b/c==\n", "[profile a]\nregion = new\n"),
    "inline comment": ("[profile a]\nregion = old # note\n", "[profile a]\nregion = new\n"),
    "continued": ("[profile a]\nregion = old\n  er\n\n  still\nx = 1\n", "[profile a]\nregion = new\nx = 1\n"),
    "continued, the same first line": ("[profile a]\nregion = new\n  er\n", "[profile a]\nregion = new\n"),
    "appended": ("[profile a]\nx = 1\n\n[b]\ny = 2\n", "[profile a]\nx = 1\nregion = new\n\n[b]\ny = 2\n"),
    "appended, no final newline": ("[profile a]\nx = 1", "[profile a]\nx = 1\nregion = new\n"),
    "appended, CRLF, no final newline": ("[profile a]\r\nx = 1", "[profile a]\r\nx = 1\r\nregion = new\r\n"),
    "into an empty section": ("[profile a]\n# c\n\n[b]\n", "[profile a]\nregion = new\n# c\n\n[b]\n"),
    "into an empty section, no newline": ("[profile a]", "[profile a]\nregion = new\n"),
    "comments before the next section stay there": (
        "[profile a]\nx = 1\n# about b\n[b]\n",
        "[profile a]\nx = 1\nregion = new\n# about b\n[b]\n",
    ),
    "indented comments stay with their value": (
        "[profile a]\nx = 1\n  # note\n\t; more\n\n[b]\n",
        "[profile a]\nx = 1\n  # note\n\t; more\nregion = new\n\n[b]\n",
    ),
    "replaced before an indented comment": (
        "[profile a]\nregion = old\n  # note\n",
        "[profile a]\nregion = new\n  # note\n",
    ),
    "a commented setting is a comment": (
        "[profile a]\n# region = old\nx = 1\n",
        "[profile a]\n# region = old\nx = 1\nregion = new\n",
    ),
    "the same key inside a block": (
        "[profile a]\ns3 =\n    region = inner\n    x = 1\nregion = old\n",
        "[profile a]\ns3 =\n    region = inner\n    x = 1\nregion = new\n",
    ),
    "only inside a block": (
        "[profile a]\ns3 =\n    region = inner\n\n[b]\n",
        "[profile a]\ns3 =\n    region = inner\nregion = new\n\n[b]\n",
    ),
    "the same key in [DEFAULT]": (
        "[DEFAULT]\nregion = all\n[profile a]\nx = 1\n",
        "[DEFAULT]\nregion = all\n[profile a]\nx = 1\nregion = new\n",
    ),
    "the same key in another section": (
        "[profile b]\nregion = b\n[profile a]\nregion = a\n[a]\nregion = c\n",
        "[profile b]\nregion = b\n[profile a]\nregion = new\n[a]\nregion = c\n",
    ),
    "a value with = on its second line": (
        "[profile a]\ncredential_process = get \\\n  --x=y\nregion = old\n",
        "[profile a]\ncredential_process = get \\\n  --x=y\nregion = new\n",
    ),
    "indented settings": ("[profile a]\n  x = 1\n  y = 2\n", "[profile a]\n  x = 1\n  y = 2\n  region = new\n"),
    "indented, replaced": ("[profile a]\n\tregion = old\n\tx = 1\n", "[profile a]\n\tregion = new\n\tx = 1\n"),
    "indented, after a block: not into it": (
        "[profile a]\n  x = 1\n  s3 =\n    y = 2\n",
        "[profile a]\n  x = 1\n  s3 =\n    y = 2\nregion = new\n",
    ),
    "two spaces": ("[profile   a]\nregion = old\n", "[profile   a]\nregion = new\n"),
    "tab": ("[profile\ta]\nregion = old\n", "[profile\ta]\nregion = new\n"),
    "quotes": ('[profile "a"]\nregion = old\n', '[profile "a"]\nregion = new\n'),
    "comment behind": ("[profile a] # mine\nregion = old\n", "[profile a] # mine\nregion = new\n"),
    "odd lines elsewhere": (
        "[profile a]\nregion = old\n[x]\nA: b = c\ny = 1 # d\n  z = \u2028\n",
        "[profile a]\nregion = new\n[x]\nA: b = c\ny = 1 # d\n  z = \u2028\n",
    ),
}

REMOVED = {
    "only setting": ("[profile a]\nregion = old\n", "[profile a]\n"),
    "first": ("[profile a]\nregion = old\nx = 1\n", "[profile a]\nx = 1\n"),
    "last, no final newline": ("[profile a]\nx = 1\nregion = old", "[profile a]\nx = 1\n"),
    "continued": ("[profile a]\nregion = o\n  l\n\n  d\nx = 1\n", "[profile a]\nx = 1\n"),
    "upper case": ("[profile a]\nREGION = old\nx = 1\n", "[profile a]\nx = 1\n"),
    "comments stay": ("[profile a]\n# c\nregion = old\n# d\n", "[profile a]\n# c\n# d\n"),
    "not there": ("[profile a]\nx = 1", "[profile a]\nx = 1"),
    "no such section": ("[profile b]\nregion = b", "[profile b]\nregion = b"),
    "not inside a block": ("[profile a]\ns3 =\n  region = x\n", "[profile a]\ns3 =\n  region = x\n"),
}


@pytest.mark.parametrize(("before", "after"), (ADDED | KEPT).values(), ids=[*ADDED, *KEPT])
def test_setting(before: str, after: str) -> None:
    assert change(before, SET) == after


@pytest.mark.parametrize(("before", "after"), REMOVED.values(), ids=REMOVED)
def test_removing(before: str, after: str) -> None:
    assert change(before, GONE) == after


HEADERS = {
    "config": ("work:dev", True, "[profile work:dev]"),
    "credentials": ("work:dev", False, "[work:dev]"),
    "default in config": ("default", True, "[default]"),
    "default in credentials": ("default", False, "[default]"),
    "all characters": ("a-/.%@_:+Z9", True, "[profile a-/.%@_:+Z9]"),
}


@pytest.mark.parametrize(("profile", "config", "header"), HEADERS.values(), ids=HEADERS)
def test_a_new_section_is_called(profile: str, config: bool, header: str) -> None:
    assert change("", SET, profile, config=config) == f"{header}\nregion = new\n"


def test_several_settings_keep_their_order() -> None:
    settings = {"role_arn": "arn:aws:iam::000000000000:role/R", "source_profile": "b", "region": "new"}
    lines = "role_arn = arn:aws:iam::000000000000:role/R\nsource_profile = b\nregion = new\n"
    assert change("", settings) == f"[profile a]\n{lines}"
    assert change("[profile a]\nx = 1\n", settings) == f"[profile a]\nx = 1\n{lines}"


def test_added_after_a_line_that_is_replaced_or_removed_itself() -> None:
    assert change("[profile a]\nx = 1\n", {"y": "2", "x": "3"}) == "[profile a]\nx = 3\ny = 2\n"
    assert change("[profile a]\nx = 1\n  1\n", {"y": "2", "x": "3"}) == "[profile a]\nx = 3\ny = 2\n"
    assert change("[profile a]\nx = 1", {"y": "2", "x": None}) == "[profile a]\ny = 2\n"


def test_set_removed_and_added_at_once() -> None:
    before = "[a]\naws_session_token = old\nexpiration = old\naws_access_key_id = old\n"
    settings = {"aws_access_key_id": "AK", "aws_session_token": None, "aws_secret_access_key": "SK", "expiration": "t"}
    after = "[a]\nexpiration = t\naws_access_key_id = AK\naws_secret_access_key = SK\n"
    assert change(before, settings, config=False) == after


def test_two_profiles_at_once() -> None:
    file = read.parse(b"[profile a]\nregion = old\n", "config")
    result = edit.edit(file, {"a": SET, "b": SET, "c": SET, "d": GONE}, config=True)
    sections = "\n[profile b]\nregion = new\n\n[profile c]\nregion = new\n"
    assert result.text == "[profile a]\nregion = new\n" + sections
    assert list(result.meant) == ["profile a", "profile b", "profile c"]


REFUSED = {  # before -> the line named, and why
    "section twice": ("[profile a]\nx = 1\n[profile a]\ny = 2\n", 3, "first defined on line 1"),
    "key twice": ("[b]\nx = 1\nx = 2\n", 3, "first set on line 2"),
    "line without =": ("[profile a]\njunk\n", 2, "neither"),
    "byte order mark": ("\ufeff[profile a]\n", 1, "byte order mark"),
    "not UTF-8": ("[profile a]\n# \udce9\n", 2, "not UTF-8"),
    "lone CR": ("[profile a]\nx = 1\ry = 2\n", 2, "carriage return"),
    "CR only": ("[profile a]\rx = 1\r", 1, "carriage return"),
    "named twice": ('[profile a]\nx = 1\n[profile "a"]\ny = 2\n', 3, "AWS tools differ"),
    "named twice, spaces": ("[profile a]\nx = 1\n[profile  a]\ny = 2\n", 3, "line 1 and 3"),
    "spaces outside": ("[b]\n[ profile a ]\nx = 1\n", 2, "AWS tools differ"),
    "named so by JavaScript": ("[b]\n[profile.a]\nx = 1\n", 2, "AWS tools differ on which section is a"),
    "an indented section": ("[profile b]\nx = 1\n  [profile a]\ny = 2\n", 3, "indented section"),
    "a block": ("[profile a]\nregion =\n  x = 1\n", 2, "region is a block"),
    "comments inside": ("[profile a]\nregion = a\n  # c\n  b\n", 2, "comments inside"),
    "a setting inside the value": ("[profile a]\nregion = a\n  x = 1\n", 3, "differently"),
    "header unknown to JavaScript": ("[b]\n[profile a];c\nregion = a\n", 2, "differently"),
    "inside a block for JavaScript": ("[profile a]\n  s3 =\n  region = a\n", 3, "differently"),
    "set again inside a value": ("[profile a]\nregion = a\nx = 1\n  region = b\n", 4, "differently"),
    "a section of that name for JavaScript": ("[profile.a]\nregion = b\n[b]\nx = 1\n [profile a]\n", 5, "indented"),
}


@pytest.mark.parametrize(("before", "line", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(before: str, line: int, reason: str) -> None:
    with pytest.raises(FileError) as caught:
        change(before, SET)
    assert caught.value.exit_code == 4
    assert caught.value.what.startswith(f"/aws/file line {line}: "), caught.value.what
    assert reason in caught.value.what
    assert caught.value.what.endswith("; nothing was written")


NOT_REMOVED = {
    "set for all": ("[DEFAULT]\nregion = all\n[profile a]\nregion = a\n", 2, "[DEFAULT]"),
    "the comment would join another value": ("[profile a]\nx = 1\nregion = a\n  # c\n", 4, "this comment"),
    "a block": ("[profile a]\nregion =\n  x = 1\n", 2, "a block"),
}


@pytest.mark.parametrize(("before", "line", "reason"), NOT_REMOVED.values(), ids=NOT_REMOVED)
def test_removing_refused(before: str, line: int, reason: str) -> None:
    with pytest.raises(FileError, match=rf"^/aws/file line {line}: ") as caught:
        change(before, GONE)
    assert reason in caught.value.what


AMBIGUOUS_CREDENTIALS = {
    "space behind": "[a ]\nx = 1\n",
    "profile in front": "[profile a]\nx = 1\n",
    "quotes": '["a"]\nx = 1\n',
    "both": "[a]\nx = 1\n[a ]\nx = 1\n",
}


@pytest.mark.parametrize("before", AMBIGUOUS_CREDENTIALS.values(), ids=AMBIGUOUS_CREDENTIALS)
def test_credentials_that_tools_read_differently_are_refused(before: str) -> None:
    with pytest.raises(FileError, match="AWS tools differ on which section is a"):
        change(before, SET, config=False)


def test_both_defaults_are_refused() -> None:
    with pytest.raises(FileError, match=r"line 2: .* is default \(line 1 and 2\)"):
        change("[default]\n[profile default]\n", SET, "default")


BAD_NAMES = ["a b", "", "é", "a'b", "a]b", "a\nb", "a#b", "a;b", "a=b", "$x", "a\\b", "[red]", "__proto__"]


@pytest.mark.parametrize("profile", BAD_NAMES)
def test_a_name_that_some_tool_cannot_read_is_refused(profile: str) -> None:
    with pytest.raises(FileError, match="nothing was written"):
        change("[profile b]\nx = 1\n", SET, profile)


ASCII, CONTROL, COMMENT = "is not plain ASCII", "control character", "where most AWS tools begin a comment"
BAD_VALUES = {
    **dict.fromkeys([" a", "a "], "begins or ends with a space"),
    **dict.fromkeys(["a\nb", "a\rb", "a\tb", "a\0b", "\x1b[31m"], CONTROL),
    **dict.fromkeys(["é", "a\u2028b", "a\x85b"], ASCII),
    **dict.fromkeys(["a # b", "a ; b"], COMMENT),
    **dict.fromkeys(["#a", ";a"], "begins with # or ;"),
    **dict.fromkeys(['"a"', "'a"], "begins with a quote"),
}


@pytest.mark.parametrize("value", BAD_VALUES)
def test_a_value_that_some_tool_cannot_read_is_refused_with_the_reason(value: str) -> None:
    with pytest.raises(FileError) as caught:
        change("[profile a]\n", {"region": value})
    said = caught.value.what + caught.value.next_step
    assert caught.value.what.startswith("region = ")
    assert f" of a {BAD_VALUES[value]}" in said or BAD_VALUES[value] in said
    assert ("ASCII" in said) == (not value.isascii())
    assert said.isprintable()


def test_an_empty_value_is_written_as_every_tool_reads_it() -> None:
    assert change("[profile a]\nx = 1\n", {"cli_pager": ""}) == "[profile a]\nx = 1\ncli_pager =\n"
    assert change("[profile a]\ncli_pager = less\nx = 1\n", {"cli_pager": ""}) == "[profile a]\ncli_pager =\nx = 1\n"
    assert change("[profile a]\n  cli_pager =\n", {"region": "b"}) == "[profile a]\n  cli_pager =\nregion = b\n"
    assert change("", {"cli_pager": ""}) == "[profile a]\ncli_pager =\n"
    with pytest.raises(FileError, match="differently"):  # JavaScript would read x as a setting of cli_pager
        change("[profile a]\n  cli_pager = less\n  x = 1\n", {"cli_pager": ""})


@pytest.mark.parametrize("value", ["a", "a b", "a=b==", "a:b", "%(x)s", "a#b;c", "[a]", "$(a)", "\\", "=", "a,b|c"])
def test_a_value_that_all_read_is_written(value: str) -> None:
    assert change("[profile a]\n", {"region": value}) == f"[profile a]\nregion = {value}\n"


def test_a_refusal_keeps_the_secret() -> None:
    with pytest.raises(FileError) as caught:
        change("[a]\n", {"aws_secret_access_key": "SECRET\n"}, config=False)
    assert "SECRET" not in caught.value.what + caught.value.next_step


_settings = st.dictionaries(
    st.sampled_from([*KEYS, "new_key"]), st.sampled_from(["new", "a=b==", "a:b", None]), min_size=1, max_size=3
)
_profile = st.sampled_from(["a", "a", "b", "default", "first", "work:dev", "new"])


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=ugly(), profile=_profile, wanted=_settings, config=st.booleans())
def test_exactly_the_change_or_nothing(
    data: bytes, profile: str, wanted: Settings, config: bool, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    before = botocore_reads(path)
    try:
        plan.carry_out([plan.Step(str(path), {profile: wanted}, config=config)])
    except FileError:
        event("refused by botocore" if before is None else "refused")
        assert path.read_bytes() == data
        return
    event("edited")
    assert before is not None
    assert botocore_reads(path) == _expected(before, data, profile, wanted, config=config)
    _assert_other_lines_stand(data, path.read_bytes(), profile, wanted, config=config)


def _expected(
    before: dict[str, dict[str, object]], data: bytes, profile: str, wanted: Settings, *, config: bool
) -> dict[str, dict[str, object]]:
    file = read.parse(data)
    header = header_of(file, profile, config=config)
    if header not in before and not any(wanted.values()):
        return before
    inherited = {key: option.value for key, option in file.defaults.options.items()}
    blocks: dict[str, object] = {
        key: read.nested(value) if value[:1] == "\n" else value for key, value in inherited.items()
    }
    section: dict[str, object] = {**before.get(header, blocks), **wanted}
    return before | {header: {key: value for key, value in section.items() if value is not None}}


def _assert_other_lines_stand(before: bytes, after: bytes, profile: str, wanted: Settings, *, config: bool) -> None:
    old, new = read.parse(before), read.parse(after)
    header = header_of(old, profile, config=config)
    if header not in old.sections:
        assert after.startswith(before)
    else:
        kept = _lines_without(before, old.sections[header], wanted)
        assert [line.rstrip(b"\r\n") for line in kept] == [
            line.rstrip(b"\r\n") for line in _lines_without(after, new.sections[header], wanted)
        ]
        assert b"".join(_lines_without(after, new.sections[header], wanted)).startswith(b"".join(kept))


def _lines_without(data: bytes, section: read.Section, wanted: Settings) -> list[bytes]:
    options = [option for key, option in section.options.items() if key in wanted]
    left_out = {number for option in options for number in range(option.first, option.last + 1)}
    return [line for number, line in enumerate(LINE.findall(data)) if number not in left_out]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=ordinary(), profile=_profile, wanted=_settings)
def test_ordinary_files_are_never_refused(
    file: tuple[bytes, str], profile: str, wanted: Settings, tmp_path: Path
) -> None:
    data, ending = file
    path = tmp_path / "config"
    path.write_bytes(data)
    asked = {key: value for key, value in wanted.items() if key != "s3" and value is not None}
    plan.carry_out([plan.Step(str(path), {profile: asked}, config=True)])
    found = path.read_bytes().decode()
    section = read.parse(found.encode()).values("default" if profile == "default" else f"profile {profile}")
    assert {key: section[key] for key in asked} == asked
    assert b"\n" not in data or found.count("\n") == found.count(ending)
    name = "default" if profile == "default" else f"profile.{profile}"
    assert asked.items() <= ((javascript.parse(found) or {}).get(name) or {}).items()
