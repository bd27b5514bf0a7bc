"""`awsprof rename`: before -> after in both files and in the shell; what lies between; what is refused."""

from collections.abc import Callable, Mapping

import pytest

from awsprof.commands import remove, rename
from awsprof.context import Context
from awsprof.editing import How
from awsprof.errors import AwsprofError, CancelledError, FileError, NoSuchProfileError, UsageError
from awsprof.files import plan
from awsprof.profiles import chains, model, renaming
from tests.aws.desk import Desk, desk, own_environment, sts, user
from tests.commands.living import DEV, DEVICES, IAM, KEYS, MFA, call, files
from tests.conftest import Home, bash

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

OPS = "[profile other:ops]\nrole_arn = arn:aws:iam::123456789012:role/Ops\nsource_profile = work:dev\n"
SSO = "[profile sso]\nsso_session = work:mfa\n\n[sso-session work:mfa]\nsso_region = eu-west-1\n"
CONFIG, CREDENTIALS = f"# mine\n{DEVICES}\n# dev\n{DEV}\n{OPS}\n{SSO}", f"{IAM}\n# the session\n{MFA}"


def run(old: str, new: str, **how: bool) -> Callable[[Context], None]:
    return lambda ctx: rename.run(ctx, old, new, How(**(how or {"force": True})))


def sections(config: str, credentials: str, old: str, new: str) -> tuple[str, str]:
    """What a renaming means for these files: headers and sources, and nothing else."""
    config = config.replace(f"[profile {old}", f"[profile {new}").replace(
        f"source_profile = {old}", f"source_profile = {new}"
    )
    return config, credentials.replace(f"[{old}", f"[{new}")


RENAMED = {
    "a role": ("work:dev", "work:prod"),
    "a role, a bare name": ("work:dev", "prod"),
    "a role, another domain": ("work:dev", "acme:dev"),
    "a session": ("work:mfa", "acme:mfa"),
    "keys": ("work:iam", "acme:iam"),
    "to a name without a colon": ("work:dev", "default"),
    "from a name without a colon": ("sso", "work:sso"),
    "a domain": ("work:", "acme:"),
    "a domain, the new one without its colon": ("work:", "acme"),
    "a bare name": ("dev", "work:prod"),
}


@pytest.mark.parametrize("case", RENAMED)
def test_rename(home: Home, case: str) -> None:
    old, new = RENAMED[case]
    home.write(CONFIG, CREDENTIALS)
    call(home, run(old, new))
    full = {"prod": "work:prod", "acme": "acme:"}.get(new, new)
    config, credentials = sections(CONFIG, CREDENTIALS, {"dev": "work:dev"}.get(old, old), full)
    assert files(home) == (config.replace("[profile default]", "[default]"), credentials)
    assert f"to {full.removesuffix(':')}" in home.err.splitlines()[-1]
    assert chains.chain(model.load(home.environ), "other:ops").broken == ""


def test_references_in_the_credentials_file_and_of_aws_vault(home: Home) -> None:
    home.write("[profile a]\ninclude_profile = b\n\n[profile b]\nx = 1\n", "[c]\nrole_arn = r\nsource_profile = b\n")
    call(home, run("b", "d"))
    assert files(home) == (
        "[profile a]\ninclude_profile = d\n\n[profile d]\nx = 1\n",
        "[c]\nrole_arn = r\nsource_profile = d\n",
    )


def test_a_program_that_is_called_with_the_old_name_is_told(home: Home) -> None:
    home.write("[profile a]\ncredential_process = get --profile=b\n\n[profile b]\nx = 1\n")
    call(home, run("b", "c"))
    assert home.err == "renamed b to c\nthe credential_process of a still says b: see to it by hand\n"


def test_many_profiles_are_told_as_a_number(home: Home) -> None:
    home.write("".join(f"[profile work:r{number}]\n" for number in range(40)))
    call(home, run("work:", "acme:"))
    assert home.err == "renamed work: to acme:, 40 profiles\n"


WRONG: dict[str, tuple[str, str, type[AwsprofError], str]] = {
    "no such profile": ("work:dve", "work:x", NoSuchProfileError, "work:dev"),
    "an empty name": ("", "x", UsageError, "empty"),
    "an empty new name": ("work:dev", "", UsageError, "empty"),
    "a domain without its colon": ("work", "acme", NoSuchProfileError, "awsprof rename work: acme:"),
    "no such domain": ("wrok:", "acme:", NoSuchProfileError, "did you mean work?"),
    "no such domain, without its colon": ("wrok", "acme:", NoSuchProfileError, "did you mean work?"),
    "a profile without a colon is no domain": ("sso:", "acme:", NoSuchProfileError, "no domain sso"),
    "a target that is there": ("work:dev", "other:ops", UsageError, "there is a profile other:ops already"),
    "a target that is there in the other file": ("work:dev", "work:iam", UsageError, "reserved"),
    "keys that are there": ("work:mfa", "work:dev", UsageError, "there is a profile work:dev already"),
    "a profile to a domain": ("work:dev", "acme:", UsageError, "awsprof rename work:dev acme:dev"),
    "a role to iam": ("work:dev", "acme:iam", UsageError, "reserved"),
    "keys to mfa": ("work:iam", "acme:mfa", UsageError, "reserved"),
    "a session to iam": ("work:mfa", "acme:iam", UsageError, "reserved"),
    "a name that some tools cannot read": ("work:dev", "work:a b", UsageError, "cannot be a profile's name"),
    "a domain that some tools cannot read": ("work:", "a b:", UsageError, "cannot be a domain"),
    "itself": ("work:dev", "work:dev", UsageError, "already"),
}


@pytest.mark.parametrize("case", WRONG)
def test_rename_refused(home: Home, case: str) -> None:
    old, new, kind, words = WRONG[case]
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(kind) as raised:
        call(home, run(old, new))
    assert words in f"{raised.value.what} {raised.value.next_step}"
    assert files(home) == (CONFIG, CREDENTIALS)
    assert home.snippet == ""


def test_the_question_shows_the_name_that_is_written(home: Home) -> None:
    home.write("[profile tools:vault]\nregion = eu-west-1\n")
    person = call(home, run("vault", "vaulted", force=False), True)
    assert person is not None
    assert person.asked == ["rename tools:vault to tools:vaulted?"]
    assert home.err.endswith("renamed tools:vault to tools:vaulted\n")


def test_back_to_a_name_without_a_domain(home: Home) -> None:
    home.write("[profile tools:vault]\nregion = eu-west-1\n")
    with pytest.raises(UsageError, match="tools:vault already has this name") as refused:
        call(home, run("tools:vault", "vault"))
    assert refused.value.next_step == "to take the domain away: awsprof rename tools:vault vault --no-domain"
    call(home, lambda ctx: rename.run(ctx, "tools:vault", "vault", How(force=True), no_domain=True))
    assert files(home)[0] == "[profile vault]\nregion = eu-west-1\n"
    with pytest.raises(UsageError, match="x:vault has a domain"):
        call(home, lambda ctx: rename.run(ctx, "vault", "x:vault", How(force=True), no_domain=True))


STOPS = {
    "keys alone": ("work:iam", "acme:iam", "without work:iam, awsprof mfa work and awsprof rotate work stop working"),
    "a session alone": ("work:mfa", "acme:mfa", "without work:mfa, awsprof mfa work stops working"),
    "a role": ("work:dev", "acme:dev", ""),
    "the whole domain": ("work:", "acme:", ""),
}


@pytest.mark.parametrize("case", STOPS)
def test_what_stops_working_is_said_before_the_question(home: Home, case: str) -> None:
    old, new, warning = STOPS[case]
    home.write(CONFIG, CREDENTIALS)
    call(home, run(old, new, dry_run=True))
    assert ("warning:" in home.err) == bool(warning)
    assert warning in home.err


def test_a_file_that_stops_the_aws_tools_stops_it(home: Home) -> None:
    home.write(CONFIG + "junk\n", CREDENTIALS)
    with pytest.raises(FileError):
        call(home, run("work:dev", "work:prod"))


SAVED = "=eu-west-1|=eu-west-1|AWS_PROFILE="
# The variables of the shell, and what of them changes where the domain work becomes acme.
SHELL: dict[str, tuple[dict[str, str], dict[str, str | None]]] = {
    "active": ({"AWS_PROFILE": "work:dev"}, {"AWS_PROFILE": "acme:dev"}),
    "before": (
        {"AWS_PROFILE": "other:ops", "AWSPROF_PREVIOUS": "work:dev"},
        {"AWSPROF_PREVIOUS": "acme:dev"},
    ),
    "both": (
        {"AWS_PROFILE": "work:mfa", "AWSPROF_PREVIOUS": "work:dev"},
        {"AWS_PROFILE": "acme:mfa", "AWSPROF_PREVIOUS": "acme:dev"},
    ),
    "what off brings back": (
        {"AWS_PROFILE": "other:ops", "AWSPROF_SAVED": f"{SAVED}work:dev"},
        {"AWSPROF_SAVED": f"{SAVED}acme:dev"},
    ),
    "none of these": ({"AWS_PROFILE": "other:ops", "AWSPROF_SAVED": f"{SAVED}sso"}, {}),
}


@pytest.mark.parametrize("case", SHELL)
def test_the_shell_follows(home: Home, case: str) -> None:
    environ, change = SHELL[case]
    home.write(CONFIG, CREDENTIALS)
    call(home, run("work:", "acme:"), env=environ)
    assert home.snippet == (bash(change) if change else "")
    assert "this shell" not in home.err


def test_without_a_hook_the_shell_is_told(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    call(home, run("work:dev", "prod"), hook=False, env={"AWS_PROFILE": "work:dev"})
    assert "this shell does not follow without the awsprof hook: set AWS_PROFILE to work:prod" in home.err
    assert "[profile work:prod]" in files(home)[0]


def test_shown_and_asked_for(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(CancelledError) as declined:
        call(home, run("work:mfa", "acme:mfa", force=False), False, env={"AWS_PROFILE": "work:mfa"})
    assert (declined.value.exit_code, declined.value.what) == (2, "not confirmed; nothing was changed")
    assert "-[work:mfa]\n+[acme:mfa]\n" in home.err
    assert "-source_profile = work:mfa\n+source_profile = acme:mfa\n" in home.err
    assert renaming.COPY_OF not in home.err
    with pytest.raises(UsageError, match="no terminal to ask at"):
        call(home, run("work:mfa", "acme:mfa", force=False))
    call(home, run("work:mfa", "acme:mfa", dry_run=True), env={"AWS_PROFILE": "work:mfa"})
    assert "+[acme:mfa]" in home.out
    assert (files(home), home.snippet) == ((CONFIG, CREDENTIALS), "")


NAMES: dict[str, Mapping[str, str]] = {
    "work:": {name: f"acme:{name[5:]}" for name in ("work:iam", "work:mfa", "work:dev")},
    "work:mfa": {"work:mfa": "acme:mfa"},
}


@pytest.mark.parametrize("done", range(4))
@pytest.mark.parametrize("old", NAMES)
def test_cut_short_nothing_dangles_and_a_second_run_completes_it(home: Home, old: str, done: int) -> None:
    """After each replacement every role stands on keys that are there; then the same command again."""
    home.write(CONFIG, CREDENTIALS)
    new = old.replace("work", "acme")
    move = renaming.plan_move(home.environ, model.load(home.environ), NAMES[old])
    assert len(move.carried) == 3
    for step in move.carried[:done]:
        plan.carry_out([step])
    known = model.load(home.environ)
    for role in (name for name in known if known[name].get("role_arn")):
        found = chains.chain(known, role)
        assert found.broken == ""
        assert known[found.links[-1]].has_keys
    if done < 3:
        call(home, run(old, new))
    assert files(home) == sections(CONFIG, CREDENTIALS, old, new)


ENDS = [
    "",
    "\n",
    "\n\n\n",
    "\n# end",
    "\n# end\n\n",
    "\n\n[last]\nregion = x",
    "\n\n# note\n\n[last]\nregion = x\n\n\n",
]
STARTS = ["", "\n\n", "# mine\n", "# mine\n\n", "[first]\nregion = x\n", "[first]\nregion = x\n\n\n# the\n# session\n"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("end", ENDS)
def test_nothing_but_the_name_changes_to_the_byte(home: Home, start: str, end: str, newline: str) -> None:
    before = f"{start}{MFA.rstrip()}{end}".replace("\n", newline)
    home.write(CONFIG, before)
    for cut_short in (False, True):
        home.write(CONFIG, before)
        for step in renaming.plan_move(home.environ, model.load(home.environ), NAMES["work:mfa"]).carried[:1]:
            plan.carry_out([step] if cut_short else [])
        call(home, run("work:mfa", "acme:mfa"))
        assert home.credentials.read_bytes().decode() == before.replace("[work:mfa]", "[acme:mfa]")
    call(home, run("acme:", "work:"))
    assert home.credentials.read_bytes().decode() == before


# Lines that only some AWS tools read as a reference to work:mfa, and the line that is named.
HIDDEN = {
    "a comment behind it": ("[profile x]\nrole_arn = r\nsource_profile = work:mfa # my keys\n", "", 3),
    "a semicolon behind it": ("[profile x]\nrole_arn = r\nsource_profile = work:mfa ; mine\n", "", 3),
    "quotes": ('[profile x]\nrole_arn = r\nsource_profile = "work:mfa"\n', "", 3),
    "a header that botocore ignores": ("[ profile x]\nrole_arn = r\nsource_profile = work:mfa\n", "", 3),
    "a header for JavaScript": ("[profile.x]\nrole_arn = r\nsource_profile = work:mfa\n", "", 3),
    "a value that goes on": ("[profile x]\nrole_arn = r\nsource_profile = work:mfa\n  x\n", "", 3),
    "inside another value": ("[profile x]\nrole_arn = r\n  source_profile = work:mfa\n", "", 3),
    "for all": ("[DEFAULT]\nsource_profile = work:mfa\n", "", 2),
    "aws-vault's": ("[profile x]\ninclude_profile = work:mfa # c\n", "", 2),
    "in credentials": ("", "[x]\nrole_arn = r\nsource_profile = work:mfa\t# c\n", 3),
}


@pytest.mark.parametrize("new", ["acme:mfa", ""])
@pytest.mark.parametrize("case", HIDDEN)
def test_a_reference_that_only_some_tools_read_refuses_it_with_its_line(home: Home, case: str, new: str) -> None:
    config, credentials, line = HIDDEN[case]
    before = (f"{config}\n{DEVICES}", f"{credentials}\n{MFA}")
    home.write(*before)
    with pytest.raises(FileError) as raised:
        call(home, run("work:mfa", new) if new else lambda ctx: remove.run(ctx, ["work:mfa"], How(force=True)))
    path = home.config if config else home.credentials
    assert f"{path} line {line}: only some AWS tools read this as " in raised.value.what
    assert raised.value.what.endswith("= work:mfa; nothing was written")
    assert files(home) == before


def test_what_goes_with_its_section_or_is_only_a_comment_refuses_nothing(home: Home) -> None:
    role = "[profile work:x]\nrole_arn = r\nsource_profile = work:mfa # c\n"
    home.write(f"{DEVICES}\n{role}", MFA)
    call(home, lambda ctx: remove.run(ctx, ["work:"], How(force=True)))
    assert files(home) == ("", "")
    home.write(f"# source_profile = work:mfa\n\n{DEVICES}", MFA)
    call(home, run("work:mfa", "acme:mfa"))
    assert "[acme:mfa]" in files(home)[1]


def test_a_target_that_both_runs_changed_is_left_alone(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    for step in renaming.plan_move(home.environ, model.load(home.environ), NAMES["work:mfa"]).carried[:2]:
        plan.carry_out([step])
    text = home.credentials.read_text()
    home.credentials.write_text(text.replace("[acme:mfa]\n", "[acme:mfa]\naws_session_token_of = x\n"))
    before = files(home)
    with pytest.raises(UsageError, match="both have changed since"):
        call(home, run("work:mfa", "acme:mfa"))
    assert files(home) == before


def test_a_reference_that_was_left_is_mended_by_a_second_run(home: Home) -> None:
    home.write("[profile d]\nx = 1\n", "[c]\nrole_arn = r\nsource_profile = b\n")
    call(home, run("b", "d"))
    assert files(home)[1] == "[c]\nrole_arn = r\nsource_profile = d\n"


def test_only_one_file_is_replaced_where_only_one_changes(home: Home) -> None:
    home.write(f"[profile other]\n{KEYS}", f"{IAM}\n")
    known = model.load(home.environ)
    move = renaming.plan_move(home.environ, known, {"work:iam": "acme:iam"})
    assert [step.config for step in move.carried] == [False]


def test_as_a_program(desk: Desk) -> None:
    desk.write(CONFIG, CREDENTIALS)
    for words, exit_code in (
        (("rename", "work:dev", "work:prod"), 2),
        (("rename", "work:gone", "work:prod", "--yes"), 3),
        (("rename", "work:dev", "other:ops", "--yes"), 2),
        (("rename", "work:", "acme:", "--yes"), 0),
        (("rename", "work:", "acme:", "--yes"), 3),
    ):
        done = desk.run(*words)
        assert done.returncode == exit_code, done.stderr
    assert desk.read() == sections(CONFIG, CREDENTIALS, "work:", "acme:")
