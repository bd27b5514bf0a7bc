"""`awsprof remove`: what goes from both files and what stays, what refuses, what the shell does."""

from collections.abc import Callable

import pytest

from awsprof.commands import remove
from awsprof.context import Context
from awsprof.editing import How
from awsprof.errors import AwsprofError, CancelledError, NoSuchProfileError, UsageError
from awsprof.files import plan
from awsprof.profiles import chains, model
from tests.aws.desk import Desk, desk, own_environment, sts, user
from tests.commands.living import DEV, DEVICES, IAM, KEY_ID, KEYS, MFA, call, files
from tests.conftest import Home, bash

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

OPS = "[profile other:ops]\nrole_arn = arn:aws:iam::123456789012:role/Ops\nsource_profile = work:dev\n"
SOLO = "[profile solo]\nregion = eu-west-1\n"
HEAD, NOTE = "# mine\n\n", "# a note\n\n"
CONFIG = f"{HEAD}# devices\n{DEVICES}\n{NOTE}{DEV}\n{OPS}\n{SOLO}"
CREDENTIALS = f"{IAM}\n# the session\n{MFA}"


def run(*words: str, cascade: bool = False, **how: bool) -> Callable[[Context], None]:
    return lambda ctx: remove.run(ctx, list(words), How(**(how or {"force": True})), cascade=cascade)


# The words, whether with --cascade, and what is left of both files.
REMOVED = {
    "one that nothing stands on": (("solo",), False, CONFIG[: -len(SOLO) - 1], CREDENTIALS),
    "two, one on the other": (
        ("work:dev", "other:ops"),
        False,
        f"{HEAD}# devices\n{DEVICES}\n{NOTE}{SOLO}",
        CREDENTIALS,
    ),
    "what stands on it": (("work:dev",), True, f"{HEAD}# devices\n{DEVICES}\n{NOTE}{SOLO}", CREDENTIALS),
    "a session with its roles": (("work:mfa",), True, f"{HEAD}{NOTE}{SOLO}", IAM),
    "keys with all that stands on them": (("work:iam",), True, f"{HEAD}{NOTE}{SOLO}", ""),
    "a domain with what stands on it": (("work:",), True, f"{HEAD}{NOTE}{SOLO}", ""),
    "a domain and what stands on it": (("work:", "other:ops"), False, f"{HEAD}{NOTE}{SOLO}", ""),
    "one that is gone already, too": (("solo", "lost"), False, CONFIG[: -len(SOLO) - 1], CREDENTIALS),
}


@pytest.mark.parametrize("case", REMOVED)
def test_remove(home: Home, case: str) -> None:
    words, cascade, config, credentials = REMOVED[case]
    home.write(CONFIG, CREDENTIALS)
    call(home, run(*words, cascade=cascade))
    assert files(home) == (config, credentials)
    assert ("there is no profile lost (any more)" in home.err) == ("lost" in words)


WRONG: dict[str, tuple[tuple[str, ...], type[AwsprofError], str]] = {
    "a role stands on it": (("work:dev",), UsageError, "other:ops depends on it"),
    "roles stand on it, near and far": (("work:mfa",), UsageError, "work:dev and other:ops depend on it"),
    "a session stands on it": (("work:iam",), UsageError, "work:mfa, work:dev and other:ops depend on it"),
    "another domain stands on it": (("work:",), UsageError, "other:ops depends on it"),
    "no such profile": (("work:dve",), NoSuchProfileError, "work:dev"),
    "a bare name": (("dev",), UsageError, "other:ops depends on it"),
    "an empty name": (("",), UsageError, "empty"),
    "no such domain": (("wrok:",), NoSuchProfileError, "did you mean work?"),
    "a domain without its colon": (("work",), NoSuchProfileError, "did you mean"),
    "none of several": (("a", "b"), NoSuchProfileError, "no profile a"),
}


@pytest.mark.parametrize("case", WRONG)
def test_remove_refused(home: Home, case: str) -> None:
    words, kind, told = WRONG[case]
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(kind) as raised:
        call(home, run(*words), env={"AWS_PROFILE": "work:dev"})
    assert told in f"{raised.value.what} {raised.value.next_step}"
    assert (files(home), home.snippet) == ((CONFIG, CREDENTIALS), "")


def test_of_many_some_are_named(home: Home) -> None:
    roles = "".join(f"[profile r{n}]\nrole_arn = x\nsource_profile = work:mfa\n" for n in range(9))
    home.write(roles, f"{IAM}{MFA}")
    with pytest.raises(UsageError, match=r"r0, r1, r2, r3 and 5 more depend on it"):
        call(home, run("work:mfa"))


def test_keys_that_still_work_are_told(home: Home) -> None:
    home.write("", f"{IAM}\n{MFA}")
    call(home, run("work:"))
    assert f"the access key {KEY_ID} of work:iam still works; delete it at AWS" in home.err
    assert f"aws iam delete-access-key --access-key-id {KEY_ID}" in home.err
    assert home.err.count("still works") == 1, "not of the session's"
    home.write("", f"{IAM}\n[default]\n{KEYS}")
    call(home, run("work:iam"))
    assert "still works" not in home.err, "it stands elsewhere, too"


SAVED = "=eu-west-1|=eu-west-1"
# The variables of the shell, and what of them changes where solo goes.
SHELL: dict[str, tuple[dict[str, str], dict[str, str | None]]] = {
    "active by awsprof": (
        {"AWS_PROFILE": "solo", "AWS_REGION": "x", "AWS_DEFAULT_REGION": "x", "AWSPROF_SAVED": SAVED},
        {"AWS_PROFILE": None, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWSPROF_SAVED": None},
    ),
    "active by something else": ({"AWS_PROFILE": "solo", "AWS_REGION": "x"}, {"AWS_PROFILE": None}),
    "before": ({"AWS_PROFILE": "work:dev", "AWSPROF_PREVIOUS": "solo"}, {"AWSPROF_PREVIOUS": None}),
    "what off would bring back": (
        {"AWS_PROFILE": "work:dev", "AWSPROF_SAVED": f"{SAVED}|AWS_PROFILE=solo"},
        {"AWSPROF_SAVED": SAVED},
    ),
    "none of these": ({"AWS_PROFILE": "work:dev", "AWSPROF_SAVED": SAVED, "AWSPROF_PREVIOUS": "other:ops"}, {}),
}


@pytest.mark.parametrize("case", SHELL)
def test_the_shell_leaves_a_profile_that_goes(home: Home, case: str) -> None:
    environ, change = SHELL[case]
    home.write(CONFIG, CREDENTIALS)
    call(home, run("solo"), env=environ)
    assert home.snippet == (bash(change) if change else "")
    assert ("solo was active in this shell" in home.err) == case.startswith("active")


def test_without_a_hook_the_shell_is_told(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    call(home, run("solo"), hook=False, env={"AWS_PROFILE": "solo"})
    assert "this shell does not follow without the awsprof hook: unset AWS_PROFILE" in home.err


def test_shown_and_asked_for(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(CancelledError):
        call(home, run("work:", cascade=True, force=False), False)
    assert "-[work:iam]\n" in home.err
    assert "-aws_secret_access_key = ********\n" in home.err
    with pytest.raises(UsageError, match="no terminal to ask at"):
        call(home, run("solo", force=False))
    call(home, run("solo", dry_run=True), env={"AWS_PROFILE": "solo"})
    assert "-[profile solo]" in home.out
    assert (files(home), home.snippet) == ((CONFIG, CREDENTIALS), "")
    assert call(home, run("solo", force=False), True)


def test_cut_short_nothing_dangles_and_a_second_run_completes_it(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    away = dict.fromkeys(["work:iam", "work:mfa", "work:dev", "other:ops"])
    plan.carry_out([plan.Step(str(home.config), away, config=True)])
    known = model.load(home.environ)
    assert [name for name in known if chains.chain(known, name).broken] == []
    call(home, run("work:", cascade=True))
    assert files(home) == (f"{HEAD}{NOTE}{SOLO}", "")


def test_what_stood_on_what_is_gone_goes_by_a_second_run(home: Home) -> None:
    home.write(OPS, "")
    with pytest.raises(NoSuchProfileError):
        call(home, run("work:dev"))
    call(home, run("work:dev", cascade=True))
    assert files(home) == ("", "")


def test_as_a_program(desk: Desk) -> None:
    desk.write(CONFIG, CREDENTIALS)
    for words, exit_code in (
        (("remove", "work:dev", "--yes"), 2),
        (("remove", "work:dev", "--cascade"), 2),
        (("remove", "work:gone", "--yes"), 3),
        (("remove", "work:dev", "--cascade", "--yes"), 0),
        (("remove", "work:", "-y"), 0),
        (("remove", "work:", "-y"), 3),
    ):
        done = desk.run(*words)
        assert done.returncode == exit_code, done.stderr
    assert desk.read() == (f"{HEAD}{NOTE}{SOLO}", "")
