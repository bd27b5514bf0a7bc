"""The profiles there are: what each is, what it stands on, which session it uses."""

import contextlib
import os

import pytest

from awsprof.errors import FileError
from awsprof.profiles import chains, expiry, model

from .conftest import NOW, Home

ARN = "arn:aws:iam::123456789012"
KEYS = "aws_access_key_id = A\naws_secret_access_key = s\n"
SESSION = KEYS + "aws_session_token = t\n"


def known(config: str = "", credentials: str = "") -> model.Profiles:
    from awsprof.files import read  # beside the tables that use it

    return model.Profiles(read.parse(config.encode(), "c"), read.parse(credentials.encode(), "s"))


@pytest.mark.parametrize(
    ("name", "config", "credentials", "kind"),
    [
        ("work:iam", "", KEYS, "iam"),
        ("work:mfa", "mfa_device_arn = x", "", "mfa"),
        ("work:mfa", "role_arn = x", "", "mfa"),
        ("work:dev", "role_arn = x\nsource_profile = y", "", "role"),
        ("work:dev", "role_arn = x\ncredential_source = Environment", "", "role"),
        ("x", "role_arn = x\nweb_identity_token_file = y", "", "role"),
        ("x", "role_arn = x", KEYS, "role"),
        ("x", "sso_session = s", "", "sso"),
        ("x", "sso_start_url = s", KEYS, "sso"),
        ("x", "credential_process = p", "", "process"),
        ("x", "credential_process = p", KEYS, "keys"),
        ("x", "credential_process = p\n" + KEYS, "", "process"),
        ("default", "", KEYS, "keys"),
        ("default", KEYS, "", "keys"),
        ("default", "region = r", "", ""),
        ("x", "role_arn =", KEYS, "keys"),
        ("x", "login_session = l", "", "login"),
        ("x", "login_session = l\ncredential_process = p", "", "login"),
        ("x", "login_session = l", KEYS, "keys"),
        ("x", "login_session = l\nsso_session = s", "", "sso"),
    ],
)
def test_kinds(name: str, config: str, credentials: str, kind: str) -> None:
    header = name if name == "default" else f"profile {name}"
    assert known(f"[{header}]\n{config}\n", f"[{name}]\n{credentials}")[name].kind == kind


def test_both_files_are_merged_and_credentials_win() -> None:
    found = known(
        "[profile a]\nregion = r\noutput = text\n[profile b]\nregion=\n", "[a]\nregion = s\n[c]\nREGION = t\n"
    )
    assert [(name, found[name].get("region"), found[name].get("output")) for name in sorted(found)] == [
        ("a", "s", "text"),
        ("b", "", ""),
        ("c", "t", ""),
    ]


def test_an_empty_value_wins_as_well() -> None:
    assert known("[profile a]\nregion = r\n", "[a]\nregion =\n")["a"].get("region") == ""


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ("[default]\n[profile work:dev]\n[profile 'a b']\n[profile \"c\"]\n", ["a b", "c", "default", "work:dev"]),
        ("[foo]\n[sso-session s]\n[services x]\n[profile a b]\n[plugins]\n", []),
        ("[profile   odd]\n[profile\todder]\n", ["odd", "odder"]),
    ],
)
def test_which_sections_are_profiles(config: str, names: list[str]) -> None:
    assert sorted(known(config)) == names


def role(source: str, extra: str = "") -> str:
    return f"role_arn = {ARN}:role/x\nsource_profile = {source}\n{extra}"


# Sections of config, all of them [profile NAME].
CHAINS: list[tuple[str, dict[str, str], list[str], str]] = [
    ("keys alone", {"a": KEYS}, ["a"], ""),
    ("a role and its keys", {"a": role("b"), "b": KEYS}, ["a", "b"], ""),
    ("two roles", {"a": role("b"), "b": role("c"), "c": KEYS}, ["a", "b", "c"], ""),
    ("missing source", {"a": role("gone")}, ["a"], "there is no profile gone"),
    ("further down", {"a": role("b"), "b": role("go ne")}, ["a", "b"], "there is no profile 'go ne'"),
    ("loop", {"a": role("b"), "b": role("a")}, ["a", "b"], "b leads back to a"),
    ("loop below", {"a": role("b"), "b": role("c"), "c": role("b")}, ["a", "b", "c"], "c leads back to b"),
    ("own source, own keys", {"a": role("a", KEYS)}, ["a"], ""),
    ("own source, no keys", {"a": role("a")}, ["a"], "a leads back to a"),
    (
        "own source, half a key",
        {"a": role("a", "aws_access_key_id = A\n")},
        ["a"],
        "a has half a key pair: aws_secret_access_key is missing",
    ),
    ("a source with keys ends it", {"a": role("b"), "b": role("a", KEYS)}, ["a", "b"], ""),
    ("keys of its own do not help a role", {"a": role("gone", KEYS)}, ["a"], "there is no profile gone"),
    ("no source", {"a": f"role_arn = {ARN}:role/x\n"}, ["a"], "a has a role_arn, but no source_profile"),
    ("credential_source", {"a": f"role_arn = {ARN}:role/x\ncredential_source = Environment\n"}, ["a"], ""),
    ("web identity", {"a": role("gone", "web_identity_token_file = f\n")}, ["a"], ""),
    ("a source without a role", {"a": "source_profile = gone\n"}, ["a"], ""),
    ("not there", {}, [], "there is no profile a"),
]


@pytest.mark.parametrize(("config", "links", "broken"), [row[1:] for row in CHAINS], ids=[row[0] for row in CHAINS])
def test_chains(config: dict[str, str], links: list[str], broken: str) -> None:
    text = "".join(f"[profile {name}]\n{body}" for name, body in config.items())
    found = chains.chain(known(text), "a")
    assert (found.links, found.broken) == (links, broken)


R = f"role_arn = {ARN}:role/x\n"
HALF, OTHER_HALF = "aws_access_key_id = A\n", "aws_secret_access_key = s\n"
SSO = "sso_account_id = 1\nsso_role_name = x\n"
LEGACY = SSO + "sso_start_url = https://x.invalid/start\nsso_region = eu-west-1\n"
SHARED = "[sso-session s]\nsso_start_url = https://x.invalid/start\nsso_region = eu-west-1\n"
PROCESS = 'credential_process = printf \'{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s"}\'\n'
SOURCES = "Environment, EcsContainer, Ec2InstanceMetadata"
NO_SECRET = "a has half a key pair: aws_secret_access_key is missing"
# What is in config (below `[profile a]`) and in credentials, and what is wrong with profile a.
FILES = {
    "both kinds of source": (
        f"{R}source_profile = b\ncredential_source = Ec2InstanceMetadata\n[profile b]\n{KEYS}",
        "",
        "a has both source_profile and credential_source",
    ),
    "an unknown credential_source": (
        f"{R}credential_source = Ec2\n",
        "",
        f"a has credential_source Ec2, which is not one of {SOURCES}",
    ),
    "credential_source in lower case": (
        f"{R}credential_source = ecscontainer\n",
        "",
        f"a has credential_source ecscontainer, which is not one of {SOURCES}",
    ),
    "an empty credential_source": (
        f"{R}credential_source =\n",
        "",
        f"a has credential_source '', which is not one of {SOURCES}",
    ),
    "an empty source_profile": (f"{R}source_profile =\n", "", "the source_profile of a is empty"),
    "a role_arn in credentials": ("", f"[a]\n{R}", "a has a role_arn, but no source_profile"),
    "a source without credentials": (
        f"{R}source_profile = b\n[profile b]\nregion = r\n",
        "",
        "the source profile b has no credentials",
    ),
    "a source that is a source": (
        f"{R}source_profile = b\n[profile b]\nsource_profile = c\n[profile c]\n{KEYS}",
        "",
        "the source profile b has no credentials",
    ),
    "a source with a token alone": (
        f"{R}source_profile = b\n[profile b]\naws_session_token = t\n",
        "",
        "the source profile b has no credentials",
    ),
    "a source with half a pair": (
        f"{R}source_profile = b\n",
        f"[b]\n{OTHER_HALF}",
        "b has half a key pair: aws_access_key_id is missing",
    ),
    "half a pair ends the chain": (
        f"{R}source_profile = b\n[profile b]\n{R}source_profile = c\n{HALF}[profile c]\n{KEYS}",
        "",
        "b has half a key pair: aws_secret_access_key is missing",
    ),
    "half a pair": ("", f"[a]\n{HALF}", NO_SECRET),
    "half a pair in config": (HALF, "", NO_SECRET),
    "the other half": ("", f"[a]\n{OTHER_HALF}", "a has half a key pair: aws_access_key_id is missing"),
    "a pair in two files": (OTHER_HALF, f"[a]\n{HALF}", NO_SECRET),
    "a pair in two files, the other way": (HALF, f"[a]\n{OTHER_HALF}", NO_SECRET),
    "half a pair before a process": (PROCESS, f"[a]\n{HALF}", NO_SECRET),
    "a token file without a role": (
        "web_identity_token_file = f\n",
        "",
        "a has a web_identity_token_file, but no role_arn",
    ),
    "a token file as the source": (
        f"{R}source_profile = b\n[profile b]\nweb_identity_token_file = f\n",
        "",
        "b has a web_identity_token_file, but no role_arn",
    ),
    "SSO without a region": (
        f"{SSO}sso_start_url = https://x.invalid/start\n",
        "",
        "a has SSO settings, but no sso_region",
    ),
    "SSO with nothing more": (SSO, "", "a has SSO settings, but no sso_start_url or sso_region"),
    "SSO without a role": (
        LEGACY.replace("sso_role_name = x\n", ""),
        "",
        "a has SSO settings, but no sso_role_name",
    ),
    "a session without an account": (
        f"sso_session = s\nsso_role_name = x\n{SHARED}",
        "",
        "a has SSO settings, but no sso_account_id",
    ),
    "no such sso-session": (f"{SSO}sso_session = s\n", "", "a needs [sso-session s], which does not exist"),
    "an sso-session that contradicts": (
        f"{LEGACY}sso_session = s\n{SHARED.replace('eu-', 'us-')}",
        "",
        "sso_region of a and of [sso-session s] differ",
    ),
    "SSO as the source": (f"{R}source_profile = b\n[profile b]\n{SSO}", "", "b has SSO settings, but no "),
    "SSO before keys": (SSO, f"[a]\n{KEYS}", "a has SSO settings, but no sso_start_url or sso_region"),
    # What works.
    "keys": ("", f"[a]\n{KEYS}", ""),
    "keys in config": (KEYS, "", ""),
    "half a pair of config below keys": (HALF, f"[a]\n{KEYS}", ""),
    "a process": (PROCESS, "", ""),
    "half a pair below a process": (PROCESS + HALF, "", ""),
    "the other half above a process": (PROCESS, f"[a]\n{OTHER_HALF}", ""),
    "a process as the source": (f"{R}source_profile = b\n[profile b]\n{PROCESS}", "", ""),
    "a role with half a pair": (f"{R}{HALF}source_profile = b\n[profile b]\n{KEYS}", "", ""),
    "legacy SSO": (LEGACY, "", ""),
    "legacy SSO as the source": (f"{R}source_profile = b\n[profile b]\n{LEGACY}", "", ""),
    "an sso-session": (f"{SSO}sso_session = s\n{SHARED}", "", ""),
    "an sso-session in quotes": (f"{SSO}sso_session = s\n" + SHARED.replace(" s]", ' "s"]'), "", ""),
    "an sso-session that agrees": (f"{LEGACY}sso_session = s\n{SHARED}", "", ""),
    "a token file": (f"{R}web_identity_token_file = f\n", "", ""),
    "a token file, and a bad source": (f"{R}web_identity_token_file = f\nsource_profile = gone\n", "", ""),
    "a token file as a good source": (
        f"{R}source_profile = b\n[profile b]\n{R}web_identity_token_file = f\n",
        "",
        "",
    ),
    "an empty token file": (f"{R}web_identity_token_file =\n", f"[a]\n{KEYS}", ""),
    "its own source in the other file": (f"{R}source_profile = a\n", f"[a]\n{KEYS}", ""),
}


@pytest.mark.parametrize("case", FILES)
def test_what_botocore_refuses(case: str) -> None:
    config, credentials, broken = FILES[case]
    found = chains.chain(known(f"[profile a]\n{config}", credentials), "a")
    assert found.broken.startswith(broken)
    assert bool(found.broken) == bool(broken)


# The keys come from elsewhere, or there is no profile.
BY_FILES_ALONE = [row for row in CHAINS if row[0] not in ("credential_source", "not there", "a source without a role")]
JUDGED = {case: ("".join(f"[profile {n}]\n{b}" for n, b in rows.items()), "", broken)
          for case, rows, _, broken in BY_FILES_ALONE} | {
    case: (f"[profile a]\n{config}", credentials, broken) for case, (config, credentials, broken) in FILES.items()
}  # fmt: skip


@pytest.mark.parametrize("case", JUDGED)
def test_botocore_breaks_at_the_same_chains(home: Home, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    import botocore.session  # the judge of this table alone
    from botocore.exceptions import BotoCoreError

    config, credentials, broken = JUDGED[case]
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in (home.environ | {"AWS_EC2_METADATA_DISABLED": "true"}).items():
        monkeypatch.setenv(name, value)
    home.write(config, credentials)
    # Nothing is assumed before the keys are read: this resolves the files only.
    with pytest.raises((BotoCoreError, AssertionError)) if broken else contextlib.nullcontext():
        assert botocore.session.Session(profile="a").get_credentials()


def test_an_sso_session_needs_what_its_token_is_renewed_with() -> None:
    """botocore takes these from the sso-session alone, but only when it renews the token."""
    config = f"[profile a]\n{LEGACY}sso_session = s\n[sso-session s]\nsso_region = eu-west-1\n"
    assert chains.chain(known(config), "a").broken == "[sso-session s] has SSO settings, but no sso_start_url"


@pytest.mark.parametrize(
    ("name", "body"), [("work:mfa", ""), ("a", "region = r\n"), ("a", "sso_session = s\nregion = r\n")]
)
def test_what_waits_for_keys_is_not_broken(name: str, body: str) -> None:
    """An mfa profile before its first session, a profile for this machine's own role, one for SSO's tokens."""
    assert chains.chain(known(f"[profile {name}]\n{body}"), name).broken == ""


FUTURE, PAST = "2026-11-24T00:00:00Z", "2026-11-23T11:59:59Z"
END = NOW + 12 * 3600


@pytest.mark.parametrize(
    ("config", "credentials", "state", "end"),
    [
        ("", "", "missing", None),
        (f"expiration = {FUTURE}", "", "missing", None),
        (f"expiration = {FUTURE}", KEYS, "missing", None),  # no token: somebody replaced the session
        ("", SESSION, "unknown", None),
        ("", SESSION + "expiration = soon", "unknown", None),
        ("", SESSION + f"expiration = {FUTURE}\nawsprof_expiration_for = A", "valid", END),
        ("", SESSION + f"expiration = {PAST}\nawsprof_expiration_for = A", "expired", NOW - 1),
        ("", SESSION + "expiration = 2026-11-23T12:00:00Z", "expired", NOW),
        ("", SESSION + f"expiration = {FUTURE}\nawsprof_expiration_for = B", "unknown", None),
        (f"expiration = {FUTURE}", SESSION, "valid", END),  # the original module's
        ("expiration = 2026-11-24T13:00:00.1234567+13:00", SESSION, "valid", END),
        ("", SESSION + "expiration = 2026-11-24 00:00:00", "valid", END),  # aws-mfa's
        ("", SESSION + f"x_security_token_expires = {FUTURE}", "valid", END),
        (f"expiration = {PAST}", SESSION + f"expiration = {FUTURE}", "valid", END),
        (f"expiration = {FUTURE}\naws_session_token = stale", KEYS, "unknown", None),  # not one section
    ],
)
def test_the_state_of_a_session(config: str, credentials: str, state: str, end: int | None) -> None:
    found = known(f"[profile work:mfa]\n{config}\n", f"[work:mfa]\n{credentials}\n")
    session = expiry.session(found, "work:mfa", NOW)
    assert session is not None
    assert (session.profile, session.state, session.expires_at) == ("work:mfa", state, end)


CREDENTIALS = f"[work:iam]\n{KEYS}[work:mfa]\n{SESSION}[tokens]\n{SESSION}[plain]\n{KEYS}"


@pytest.mark.parametrize(
    ("body", "stands_on"),
    [
        (role("work:mfa"), "work:mfa"),
        (role("work:iam"), None),
        (role("b"), "work:mfa"),
        (role("tokens"), "tokens"),
        (role("plain"), None),
        (role("gone"), None),
        (role("work:mfa", SESSION), "work:mfa"),  # the role is assumed with its source's keys, not its own
        (role("a", SESSION), "a"),
        (SESSION, "a"),
        ("sso_session = s\n", None),
        ("login_session = l\n", "a"),
        ("login_session = l\n" + KEYS, "a"),
    ],
)
def test_which_session_a_profile_stands_on(body: str, stands_on: str | None) -> None:
    found = known(f"[profile a]\n{body}[profile b]\n{role('work:mfa')}", CREDENTIALS)
    session = expiry.session(found, "a", NOW)
    assert (session and session.profile) == stands_on


@pytest.mark.parametrize(
    ("name", "body", "account"),
    [
        ("a", f"role_arn = {ARN}:role/x", "123456789012"),
        ("a", "role_arn = arn:aws-cn:iam::210987654321:role/x", "210987654321"),
        ("a", "role_arn = nonsense", ""),
        ("a", "sso_account_id = 111122223333", "111122223333"),
        ("a", "aws_account_id = 111122223333", "111122223333"),
        ("a", f"login_session = {ARN}:user/you", "123456789012"),
        ("a", f"login_session = {ARN}:user/you\nsso_account_id = 111122223333", "111122223333"),
        ("a", KEYS, ""),
        ("work:mfa", f"mfa_device_arn = {ARN}:mfa/you", "123456789012"),
        ("work:mfa", f"mfa_serial = {ARN}:mfa/you", "123456789012"),
        ("work:mfa", f"mfa_serial = other\nmfa_device_arn = {ARN}:mfa/you", "123456789012"),
    ],
)
def test_accounts(name: str, body: str, account: str) -> None:
    found = known(f"[profile {name}]\n{body}\n")
    assert model.account(found, found[name]) == account


def test_the_account_of_an_iam_profile_is_its_devices() -> None:
    found = known(f"[profile work:mfa]\nmfa_device_arn = {ARN}:mfa/you\n", f"[work:iam]\n{KEYS}[play:iam]\n{KEYS}")
    assert [model.account(found, found[name]) for name in ("work:iam", "play:iam")] == ["123456789012", ""]


@pytest.mark.parametrize(
    ("arn", "partition"),
    [(f"{ARN}:mfa/x", "aws"), ("arn:aws-us-gov:iam::1:mfa/x", "aws-us-gov"), ("GAHT12345678", "aws"), ("", "aws")],
)
def test_partitions(arn: str, partition: str) -> None:
    assert model.arn_partition(arn) == partition


def test_missing_files_are_empty(home: Home) -> None:
    assert model.load(home.environ) == {}


@pytest.mark.parametrize("which", ["config", "credentials"])
def test_a_directory_in_a_files_place(home: Home, which: str) -> None:
    (home.folder / which).mkdir()
    with pytest.raises(FileError, match="is a directory"):
        model.load(home.environ)


def test_a_file_that_the_aws_tools_refuse_is_named_with_its_line(home: Home) -> None:
    home.write("[profile a]\nregion = r\n[profile a]\nregion = s\n", "x = y\n[b]\n")
    found = model.load(home.environ)
    assert sorted(found) == ["a", "b"]
    assert [warning.partition(" line ")[2].partition(":")[0] for warning in found.warnings] == ["3", "1"]
