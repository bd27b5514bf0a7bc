"""AssumeRole of the checking server."""

from typing import Any

import pytest

from .account import Role, User
from .asking import ask, assume, granted, keys_of, mfa, seconds_left, session
from .sts import CheckingSts

HOUR = 3600
WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code. "


def not_trusted(arn: str, role: Role) -> tuple[int, str, str]:
    text = f"User: {arn} is not authorized to perform: sts:AssumeRole on resource: {role.arn}"
    return (403, "AccessDenied", text)


@pytest.mark.parametrize("way", ["keys", "session", "session with mfa", "keys with code"])
def test_a_role_may_require_mfa(sts: CheckingSts, user: User, way: str) -> None:
    role = sts.add_role("PowerUsers")
    keys = keys_of(user) if way.startswith("keys") else session(sts, user, **(mfa(user) if "mfa" in way else {}))
    heard = assume(sts, keys, role, **(mfa(user) if "code" in way else {}))
    if way in ("keys", "session"):
        assert heard[:3] == not_trusted(user.arn, role)
    else:
        arn = "arn:aws:sts::000000000000:assumed-role/PowerUsers/awsprof"
        assert heard.data["AssumedRoleUser"]["Arn"] == arn
        assert ask(sts, granted(heard), "get_caller_identity").data["Arn"] == arn


def test_assume_role_checks_the_code(sts: CheckingSts, user: User) -> None:
    role, wrong = sts.add_role("PowerUsers"), {"SerialNumber": user.device_arn, "TokenCode": user.wrong_code()}
    assert assume(sts, keys_of(user), role, **wrong)[:3] == (403, "AccessDenied", WRONG)


def test_a_role_that_is_not_there_or_trusts_others(sts: CheckingSts, user: User) -> None:
    keys = session(sts, user, **mfa(user))
    strange = sts.add_role("Strange", trusts="111111111111")
    missing = strange._replace(arn="arn:aws:iam::000000000000:role/Missing")
    for role in (strange, missing):
        assert assume(sts, keys, role)[:3] == not_trusted(user.arn, role)


@pytest.mark.parametrize(("given", "right"), [({}, False), ({"ExternalId": "no"}, False), ({"ExternalId": "us"}, True)])
def test_a_role_may_want_an_external_id(sts: CheckingSts, user: User, given: dict[str, str], right: bool) -> None:
    role = sts.add_role("Partner", require_mfa=False, external_id="us")
    heard = assume(sts, keys_of(user), role, **given)
    assert heard.code == ("" if right else "AccessDenied")


LONGER_THAN_ROLE = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
CHAINED = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        ({"DurationSeconds": 7200}, "", ""),
        ({"DurationSeconds": 7201}, "ValidationError", LONGER_THAN_ROLE),
        ({"DurationSeconds": 899}, "ValidationError", "Value '899' at 'durationSeconds'"),
        ({"DurationSeconds": 43201}, "ValidationError", "value less than or equal to 43200"),
        ({"RoleSessionName": "work:dev"}, "ValidationError", r"Value 'work:dev' at 'roleSessionName' failed"),
        ({"RoleSessionName": "x"}, "ValidationError", "length greater than or equal to 2"),
        ({"RoleSessionName": "x" * 65}, "ValidationError", "length less than or equal to 64"),
        ({"RoleSessionName": None}, "ValidationError", "Value null at 'roleSessionName'"),
        ({"RoleArn": "PowerUsers"}, "ValidationError", "length greater than or equal to 20"),
    ],
)
def test_assume_role_bounds(sts: CheckingSts, user: User, params: dict[str, Any], code: str, message: str) -> None:
    role = sts.add_role("PowerUsers", require_mfa=False, max_seconds=7200)
    given = {"RoleArn": role.arn, "RoleSessionName": "awsprof", **params}
    given = {name: value for name, value in given.items() if value is not None}
    heard = ask(sts, keys_of(user), "assume_role", **given)
    assert (heard.status, heard.code) == (400 if code else 200, code)
    assert message in heard.message


@pytest.mark.parametrize(
    ("through", "seconds", "message"),
    [
        ("keys", 7200, ""),
        ("keys with code", 7200, ""),
        ("session with mfa", 3600, ""),
        ("session with mfa", 3601, CHAINED),
        ("session", 3601, CHAINED),
        ("role", 3600, ""),
        ("role", 3601, CHAINED),
    ],
)
def test_temporary_keys_assume_a_role_for_an_hour(
    sts: CheckingSts, user: User, through: str, seconds: int, message: str
) -> None:
    role = sts.add_role("PowerUsers", require_mfa=False, max_seconds=7200)
    ways = {
        "session": lambda: session(sts, user),
        "session with mfa": lambda: session(sts, user, **mfa(user)),
        "role": lambda: granted(assume(sts, keys_of(user), sts.add_role("First", require_mfa=False))),
    }
    keys = ways.get(through, lambda: keys_of(user))()
    code = mfa(user) if through == "keys with code" else {}
    heard = assume(sts, keys, role, DurationSeconds=seconds, **code)
    assert (heard.code, heard.message) == (("ValidationError", message) if message else ("", ""))
    if not message:
        assert seconds_left(sts, heard) == pytest.approx(seconds, abs=5)


def test_from_role_to_role_without_mfa(sts: CheckingSts, user: User) -> None:
    first, second = sts.add_role("First"), sts.add_role("Second", require_mfa=False)
    chained = granted(assume(sts, session(sts, user, **mfa(user)), first))
    assert assume(sts, chained, second).code == ""
    arn = "arn:aws:sts::000000000000:assumed-role/First/awsprof"
    assert assume(sts, chained, first)[:3] == not_trusted(arn, first)


def test_root_assumes_no_role(sts: CheckingSts) -> None:
    root, role = sts.add_user("root", root=True), sts.add_role("PowerUsers", require_mfa=False)
    assert assume(sts, keys_of(root), role)[:3] == (403, "AccessDenied", "Roles may not be assumed by root accounts.")
