"""`awsprof whoami` against the checking server: who this shell is, which variable wins, what may run and ask."""

import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from awsprof.commands import mfa, whoami
from awsprof.commands.mfa import Wish
from awsprof.errors import AwsprofError
from awsprof.text.times import iso

from .desk import Desk, Script, Talk, ended
from .sts import Answer

Patch = pytest.MonkeyPatch


def renewed(desk: Desk) -> Desk:
    """work:dev with a live session and a role that the server knows."""
    desk.set_up(role=desk.sts.add_role("PowerUsers").arn)
    mfa.run(Talk(), "work", Wish(desk.user.next_code()))
    return desk


def call(desk: Desk, word: str = "", *, as_json: bool = False, person: bool = False) -> Talk:
    ctx = Talk(Script() if person else None)
    whoami.run(ctx, word, as_json=as_json)
    return ctx


def test_a_role(desk: Desk) -> None:
    ctx = call(renewed(desk), "work:dev")
    account, arn, user_id = ctx.result.splitlines()
    assert account == "account  000000000000"
    assert arn.startswith("arn      arn:aws:sts::000000000000:assumed-role/PowerUsers/")
    assert user_id.startswith("user id  AROA")
    assert ctx.talk == foreign(desk)


def foreign(desk: Desk, sends: str = "the requests") -> str:
    """What is printed first, because the checking server is not AWS."""
    return f"warning: AWS_ENDPOINT_URL sends {sends} to {desk.sts.url} instead of AWS\n"


@pytest.mark.parametrize("word", ["work:iam", "work:mfa", "iam"])
def test_a_user(desk: Desk, word: str) -> None:
    record = json.loads(call(renewed(desk), word, as_json=True).result)
    assert record == {
        "account": "000000000000",
        "arn": "arn:aws:iam::000000000000:user/your.name",
        "user_id": desk.user.user_id,
    }


KEPT = "kept awsprof_user = {} in work:iam, for add role and adopt\n"
# Who asks, the profile that is asked for, and the user's name that is kept.
USERS = {
    "the keys": ("your.name", "work:iam", "your.name"),
    "the keys, with a path": ("team/your.name", "iam", "your.name"),
    "the session": ("your.name", "work:mfa", ""),
    "a name that STS takes in no session": ("x", "work:iam", ""),
    "root": ("root", "work:iam", ""),
}


@pytest.mark.parametrize("case", USERS)
def test_the_users_name_is_kept(desk: Desk, case: str) -> None:
    user, word, kept = USERS[case]
    desk.user = desk.sts.add_user(user, root=user == "root")
    desk.set_up()
    if word == "work:mfa":
        mfa.run(Talk(), "work", Wish(desk.user.next_code()))
    before = desk.read()
    first, second = call(desk, word), call(desk, word)
    assert (first.talk, second.talk) == (foreign(desk) + (KEPT.format(kept) if kept else ""), foreign(desk))
    after = f"\n[profile work:iam]\nawsprof_user = {kept}\n" if kept else ""
    assert desk.read() == (before[0] + after, before[1])


def test_another_name_replaces_the_one_that_was_kept(desk: Desk) -> None:
    desk.write("[profile work:iam]\nawsprof_user = old\n", desk.iam())
    call(desk, "work:iam")
    assert desk.read() == ("[profile work:iam]\nawsprof_user = your.name\n", desk.iam())


def test_a_name_that_cannot_be_kept_is_no_failure(desk: Desk) -> None:
    desk.write("[profile x]\nregion = a\n[ profile work:iam]\nregion = b\n", desk.iam())
    before = desk.read()
    assert "user/your.name" in call(desk, "work:iam").result
    assert desk.read() == before


def keys_in_environment(desk: Desk, patch: Patch) -> None:
    other = desk.sts.add_user("other")
    patch.setenv("AWS_ACCESS_KEY_ID", other.access_key_id)
    patch.setenv("AWS_SECRET_ACCESS_KEY", other.secret_access_key)


def default_profile(_: Desk, patch: Patch) -> None:
    patch.setenv("AWS_DEFAULT_PROFILE", "work:iam")


def nothing(_: Desk, __: Patch) -> None:
    pass


KEYS_WIN = "this comes from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of this environment"
WINNERS: dict[str, tuple[str, Callable[[Desk, Patch], None], str, str]] = {
    "the active profile": ("work:dev", nothing, "assumed-role/PowerUsers", ""),
    "keys": ("work:dev", keys_in_environment, "user/other", f"{KEYS_WIN}, not AWS_PROFILE=work:dev"),
    "keys without a profile": ("", keys_in_environment, "user/other", f"{KEYS_WIN}: awsprof use PROFILE removes that"),
    "the default profile": ("work:dev", default_profile, "user/your.name", "AWS_DEFAULT_PROFILE=work:iam wins"),
}


@pytest.mark.parametrize("case", WINNERS)
def test_bare_it_tells_what_wins(desk: Desk, monkeypatch: Patch, case: str) -> None:
    active, set_up, arn, told = WINNERS[case]
    renewed(desk)
    if active:
        monkeypatch.setenv("AWS_PROFILE", active)
    set_up(desk, monkeypatch)
    ctx = call(desk)
    assert arn in ctx.result
    assert told in ctx.talk
    assert bool(told) == (ctx.talk != foreign(desk))
    assert call(desk, "work:mfa").talk == foreign(desk)


@pytest.mark.parametrize("active", ["", "work:iam"])
def test_a_bad_key_of_the_environment_is_not_blamed_on_the_files(desk: Desk, monkeypatch: Patch, active: str) -> None:
    desk.set_up()
    monkeypatch.setenv("AWS_PROFILE", active) if active else monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA" + "Z" * 16)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "z" * 40)
    with pytest.raises(AwsprofError) as raised:
        call(desk)
    assert raised.value.what.endswith("; the keys came from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    assert raised.value.next_step == f"set new values, or remove them: awsprof use {active or 'PROFILE'}"


CN = "[profile work:mfa]\nmfa_device_arn = arn:aws-cn:iam::000000000000:mfa/you\n"
ROLE = "role_arn = arn:aws-{}:iam::000000000000:role/x\nsource_profile = work:iam\n"
# A profile, what else is in config, and the region that is signed for.
REGIONS = {
    "an iam profile": ("work:iam", CN, "cn-northwest-1"),
    "a role in another partition": ("x", f"[profile x]\n{ROLE.format('us-gov')}", "us-gov-west-1"),
    "the region of another profile": ("work:iam", f"{CN}[profile work:x]\nregion = cn-northwest-1\n", "cn-northwest-1"),
    "its own": ("work:iam", f"{CN}[profile work:iam]\nregion = cn-northwest-1\n", "cn-northwest-1"),
    "no partition": ("work:iam", "", "us-east-1"),
}


@pytest.mark.parametrize("case", REGIONS)
def test_the_region_is_in_the_partition(desk: Desk, monkeypatch: Patch, case: str) -> None:
    from awsprof import aws  # what it is asked with

    name, config, region = REGIONS[case]
    desk.write(config, desk.iam())
    asked: list[str] = []

    def record(_: str, __: aws.Gate, *, region: str) -> dict[str, str]:
        asked.append(region)
        return {"account": "", "arn": "", "user_id": "", "method": ""}

    monkeypatch.setattr(aws, "caller_identity", record)
    call(desk, name)
    assert asked == [region]


class Container(BaseHTTPRequestHandler):
    """What stands for a container's role: keys for whoever asks."""

    keys = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.keys)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""


def test_where_a_session_is_missing_a_containers_role_answers(desk: Desk, monkeypatch: Patch) -> None:
    desk.set_up()
    machine = desk.sts.add_user("machine")
    end = iso(time.time() + 3600)
    Container.keys = json.dumps(
        {
            "AccessKeyId": machine.access_key_id,
            "SecretAccessKey": machine.secret_access_key,
            "Token": "",
            "Expiration": end,
        }
    ).encode()
    with HTTPServer(("127.0.0.1", 0), Container) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setenv("AWS_PROFILE", "work:mfa")
        ctx = call(desk)
        server.shutdown()
    assert "user/machine" in ctx.result
    assert ctx.talk.startswith(
        f"{foreign(desk)}this comes from AWS_CONTAINER_CREDENTIALS_FULL_URI of this environment, not AWS_PROFILE="
    )


def test_keys_of_the_environment_do_not_win_over_a_named_profile(desk: Desk, monkeypatch: Patch) -> None:
    renewed(desk)
    keys_in_environment(desk, monkeypatch)
    assert "user/your.name" in call(desk, "work:iam").result


def gone(_: Desk, patch: Patch) -> None:
    patch.setenv("AWS_PROFILE", "work:gone")


def empty(_: Desk, patch: Patch) -> None:
    patch.setenv("AWS_PROFILE", "")


def default_gone(_: Desk, patch: Patch) -> None:
    patch.setenv("AWS_PROFILE", "work:dev")
    patch.setenv("AWS_DEFAULT_PROFILE", "work:gone")


def expired(desk: Desk, _: Patch) -> None:
    desk.sts.script("GetCallerIdentity", Answer(403, "ExpiredToken", "The security token is expired"))
    desk.sts.script("AssumeRole", Answer(403, "ExpiredToken", "The security token is expired"))
    lines = desk.credentials.read_text().splitlines()
    dated = [line if not line.startswith("expiration") else "expiration = 2020-01-01T00:00:00Z" for line in lines]
    desk.credentials.write_text("\n".join(dated) + "\n")


def no_session(desk: Desk, _: Patch) -> None:
    desk.credentials.write_text(desk.iam())


def no_keys(desk: Desk, _: Patch) -> None:
    desk.credentials.write_text("")


def its_own_device(desk: Desk, _: Patch) -> None:
    with desk.config.open("a") as config:
        config.write(f"mfa_serial = {desk.user.device_arn}\n")


def plain_http(_: Desk, patch: Patch) -> None:
    patch.setenv("AWS_ENDPOINT_URL", "http://a.example")


def offline(_: Desk, patch: Patch) -> None:
    patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")


def clock_skew(desk: Desk, _: Patch) -> None:
    desk.sts.clock_skew = 600


def denied(desk: Desk, _: Patch) -> None:
    desk.sts.script("AssumeRole", Answer(403, "AccessDenied", "not authorized to perform: sts:AssumeRole"))


# What is wrong, the word given, exit code, what is told.
WRONG: dict[str, tuple[Callable[[Desk, Patch], None], str, int, str]] = {
    "no such profile": (nothing, "work:gone", 3, "work:gone"),
    "the active profile is gone": (gone, "", 3, "work:gone"),
    "AWS_DEFAULT_PROFILE is gone": (default_gone, "", 3, "work:gone"),
    "AWS_PROFILE is empty": (empty, "", 3, "could not be found"),
    "nothing at all": (no_keys, "", 5, "Unable to locate credentials"),
    "an expired session": (expired, "work:mfa", 5, "renew the session: awsprof mfa work"),
    "a role on an expired session": (expired, "work:dev", 5, "renew the session: awsprof mfa work"),
    "a role without a session": (no_session, "work:dev", 5, "renew the session: awsprof mfa work"),
    "no session": (no_session, "work:mfa", 5, "renew the session: awsprof mfa work"),
    "a role that asks for a code": (its_own_device, "work:dev", 5, "work:dev asks for an MFA code of its own"),
    "plain http": (plain_http, "work:iam", 6, "not encrypted; nothing was sent"),
    "offline": (offline, "work:iam", 6, "Could not connect"),
    "a clock that is off": (clock_skew, "work:iam", 6, "behind AWS's"),
    "denied": (denied, "work:dev", 5, "AWS denies it: not authorized to perform: sts:AssumeRole"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_may_be_wrong(desk: Desk, monkeypatch: Patch, case: str) -> None:
    set_up, word, exit_code, told = WRONG[case]
    renewed(desk)
    set_up(desk, monkeypatch)
    with pytest.raises(AwsprofError) as raised:
        call(desk, word)
    assert raised.value.exit_code == exit_code
    assert told in f"{raised.value.what} {raised.value.next_step}"


def test_without_a_terminal_nothing_asks(desk: Desk, monkeypatch: Patch) -> None:
    renewed(desk)
    its_own_device(desk, monkeypatch)
    done = desk.run("whoami", "work:dev")
    assert done.returncode == 5
    child = desk.start("--no-input", "whoami", "work:dev")
    assert ended(child) == 5
    assert "Enter MFA code" not in (child.before or "")


def test_at_a_terminal_botocore_asks_for_a_role_with_its_own_device(desk: Desk, monkeypatch: Patch) -> None:
    desk.set_up(role=desk.sts.add_role("PowerUsers").arn)
    desk.config.write_text(desk.config.read_text().replace("source_profile = work:mfa", "source_profile = work:iam"))
    its_own_device(desk, monkeypatch)
    child = desk.start("whoami", "work:dev")
    child.expect_exact("Enter MFA code")
    code = desk.user.next_code()
    child.send(f"{code}\r")
    assert ended(child) == 0
    assert "assumed-role/PowerUsers" in (child.before or "")
    assert code not in (child.before or "")


def test_it_runs_the_program_of_a_profile(desk: Desk) -> None:
    marker = desk.folder / "ran"
    answer = {
        "Version": 1,
        "AccessKeyId": desk.user.access_key_id,
        "SecretAccessKey": desk.user.secret_access_key,
    }
    (desk.folder / "answer").write_text(json.dumps(answer))
    command = f"sh -c 'touch {marker}; cat {desk.folder / 'answer'}'"
    desk.write(f"[profile tool]\ncredential_process = {command}\n")
    for words in ("list", "show tool", "status", "use tool --shell bash", "domains"):
        assert desk.run(*words.split()).returncode == 0
        assert not marker.exists(), words
    assert "user/your.name" in desk.run("whoami", "tool").stdout
    assert marker.exists()


def test_it_changes_nothing(desk: Desk) -> None:
    before = renewed(desk).read()
    started = time.time()
    call(desk, "work:dev")
    assert desk.read() == before
    assert desk.credentials.stat().st_mtime <= started
