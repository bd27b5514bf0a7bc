"""What a word of the command line means in each command, and what is said of a profile that is not found."""

import io

import pytest

from awsprof import lookup
from awsprof.cli import entry
from awsprof.context import Context
from awsprof.errors import AwsprofError, NoSuchProfileError, UsageError
from awsprof.profiles import model

from .conftest import NOW, Home

KEYS = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n"
CONFIG = """\
[profile work:mfa]
mfa_device_arn = arn:aws:iam::111111111111:mfa/you
[profile work:dev]
role_arn = arn:aws:iam::222222222222:role/Dev
source_profile = work:iam
[profile work:333333333333]
role_arn = arn:aws:iam::444444444444:role/Dev
source_profile = work:iam
[profile play:dev]
role_arn = arn:aws:iam::555555555555:role/Dev
source_profile = work:iam
[profile play:ops]
role_arn = arn:aws:iam::555555555555:role/Ops
source_profile = work:iam
[profile solo]
region = eu-west-1
"""
CREDENTIALS = f"[work:iam]\n{KEYS}"


def context(home: Home, **variables: str) -> Context:
    return Context(home.environ | variables, now=lambda: NOW, stdout=io.StringIO(), stderr=io.StringIO())


@pytest.mark.parametrize(
    ("word", "domain", "active", "found"),
    [
        ("work:dev", "", "", "work:dev"),
        ("ops", "", "", "play:ops"),
        ("dev", "play", "work:iam", "play:dev"),
        ("dev", "play:", "", "play:dev"),
        ("dev", "", "work:iam", "work:dev"),
        ("222222222222", "", "", "work:dev"),
        ("333333333333", "", "", "work:333333333333"),  # a name, before an account id
        ("444444444444", "", "", "work:333333333333"),
        ("111111111111", "", "", "work:mfa"),
    ],
)
def test_a_word_means_a_profile(home: Home, word: str, domain: str, active: str, found: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    known = model.load(home.environ)
    if word == "111111111111":
        del known["work:iam"]  # it has that account, too
    assert lookup.profile(context(home, AWS_PROFILE=active), known, word, domain=domain) == found


@pytest.mark.parametrize(
    ("word", "domain", "kind", "told"),
    [
        ("dev", "", UsageError, "dev could be play:dev, work:dev"),
        ("555555555555", "", UsageError, "555555555555 could be play:dev, play:ops"),
        ("222222222222", "play", NoSuchProfileError, "no profile 222222222222, by name or by account id"),
        ("999999999999", "", NoSuchProfileError, "no profile 999999999999, by name or by account id"),
        ("99999999999", "", NoSuchProfileError, "no profile 99999999999"),
        ("dev", "wrok", NoSuchProfileError, "there is no domain wrok"),
        ("work:dev", "wrok", NoSuchProfileError, "there is no domain wrok"),
        ("dev", "solo", NoSuchProfileError, "there is no domain solo"),
        ("", "", UsageError, "the name on the command line is empty"),
    ],
)
def test_a_word_that_means_no_one_profile(
    home: Home, word: str, domain: str, kind: type[AwsprofError], told: str
) -> None:
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(kind) as refused:
        lookup.profile(context(home), model.load(home.environ), word, domain=domain)
    assert refused.value.what == told


EMPTY = [
    ["use", ""],
    ["use", "--domain", "", "dev"],
    ["use", "--domain=", "dev"],
    ["mfa", ""],
    ["whoami", ""],
    ["show", ""],
    ["list", ""],
    ["ls", ""],
    ["list", "--domain", ""],
    ["set", "", "region=eu-west-1"],
    ["unset", "", "region"],
    ["rename", "", "x"],
    ["rename", "work:dev", ""],
    ["remove", ""],
    ["remove", "work:dev", ""],
    ["rotate", ""],
    ["adopt", ""],
    ["adopt", "--domain", ""],
    ["add", "iam", ""],
    ["add", "mfa", ""],
    ["add", "role", ""],
    ["add", "role", "work:x", "--source", ""],
]


@pytest.mark.parametrize("words", EMPTY, ids=" ".join)
def test_an_empty_name_is_an_error_in_every_command(home: Home, words: list[str]) -> None:
    home.write(CONFIG, CREDENTIALS)
    before = home.config.read_text(), home.credentials.read_text()
    with pytest.raises(UsageError, match="the name on the command line is empty") as refused:
        entry.run(words, context(home, AWS_PROFILE="work:dev"))
    assert '"${d}:test"' in refused.value.next_step
    assert (home.config.read_text(), home.credentials.read_text()) == before


ADD = "add role {}:x --role-arn ROLE --source work:{} --dry-run"
# A command line with a bare name, and the same one with the full name: what both print.
BARE = [
    ("show ops", "show play:ops"),
    ("show 222222222222 --json", "show work:dev --json"),
    ("use ops --shell bash", "use play:ops --shell bash"),
    ("use 222222222222 --shell sh", "use work:dev --shell sh"),
    ("set ops region=eu-west-1 --dry-run", "set play:ops region=eu-west-1 --dry-run"),
    ("unset ops role_arn --dry-run", "unset play:ops role_arn --dry-run"),
    ("rename ops opera --dry-run", "rename play:ops play:opera --dry-run"),
    ("remove ops --dry-run", "remove play:ops --dry-run"),
    ("remove play: --dry-run", "remove play:dev play:ops --dry-run"),
    ("rotate 444444444444 --dry-run", "rotate work --dry-run"),
    ("rotate iam --dry-run", "rotate work --dry-run"),
    ("rotate work: --dry-run", "rotate work --dry-run"),
    ("list work:", "list --domain work"),
    ("ls work", "list --domain work:"),
    ("list work --domain work: --json", "list --domain work --json"),
    ("show", "show work:dev"),
    ("add iam new: --csv KEY --dry-run", "add iam new --csv KEY --dry-run"),
    ("add mfa work: --device-arn ARN --dry-run --force", "add mfa work --device-arn ARN --dry-run --force"),
    ("add role play:x --role-arn ROLE --source iam --dry-run", ADD.format("play", "iam")),
    ("add role work:x --role-arn ROLE --source mfa --dry-run", ADD.format("work", "mfa")),
]
VALUES = {"ARN": "arn:aws:iam::111111111111:mfa/other", "ROLE": "arn:aws:iam::111111111111:role/X"}


@pytest.mark.parametrize(("bare", "full"), BARE)
def test_bare_names_and_account_ids_and_a_colon_after_a_domain(home: Home, bare: str, full: str) -> None:
    home.write(CONFIG, CREDENTIALS)
    key = home.folder / "key.csv"
    key.write_text(f"Access key ID,Secret access key\nAKIAIOSFODNN7EXAMPLE,{'x' * 40}\n")
    printed = []
    for line in (bare, full):
        ctx = context(home, AWS_PROFILE="work:dev")
        entry.run([{"KEY": str(key), **VALUES}.get(word, word) for word in line.split()], ctx)
        printed.append([stream.getvalue() for stream in (ctx.stdout, ctx.stderr) if isinstance(stream, io.StringIO)])
    assert printed[0] == printed[1]
    assert any(printed[0])


def reasons(home: Home, word: str, **variables: str) -> list[str]:
    ctx = context(home, **variables)
    with pytest.raises(NoSuchProfileError) as refused:
        lookup.profile(ctx, model.load(ctx.environ), word)
    return refused.value.next_step.replace(str(home.folder), "~").split("\n")


CONFIG_HEADER = "line 2 of ~/config has [{}], which is not that profile; write [{}]"
CREDENTIALS_HEADER = "line 2 of ~/credentials has [{}], which is not that profile; write [{}]"


@pytest.mark.parametrize(
    ("config", "credentials", "word", "reason"),
    [
        ("[work]", "", "work", CONFIG_HEADER.format("work", "profile work")),
        ("[work:dev]", "", "work:dev", CONFIG_HEADER.format("work:dev", "profile work:dev")),
        ("[work:dev]", "", "dev", CONFIG_HEADER.format("work:dev", "profile work:dev")),
        ("[ profile work]", "", "work", CONFIG_HEADER.format(" profile work", "profile work")),
        ("[Profile work]", "", "work", CONFIG_HEADER.format("Profile work", "profile work")),
        ("[profile my work]", "", "my work", CONFIG_HEADER.format("profile my work", 'profile "my work"')),
        ("[profile:work]", "", "work", CONFIG_HEADER.format("profile:work", "profile work")),
        ('["work"]', "", "work", CONFIG_HEADER.format('"work"', "profile work")),
        ("", "[profile work]", "work", CREDENTIALS_HEADER.format("profile work", "work")),
        ("", "[ work ]", "work", CREDENTIALS_HEADER.format(" work ", "work")),
    ],
)
def test_a_wrong_header_is_named_with_its_line(
    home: Home, config: str, credentials: str, word: str, reason: str
) -> None:
    home.write(f"# mine\n{config}\nregion = eu-west-1\n", f"# mine\n{credentials}\naws_session_token = x\n")
    assert reason in reasons(home, word)


def test_a_header_of_something_else_is_not_blamed(home: Home) -> None:
    home.write("[sso-session work]\nsso_region = eu-west-1\n[profile play]\n[services work]\n")
    assert reasons(home, "work") == ["awsprof list shows what there is"]


UTF16 = "~/config is UTF-16 text, which AWS tools cannot read; save it as UTF-8"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("[profile work]\n".encode("utf-16"), UTF16),
        ("[profile work]\n".encode("utf-16-le"), UTF16),
        (b"[profile a]\n[profile a]\n", "~/config line 2: "),
    ],
)
def test_a_file_that_aws_tools_cannot_read_is_named(home: Home, data: bytes, reason: str) -> None:
    home.write("", "[other]\naws_session_token = x\n")
    home.config.write_bytes(data)
    assert reasons(home, "work")[0].startswith(reason)


def test_a_variable_that_names_no_file(home: Home) -> None:
    home.write("", "[other]\naws_session_token = x\n")
    home.config.unlink()
    assert reasons(home, "work")[0] == "AWS_CONFIG_FILE names ~/config, which does not exist"


def test_if_nothing_is_found_the_files_are_named(home: Home) -> None:
    home.config.write_text("")
    assert reasons(home, "work") == [
        "AWS_CONFIG_FILE: ~/config has no profiles",
        "AWS_SHARED_CREDENTIALS_FILE: ~/credentials does not exist",
        "there are none yet: begin with awsprof add iam DOMAIN",
    ]
