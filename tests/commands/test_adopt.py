"""`awsprof adopt`: what other tools wrote, before -> after, beside the old and in its place; what is left, and why."""

from collections.abc import Callable

import pytest

from awsprof.commands import adopt
from awsprof.commands.adopt import Wish
from awsprof.context import Context
from awsprof.editing import How
from awsprof.errors import CancelledError, FileError, NoSuchProfileError, UsageError
from awsprof.files import plan
from awsprof.profiles import adoption, chains, model, renaming, sources
from tests.aws.desk import Desk, desk, own_environment, sts, user
from tests.commands.living import ARN, DEVICE, KEYS, SECRET, SESSION, call, files
from tests.conftest import Home, bash

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

ROLE = f"role_arn = {ARN}:role/Dev\n"


def run(domain: str = "work", source: str = "", *, move: bool = False, **how: bool) -> Callable[[Context], None]:
    wish = Wish(domain=domain, source=source, move=move)
    return lambda ctx: adopt.run(ctx, wish, How(**(how or {"force": True})))


def role(source: str, more: str = "", *, mfa: bool = True) -> str:
    return f"{ROLE}source_profile = {source}\n" + (f"mfa_serial = {DEVICE}\n" if mfa else "") + more


MFA = f"[profile work:mfa]\nmfa_device_arn = {DEVICE}\n"
DEV = f"[profile work:dev]\n{role('work:mfa', mfa=False)}"

# Config and credentials; then what is added to each, and both as they are where it moves.
ADOPTED = {
    "a role with MFA on plain keys": (
        f"# mine\n[profile dev]\n{role('me')}",
        f"# keys\n[me]\n{KEYS}",
        f"\n{MFA}\n{DEV}",
        f"\n[work:iam]\n{KEYS}",
        f"# mine\n{DEV}\n{MFA}",
        f"# keys\n[work:iam]\n{KEYS}",
    ),
    "with the region of the keys": (
        f"[profile me]\nregion = eu-west-1\n\n[profile dev]\n{role('me')}",
        f"[me]\n{KEYS}",
        f"\n[profile work:iam]\nregion = eu-west-1\n\n{MFA}\n{DEV}",
        f"\n[work:iam]\n{KEYS}",
        f"[profile work:iam]\nregion = eu-west-1\n\n{DEV}\n{MFA}",
        f"[work:iam]\n{KEYS}",
    ),
    "with aws-vault's code command": (
        f"[profile me]\nmfa_process = ykman code\n\n[profile dev]\n{role('me')}",
        f"[me]\n{KEYS}",
        f"\n[profile work:iam]\nmfa_process = ykman code\n\n{MFA}\n{DEV}",
        f"\n[work:iam]\n{KEYS}",
        f"[profile work:iam]\nmfa_process = ykman code\n\n{DEV}\n{MFA}",
        f"[work:iam]\n{KEYS}",
    ),
    "a role without MFA, a role on a role": (
        f"[profile a]\n{role('me')}\n[profile b]\n{role('me', mfa=False)}\n[profile c]\n{role('a', mfa=False)}",
        f"[me]\n{KEYS}",
        f"\n{MFA}\n[profile work:a]\n{role('work:mfa', mfa=False)}\n[profile work:b]\n{role('work:iam', mfa=False)}\n"
        f"[profile work:c]\n{role('work:a', mfa=False)}",
        f"\n[work:iam]\n{KEYS}",
        f"[profile work:a]\n{role('work:mfa', mfa=False)}\n[profile work:b]\n{role('work:iam', mfa=False)}\n"
        f"[profile work:c]\n{role('work:a', mfa=False)}\n{MFA}",
        f"[work:iam]\n{KEYS}",
    ),
    "default stays where it is": (
        f"[default]\nregion = eu-west-1\n\n[profile dev]\n{role('default')}",
        f"[default]\n{KEYS}",
        f"\n[profile work:iam]\nregion = eu-west-1\n\n{MFA}\n{DEV}",
        f"\n[work:iam]\n{KEYS}",
        f"[default]\nregion = eu-west-1\n\n{DEV}\n[profile work:iam]\nregion = eu-west-1\n\n{MFA}",
        f"[default]\n{KEYS}\n[work:iam]\n{KEYS}",
    ),
    "a name that begins with the domain": (
        f"[profile work-dev]\n{role('me')}",
        f"[me]\n{KEYS}",
        f"\n{MFA}\n{DEV}",
        f"\n[work:iam]\n{KEYS}",
        f"{DEV}\n{MFA}",
        f"[work:iam]\n{KEYS}",
    ),
    "aws-mfa": (
        f"[profile dev]\n{role('me', mfa=False)}",
        f"[me-long-term]\n{KEYS}aws_mfa_device = {DEVICE}\n\n[me]\n{SESSION}expiration = 2026-11-24 03:12:05\n",
        f"\n{MFA}\n{DEV}",
        f"\n[work:iam]\n{KEYS}",
        f"{DEV}\n{MFA}",
        f"[work:iam]\n{KEYS}aws_mfa_device = {DEVICE}\n\n[work:mfa]\n{SESSION}expiration = 2026-11-24 03:12:05\n",
    ),
    "awsume's duration, a block, any setting": (
        f"[profile dev]\n{role('me', 'role_duration = 3600' + chr(10) + 's3 =' + chr(10) + '    x = 1' + chr(10))}",
        f"[me]\n{KEYS}",
        f"\n{MFA}\n[profile work:dev]\n{role('work:mfa', 'role_duration = 3600' + chr(10), mfa=False)}"
        "duration_seconds = 3600\ns3 =\n    x = 1\n",
        f"\n[work:iam]\n{KEYS}",
        f"[profile work:dev]\n{role('work:mfa', 'role_duration = 3600' + chr(10), mfa=False)}"
        f"s3 =\n    x = 1\nduration_seconds = 3600\n\n{MFA}",
        f"[work:iam]\n{KEYS}",
    ),
    "a device that the source carries, as aws-vault reads it": (
        f"[profile me]\nmfa_serial = {DEVICE}\n\n[profile dev]\n{role('me', mfa=False)}\n"
        f"[profile c]\n{role('dev', mfa=False)}",
        f"[me]\n{KEYS}",
        f"\n{MFA}\n{DEV}\n[profile work:c]\n{role('work:dev', mfa=False)}",
        f"\n[work:iam]\n{KEYS}",
        f"[profile work:iam]\nmfa_serial = {DEVICE}\n\n{DEV}\n[profile work:c]\n{role('work:dev', mfa=False)}\n{MFA}",
        f"[work:iam]\n{KEYS}",
    ),
    "what aws-vault includes": (
        f"[profile base]\nsource_profile = me\nmfa_serial = {DEVICE}\nregion = eu-west-1\n\n"
        f"[profile dev]\n{ROLE}include_profile = base\n",
        f"[me]\n{KEYS}",
        f"\n{MFA}\n[profile work:dev]\n{ROLE}include_profile = base\nsource_profile = work:mfa\nregion = eu-west-1\n",
        f"\n[work:iam]\n{KEYS}",
        # The included profile is no role: it stays, and what it says of the keys follows them.
        f"[profile base]\nsource_profile = work:iam\nmfa_serial = {DEVICE}\nregion = eu-west-1\n\n"
        f"[profile work:dev]\n{ROLE}include_profile = base\nsource_profile = work:mfa\nregion = eu-west-1\n\n{MFA}",
        f"[work:iam]\n{KEYS}",
    ),
}


@pytest.mark.parametrize("case", ADOPTED)
def test_beside_the_old(home: Home, case: str) -> None:
    config, credentials, more_config, more_credentials, _, _ = ADOPTED[case]
    home.write(config, credentials)
    call(home, run())
    assert files(home) == (config + more_config, credentials + more_credentials)
    assert "the secret of work:iam stands twice now" in home.err
    assert SECRET not in home.err
    _assert_usable(home)
    call(home, run())
    assert files(home) == (config + more_config, credentials + more_credentials), "a second run changes nothing"


@pytest.mark.parametrize("case", ADOPTED)
def test_in_its_place(home: Home, case: str) -> None:
    config, credentials, _, _, config_after, credentials_after = ADOPTED[case]
    home.write(config, credentials)
    call(home, run(move=True))
    assert files(home) == (config_after, credentials_after)
    _assert_usable(home)


def _assert_usable(home: Home) -> None:
    known = model.load(home.environ)
    for name in (name for name in known if known[name].get("role_arn") and name.startswith("work:")):
        found = chains.chain(known, name)
        assert found.broken == ""
        assert chains.down_to_the_keys(known, found)[-1] == "work:iam"
        assert not known[name].get("mfa_serial"), "it would be asked for a code again"
    assert model.device_of(known, "work") == DEVICE


LONG = "duration_seconds = 43200\n"
# The profiles before, the role that is adopted, its duration then, and with --force.
DURATIONS = {
    "on the session": (f"[profile dev]\n{role('me', LONG)}", "dev", "", "43200"),
    "of awsume": (f"[profile dev]\n{role('me', 'role_duration = 7200' + chr(10))}", "dev", "", "7200"),
    "an hour": (f"[profile dev]\n{role('me', 'duration_seconds = 3600' + chr(10))}", "dev", "3600", "3600"),
    "on the keys themselves": (
        f"[profile dev]\n{role('me', LONG, mfa=False)}\n[profile a]\n{role('me')}",
        "dev",
        "43200",
        "43200",
    ),
    "on a role": (
        f"[profile a]\n{role('me')}\n[profile dev]\n{role('a', LONG, mfa=False)}",
        "dev",
        "",
        "43200",
    ),
    "included": (
        f"[profile base]\n{LONG}\n[profile dev]\n{role('me')}include_profile = base\n",
        "dev",
        "",
        "43200",
    ),
}


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("move", [False, True])
@pytest.mark.parametrize("case", DURATIONS)
def test_a_duration_that_aws_refuses_is_dropped(home: Home, case: str, move: bool, force: bool) -> None:
    config, name, *seconds = DURATIONS[case]
    home.write(config, f"[me]\n{KEYS}")
    call(home, run(move=move, force=True, unchecked=force))
    known = model.load(home.environ)
    assert known[f"work:{name}"].get("duration_seconds") == seconds[force]
    if not force:
        assert [name for name in known if name.startswith("work:") and sources.refused_duration(known, name)] == []
    said = f"of work:{name} is left out: AWS allows 1 h for a role assumed through work:"
    assert (said in home.err) == (seconds[force] == "")


USER = "[profile work:iam]\nawsprof_user = you\n\n"
# What AWS has said before, the role's own name, what is given, and the role's session name then.
NAMES = {
    "not said": ("", "", {}, ""),
    "said": (USER, "", {}, "you"),
    "a name of its own": (USER, "role_session_name = me\n", {}, "me"),
    "given": (USER, "", {"session_name": "us"}, "us"),
    "given, and a name of its own": (USER, "role_session_name = me\n", {"session_name": "us"}, "me"),
    "given, not said": ("", "", {"session_name": "us"}, "us"),
    "none": (USER, "", {"anonymous": True}, ""),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_role_gets_the_name_that_aws_said(home: Home, case: str) -> None:
    user, own, given, name = NAMES[case]
    home.write(f"{user}[profile dev]\n{role('me', own)}", f"[me]\n{KEYS}")
    call(home, lambda ctx: adopt.run(ctx, Wish(domain="work", **given), How(force=True)))  # type: ignore[arg-type] # as given
    assert model.load(home.environ)["work:dev"].get("role_session_name") == name


UNREADABLE = {
    "a comment": ("external_id = a # b\n", "line 5: external_id = 'a # b' of dev has # or ; after a space"),
    "in a block": ("s3 =\n    x = 1 ; b\n", "line 5: s3.x = '1 ; b' of dev has # or ; after a space"),
    "quotes": ('external_id = "ab"\n', "line 5: external_id = '\"ab\"' of dev begins with a quote"),
    "not ASCII": ("note = é\n", "line 5: note = é of dev is not plain ASCII"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_role_with_a_value_that_some_tools_misread_is_left_with_its_line(home: Home, case: str) -> None:
    more, said = UNREADABLE[case]
    config = f"[profile dev]\n{role('me', more)}\n[profile ops]\n{role('me')}\n[profile c]\n{role('dev', mfa=False)}"
    home.write(config, f"[me]\n{KEYS}")
    call(home, run())
    assert said in home.err
    assert "left: c    what it depends on is left\n" in home.err
    assert {"work:ops", "work:dev", "work:c"} & model.load(home.environ).keys() == {"work:ops"}
    home.write(config, f"[me]\n{KEYS}")
    call(home, run(move=True))
    assert "work:dev" in model.load(home.environ), "nothing is copied then"


def test_a_setting_of_the_keys_that_some_tools_misread_stops_it_with_its_line(home: Home) -> None:
    before = (f"[profile dev]\n{role('me')}\n[profile me]\nregion = eu-west-1 # Ireland\n", f"[me]\n{KEYS}")
    home.write(*before)
    with pytest.raises(FileError) as raised:
        call(home, run())
    assert f"{home.config} line 7: region = 'eu-west-1 # Ireland' of me has # or ;" in raised.value.what
    assert files(home) == before


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("done", range(4))
@pytest.mark.parametrize("case", ["a role with MFA on plain keys", "aws-mfa"])
def test_moving_cut_short_is_completed_by_a_second_run(home: Home, case: str, done: int, named: bool) -> None:
    config, credentials, _, _, config_after, credentials_after = ADOPTED[case]
    home.write(config, credentials)
    known = model.load(home.environ)
    found = adoption.find(known)[0][0]
    made = adoption.adopt(known, found, "work", adoption.Wish(move=True))
    move = renaming.plan_move(home.environ, known, made.renamed, config=made.config, credentials=made.credentials)
    for step in move.carried[:done]:
        plan.carry_out([step])
        between = model.load(home.environ)
        assert [name for name in between if chains.chain(between, name).broken] == []
    call(home, run(source=found.keys if named and done < 3 else "", move=True))
    assert files(home) == (config_after, credentials_after)


def test_default_moves_where_the_person_says_so(home: Home) -> None:
    home.write(f"[profile dev]\n{role('default')}", f"[default]\n{KEYS}")
    call(home, run(move=True, force=False), True, True)
    assert files(home)[1] == f"[work:iam]\n{KEYS}"
    home.write(f"[profile dev]\n{role('default')}", f"[default]\n{KEYS}")
    call(home, run(move=True, force=False), False, True)
    assert files(home)[1] == f"[default]\n{KEYS}\n[work:iam]\n{KEYS}"


BASE = f"[profile dev]\n{role('me')}"
# What stands beside keys that are adopted, and what is said of it.
LEFT = {
    "SSO": ("[profile x]\nsso_session = s\n", "", "left: x  SSO\n"),
    "a process": ("[profile x]\ncredential_process = p\n", "", "left: x  a credential_process\n"),
    "keys without MFA": ("", f"[x]\n{KEYS}", "left: x  keys without an MFA device"),
    "temporary keys": ("", f"[x]\n{SESSION}", "left: x  temporary keys of another tool\n"),
    "only a region": ("[profile x]\nregion = y\n", "", "left: x  no credentials of its own\n"),
    "keys that aws-vault keeps": (
        f"[profile x]\nmfa_serial = {DEVICE}\n",
        "",
        "left: x  its keys are not in the files",
    ),
    "a role on these": (f"[profile x]\n{role('y')}", "", "left: x  a role on y, whose keys awsprof cannot adopt\n"),
    "a role on nothing": (f"[profile x]\n{ROLE}", "", "left: x  a role without a source\n"),
    "a name that is reserved": (f"[profile mfa]\n{role('me')}", "", "left: mfa  mfa is reserved"),
    "a name that AWS tools cannot read": (f"[profile 'a b']\n{role('me')}", "", "left: a b  'a b' cannot be"),
    "a name that is taken": (
        f"[profile x:dev]\n{role('me').replace('Dev', 'Other')}",
        "",
        "left: x:dev  there is a profile work:dev already\n",
    ),
    "a domain of ours": (f"[profile old:x]\n{role('old:iam')}", f"[old:iam]\n{KEYS}", ""),
}


@pytest.mark.parametrize("move", [False, True])
@pytest.mark.parametrize("case", LEFT)
def test_what_is_left_and_why(home: Home, case: str, move: bool) -> None:
    config, credentials, told = LEFT[case]
    home.write(f"{config}\n{BASE}", f"{credentials}\n[me]\n{KEYS}")
    call(home, run(source="me", move=move))
    assert told in home.err
    assert ("left:" in home.err) == bool(told)
    assert "[work:iam]" in files(home)[1]
    assert credentials in files(home)[1]
    if "on these" not in case and "me" not in config:
        assert config in files(home)[0]


def test_several_devices_are_not_for_us_to_choose_from(home: Home) -> None:
    home.write(f"{BASE}\n[profile b]\n{role('me').replace(DEVICE, DEVICE + '2')}", f"[me]\n{KEYS}")
    call(home, run())
    assert "left: me   its roles name several MFA devices\n" in home.err
    assert "there is nothing to adopt; nothing was changed\n" in home.err


def test_a_passkey_gives_no_sessions(home: Home) -> None:
    home.write(BASE.replace(":mfa/", ":u2f/user/"), f"[me]\n{KEYS}")
    call(home, run())
    assert "passkey" in home.err
    assert files(home)[1] == f"[me]\n{KEYS}"


TWO = (f"{BASE}\n[profile b]\n{role('you')}", f"[me]\n{KEYS}\n[you]\n{KEYS.replace('EXAMPLE', 'EXAMPLF')}")


def test_which_domain_is_asked_for_each_set_of_keys(home: Home) -> None:
    home.write(*TWO)
    person = call(home, run("", force=False), "work", "", True)
    assert person is not None
    assert person.asked[0] == "domain for the keys of me, roles dev (Enter leaves them): "
    assert "[work:iam]" in files(home)[1]
    assert files(home)[1].count("iam]") == 1
    with pytest.raises(UsageError, match="can have one set of keys only"):
        call(home, run("", force=False), "other", "other")


def test_questions_that_nobody_can_answer(home: Home) -> None:
    home.write(*TWO)
    with pytest.raises(UsageError, match="several sets of keys: me and you"):
        call(home, run())
    with pytest.raises(UsageError, match="which domain"):
        call(home, run(""))
    with pytest.raises(UsageError, match="no terminal to ask at"):
        call(home, run(source="me", force=False))
    with pytest.raises(NoSuchProfileError):
        call(home, run(source="mee"))
    with pytest.raises(UsageError, match="dev holds no keys to adopt"):
        call(home, run(source="dev"))
    with pytest.raises(UsageError, match="cannot be a domain"):
        Wish(domain="a b")
    assert files(home) == TWO


TAKEN = {
    "other keys": (f"[work:iam]\n{KEYS.replace('EXAMPLE', 'EXAMPLF')}", "", "other keys already"),
    "another device": ("", f"[profile work:mfa]\nmfa_device_arn = {DEVICE}2\n", "another MFA device already"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_a_domain_of_somebody_else(home: Home, case: str) -> None:
    credentials, config, words = TAKEN[case]
    home.write(f"{BASE}\n{config}", f"[me]\n{KEYS}\n{credentials}")
    with pytest.raises(UsageError, match=words):
        call(home, run(source="me"))


def test_shown_and_asked_for_and_the_shell_follows(home: Home) -> None:
    before = (BASE, f"[me]\n{KEYS}")
    home.write(*before)
    with pytest.raises(CancelledError):
        call(home, run(force=False), False)
    call(home, run(move=True, dry_run=True), env={"AWS_PROFILE": "dev"})
    assert f"-mfa_serial = {DEVICE}\n" in home.out
    assert SECRET not in home.out + home.err
    assert (files(home), home.snippet) == (before, "")
    call(home, run(move=True), env={"AWS_PROFILE": "dev"})
    assert home.snippet == bash({"AWS_PROFILE": "work:dev"})


def test_the_session_serves_the_role_that_was_adopted(desk: Desk) -> None:
    """From an ordinary set-up to one code a day: the role asks for no code of its own any more."""
    role_ = desk.sts.add_role("Dev")
    keys = desk.iam().partition("\n")[2]
    desk.write(
        f"[profile dev]\nrole_arn = {role_.arn}\nsource_profile = default\nmfa_serial = {desk.user.device_arn}\n"
        "region = eu-central-1\n",
        f"[default]\n{keys}",
    )
    assert desk.run("adopt", "--domain", "work").returncode == 2
    assert desk.run("adopt", "--domain", "work", "--yes").returncode == 0
    assert desk.run("mfa", "work", "--code", desk.user.next_code()).returncode == 0
    done = desk.run("whoami", "work:dev", "--no-input")
    assert done.returncode == 0, done.stderr
    assert "assumed-role/Dev" in done.stdout
