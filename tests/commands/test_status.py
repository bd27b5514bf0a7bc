"""`status`: the active profile, where it comes from, and what contradicts it."""

import base64
import json
import zlib

import pytest

from awsprof.commands import status
from awsprof.context import Context
from tests.conftest import Home

ARN = "arn:aws:iam::123456789012"
KEYS = "aws_access_key_id = A\naws_secret_access_key = s\n"
SESSION = KEYS + "aws_session_token = t\n"
LASTING = SESSION + "expiration = 2026-11-24T03:12:05Z\nawsprof_expiration_for = A\n"
EXPIRED = SESSION + "expiration = 2026-11-23T03:12:05Z\n"
CONFIG = f"""\
[profile work:mfa]
mfa_device_arn = {ARN}:mfa/you
[profile work:dev]
role_arn = {ARN}:role/Dev
source_profile = work:mfa
region = eu-west-1
[profile play:dev]
role_arn = {ARN}:role/Dev
source_profile = work:mfa
region = us-east-1
[profile loop]
role_arn = {ARN}:role/Dev
source_profile = loop
"""
BOTH = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
OURS = {"AWSPROF_SAVED": "|", "AWS_PROFILE": "work:dev", **BOTH}


def test_all_is_well(home: Home) -> None:
    home.write(CONFIG, f"[work:mfa]\n{LASTING}")
    home.call(status.run, **OURS, AWS_SESSION_EXPIRATION="2026-11-24T03:12:05Z")
    assert home.out.splitlines() == [
        "profile  work:dev",
        "set by   awsprof, in this shell or the one that started it",
        "account  123456789012",
        "region   eu-west-1 (AWS_DEFAULT_REGION)",
        "session  session until Tue 03:12",
        f"identity AWS_CONFIG_FILE = {home.config}",
        f"identity AWS_SHARED_CREDENTIALS_FILE = {home.credentials}",
    ]
    assert home.err == ""


@pytest.mark.parametrize(
    ("environ", "line"),
    [
        (
            {},
            "profile  none: there is no default profile, so AWS tools use this machine's own role, if it has one",
        ),
        ({"AWS_ACCESS_KEY_ID": "A"}, "profile  none: AWS tools use the keys in AWS_ACCESS_KEY_ID"),
        (
            {"AWS_DEFAULT_PROFILE": "work:dev"},
            "profile  none: the AWS CLI and boto3 use work:dev (AWS_DEFAULT_PROFILE), other tools the default profile",
        ),
        (
            {"AWS_WEB_IDENTITY_TOKEN_FILE": "f", "AWS_ROLE_ARN": "r"},
            "profile  none: AWS tools use the web identity of AWS_WEB_IDENTITY_TOKEN_FILE",
        ),
        (
            {**OURS, "AWS_SESSION_EXPIRATION": "2026-11-23T01:00:00Z"},
            "note     AWS_SESSION_EXPIRATION says 2026-11-23T01:00:00Z, but the session ends 2026-11-24T03:12:05Z; "
            "awsprof use work:dev corrects it",
        ),
        ({"AWS_SESSION_EXPIRATION": "x"}, "note     AWS_SESSION_EXPIRATION says x, but no session has a known end"),
        ({"AWS_PROFILE": ""}, "profile  none"),
        (
            {"AWS_PROFILE": "work:dev"},
            "set by   something else: your rc file, direnv, or the program that started this shell",
        ),
        ({"AWS_PROFILE": "work:dev"}, "region   eu-west-1 (profile)"),
        ({"AWS_PROFILE": "work:mfa"}, "region   none"),
        ({"AWS_PROFILE": "work:dev", "AWS_REGION": "r"}, "region   r (AWS_REGION)"),
        ({"AWS_PROFILE": "gone\x1b"}, r"profile  $'gone\x1b'"),
    ],
)
def test_lines(home: Home, environ: dict[str, str], line: str) -> None:
    home.write(CONFIG, f"[work:mfa]\n{LASTING}")
    home.call(status.run, **environ)
    assert line in home.out.splitlines()


@pytest.mark.parametrize(
    ("session", "environ", "what", "fix"),
    [
        (
            LASTING,
            {**OURS, "AWS_ACCESS_KEY_ID": "A"},
            "AWS_ACCESS_KEY_ID overrides the profile in some AWS tools",
            "awsprof use work:dev removes it",
        ),
        (
            LASTING,
            {"AWS_ACCESS_KEY_ID": "", "AWS_DEFAULT_PROFILE": "x"},
            "AWS_ACCESS_KEY_ID and AWS_DEFAULT_PROFILE override the profile in some AWS tools",
            "awsprof use PROFILE removes them",
        ),
        (
            LASTING,
            {"AWS_PROFILE": "work:dev", "AWS_REGION": "r\x1b"},
            r"AWS_REGION is r\x1b and AWS_DEFAULT_REGION is unset: AWS tools differ in which they read",
            "awsprof use work:dev --region REGION sets both",
        ),
        (LASTING, {"AWS_PROFILE": ""}, "AWS_PROFILE is set, but empty", "unset AWS_PROFILE, or awsprof use PROFILE"),
        (
            LASTING,
            {"AWS_PROFILE": "gone"},
            "there is no profile gone in the AWS files",
            "awsprof use PROFILE, or awsprof off",
        ),
        (LASTING, {"AWS_PROFILE": "loop"}, "AWS tools cannot use loop: loop leads back to loop", "awsprof show loop"),
        ("", OURS, "the MFA session of work:mfa is missing", "awsprof mfa"),
        (EXPIRED, OURS, "the MFA session of work:mfa is expired", "awsprof mfa"),
        (
            LASTING,
            {"AWS_PROFILE": "tokens"},
            "the temporary keys of tokens are expired",
            "renew them where they came from",
        ),
        (
            LASTING,
            {**OURS, "AWS_PROFILE": "play:dev"},
            "the region variables are eu-west-1, the region of work:dev, but play:dev has us-east-1",
            "awsprof use play:dev sets it, unless you chose the other one with --region",
        ),
        (
            LASTING,
            {**OURS, "AWS_REGION": "eu-north-1", "AWS_DEFAULT_REGION": "eu-north-1"},
            "the region variables are eu-north-1, but work:dev has eu-west-1",
            "awsprof use work:dev sets it, unless you chose the other one with --region",
        ),
        (
            LASTING,
            {**OURS, "AWS_PROFILE": "work:mfa"},
            "the region variables are eu-west-1, the region of work:dev, but work:mfa has no region",
            "awsprof use work:mfa removes it, unless you chose the other one with --region",
        ),
    ],
)
def test_a_contradiction_and_its_fix(home: Home, session: str, environ: dict[str, str], what: str, fix: str) -> None:
    home.write(CONFIG, f"[work:mfa]\n{session}[tokens]\n{EXPIRED}")
    home.call(status.run, **environ)
    found = [line for line in home.out.splitlines() if line.startswith("! ")]
    assert len(found) == 1
    assert found[0].startswith(f"! {what}")
    assert home.out.splitlines()[-1] == f"  {fix}"
    home.call(lambda ctx: status.run(ctx, as_json=True), **environ)
    (told,) = json.loads(home.out)["contradictions"]
    assert (told["what"], told["fix"]) == (found[0][2:], fix)


def direnv(**variables: str) -> dict[str, str]:
    """The environment after an .envrc that sets these."""
    diff = zlib.compress(json.dumps({"p": {}, "n": variables}).encode())
    return {**variables, "DIRENV_DIFF": base64.urlsafe_b64encode(diff).decode()}


# The environment, what `status` prints after "set by", and `set_by` in JSON.
SET_BY: dict[str, tuple[dict[str, str], str, str]] = {
    "a switch": (OURS, "awsprof, in this shell or the one that started it", "awsprof"),
    "another profile by hand": ({**OURS, "AWS_PROFILE": "play:dev"}, "awsprof, or by hand after a switch", "unknown"),
    "no profile by hand": ({**OURS, "AWS_PROFILE": "gone"}, "awsprof, or by hand after a switch", "unknown"),
    "a user's own region, restored": (
        {**OURS, "AWS_PROFILE": "work:mfa", "AWSPROF_SAVED": "=eu-west-1|=eu-west-1"},
        "awsprof, in this shell or the one that started it",
        "awsprof",
    ),
    "direnv": (direnv(AWS_PROFILE="work:dev"), "direnv, from an .envrc", "direnv"),
    "direnv after a switch": ({**OURS, **direnv(AWS_PROFILE="play:dev")}, "direnv, from an .envrc", "direnv"),
    "a switch after direnv": (
        {**direnv(AWS_PROFILE="play:dev"), **OURS},
        "awsprof, in this shell or the one that started it",
        "awsprof",
    ),
    "awsprof in .envrc": (direnv(**OURS), "awsprof, in this shell or the one that started it", "awsprof"),
    "another version of direnv": (
        {"AWS_PROFILE": "work:dev", "DIRENV_DIFF": "x"},
        "something else: your rc file, direnv, or the program that started this shell",
        "other",
    ),
}


@pytest.mark.parametrize("case", SET_BY)
def test_who_set_the_profile(home: Home, case: str) -> None:
    environ, line, told = SET_BY[case]
    home.write(CONFIG, f"[work:mfa]\n{LASTING}")
    home.call(status.run, **environ)
    assert f"set by   {line}" in home.out.splitlines()
    home.call(lambda ctx: status.run(ctx, as_json=True), **environ)
    assert json.loads(home.out)["set_by"] == told


def test_a_region_of_the_users_own_is_none_left_over(home: Home) -> None:
    home.write(CONFIG, f"[work:mfa]\n{LASTING}")
    home.call(status.run, AWS_PROFILE="work:mfa", AWS_REGION="r", AWS_DEFAULT_REGION="r")
    assert "! " not in home.out


def test_in_fish_universal_variables_have_their_own_advice(home: Home) -> None:
    def as_fish(ctx: Context) -> None:
        assert ctx.channel
        ctx.channel.shell_name = "fish"
        status.run(ctx)

    home.write(CONFIG)
    home.call(as_fish, AWS_PROFILE="", AWS_ROLE_ARN="r")
    assert "  awsprof use PROFILE removes it; a universal variable: set -eU AWS_ROLE_ARN" in home.out.splitlines()
    assert "set -eU AWS_PROFILE if it is universal" in home.out


FIELDS = ["name", "domain", "kind", "account", "region", "source", "active", "session"]
MORE = ["set_by", "exists", "environment_region", "access_key", "overrides", "notes", "contradictions"]


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({}, {"name": None, "active": False, "set_by": None, "exists": False, "environment_region": None}),
        ({"AWS_PROFILE": "gone"}, {"name": "gone", "active": True, "set_by": "other", "exists": False}),
        (
            OURS,
            {
                "name": "work:dev",
                "domain": "work",
                "kind": "role",
                "account": "123456789012",
                "region": "eu-west-1",
                "source": "work:mfa",
                "active": True,
                "set_by": "awsprof",
                "exists": True,
                "environment_region": "eu-west-1",
                "contradictions": [],
            },
        ),
    ],
)
def test_json(home: Home, environ: dict[str, str], told: dict[str, object]) -> None:
    home.write(CONFIG, f"[work:mfa]\n{LASTING}")
    home.call(lambda ctx: status.run(ctx, as_json=True), **environ)
    found = json.loads(home.out)
    assert list(found) == FIELDS + MORE
    assert found | told == found
    assert (found["session"] is None) == (environ is not OURS)


def test_a_refused_file_is_a_warning(home: Home) -> None:
    home.write("[profile a]\n[profile a]\n")
    home.call(status.run, AWS_PROFILE="a")
    assert home.err.startswith(f"{home.config} line 2: ")


def test_a_masked_secret_is_never_printed(home: Home) -> None:
    home.write(CONFIG)
    for as_json in (False, True):
        home.call(lambda ctx, as_json=as_json: status.run(ctx, as_json=as_json), AWS_SECRET_ACCESS_KEY="hush")  # type: ignore[misc]
        assert "AWS_SECRET_ACCESS_KEY" in home.out
        assert "hush" not in home.out + home.err
