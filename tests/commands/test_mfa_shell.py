"""`awsprof mfa` and `use --mfa` called through a hook: what the shell gets to know."""

import re
import time

import pytest

from awsprof.channel import Channel
from awsprof.commands import mfa, use
from awsprof.errors import AwsprofError, CancelledError
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
    use.run(ctx, "work:dev", mfa=True)
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
        use.run(Talk(Script(*script), channel(desk)), "work:dev", mfa=True)
    assert raised.value.exit_code == exit_code
    assert (desk.folder / "channel").read_text() == ""
    assert desk.read() == before


def test_use_with_mfa_asks_nothing_where_the_session_lasts(desk: Desk) -> None:
    desk.set_up(session=time.time() + 30 * HOUR)
    use.run(Talk(Script(), channel(desk)), "work:dev", mfa=True)
    assert "AWS_SESSION_EXPIRATION" in (desk.folder / "channel").read_text()
    assert desk.sts.requests == []
