"""`awsprof add role`: what it writes byte for byte, what it refuses, what it asks."""

import os
from collections.abc import Callable

import pytest

from awsprof.commands import add
from awsprof.commands.add import Role
from awsprof.editing import How
from awsprof.errors import AwsprofError, NoSuchProfileError, UsageError
from awsprof.profiles import model
from tests.aws.desk import Answer, Desk, Script, Talk, desk, own_environment, sts, user

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures


from tests.commands.adding import BASE, DEVICE, IAM, KEYS, ROLE, role_section


def add_role(desk: Desk, word: str, given: Role, *answers: Answer, how: How | None = None) -> Talk:
    ctx = Talk(Script(*answers) if answers else None)
    add.role(ctx, word, given, how or How())
    assert not isinstance(ctx.person, Script) or ctx.person.answers == []
    return ctx


# The word, what is given with it, the section that comes of it.
ROLES = {
    "in full": ("work:dev", Role(ROLE, source="work:mfa", region="eu-west-1"), "work:dev", "work:mfa", "eu-west-1", ""),
    "on the domain's session": ("work:dev", Role(ROLE), "work:dev", "work:mfa", "", ""),
    "as the module spells it": ("dev", Role(ROLE, source="work:mfa"), "work:dev", "work:mfa", "", ""),
    "on the keys": ("dev", Role(ROLE, source="work:iam"), "work:dev", "work:iam", "", ""),
    "where there is no session": ("bare:dev", Role(ROLE), "bare:dev", "bare:iam", "", ""),
    "on another domain's session": ("new:dev", Role(ROLE, source="work:mfa"), "new:dev", "work:mfa", "", ""),
    "two colons": ("work:team:dev", Role(ROLE), "work:team:dev", "work:mfa", "", ""),
    "all there is": (
        "work:dev",
        Role(ROLE, region="cn-north-1", external_id="a:b/c", session_name="me@x", seconds=3600),
        "work:dev",
        "work:mfa",
        "cn-north-1",
        "external_id = a:b/c\nrole_session_name = me@x\nduration_seconds = 3600\n",
    ),
}


@pytest.mark.parametrize("case", ROLES)
def test_what_add_role_writes(desk: Desk, case: str) -> None:
    word, given, name, source, region, more = ROLES[case]
    credentials = f"{IAM}\n[bare:iam]\n{KEYS}"
    desk.write(BASE, credentials)
    ctx = add_role(desk, word, given)
    assert desk.read() == (f"{BASE}\n{role_section(name, source, region, more)}", credentials)
    assert ctx.talk == f"wrote {name}\n"


WRONG_ROLES: dict[str, tuple[str, Callable[[], Role], type[AwsprofError], str]] = {
    "no ARN": ("work:dev", Role, UsageError, "--role-arn"),
    "a device for a role": ("work:dev", lambda: Role(DEVICE), UsageError, "not the ARN of a role"),
    "an ARN with a newline": ("work:dev", lambda: Role(f"{ROLE}\nx=y"), UsageError, "not the ARN of a role"),
    "a missing source": ("work:dev", lambda: Role(ROLE, source="work:gone"), NoSuchProfileError, "work:gone"),
    "nothing to stand on": ("new:dev", lambda: Role(ROLE), NoSuchProfileError, "awsprof add iam new"),
    "no domain": ("dev", lambda: Role(ROLE), UsageError, "DOMAIN:dev"),
    "no domain in the source": ("dev", lambda: Role(ROLE, source="default"), NoSuchProfileError, "no profile default"),
    "iam": ("work:iam", lambda: Role(ROLE), UsageError, "reserved"),
    "MFA": ("work:MFA", lambda: Role(ROLE), UsageError, "reserved"),
    "iam as the module spells it": ("iam", lambda: Role(ROLE, source="work:mfa"), UsageError, "reserved"),
    "an empty name": ("work:", lambda: Role(ROLE), UsageError, "cannot be a profile's name"),
    "an empty domain": (":dev", lambda: Role(ROLE), UsageError, "cannot be a domain"),
    "a leading dash": ("work:-dev", lambda: Role(ROLE), UsageError, "cannot be a profile's name"),
    "a bracket": ("work:a]b", lambda: Role(ROLE), UsageError, "cannot be a profile's name"),
    "a region of no form": ("work:dev", lambda: Role(ROLE, region="mars"), UsageError, "not a region"),
    "a short external id": ("work:dev", lambda: Role(ROLE, external_id="x"), UsageError, "not an external id"),
    "a colon": ("work:dev", lambda: Role(ROLE, session_name="a:b"), UsageError, "not a session name"),
    "a name and none": (
        "work:dev",
        lambda: Role(ROLE, session_name="me", anonymous=True),
        UsageError,
        "contradict each other",
    ),
    "too short": ("work:dev", lambda: Role(ROLE, seconds=899), UsageError, "between 15m and 12h"),
    "too long": ("work:dev", lambda: Role(ROLE, seconds=43201), UsageError, "between 15m and 12h"),
}


@pytest.mark.parametrize("case", WRONG_ROLES)
def test_a_role_that_is_refused(desk: Desk, case: str) -> None:
    word, given, kind, words = WRONG_ROLES[case]
    desk.write(BASE, IAM)
    with pytest.raises(kind) as raised:
        add_role(desk, word, given())
    assert words in f"{raised.value.what} {raised.value.next_step}"
    assert desk.read() == (BASE, IAM)


ARN_ASKED, REGION_ASKED = "ARN of the role: ", "region? (Enter for none)"


@pytest.mark.parametrize(
    ("given", "answers", "region"),
    [
        (Role(), {ARN_ASKED: ROLE, REGION_ASKED: "eu-west-1"}, "eu-west-1"),
        (Role(), {ARN_ASKED: ROLE, REGION_ASKED: "none"}, ""),
        (Role(ROLE), {REGION_ASKED: "eu-west-1"}, "eu-west-1"),
        (Role(region="eu-west-1"), {ARN_ASKED: ROLE}, "eu-west-1"),
    ],
)
def test_what_is_missing_is_asked_for(desk: Desk, given: Role, answers: dict[str, str], region: str) -> None:
    desk.write(BASE, IAM)
    ctx = add_role(desk, "work:dev", given, *answers.values())
    assert desk.read()[0] == f"{BASE}\n{role_section('work:dev', 'work:mfa', region)}"
    assert isinstance(ctx.person, Script)
    assert ctx.person.asked == list(answers)


def test_another_arn_is_shown_and_asked_for_the_rest_stays(desk: Desk) -> None:
    before = f"{BASE}\n" + role_section("work:dev", "work:mfa", "eu-west-1", "output = json\n")
    desk.write(before.replace(ROLE, f"{ROLE}Old"), IAM)
    ctx = add_role(desk, "work:dev", Role(ROLE), True)
    assert desk.read()[0] == before
    assert f"-role_arn = {ROLE}Old\n+role_arn = {ROLE}" in ctx.talk


# What stands there before; what of it would contradict the new source, and goes.
CONTRARY = {
    "another source of keys": (f"role_arn = {ROLE}\ncredential_source = Environment\n", "work:mfa"),
    "a token file": (f"web_identity_token_file = /x\nrole_arn = {ROLE}\n", "work:mfa"),
    "an MFA device of its own, on a session": (f"mfa_serial = {DEVICE}\nrole_arn = {ROLE}\n", "work:mfa"),
    "only a region": ("region = eu-west-1\n", "work:mfa"),
}


@pytest.mark.parametrize("case", CONTRARY)
def test_what_would_contradict_goes(desk: Desk, case: str) -> None:
    old, source = CONTRARY[case]
    desk.write(f"{BASE}\n[profile work:dev]\n{old}", IAM)
    add_role(desk, "work:dev", Role(ROLE, source=source, region="eu-west-1"), how=How(force=True))
    lines = desk.read()[0].partition("[profile work:dev]\n")[2].splitlines()
    assert sorted(lines) == ["region = eu-west-1", f"role_arn = {ROLE}", f"source_profile = {source}"]


def test_on_the_keys_themselves_a_role_keeps_its_device(desk: Desk) -> None:
    desk.write(f"{BASE}\n[profile work:dev]\nmfa_serial = {DEVICE}\nrole_arn = {ROLE}\n", IAM)
    add_role(desk, "work:dev", Role(ROLE, source="work:iam"), how=How(force=True))
    assert f"mfa_serial = {DEVICE}" in desk.read()[0]


@pytest.mark.parametrize("source", ["work:dev", "work:ops"], ids=["itself", "what stands on it"])
def test_a_role_cannot_stand_on_itself(desk: Desk, source: str) -> None:
    before = f"{BASE}\n{role_section('work:dev', 'work:mfa', '')}{role_section('work:ops', 'work:dev', '')}"
    desk.write(before, IAM)
    with pytest.raises(UsageError, match=r"AWS tools could not use work:dev: .* leads back to work:dev"):
        add_role(desk, "work:dev", Role(ROLE, source=source), how=How(force=True))
    assert desk.read() == (before, IAM)


CHAIN = (
    f"{BASE}\n{role_section('work:near', 'work:iam')}\n[profile sso]\nsso_account_id = 1\nsso_role_name = x\n"
    "sso_start_url = https://x.invalid/start\nsso_region = eu-west-1\n"
    f"\n[profile token]\nweb_identity_token_file = /x\nrole_arn = {ROLE}\n\n[profile signed]\nlogin_session = x\n"
    "\n[profile process]\ncredential_process = x\n"
)
TEMPORARY = f"\n[temporary]\n{KEYS}aws_session_token = T\n\n[keys]\n{KEYS}"
# What a role is assumed with, and whether AWS grants more than an hour.
SOURCES = {
    "work:mfa": False,
    "work:near": False,
    "sso": False,
    "token": False,
    "signed": False,
    "temporary": False,
    "work:iam": True,
    "keys": True,
    "process": True,
}


@pytest.mark.parametrize("source", SOURCES)
def test_more_than_an_hour_only_on_a_users_own_keys(desk: Desk, source: str) -> None:
    desk.write(CHAIN, IAM + TEMPORARY)
    add_role(desk, "work:hour", Role(ROLE, source=source, seconds=3600))
    given = Role(ROLE, source=source, seconds=3601)
    if SOURCES[source]:
        add_role(desk, "work:long", given)
    else:
        before = desk.read()
        with pytest.raises(UsageError) as raised:
            add_role(desk, "work:long", given, how=How(force=True))
        assert raised.value.what == f"AWS allows 1 h for a role assumed through {source}"
        assert "--force" in raised.value.next_step
        assert desk.read() == before
        add_role(desk, "work:long", given, how=How(unchecked=True))
    assert "duration_seconds = 3601" in desk.read()[0].partition("[profile work:long]")[2]


def test_another_source_for_a_role_with_a_long_duration(desk: Desk) -> None:
    desk.write(f"{BASE}\n{role_section('work:dev', 'work:iam', more='duration_seconds = 14400' + chr(10))}", IAM)
    before = desk.read()
    with pytest.raises(UsageError, match="AWS allows 1 h for a role assumed through work:mfa"):
        add_role(desk, "work:dev", Role(ROLE, source="work:mfa"), how=How(force=True))
    assert desk.read() == before
    add_role(desk, "work:dev", Role(ROLE, source="work:mfa", seconds=900), how=How(force=True))
    assert "duration_seconds = 900" in desk.read()[0]


USER = "\n[profile work:iam]\nawsprof_user = your.name\n"
# What AWS has said, what is given, what the role has, and its session name then.
NAMES: dict[str, tuple[str, Role, str, str]] = {
    "not said": ("", Role(ROLE), "", ""),
    "said": (USER, Role(ROLE), "", "your.name"),
    "said, on the keys": (USER, Role(ROLE, source="work:iam"), "", "your.name"),
    "said, on a role": (USER, Role(ROLE, source="work:near"), "", "your.name"),
    "said of another user": (USER.replace("work", "corp"), Role(ROLE), "", ""),
    "said, on what is no user's": (USER, Role(ROLE, source="sso"), "", ""),
    "given": (USER, Role(ROLE, session_name="me"), "", "me"),
    "none": (USER, Role(ROLE, anonymous=True), "", ""),
    "its own stays": (USER, Role(ROLE), "me", "me"),
    "its own goes": (USER, Role(ROLE, anonymous=True), "me", ""),
    "its own changes": (USER, Role(ROLE, session_name="us"), "me", "us"),
    "the device's name is not the user's": ("", Role(ROLE, source="work:mfa"), "", ""),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_role_gets_the_name_that_aws_said(desk: Desk, case: str) -> None:
    said, given, own, name = NAMES[case]
    there = "\n" + role_section("work:dev", "work:mfa", more=f"role_session_name = {own}\n") if own else ""
    desk.write(CHAIN + said + there, IAM)
    add_role(desk, "work:dev", given, how=How(force=True))
    assert model.load(os.environ)["work:dev"].get("role_session_name") == name


def test_cloudtrail_sees_the_user(desk: Desk) -> None:
    """From the key file to the ARN that AWS gives the role's session, with the real AWS client."""
    role = desk.sts.add_role("Dev", require_mfa=False, max_seconds=14400).arn
    desk.write(credentials=desk.iam())
    adding = ("add", "role", "--role-arn", role, "--region", "eu-central-1")
    calls = [
        (("add", "mfa", "work"), 0),
        ((*adding, "work:dev", "--duration", "1h"), 0),
        ((*adding, "work:far", "--duration", "4h", "--source", "work:iam"), 0),
        ((*adding, "work:no", "--duration", "4h"), 2),
        (("mfa", "work", "--code", desk.user.next_code()), 0),
    ]
    for words, exit_code in calls:
        done = desk.run(*words)
        assert done.returncode == exit_code, done.stderr
    for name in ("work:dev", "work:far"):
        done = desk.run("whoami", name)
        assert "assumed-role/Dev/your.name" in done.stdout, done.stderr


@pytest.mark.parametrize("region", ["auto", "nyc3"])
def test_force_takes_a_region_of_another_service(desk: Desk, region: str) -> None:
    desk.write(BASE, IAM)
    words = ("add", "role", "work:dev", "--role-arn", ROLE, "--region", region)
    assert desk.run(*words).returncode == 2
    assert desk.run(*words, "--force").returncode == 0
    assert f"region = {region}\n" in desk.read()[0]
