"""`awsprof mfa` and `use --renew` called through a hook: what the shell gets to know."""

import io
import os
import re
import time

import pytest

from awsprof.commands import mfa, use
from awsprof.context import Context
from awsprof.errors import AwsprofError, CancelledError, UsageError
from awsprof.shell.channel import Channel
from tests.aws.desk import Answer, Desk, Script, Talk, desk, own_environment, sts, user

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures


from tests.commands.test_mfa import HOUR, asked, typed


def channel(desk: Desk) -> Channel:
    path = desk.folder / "channel"
    path.write_bytes(b"")
    return Channel("1", "bash", str(path))


@pytest.mark.parametrize(
    ("active", "word", "told"),
    [("work:dev", "", True), ("work:mfa", "", True), ("work:dev", "work", True), ("work:iam", "work", False)],
)
@pytest.mark.parametrize("left", [0, 30 * HOUR], ids=["renewed", "still good"])
def test_the_shell_gets_to_know_the_end(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, active: str, word: str, told: bool, left: int
) -> None:
    desk.set_up(session=time.time() + left)
    monkeypatch.setenv("AWS_PROFILE", active)
    monkeypatch.setenv("AWS_SESSION_EXPIRATION", "2020-01-01T00:00:00Z")
    ctx = Talk(Script(*([] if left else [desk.user.next_code])), channel(desk))
    mfa.run(ctx, word)
    end = re.findall(r"^expiration = (.*)$", desk.read()[1], re.MULTILINE)
    snippet = (desk.folder / "channel").read_text()
    assert (snippet.count("AWS_SESSION_EXPIRATION") > 0 and end[0] in snippet) == told
    assert asked(desk) == int(not left)


def test_use_with_mfa_renews_and_switches(desk: Desk) -> None:
    desk.set_up()
    ctx = Talk(Script(desk.user.next_code), channel(desk))
    use.run(ctx, "work:dev", renew=True)
    snippet = (desk.folder / "channel").read_text()
    assert "AWS_PROFILE" in snippet
    assert re.findall(r"^expiration = (.*)$", desk.read()[1], re.MULTILINE)[0] in snippet


@pytest.mark.parametrize("how", ["wrong code", "left", "offline"])
def test_use_with_mfa_is_all_or_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    desk.set_up()
    before = desk.read()
    answers: dict[str, tuple[list[Answer], int]] = {
        "wrong code": (typed(desk, ["wrong", "wrong 2", "wrong 3"]), 5),
        "left": ([CancelledError()], 130),
        "offline": (["123456"], 6),
    }
    if how == "offline":
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    script, exit_code = answers[how]
    with pytest.raises(AwsprofError) as raised:
        use.run(Talk(Script(*script), channel(desk)), "work:dev", renew=True)
    assert raised.value.exit_code == exit_code
    assert (desk.folder / "channel").read_text() == ""
    assert desk.read() == before


def test_use_with_mfa_asks_nothing_where_the_session_lasts(desk: Desk) -> None:
    desk.set_up(session=time.time() + 30 * HOUR)
    use.run(Talk(Script(), channel(desk)), "work:dev", renew=True)
    assert "AWS_SESSION_EXPIRATION" in (desk.folder / "channel").read_text()
    assert desk.sts.requests == []


# --- renewing during `use` --------------------------------------------------------------------------------------------

ASKS = "MFA code for work (hidden; Enter to skip): "
RENEW = "renew the session with: awsprof mfa work"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def using(desk: Desk, script: Script | None, word: str = "work:dev", *, tty: bool = True, hook: bool = True) -> Context:
    """A call of `use` at a terminal, through a hook."""
    stderr = Terminal() if tty else io.StringIO()
    return Context(
        os.environ, person=script, channel=channel(desk) if hook else None, stdout=io.StringIO(), stderr=stderr
    )


def said(ctx: Context) -> str:
    assert isinstance(ctx.stderr, io.StringIO)
    return ctx.stderr.getvalue()


@pytest.mark.parametrize("left", [None, -HOUR, 60, 890], ids=["missing", "expired", "a minute", "nearly 15 minutes"])
@pytest.mark.parametrize("word", ["work:dev", "work:mfa", "-"])
def test_use_asks_for_a_session_that_is_about_to_be_missing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, left: int | None, word: str
) -> None:
    desk.set_up(session=time.time() + left if left is not None else 0)
    monkeypatch.setenv("AWSPROF_PREVIOUS", "work:dev")
    script = Script(desk.user.wrong_code, desk.user.next_code)
    ctx = using(desk, script)
    use.run(ctx, word)
    assert script.asked == [ASKS, ASKS]
    snippet = (desk.folder / "channel").read_text()
    assert re.findall(r"^expiration = (.*)$", desk.read()[1], re.MULTILINE)[0] in snippet
    assert RENEW not in said(ctx)


@pytest.mark.parametrize("left", [None, 60], ids=["missing", "a minute"])
def test_an_empty_code_switches_without_a_renewal(desk: Desk, left: int | None) -> None:
    desk.set_up(session=time.time() + left if left is not None else 0)
    before = desk.read()
    ctx = using(desk, Script(""))
    use.run(ctx, "work:dev")
    snippet = (desk.folder / "channel").read_text()
    assert "AWS_PROFILE=work:dev" in snippet
    assert RENEW in snippet
    assert (desk.read(), desk.sts.requests) == (before, [])


@pytest.mark.parametrize(
    ("how", "environ"),
    [
        ({"no_renew": True}, {}),
        ({}, {"AWSPROF_RENEW": "never"}),
        ({"shell": "bash"}, {}),
        ({"person": False}, {}),
        ({"tty": False}, {}),
    ],
    ids=["--no-renew", "AWSPROF_RENEW", "--shell", "--no-input", "stderr is a file"],
)
def test_what_never_asks_switches_and_warns(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, how: dict[str, bool | str], environ: dict[str, str]
) -> None:
    desk.set_up(session=time.time() + 60)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    ctx = using(desk, None if how.get("person") is False else Script(), tty=how.get("tty") is not False)
    use.run(ctx, "work:dev", no_renew=bool(how.get("no_renew")), shell=str(how["shell"]) if "shell" in how else None)
    assert RENEW in said(ctx) + (desk.folder / "channel").read_text()
    assert desk.sts.requests == []


@pytest.mark.parametrize("left", [1000, 30 * HOUR])
def test_a_session_that_lasts_is_kept(desk: Desk, left: int) -> None:
    desk.set_up(session=time.time() + left)
    for renew in (False, True):
        use.run(using(desk, Script()), "work:dev", renew=renew)
    assert desk.sts.requests == []


@pytest.mark.parametrize(
    ("answers", "exit_code"),
    [([CancelledError()], 130), (["wrong", "wrong 2", "wrong 3"], 5)],
    ids=["Ctrl-C", "three wrong codes"],
)
def test_a_renewal_that_fails_after_the_question_changes_nothing(
    desk: Desk, answers: list[Answer], exit_code: int
) -> None:
    desk.set_up()
    before = desk.read()
    script = typed(desk, [str(answer) for answer in answers]) if exit_code == 5 else answers
    with pytest.raises(AwsprofError) as raised:
        use.run(using(desk, Script(*script)), "work:dev")
    assert raised.value.exit_code == exit_code
    assert ((desk.folder / "channel").read_text(), desk.read()) == ("", before)


def test_what_cannot_be_renewed_is_switched_to(desk: Desk) -> None:
    """Without the user's keys there is nothing to ask for: `use` warns, and --renew fails."""
    desk.set_up()
    desk.credentials.write_text("")
    ctx = using(desk, Script())
    use.run(ctx, "work:dev")
    assert "cannot renew the session: there are no access keys for work" in said(ctx)
    assert "AWS_PROFILE=work:dev" in (desk.folder / "channel").read_text()
    with pytest.raises(AwsprofError):
        use.run(using(desk, Script()), "work:dev", renew=True)
    assert (desk.folder / "channel").read_text() == ""


def test_renew_asks_without_a_way_to_skip(desk: Desk) -> None:
    desk.set_up()
    script = Script("", desk.user.next_code)
    use.run(using(desk, script, hook=False), "work:dev", renew=True, shell="bash")
    assert script.asked == ["MFA code for work (hidden): "] * 2


def test_renew_and_no_renew(desk: Desk) -> None:
    desk.set_up()
    with pytest.raises(UsageError, match="contradict"):
        use.run(using(desk, Script()), "work:dev", renew=True, no_renew=True)
