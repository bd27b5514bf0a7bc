"""`list` and `domains`: which profiles, how they are told, and that nothing in a file does harm."""

import json
import re

import pytest

from awsprof.commands import domains, listing
from awsprof.context import Context
from awsprof.errors import NoSuchProfileError, UsageError
from tests.conftest import Home

ARN = "arn:aws:iam::123456789012"
KEYS = "aws_access_key_id = A\naws_secret_access_key = hush\n"
LASTING = KEYS + "aws_session_token = hush\nexpiration = 2026-11-24T03:12:05Z\nawsprof_expiration_for = A\n"
CONFIG = f"""\
[default]
region = us-east-1
[profile play:dev]
sso_session = s
sso_account_id = 111122223333
[profile work:mfa]
mfa_device_arn = {ARN}:mfa/you
[profile work:dev]
role_arn = {ARN}:role/Dev
source_profile = work:mfa
region = ap-southeast-2
[profile tool]
credential_process = touch /never
"""
CREDENTIALS = f"[work:iam]\n{KEYS}[work:mfa]\n{LASTING}[default]\n{KEYS}"
ESCAPES = re.compile("\x1b\\[[0-9;]*m")
ALL = ["default", "play:dev", "tool", "work:dev", "work:iam", "work:mfa"]


def test_the_table(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.call(listing.run, AWS_PROFILE="work:dev")
    rows = [line.split() for line in home.out.splitlines()]
    assert rows[0] == ["profile", "kind", "account", "region", "source", "session"]
    assert rows[2:] == [
        ["default", "keys", "us-east-1"],
        ["tool", "process"],
        [],
        ["play:dev", "sso", "111122223333"],
        [],
        ["*", "work:dev", "role", "123456789012", "ap-southeast-2", "work:mfa", "until", "Tue", "03:12"],
        ["work:iam", "iam", "123456789012"],
        ["work:mfa", "mfa", "123456789012", "until", "Tue", "03:12"],
    ]
    assert home.err == ""


def test_the_table_is_aligned_and_whole(home: Home) -> None:
    name = "work:" + "x" * 120
    home.write(CONFIG + f"[profile {name}]\nrole_arn = {ARN}:role/{'y' * 60}\nsource_profile = work:mfa\n", CREDENTIALS)
    home.call(listing.run)
    head, _, *rows = home.out.splitlines()
    assert any(name in row for row in rows)
    assert all(row == row.rstrip() for row in rows)
    for title, cell in (("kind", "role"), ("account", "123456789012"), ("source", "work:mfa "), ("session", "until ")):
        assert head.index(title) in {row.index(cell) for row in rows if name in row}


@pytest.mark.parametrize(
    ("how", "names"),
    [
        ({}, ALL),
        ({"kind": "all"}, ALL),
        ({"kind": "iam"}, ["work:iam"]),
        ({"kind": "mfa"}, ["work:mfa"]),
        ({"kind": "user"}, ["work:iam", "work:mfa"]),
        ({"kind": "role"}, ["default", "play:dev", "tool", "work:dev"]),
        ({"domain": "work"}, ["work:dev", "work:iam", "work:mfa"]),
        ({"domain": "work", "kind": "role"}, ["work:dev"]),
        ({"domain": "default"}, ["default"]),
        ({"domain": "work:"}, ["work:dev", "work:iam", "work:mfa"]),
        ({"kind": "sso"}, ["play:dev"]),
        ({"kind": "process"}, ["tool"]),
        ({"kind": "keys"}, ["default"]),
        ({"kind": "login"}, []),
    ],
)
def test_names_by_domain_and_kind(home: Home, how: dict[str, str], names: list[str]) -> None:
    home.write(CONFIG, CREDENTIALS)
    given = {"domain": how.get("domain", ""), "kind": how.get("kind", "all")}
    home.call(lambda ctx: listing.run(ctx, only_names=True, **given))  # type: ignore[arg-type]
    assert home.out.splitlines() == names
    home.call(lambda ctx: listing.run(ctx, as_json=True, **given))  # type: ignore[arg-type]
    assert [each["name"] for each in json.loads(home.out)] == names


def test_another_kind_is_refused(home: Home) -> None:
    with pytest.raises(UsageError, match="keyz is not a kind to list"):
        home.call(lambda ctx: listing.run(ctx, kind="keyz"))


@pytest.mark.parametrize(("domain", "hint"), [("wrok", "did you mean work?"), ("Work", "did you mean work?")])
def test_a_domain_that_does_not_exist(home: Home, domain: str, hint: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(NoSuchProfileError) as refused:
        home.call(lambda ctx: listing.run(ctx, domain=domain))
    assert (refused.value.what, refused.value.next_step) == (f"there is no domain {domain}", hint)


def test_json(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.call(lambda ctx: listing.run(ctx, domain="work", as_json=True), AWS_PROFILE="work:dev")
    session = {"profile": "work:mfa", "state": "valid", "expires_at": "2026-11-24T03:12:05Z", "seconds_left": 54725}
    work = {"domain": "work", "account": "123456789012"}
    assert json.loads(home.out) == [
        {
            **{"name": "work:dev", "kind": "role", "region": "ap-southeast-2", "source": "work:mfa", "active": True},
            **work,
            "session": session,
        },
        {**work, "name": "work:iam", "kind": "iam", "region": None, "source": None, "active": False, "session": None},
        {
            **work,
            "name": "work:mfa",
            "kind": "mfa",
            "region": None,
            "source": None,
            "active": False,
            "session": session,
        },
    ]
    assert list(json.loads(home.out)[0]) == [
        "name",
        "domain",
        "kind",
        "account",
        "region",
        "source",
        "active",
        "session",
    ]


@pytest.mark.parametrize(("prefix", "found"), [("", ["play", "work"]), ("p", ["play"]), ("work:", ["work"]), ("W", [])])
def test_domains(home: Home, prefix: str, found: list[str]) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.call(lambda ctx: domains.run(ctx, prefix))
    assert home.out.splitlines() == found
    home.call(lambda ctx: domains.run(ctx, prefix, as_json=True))
    assert json.loads(home.out) == found


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (100, ["profile", "kind", "account", "region", "source", "session"]),
        (75, ["profile", "account", "region", "source", "session"]),
        (65, ["profile", "region", "source", "session"]),
        (50, ["profile", "region", "session"]),
        (30, ["profile", "session"]),
    ],
)
def test_a_narrow_terminal_never_cuts_the_expiry(
    home: Home, monkeypatch: pytest.MonkeyPatch, width: int, titles: list[str]
) -> None:
    home.write(CONFIG, CREDENTIALS)
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")

    def at_a_terminal(ctx: Context) -> None:
        ctx.stdout.isatty = lambda: True  # type: ignore[method-assign] # a StringIO is none
        listing.run(ctx)

    home.call(at_a_terminal)
    head, _, *rows = ESCAPES.sub("", home.out).splitlines()
    assert head.split() == titles
    assert [row.split("until ")[1] for row in rows if "until" in row] == ["Tue 03:12"] * 2


def test_missing_files_are_empty_ones(home: Home) -> None:
    home.call(listing.run)
    assert (home.out, home.err.splitlines()) == (
        "",
        [
            "there are no profiles yet: begin with awsprof add iam DOMAIN",
            f"AWS_CONFIG_FILE: {home.config} does not exist",
            f"AWS_SHARED_CREDENTIALS_FILE: {home.credentials} does not exist",
        ],
    )
    home.call(lambda ctx: listing.run(ctx, as_json=True))
    assert (home.out, home.err) == ("[]\n", "")
    home.call(domains.run)
    assert (home.out, home.err) == ("", "")


REFUSED = [
    ("duplicate section", "[profile a:x]\n[profile b:x]\n[profile a:x]\nregion = r\n", 3, ["a", "b"]),
    ("duplicate key", "[profile a:x]\nregion = r\nregion = s\n[profile b:x]\n", 3, ["a", "b"]),
    ("no equals", "[profile a:x]\nregion\n[profile b:x]\n", 2, ["a", "b"]),
    ("text before", "x = y\n[profile a:x]\n", 1, ["a"]),
    ("BOM", "\ufeff[profile a:x]\n", 1, ["a"]),
    ("not UTF-8", "[profile a:x]\n# \udcff\n[profile b:x]\n", 2, ["a", "b"]),
]


@pytest.mark.parametrize(("text", "line", "names"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_a_refused_file_is_listed_with_a_warning(home: Home, text: str, line: int, names: list[str]) -> None:
    home.write(text)
    for run in (domains.run, lambda ctx: listing.run(ctx, only_names=True)):
        home.call(run)
        assert [name.removesuffix(":x") for name in home.out.splitlines()] == names
        assert home.err.startswith(f"{home.config} line {line}: ")
        assert home.err.count("\n") == 1


HOSTILE = [
    "a\x1b]0;x\x07",
    "[/]",
    "[red]x",
    "$(reboot)",
    "it's",
    "a\u2028b",
    "\u202ex",
    "a\udcff",
    ":smile:",
    "\x9b31m",
]


def test_hostile_names_and_values_are_shown_harmless(home: Home) -> None:
    values = "".join(f"region = {name}\nsource_profile = {name}\n{KEYS}" for name in ["\x1b[31m[red]\u202e"])
    home.write(credentials="".join(f"[{name}]\n{values}" for name in HOSTILE))
    for how in ({}, {"only_names": True}, {"as_json": True}):
        home.call(lambda ctx, how=how: listing.run(ctx, **how))  # type: ignore[misc]
        assert home.out.replace("\n", "").isprintable()
        assert "hush" not in home.out
    home.call(listing.run)
    for shown in ("[/]", "[red]x", "$(reboot)", "it's", ":smile:"):
        assert f" {shown} " in home.out


def test_a_broken_chain_is_no_reason_to_fail(home: Home) -> None:
    role = f"role_arn = {ARN}:role/x\nsource_profile ="
    home.write(f"[profile a]\n{role} b\n[profile b]\n{role} a\n[profile c]\n{role} gone\n[profile d]\n{role} d\n")
    home.call(listing.run, AWS_PROFILE="not-there")
    assert [line.split()[0] for line in home.out.splitlines()[2:]] == ["a", "b", "c", "d"]


def test_names_or_json(home: Home) -> None:
    with pytest.raises(UsageError, match="--names and --json contradict"):
        home.call(lambda ctx: listing.run(ctx, only_names=True, as_json=True))
