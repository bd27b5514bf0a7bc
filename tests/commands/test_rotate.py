"""`awsprof rotate` against the checking server: what is in the file at each step, and that a second run goes on."""

import json
import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from awsprof import aws
from awsprof.aws import iam
from awsprof.commands import rotate
from awsprof.commands.rotate import Wish
from awsprof.editing import How
from awsprof.errors import AwsError, AwsprofError, CancelledError, CredentialsError, FileError, UsageError
from awsprof.files import plan
from awsprof.profiles import model
from awsprof.sessions.rotation import INACTIVE_ID, NEW_ID, NEW_SECRET, OLD_ID
from awsprof.text.times import iso
from tests.aws.account import Key
from tests.aws.desk import Answer, Desk, Script, Talk, desk, ended, own_environment, sts, user
from tests.aws.sts import Answer as Scripted

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

YES = How(force=True)
HOSTS = ["127.0.0.1"]  # where the checking server is
HERE = Wish(hosts=HOSTS)
ROTATE = ("rotate", "work", "--allow-endpoint", *HOSTS)


def run(desk: Desk, *answers: Answer, wish: Wish | None = None, how: How = YES) -> Talk:
    ctx = Talk(Script(*answers) if answers else None)
    rotate.run(ctx, "work", wish or HERE, how, sleep=lambda _: None)
    assert not isinstance(ctx.person, Script) or ctx.person.answers == []
    return ctx


def held(desk: Desk) -> dict[str, str]:
    return model.load({"AWS_CONFIG_FILE": str(desk.config), "AWS_SHARED_CREDENTIALS_FILE": str(desk.credentials)})[
        "work:iam"
    ].credentials


def at_aws(desk: Desk) -> dict[str, Key]:
    return {key.access_key_id: key for key in desk.sts._state.keys.values() if key.user and not key.temporary}


def works(desk: Desk) -> bool:
    """Whether the key in the file is one that AWS knows and takes."""
    key = at_aws(desk).get(held(desk)["aws_access_key_id"])
    return key is not None and key.active and key.secret_access_key == held(desk)["aws_secret_access_key"]


def second_key(desk: Desk, *, active: bool = True) -> Key:
    key = Key(desk.user.arn, desk.user.user_id, desk.user)
    key.active = active
    return desk.sts._state.add_key(key)


def other_key(desk: Desk) -> Key:
    return next(key for key_id, key in at_aws(desk).items() if key_id != desk.user.access_key_id)


def test_the_whole_of_it(desk: Desk) -> None:
    desk.write("# mine\n", f"# keys\n{desk.iam()}")
    old = desk.user.key
    ctx = run(desk)
    new = other_key(desk)
    assert desk.read() == (
        "# mine\n",
        f"# keys\n[work:iam]\naws_access_key_id = {new.access_key_id}\n"
        f"aws_secret_access_key = {new.secret_access_key}\n{INACTIVE_ID} = {old.access_key_id}\n",
    )
    assert works(desk)
    assert not old.active
    assert ctx.talk.splitlines() == [
        f"warning: AWS_ENDPOINT_URL sends the requests for a new access key to {desk.sts.url} instead of AWS",
        "no region is set for work: asking AWS in us-east-1",
        f"AWS made the key {new.access_key_id}; it stands beside the old one until it is proven",
        f"work:iam has the new key {new.access_key_id}: AWS takes it",
        f"the old key {old.access_key_id} is inactive",
    ]
    assert new.secret_access_key not in ctx.talk


def test_it_waits_until_aws_knows_the_key(desk: Desk) -> None:
    desk.write("", desk.iam())
    desk.user.new_keys_unknown_for = 3
    talk = run(desk).talk
    assert works(desk)
    assert talk.count("not yet, after") == 2
    assert f"waiting until AWS knows {other_key(desk).access_key_id} (some seconds)" in talk


def test_the_old_key_stays_active_where_that_is_wanted_and_the_next_run_ends_it(desk: Desk) -> None:
    desk.write("", desk.iam())
    run(desk, wish=Wish(keep=True, hosts=HOSTS))
    assert desk.user.active
    assert held(desk)[OLD_ID] == desk.user.access_key_id
    talk = run(desk).talk
    assert "has its new key already; going on from there" in talk
    assert not desk.user.active
    assert len(at_aws(desk)) == 2


def test_the_old_key_is_deleted_where_that_is_wanted(desk: Desk) -> None:
    desk.write("", desk.iam())
    run(desk, wish=Wish(delete=True, hosts=HOSTS))
    assert desk.user.access_key_id not in at_aws(desk)
    assert set(held(desk)) == {"aws_access_key_id", "aws_secret_access_key"}
    assert works(desk)


@pytest.mark.parametrize("agreed", [True, False])
def test_deleting_is_asked_for(desk: Desk, agreed: bool) -> None:
    desk.write("", desk.iam())
    run(desk, True, agreed, how=How())
    assert (desk.user.access_key_id in at_aws(desk)) != agreed
    assert works(desk)


def test_it_is_asked_for_with_age_and_last_use(desk: Desk) -> None:
    desk.write("", desk.iam())
    desk.user.key.created = time.time() - 400 * 86400
    ctx = Talk(Script(False))
    with pytest.raises(CancelledError):
        rotate.run(ctx, "work", HERE, How())
    assert f"{desk.user.access_key_id}  active, 400 days old, last used 20" in ctx.talk
    with pytest.raises(UsageError, match="no terminal to ask at"):
        run(desk, how=How())
    assert len(at_aws(desk)) == 1


def test_a_dry_run_asks_aws_nothing(desk: Desk) -> None:
    desk.write("", desk.iam())
    before = desk.read()
    printed = run(desk, how=How(dry_run=True)).result
    assert f"-aws_access_key_id = {desk.user.access_key_id}" in printed
    assert desk.user.secret_access_key not in printed
    assert (desk.read(), desk.sts.requests) == (before, [])


def test_a_session_that_aws_does_not_take_is_named(desk: Desk) -> None:
    desk.set_up(session=time.time() + 9000)
    before = desk.read()
    with pytest.raises(CredentialsError, match="AWS does not accept the MFA session of work") as raised:
        run(desk)
    assert "renew it: awsprof mfa work --force" in raised.value.next_step
    assert (desk.read(), len(at_aws(desk))) == (before, 1)


def test_through_the_mfa_session_where_there_is_one(desk: Desk) -> None:
    desk.set_up()
    desk.user.needs_mfa = True
    with pytest.raises(CredentialsError, match="AWS denies iam:CreateAccessKey") as raised:
        run(desk)
    assert "renew the MFA session: awsprof mfa work" in raised.value.next_step
    assert desk.run("mfa", "work", "--code", desk.user.next_code()).returncode == 0
    talk = run(desk).talk
    assert works(desk)
    assert not desk.user.active
    assert "renew it: awsprof mfa work" in talk
    assert "expiration" not in desk.read()[1], "of the session that the old key made"


def test_rotated_again_and_again(desk: Desk) -> None:
    """The key that is superseded goes before the next is made: asked for, or with --delete-old; never else."""
    desk.write("", desk.iam())
    run(desk)
    first = desk.user.access_key_id
    with pytest.raises(CredentialsError, match="two already"):
        run(desk)
    assert first in at_aws(desk)
    run(desk, wish=Wish(delete=True, hosts=HOSTS))
    assert first not in at_aws(desk)
    assert len(at_aws(desk)) == 1
    assert works(desk)


def test_two_keys_already(desk: Desk) -> None:
    desk.write("", desk.iam())
    other = second_key(desk)
    other.created = time.time() - 3 * 86400
    before = desk.read()
    for wish in (HERE, Wish(delete=True, hosts=HOSTS)):
        with pytest.raises(CredentialsError, match="this user has two already") as raised:
            run(desk, wish=wish)
        told = raised.value.next_step
        assert f"{desk.user.access_key_id}  active, of today, last used 20" in told
        assert f"(work:iam)\n{other.access_key_id}  active, 3 days old, never used\n" in told
        assert f"aws iam delete-access-key --access-key-id {other.access_key_id}" in told
    assert desk.read() == before
    assert set(at_aws(desk)) == {desk.user.access_key_id, other.access_key_id}


def test_an_inactive_key_that_no_rotation_superseded_is_never_deleted(desk: Desk) -> None:
    desk.write("", desk.iam())
    other = second_key(desk, active=False)
    with pytest.raises(CredentialsError, match="two already"):
        run(desk, wish=Wish(delete=True, hosts=HOSTS))
    assert other.access_key_id in at_aws(desk)


# What is denied; the error, or what is there all the same.
DENIED = {
    "ListAccessKeys": "",
    "GetAccessKeyLastUsed": "",
    "CreateAccessKey": "AWS denies iam:CreateAccessKey",
    "UpdateAccessKey": "AWS denies iam:UpdateAccessKey",
    "DeleteAccessKey": "AWS denies iam:DeleteAccessKey",
}


@pytest.mark.parametrize("action", DENIED)
def test_a_denial_names_the_permission_and_a_second_run_goes_on(desk: Desk, action: str) -> None:
    desk.write("", desk.iam())
    desk.user.denied = {f"iam:{action}"}
    if DENIED[action]:
        with pytest.raises(CredentialsError, match=DENIED[action]):
            run(desk, wish=Wish(delete=True, hosts=HOSTS))
        assert works(desk)
        desk.user.denied = set()
    run(desk, wish=Wish(delete=True, hosts=HOSTS))
    assert works(desk)
    assert len(at_aws(desk)) == 1


def test_too_many_keys_where_they_may_not_be_listed(desk: Desk) -> None:
    desk.write("", desk.iam())
    second_key(desk)
    desk.user.denied = {"iam:ListAccessKeys"}
    with pytest.raises(CredentialsError, match="this user has two already"):
        run(desk)
    assert works(desk)


def test_a_key_that_aws_does_not_come_to_know(desk: Desk) -> None:
    desk.write("", desk.iam())
    desk.user.new_keys_unknown_for = 1000
    with pytest.raises(AwsError, match=r"does not know the new key .* yet; the old one still works") as raised:
        run(desk)
    assert "awsprof rotate work" in raised.value.next_step
    assert works(desk)
    new = other_key(desk)
    assert (held(desk)[NEW_ID], held(desk)[NEW_SECRET]) == (new.access_key_id, new.secret_access_key)
    new.unknown_for = 0
    run(desk)
    assert held(desk)["aws_access_key_id"] == new.access_key_id
    assert works(desk)


FAILURES = [(action, when) for action in ("CreateAccessKey", "GetCallerIdentity", "UpdateAccessKey", "DeleteAccessKey")
            for when in ("before", "after")]  # fmt: skip


@pytest.mark.parametrize(("action", "when"), FAILURES)
def test_a_connection_that_breaks_at_any_call(desk: Desk, action: str, when: Any) -> None:
    desk.write("", desk.iam())
    desk.sts.script(action, Scripted(hang_up=when))
    with pytest.raises(AwsError) as raised:
        run(desk, wish=Wish(delete=True, hosts=HOSTS))
    assert works(desk)
    if (action, when) == ("CreateAccessKey", "after"):  # nobody has its secret: the person is told of it
        lost = other_key(desk).access_key_id
        assert f"AWS made {lost}, but its secret did not arrive" in raised.value.next_step
        del desk.sts._state.keys[lost]
    run(desk, wish=Wish(delete=True, hosts=HOSTS))
    assert works(desk)
    assert len(at_aws(desk)) == 1
    assert set(held(desk)) == {"aws_access_key_id", "aws_secret_access_key"}


MADE = "<AccessKeyId>AKIAX</AccessKeyId><SecretAccessKey>SECRET</SecretAccessKey><Status>Active</Status>"
# Answers of IAM without what they must have, by action.
STRANGE = [
    ("CreateAccessKey", ""),
    ("CreateAccessKey", f"<AccessKey>{MADE}</AccessKey>"),
    ("CreateAccessKey", f"<AccessKey>{MADE}<CreateDate>soon</CreateDate></AccessKey>"),
    ("CreateAccessKey", "<AccessKey><AccessKeyId>AKIAX</AccessKeyId></AccessKey>"),
    ("ListAccessKeys", ""),
    ("ListAccessKeys", f"<AccessKeyMetadata><member>{MADE}</member></AccessKeyMetadata>"),
]


@pytest.mark.parametrize(("action", "tree"), STRANGE)
def test_an_answer_that_is_not_iams(desk: Desk, action: str, tree: str) -> None:
    desk.write("", desk.iam())
    body = f"<{action}Response><{action}Result>{tree}</{action}Result></{action}Response>"
    desk.sts.script(action, Scripted(200, body=body.encode()))
    before = desk.read()
    with pytest.raises(AwsError, match="reply did not come from AWS"):
        run(desk)
    assert works(desk)
    assert desk.read() == before


class Killed(BaseException):
    """As if the process had ended there."""


def killed_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """End the run at a step: before or after each write, and after each answer of AWS."""
    steps = iter(range(100))

    def counted(run: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*args: Any, **given: Any) -> Any:
            if given.get("trial"):
                return run(*args, **given)
            if next(steps) == step:
                raise Killed
            answer = run(*args, **given)
            if next(steps) == step:
                raise Killed
            return answer

        return instead

    monkeypatch.setattr(plan, "carry_out", counted(plan.carry_out))
    monkeypatch.setattr(aws, "arn_of", counted(aws.arn_of))
    for name in ("make_inactive", "delete"):
        monkeypatch.setattr(iam, name, counted(getattr(iam, name)))


@pytest.mark.parametrize("step", range(15))
def test_killed_at_any_step(desk: Desk, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    desk.write("", desk.iam())
    with monkeypatch.context() as patched:
        killed_at(patched, step)
        try:
            run(desk, wish=Wish(delete=True, hosts=HOSTS))
        except Killed:
            assert step < 14
        else:
            assert step == 14
    assert works(desk)
    if step == 2:  # made at AWS, and not written yet: the next run says which
        with pytest.raises(CredentialsError, match="two already") as raised:
            run(desk)
        lost = other_key(desk).access_key_id
        assert f"{lost}  active, of today, never used" in raised.value.next_step
        del desk.sts._state.keys[lost]
    made = {key for key in at_aws(desk) if key != desk.user.access_key_id}
    if step < 14:
        run(desk, wish=Wish(delete=True, hosts=HOSTS))
    assert works(desk)
    if 2 < step < 13:
        assert set(at_aws(desk)) == made, "no key is made twice"


def test_a_new_key_that_cannot_be_written_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("", desk.iam())
    carry_out = plan.carry_out

    def full(steps: list[plan.Step], *, trial: bool = False) -> list[str]:
        if not trial:
            raise FileError("no space left", "free some")
        return carry_out(steps, trial=True)

    with monkeypatch.context() as patched:
        patched.setattr(plan, "carry_out", full)
        with pytest.raises(FileError) as raised:
            run(desk)
    new = other_key(desk)
    assert new.access_key_id in raised.value.what
    assert new.secret_access_key not in raised.value.what + raised.value.next_step
    assert works(desk)


def test_a_file_that_cannot_be_written_stops_it_before_a_key_is_made(desk: Desk) -> None:
    desk.write("", desk.iam() + "[work:iam ]\n")
    with pytest.raises(FileError):
        run(desk)
    assert desk.sts.requests == []


WRONG: dict[str, tuple[str, str, type[AwsprofError]]] = {
    "no such domain": ("", "no profile work", AwsprofError),
    "no keys": ("[work:dev]\nregion = eu-west-1\n", "there are no access keys for work", AwsprofError),
    "temporary keys": (
        "[work:iam]\naws_access_key_id = ASIAX\naws_secret_access_key = x\n",
        "temporary",
        CredentialsError,
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_refused(desk: Desk, case: str) -> None:
    credentials, words, kind = WRONG[case]
    desk.write("", credentials)
    with pytest.raises(kind, match=words):
        run(desk)
    assert desk.sts.requests == []


def test_contrary_wishes() -> None:
    with pytest.raises(UsageError, match="contradict"):
        Wish(keep=True, delete=True)


def test_keys_that_stand_in_config_move(desk: Desk) -> None:
    desk.write(desk.iam().replace("[work", "[profile work") + "region = eu-west-1\n", "")
    run(desk, wish=Wish(delete=True, hosts=HOSTS))
    assert desk.read()[0] == "[profile work:iam]\nregion = eu-west-1\n"
    assert works(desk)


def test_another_profile_with_the_old_key_is_told(desk: Desk) -> None:
    desk.write("", f"{desk.iam()}\n{desk.iam().replace('work:iam', 'default')}")
    assert "the old key stands in default, too: put the new one there, or remove it\n" in run(desk).talk


def test_one_rotates_at_a_time(desk: Desk) -> None:
    desk.write("", desk.iam())
    desk.sts.script("CreateAccessKey", Scripted(delay=1))
    first, second = (
        subprocess.Popen([*_program(), *ROTATE, "--yes"], stderr=subprocess.PIPE, text=True, cwd=desk.folder)
        for _ in range(2)
    )
    told = [process.communicate()[1] for process in (first, second)]
    assert sorted([first.returncode, second.returncode]) == [0, 5], told
    assert works(desk)
    assert len(at_aws(desk)) == 2


def _program() -> tuple[str, ...]:
    from tests.aws.desk import AWSPROF

    return AWSPROF


def test_as_a_program_at_a_terminal(desk: Desk) -> None:
    desk.write("", desk.iam())
    desk.user.new_keys_unknown_for = 2
    child = desk.start(*ROTATE)
    child.expect_exact("make a new access key for work:iam? [y/N] ")
    child.send("y\r")
    child.expect_exact("waiting until AWS knows")
    child.expect_exact("at AWS for good? [y/N] ")
    child.send("y\r")
    assert ended(child) == 0
    assert works(desk)
    assert len(at_aws(desk)) == 1
    done = desk.run("status")
    assert done.returncode == 0


def test_the_age_is_told_where_iam_told_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.set_up()
    key_id = desk.user.access_key_id
    assert "days old" not in desk.run("show", "work:dev").stdout
    desk.user.key.created = time.time() - 100.5 * 86400
    second_key(desk)
    assert desk.run(*ROTATE, "--yes").returncode == 5
    assert "\n    work:iam  iam  key 100 days old\n" in desk.run("show", "work:dev").stdout
    shown = json.loads(desk.run("show", "work:dev", "--json").stdout)["access_key"]
    assert shown == {"id": key_id, "created_at": iso(int(desk.user.key.created))}
    monkeypatch.setenv("AWS_PROFILE", "work:dev")
    assert f"key      {key_id}  100 days old\n" in desk.run("status").stdout
    assert json.loads(desk.run("status", "--json").stdout)["access_key"] == shown


def test_a_leftover_that_cannot_be_removed_stops_no_rotation(desk: Desk) -> None:
    desk.set_up()
    config, _ = desk.read()
    odd = '\n[profile "work:iam"]\naws_session_token = t\n[profile work:iam]\naws_session_token = t\n'
    desk.write(config + odd, desk.read()[1])
    talk = run(desk).talk
    assert works(desk)
    assert "leftover settings remain: " in talk
    assert desk.read()[0] == config + odd
