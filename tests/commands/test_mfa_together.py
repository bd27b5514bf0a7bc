"""Ten shells that want a session at once, and places where it could not be written: a code is spent for something."""

import shutil
import signal
import subprocess
import time

import pexpect
import pytest

from tests.aws.desk import AWSPROF, Desk, desk, ended, own_environment, sts, user
from tests.aws.sts import Answer

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

PROMPT = "MFA code for work (hidden): "
WAITING = "another awsprof is asking for the MFA code of work: waiting for it"


def asking(children: list["pexpect.spawn[str]"]) -> "pexpect.spawn[str]":
    """The one of them that asks for the code, as soon as there is one."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for child in children:
            if child.expect_exact([PROMPT, pexpect.TIMEOUT], timeout=0.05) == 0:
                return child
    raise AssertionError("nobody asks")


def killed(child: "pexpect.spawn[str]", desk: Desk) -> None:
    child.kill(signal.SIGKILL)


def killed_with_its_request(child: "pexpect.spawn[str]", desk: Desk) -> None:
    """AWS has the code, and whoever sent it is gone before the answer comes."""
    count = len(desk.sts.requests)
    desk.sts.script("GetSessionToken", Answer(delay=1))
    child.send(f"{desk.user.next_code()}\r")
    until = time.monotonic() + 30
    while len(desk.sts.requests) == count and time.monotonic() < until:
        time.sleep(0.01)
    child.kill(signal.SIGKILL)


def terminated(child: "pexpect.spawn[str]", desk: Desk) -> None:
    child.kill(signal.SIGTERM)


def left(child: "pexpect.spawn[str]", desk: Desk) -> None:
    child.send("\x03")


def closed(child: "pexpect.spawn[str]", desk: Desk) -> None:
    """The window is closed."""
    child.close(force=True)


def refused(child: "pexpect.spawn[str]", desk: Desk) -> None:
    wrong = desk.user.wrong_code()
    for more in (True, True, False):
        child.send(f"{wrong}\r")
        wrong = f"{(int(wrong) + 1) % 1000000:06}"
        child.expect_exact(PROMPT if more else "wrong, expired or already used")


def out_of_order(child: "pexpect.spawn[str]", desk: Desk) -> None:
    desk.sts.script("GetSessionToken", Answer(503, "ServiceUnavailable", ""))
    child.send(f"{desk.user.next_code()}\r")


# How one ends, and how many requests that takes.
ENDS = {
    killed: 0,
    left: 0,
    terminated: 0,
    closed: 0,
    refused: 3,
    out_of_order: 1,
    killed_with_its_request: 1,
}


@pytest.mark.slow
def test_ten_at_once_and_most_of_them_fail(desk: Desk) -> None:
    """One asks at a time; when it ends, however that is, the next one asks; one success serves all who are left."""
    desk.set_up()
    before = desk.read()
    children = [desk.start("mfa", "work") for _ in range(10)]
    sent = 0
    for end, requests in ENDS.items():
        child = asking(children)
        assert desk.read() == before
        end(child, desk)
        children.remove(child)
        sent += requests
    last = asking(children)
    assert len(desk.sts.requests) == sent
    code = desk.user.next_code()
    last.send(f"{code}\r")
    assert [ended(child) for child in children] == [0, 0, 0]
    codes = [request.params["TokenCode"] for request in desk.sts.requests]
    assert codes[-1] == code
    assert len(codes) == len(set(codes)) == sent + 1
    assert "[work:mfa]" in desk.read()[1]


@pytest.mark.slow
def test_ten_at_once_and_one_code(desk: Desk) -> None:
    desk.set_up()
    children = [desk.start("mfa", "work") for _ in range(10)]
    first = asking(children)
    for child in children:
        if child is not first:
            child.expect_exact(WAITING)
    first.send(f"{desk.user.next_code()}\r")
    assert [ended(child) for child in children] == [0] * 10
    assert len(desk.sts.requests) == 1


# Places where a file cannot be replaced, as shell commands in a mount namespace of their own; {aws} is the folder.
PLACES = {
    "a read-only mount": ("mount --bind {aws} {aws} && mount -o remount,bind,ro {aws}", "Read-only file system"),
    "a file mounted by itself": ("mount --bind {aws}/credentials {aws}/credentials", "is mounted by itself"),
    "a full disk": (
        "cp -a {aws} {aws}.old && mount -t tmpfs -o size=64k,mode=700 tmpfs {aws} && cp -a {aws}.old/. {aws}"
        " && { cat /dev/zero > {aws}/fill 2>/dev/null || true; }",
        "No space left on device",
    ),
    "no place at all": ("true", ""),
}


@pytest.mark.parametrize("way", ["asked", "given"])
@pytest.mark.parametrize("case", PLACES)
def test_what_cannot_be_replaced_is_found_before_the_code_is_asked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, case: str, way: str
) -> None:
    if not shutil.which("unshare") or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        pytest.skip("no mount namespace can be made here")
    mount, what = PLACES[case]
    desk.set_up()
    folder = desk.folder / "aws"
    folder.mkdir(mode=0o700)
    for file, name in ((desk.config, "AWS_CONFIG_FILE"), (desk.credentials, "AWS_SHARED_CREDENTIALS_FILE")):
        file.rename(folder / file.name)
        monkeypatch.setenv(name, str(folder / file.name))
    before = [(folder / name).read_bytes() for name in ("config", "credentials")]
    code = ["--code", desk.user.next_code()] if way == "given" else []
    script = f'{mount.replace("{aws}", str(folder))} && "$@"; s=$?; cat {folder}/config {folder}/credentials; exit $s'
    words = ["-m", "sh", "-c", script, "sh", *AWSPROF, "mfa", "work", *code]
    child: pexpect.spawn[str] = pexpect.spawn("unshare", words, timeout=30, encoding="utf-8", dimensions=(40, 300))
    asked = child.expect_exact([PROMPT, pexpect.EOF]) == 0
    assert asked == (not what and way == "asked"), child.before
    if asked:
        child.send(f"{desk.user.next_code()}\r")
        child.expect(pexpect.EOF)
    shown = (child.before or "").replace("\r\n", "\n")
    child.close()
    assert what in shown
    assert child.exitstatus == (4 if what else 0), shown
    assert len(desk.sts.requests) == int(not what)
    if what:
        assert b"".join(before).decode() in shown
        assert [(folder / name).read_bytes() for name in ("config", "credentials")] == before
