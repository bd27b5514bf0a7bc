"""`use` and `off` in process: what the shell gets, what the person is told."""

import io
from collections.abc import Callable

import pytest

from awsprof.commands import off, use
from awsprof.context import Context
from awsprof.errors import CredentialsError, FileError, NoSuchProfileError, ShellError, UsageError
from awsprof.shell.table import SHELLS
from tests.conftest import NOW, Home, bash

ARN = "arn:aws:iam::123456789012"
KEYS = "aws_access_key_id = A\naws_secret_access_key = s\n"
SESSION = KEYS + "aws_session_token = t\n"
LASTING = SESSION + "expiration = 2026-11-24T03:12:05Z\nawsprof_expiration_for = A\n"
EXPIRED = SESSION + "expiration = 2026-11-23T03:12:05Z\n"
CONFIG = f"""\
[default]
region = us-east-1
[profile work:mfa]
mfa_device_arn = {ARN}:mfa/you
[profile work:dev]
role_arn = {ARN}:role/Dev
source_profile = work:mfa
region = ap-southeast-2
[profile work:ops]
role_arn = {ARN}:role/Ops
source_profile = work:mfa
[profile sso]
sso_session = s
sso_account_id = 111122223333
[profile process]
credential_process = touch /tmp/never
[profile gone-source]
role_arn = {ARN}:role/x
source_profile = gone
[sso-session s]
"""


def credentials(mfa: str = LASTING) -> str:
    return f"[work:iam]\n{KEYS}[default]\n{KEYS}[work:mfa]\n{mfa}[tokens]\n{EXPIRED}[half]\naws_session_token = t\n"


def using(word: str = "", **how: str) -> Callable[[Context], None]:
    return lambda ctx: use.run(
        ctx, word, domain=how.get("domain", ""), region=how.get("region", ""), shell=how.get("shell")
    )


def regions(name: str) -> dict[str, str | None]:
    return {"AWS_REGION": name, "AWS_DEFAULT_REGION": name}


END = "2026-11-24T03:12:05Z"
FRESH = {"AWSPROF_SAVED": "|"}
RENEW = "renew the session with: awsprof mfa work\n"
NO_SESSION = "AWS tools cannot use sso: sso needs [sso-session s], which does not exist (awsprof show sso)\n"
MACHINE = "until then AWS tools would act as this machine's own role, if it has one\n"


@pytest.mark.parametrize(
    ("word", "change", "said"),
    [
        (
            "work:dev",
            {"AWS_PROFILE": "work:dev", **regions("ap-southeast-2"), "AWS_SESSION_EXPIRATION": END},
            "work:dev  123456789012  ap-southeast-2  session until Tue 03:12\n",
        ),
        ("dev", {"AWS_PROFILE": "work:dev", **regions("ap-southeast-2"), "AWS_SESSION_EXPIRATION": END}, None),
        (
            "work:ops",
            {"AWS_PROFILE": "work:ops", "AWS_SESSION_EXPIRATION": END},
            "work:ops  123456789012  session until Tue 03:12\n"
            "work:ops has no region, and none is set in this shell (awsprof set work:ops region=REGION)\n",
        ),
        ("work:iam", {"AWS_PROFILE": "work:iam"}, "work:iam  123456789012\n"),
        ("default", {"AWS_PROFILE": "default", **regions("us-east-1")}, "default  us-east-1\n"),
        ("sso", {"AWS_PROFILE": "sso"}, "sso  111122223333\n" + NO_SESSION),
        ("process", {"AWS_PROFILE": "process"}, "process\n"),
        (
            "tokens",
            {"AWS_PROFILE": "tokens", "AWS_SESSION_EXPIRATION": "2026-11-23T03:12:05Z"},
            "tokens  session expired Mon 03:12\n"
            "the temporary keys of tokens have expired: renew them where they came from\n",
        ),
        (
            "half",
            {"AWS_PROFILE": "half"},
            "half  no session\nthe temporary keys of half are incomplete: renew them where they came from\n",
        ),
        (
            "gone-source",
            {"AWS_PROFILE": "gone-source"},
            "gone-source  123456789012\nAWS tools cannot use gone-source: there is no profile gone "
            "(awsprof show gone-source)\n",
        ),
    ],
)
def test_profiles_of_any_origin(home: Home, word: str, change: dict[str, str | None], said: str | None) -> None:
    home.write(CONFIG, credentials())
    home.call(using(word))
    assert home.snippet == bash({**change, **FRESH})
    assert home.out == ""
    assert said is None or home.err == said


@pytest.mark.parametrize(
    ("mfa", "word", "said"),
    [
        ("", "work:dev", "work:dev  123456789012  ap-southeast-2  no session\n" + RENEW),
        ("", "work:mfa", "work:mfa  123456789012  no session\n" + RENEW + MACHINE),
        (EXPIRED, "work:mfa", "work:mfa  123456789012  session expired Mon 03:12\n" + RENEW),
        (SESSION, "work:mfa", "work:mfa  123456789012  session of unknown end\n"),
        (LASTING.replace("for = A", "for = B"), "work:mfa", "work:mfa  123456789012  session of unknown end\n"),
    ],
)
def test_a_session_that_is_missing_or_expired_is_a_warning(home: Home, mfa: str, word: str, said: str) -> None:
    home.write(CONFIG, credentials(mfa))
    home.call(using(word))
    assert home.err == said
    assert f"AWS_PROFILE='{word}'" in home.snippet


def test_what_masked_it_is_named(home: Home) -> None:
    home.write(CONFIG, credentials())
    home.call(
        using("default"), AWS_VAULT="", AWS_ACCESS_KEY_ID="A", AWS_DEFAULT_PROFILE="x", GRANTED_ALIAS_CONFIGURED="1"
    )
    assert home.err == "default  us-east-1\nremoved AWS_ACCESS_KEY_ID, AWS_DEFAULT_PROFILE, AWS_VAULT\n"
    unset = {"AWS_ACCESS_KEY_ID": None, "AWS_DEFAULT_PROFILE": None, "AWS_VAULT": None}
    saved = {"AWSPROF_SAVED": "||AWS_DEFAULT_PROFILE=x|AWS_VAULT=|-AWS_ACCESS_KEY_ID"}
    assert home.snippet == bash({**unset, "AWS_PROFILE": "default", **regions("us-east-1"), **saved})


def test_a_region_for_this_switch(home: Home) -> None:
    home.write(CONFIG, credentials())
    home.call(using("work:dev", region="eu-west-1"))
    assert "AWS_REGION='eu-west-1' AWS_DEFAULT_REGION='eu-west-1'" in home.snippet
    assert home.err.startswith("work:dev  123456789012  eu-west-1  ")


@pytest.mark.parametrize("name", SHELLS)
def test_a_snippet_on_stdout(home: Home, name: str) -> None:
    home.write(CONFIG, credentials())
    home.call_without_hook(using("work:iam", shell=name))
    assert home.out == SHELLS[name].render({"AWS_PROFILE": "work:iam", **FRESH})
    assert home.err == "work:iam  123456789012\n"


@pytest.mark.parametrize(
    ("word", "how", "error"),
    [
        ("", {}, UsageError),
        ("-", {}, UsageError),
        ("gone", {}, NoSuchProfileError),
        ("work:Dev", {}, NoSuchProfileError),
        ("dev", {"domain": "play"}, NoSuchProfileError),
        ("work:dev", {"region": "$(reboot)"}, UsageError),
        ("work:dev", {"shell": "tcsh"}, UsageError),
    ],
)
def test_refused_without_a_snippet(home: Home, word: str, how: dict[str, str], error: type[Exception]) -> None:
    home.write(CONFIG, credentials())
    with pytest.raises(error):
        home.call(using(word, **how))
    assert (home.out, home.err, home.snippet) == ("", "", "")


def test_without_a_hook(home: Home) -> None:
    home.write(CONFIG, credentials())
    for run, line in ((using("work:dev"), "use work:dev"), (using("-"), "use -"), (off.run, "off")):
        with pytest.raises(ShellError) as refused:
            home.call_without_hook(run)
        assert refused.value.exit_code == 7
        assert refused.value.next_step.startswith(f'in a script: eval "$(awsprof {line} --shell bash)"')
        assert home.out == ""


def test_dash(home: Home) -> None:
    home.write(CONFIG, credentials())
    home.call(using("-"), AWS_PROFILE="work:dev", AWSPROF_PREVIOUS="work:iam", AWSPROF_SAVED="|")
    assert home.snippet == bash({"AWS_PROFILE": "work:iam", **FRESH, "AWSPROF_PREVIOUS": "work:dev"})


def test_dash_after_off_goes_back_twice(home: Home) -> None:
    home.write(CONFIG, credentials())
    home.call(off.run, AWSPROF_SAVED="|", AWS_PROFILE="work:iam", AWSPROF_PREVIOUS="default")
    assert home.snippet == bash({"AWS_PROFILE": None, "AWSPROF_SAVED": None, "AWSPROF_PREVIOUS": "work:iam\ndefault"})
    home.call(using("-"), AWSPROF_PREVIOUS="work:iam\ndefault")
    assert home.snippet == bash({"AWS_PROFILE": "work:iam", **FRESH})
    home.call(using("-"), AWS_PROFILE="work:iam", AWSPROF_PREVIOUS="work:iam\ndefault", **FRESH)
    assert "AWS_PROFILE='default'" in home.snippet


def test_dash_to_a_profile_that_is_gone(home: Home) -> None:
    home.write(CONFIG, credentials())
    with pytest.raises(NoSuchProfileError, match="no profile work:deb") as refused:
        home.call(using("-"), AWSPROF_PREVIOUS="work:deb")
    assert refused.value.next_step.startswith("did you mean work:dev")


def test_dash_takes_no_bare_name(home: Home) -> None:
    home.write(CONFIG, credentials())
    with pytest.raises(NoSuchProfileError):
        home.call(using("-"), AWSPROF_PREVIOUS="dev")


def test_an_active_profile_that_is_gone_does_no_harm(home: Home) -> None:
    home.write(CONFIG, credentials())
    home.call(using("work:iam"), AWS_PROFILE="gone:x")
    assert home.err == "work:iam  123456789012\n"


HOSTILE = ["a\x1b[31mb", "it's", '"q"', "$(reboot)", "`x`", "[red]", "é", "a\udcffb", "x ; y", "\\", "\u202e"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_switched_to_and_shown_harmless(home: Home, name: str) -> None:
    home.write("", f"[{name}]\n{KEYS}region = {name}\n")
    home.call(using(name))
    assert home.snippet == bash({"AWS_PROFILE": name, **FRESH})
    assert home.err.replace("\n", "").isprintable()


def test_a_value_of_several_lines(home: Home) -> None:
    home.write("[profile a]\nregion = eu-west-1\n  $(reboot)\n")
    home.call(using("a"))
    assert home.snippet == bash({"AWS_PROFILE": "a", **FRESH})
    assert home.err.startswith(f"a\n{home.config} line 2: ")
    assert home.err.endswith(" is not a region, so AWS_REGION is not set to it\n")


@pytest.mark.parametrize(
    "region",
    [
        "eu-west-1 # Ireland",
        "x ; y",
        '"us-west-2"',
        "Ireland",
        "EU-WEST-1",
        "eu_west_1",
        "-x",
        "x-",
        "12",
        "a.b",
        "a" * 64,
    ],
)
def test_an_invalid_region_is_not_exported(home: Home, region: str) -> None:
    home.write(f"[profile a]\noutput = json\nregion = {region}\n")
    home.call(using("a"), AWS_REGION="mine-1")
    saved = {"AWSPROF_SAVED": "=mine-1|"}
    assert home.snippet == bash({"AWS_PROFILE": "a", "AWS_REGION": "mine-1", **saved})
    summary, warning = home.err.splitlines()
    assert summary == "a"
    assert warning.startswith(f"{home.config} line 3: ")
    assert region.strip('"') in warning


@pytest.mark.parametrize(
    ("region", "more"),
    [("eu-west-1", ""), ("auto", ""), ("nyc3", ""), ("RegionOne", "endpoint_url = https://s3.example\n")],
)
def test_a_region_of_another_host_is_exported(home: Home, region: str, more: str) -> None:
    home.write(f"[profile a]\nregion = {region}\n{more}")
    home.call(using("a"))
    assert home.snippet == bash({"AWS_PROFILE": "a", **regions(region), **FRESH})
    assert home.err == f"a  {region}\n"


@pytest.mark.parametrize(
    ("word", "region", "after"),
    [("work:dev", "", None), ("work:ops", "", None), ("work:dev", "us-east-1", "us-east-1")],
)
def test_regions_left_to_each_profile(home: Home, word: str, region: str, after: str | None) -> None:
    home.write(CONFIG, credentials())
    home.call(using(word, region=region), AWSPROF_REGION="never", AWS_REGION="mine-1", AWS_DEFAULT_REGION="")
    end = {"AWS_SESSION_EXPIRATION": END, "AWSPROF_SAVED": "=mine-1|="}
    both = dict.fromkeys(("AWS_REGION", "AWS_DEFAULT_REGION"), after)
    assert home.snippet == bash({"AWS_PROFILE": word, **both, **end})


CONTAINER = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"}
SOURCE = f"[profile a]\nregion = eu-west-1\nrole_arn = {ARN}:role/x\ncredential_source = {{}}\n"
SOURCE += f"[profile b]\nregion = eu-west-1\nrole_arn = {ARN}:role/y\nsource_profile = a\n"


@pytest.mark.parametrize("word", ["a", "b"])
@pytest.mark.parametrize(
    ("environ", "change", "said"),
    [
        (CONTAINER, {}, ""),
        (
            {"AWS_VAULT": "v", **CONTAINER},
            {"AWS_VAULT": None, "AWSPROF_SAVED": "||AWS_VAULT=v"},
            "removed AWS_VAULT\n",
        ),
        (
            {},
            {},
            "its credential_source is EcsContainer, but neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is set: AWS tools find no keys\n",
        ),
    ],
    ids=["kept", "kept among others", "missing"],
)
def test_a_container_profile_keeps_its_variables(
    home: Home, word: str, environ: dict[str, str], change: dict[str, str | None], said: str
) -> None:
    home.write(SOURCE.format("EcsContainer"))
    home.call(using(word), **environ)
    removed = {name: value for name, value in change.items() if value is None}
    assert home.snippet == bash({**removed, "AWS_PROFILE": word, **regions("eu-west-1"), **{**FRESH, **change}})
    assert home.err == f"{word}  123456789012  eu-west-1\n{said}"


@pytest.mark.parametrize("word", ["a", "b", "-"])
def test_keys_in_the_environment_cannot_be_switched_to(home: Home, word: str) -> None:
    home.write(SOURCE.format("Environment"))
    with pytest.raises(CredentialsError, match="credential_source = Environment") as refused:
        home.call(using(word), AWS_ACCESS_KEY_ID="A", AWSPROF_PREVIOUS="a")
    assert refused.value.exit_code == 5
    assert "awsprof unset a credential_source; awsprof set a source_profile=" in refused.value.next_step
    assert f": aws --profile {word.replace('-', 'a')} COMMAND\n" in refused.value.next_step
    assert (home.snippet, home.err) == ("", "")


def test_another_source_is_switched_to(home: Home) -> None:
    home.write(SOURCE.format("Ec2InstanceMetadata"))
    home.call(using("b"), **CONTAINER)
    assert home.err == "b  123456789012  eu-west-1\nremoved AWS_CONTAINER_CREDENTIALS_RELATIVE_URI\n"


@pytest.mark.parametrize(("name", "shell"), [("a\0b", "bash"), ("a\0b", "fish"), ("a\udcffb", "pwsh")])
def test_values_that_no_shell_holds(home: Home, name: str, shell: str) -> None:
    home.write("", f"[{name}]\n{KEYS}")
    with pytest.raises(ShellError):
        home.call(using(name, shell=shell))
    assert (home.out, home.err) == ("", "")


def test_a_refused_file_is_a_warning(home: Home) -> None:
    home.write("[profile a]\nregion = r-s-1\n[profile a]\n[profile b]\n")
    home.call(using("b"))
    warning, summary = home.err.splitlines()
    assert warning.startswith(f"{home.config} line 3: ")
    assert summary == "b"
    assert "AWS_PROFILE='b'" in home.snippet


def test_no_files_and_a_directory(home: Home) -> None:
    with pytest.raises(NoSuchProfileError):
        home.call(using("a"))
    home.config.mkdir()
    with pytest.raises(FileError):
        home.call(using("a"))


def test_mfa_asks_nothing_where_the_session_lasts(home: Home) -> None:
    home.write(CONFIG, credentials())
    for word in ("work:dev", "sso", "tokens"):
        home.call(lambda ctx, word=word: use.run(ctx, word, renew=True))  # type: ignore[misc]
        assert f"AWS_PROFILE='{word}'" in home.snippet


def test_mfa_without_a_code_changes_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in home.environ.items():
        monkeypatch.setenv(name, value)
    home.write(CONFIG, credentials(EXPIRED))
    with pytest.raises(CredentialsError, match="needs an MFA code"):
        home.call(lambda ctx: use.run(ctx, "work:dev", renew=True))
    assert home.snippet == ""


def test_mfa_of_a_profile_that_is_called_like_a_domain(home: Home) -> None:
    """`work` stands on the session of play, not on that of the domain work."""
    role = f"[profile work]\nrole_arn = {ARN}:role/x\nsource_profile = play:mfa\n"
    play = f"{role}[profile play:mfa]\nmfa_serial = {ARN}:mfa/x\n"
    home.write(CONFIG + play, credentials(EXPIRED) + f"[play:iam]\n{KEYS}[play:mfa]\n{LASTING}")
    home.call(lambda ctx: use.run(ctx, "work", renew=True))
    assert "AWS_PROFILE='work'" in home.snippet


# --- off --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "change", "said"),
    [
        (
            {"AWSPROF_SAVED": "|", "AWS_PROFILE": "a", **regions("r")},
            {"AWS_PROFILE": None, **dict.fromkeys(regions("")), "AWSPROF_SAVED": None, "AWSPROF_PREVIOUS": "a"},
            "off  no AWS profile in this shell\n",
        ),
        (
            {"AWSPROF_SAVED": "=own|||AWS_PROFILE=mine|-AWS_ACCESS_KEY_ID", "AWS_PROFILE": "a"},
            {"AWS_PROFILE": "mine", "AWS_REGION": "own", "AWSPROF_SAVED": None, "AWSPROF_PREVIOUS": "a"},
            "off  AWS_PROFILE and AWS_REGION as before\n"
            "cannot bring back AWS_ACCESS_KEY_ID: awsprof keeps no secrets\n",
        ),
        (
            {"AWSPROF_SAVED": "||AWS_ROLE_ARN=r"},
            {"AWS_ROLE_ARN": "r", "AWSPROF_SAVED": None},
            "off  AWS_ROLE_ARN as before\n",
        ),
        ({}, {}, "no AWS profile is active in this shell\n"),
        (
            {"AWS_PROFILE": "a\x1b"},
            {},
            "AWS_PROFILE is $'a\\x1b', but no awsprof use in this shell set it\n"
            "it may come from your rc file, direnv, or the program that started this shell (tmux, an editor)\n",
        ),
    ],
)
def test_off(home: Home, environ: dict[str, str], change: dict[str, str | None], said: str) -> None:
    home.call(off.run, **environ)
    assert home.snippet == bash(change)
    assert (home.out, home.err) == ("", said)


@pytest.mark.parametrize("name", SHELLS)
def test_off_on_stdout(home: Home, name: str) -> None:
    home.call_without_hook(lambda ctx: off.run(ctx, shell=name), AWSPROF_SAVED="|")
    assert home.out == SHELLS[name].render({"AWSPROF_SAVED": None})


def test_off_needs_no_files(home: Home) -> None:
    home.config.mkdir()
    home.call(off.run, AWSPROF_SAVED="|")
    assert home.snippet == bash({"AWSPROF_SAVED": None})


def test_the_line_is_the_same_whenever_it_is_printed(home: Home) -> None:
    home.write(CONFIG, credentials())
    said = set()
    for hours in (0, 1, 14):
        err = io.StringIO()
        ctx = Context(home.environ, now=lambda: NOW + hours * 3600, stdout=io.StringIO(), stderr=err)  # noqa: B023
        use.run(ctx, "work:dev", shell="bash")
        said.add(err.getvalue())
    assert said == {"work:dev  123456789012  ap-southeast-2  session until Tue 03:12\n"}
