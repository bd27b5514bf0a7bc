"""`awsprof add mfa`: the device that is given, found or typed."""

import pytest

from awsprof.commands import add
from awsprof.editing import How
from awsprof.errors import AwsError, AwsprofError, NoSuchProfileError, UsageError
from tests.aws.desk import Answer, Desk, Script, Talk, desk, own_environment, sts, user
from tests.aws.sts import Answer as StsAnswer

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures


from tests.commands.adding import DEVICE, ROLE, asked_again, device_section


def add_mfa(desk: Desk, *answers: Answer, how: How | None = None, device: str = "", domain: str = "work") -> Talk:
    ctx = Talk(Script(*answers) if answers else None)
    add.mfa(ctx, domain, how or How(), device_arn=device)
    assert not isinstance(ctx.person, Script) or ctx.person.answers == []
    return ctx


def told(arn: str, user: str = "your.name") -> str:
    """Config after AWS was asked for the device: it says the user's name, too."""
    return f"{device_section(arn)}\n[profile work:iam]\nawsprof_user = {user}\n"


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b", "aws-eusc"])
def test_a_device_that_is_given(desk: Desk, partition: str) -> None:
    desk.write(credentials=desk.iam())
    arn = DEVICE.replace("aws", partition, 1)
    ctx = add_mfa(desk, device=f" {arn} ")
    assert desk.read() == (device_section(arn), desk.iam())
    assert ctx.talk == "wrote work:mfa\n"
    assert desk.sts.requests == []


REFUSED = {
    "a user": (DEVICE.replace(":mfa/", ":user/"), f"it may be {DEVICE}"),
    "a passkey": (DEVICE.replace(":mfa/", ":u2f/user/"), "AWS gives no session"),
    "a role": (ROLE, "not the ARN of an MFA device"),
    "no name": ("arn:aws:iam::000000000000:mfa/", "not the ARN"),
    "no account": ("arn:aws:iam:::mfa/x", "not the ARN"),
    "a short account": ("arn:aws:iam::123:mfa/x", "not the ARN"),
    "another service": ("arn:aws:sts::000000000000:mfa/x", "not the ARN"),
    "a region": ("arn:aws:iam:eu-west-1:000000000000:mfa/x", "not the ARN"),
    "a space": ("arn:aws:iam::000000000000:mfa/x y", "not the ARN"),
    "a newline": (f"{DEVICE}\nx = y", "not the ARN"),
    "ESC": (f"{DEVICE}\x1b[31m", "not the ARN"),
    "words": ("my phone", "not the ARN"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_arn_that_is_no_devices(desk: Desk, case: str) -> None:
    arn, reason = REFUSED[case]
    desk.write(credentials=desk.iam())
    desk.sts.revoke(desk.user)
    for how in (How(), How(force=True)):
        with pytest.raises(UsageError) as raised:
            add_mfa(desk, device=arn, how=how)
        assert reason in f"{raised.value.what} {raised.value.next_step}"
        assert "\x1b" not in raised.value.what
    assert desk.read() == ("", desk.iam())
    ctx = add_mfa(desk, arn, DEVICE)
    assert reason in asked_again(ctx)
    assert "\x1b" not in asked_again(ctx)
    assert desk.read() == (device_section(DEVICE), desk.iam())


@pytest.mark.parametrize("serial", ["GAHT12345678", " GAHT12345678\n", "\ufeffGAHT12345678"])
def test_a_hardware_token_by_option_and_by_prompt(desk: Desk, serial: str) -> None:
    desk.write(credentials=desk.iam())
    desk.user.may_list_devices = False
    add_mfa(desk, device=serial)
    assert desk.read() == (device_section("GAHT12345678"), desk.iam())
    desk.write(credentials=desk.iam())
    add_mfa(desk, serial)
    assert desk.read() == (device_section("GAHT12345678"), desk.iam())


def test_a_device_needs_keys_first(desk: Desk) -> None:
    with pytest.raises(NoSuchProfileError) as raised:
        add_mfa(desk, device=DEVICE)
    assert raised.value.exit_code == 3
    assert raised.value.next_step == "awsprof add iam work"
    assert desk.read() == ("", "")


def test_the_only_device_is_found(desk: Desk) -> None:
    desk.write(credentials=desk.iam())
    desk.user.fido_arn = "arn:aws:iam::000000000000:u2f/user/your.name/key-X"
    ctx = add_mfa(desk)
    assert desk.read()[0] == told(desk.user.device_arn)
    assert ctx.talk == (
        f"warning: AWS_ENDPOINT_URL sends the request for MFA devices to {desk.sts.url} instead of AWS\n"
        f"found the device {desk.user.device_arn}\nwrote work:mfa\n"
    )
    assert desk.sts.count("ListMFADevices") == 1


def test_a_hardware_device_is_found_by_its_serial_number(desk: Desk) -> None:
    bare = desk.sts.add_user("bare", mfa=False)
    bare.other_serials = ["GAHT12345678"]
    desk.user = bare
    desk.write(credentials=desk.iam())
    add_mfa(desk)
    assert desk.read()[0] == told("GAHT12345678", "bare")


def test_of_several_devices_one_is_chosen(desk: Desk) -> None:
    second = f"{desk.user.device_arn}-tablet"
    desk.user.other_serials = [second]
    desk.write(credentials=desk.iam())
    add_mfa(desk, second)
    assert desk.read()[0] == told(second)


def test_of_several_devices_none_is_guessed(desk: Desk) -> None:
    second = f"{desk.user.device_arn}-tablet"
    desk.user.other_serials = [second]
    desk.write(credentials=desk.iam())
    with pytest.raises(UsageError) as raised:
        add_mfa(desk)
    assert raised.value.what == f"which MFA device? {desk.user.device_arn}, {second}"
    assert "--device-arn" in raised.value.next_step
    assert desk.read()[0] == ""


def spoil(desk: Desk, how: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the list of devices fail; the reason that is told."""
    if how == "denied":
        desk.user.may_list_devices = False
    elif how == "a deleted key":
        desk.sts.revoke(desk.user)
    elif how == "only a passkey":
        desk.user.devices, desk.user.fido_arn = [], "arn:aws:iam::000000000000:u2f/user/your.name/key-X"
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL", {"offline": "http://127.0.0.1:9", "plain": "http://a.example"}[how])
    return {
        "denied": "AWS denies it",
        "a deleted key": "AWS does not know this access key",
        "only a passkey": "AWS knows no MFA device of this user that gives sessions",
        "offline": "Could not connect",
        "plain": "is not encrypted; nothing was sent",
    }[how]


SPOILT = ["denied", "a deleted key", "only a passkey", "offline", "plain"]


@pytest.mark.parametrize("how", SPOILT)
def test_where_aws_tells_no_device_the_person_does(desk: Desk, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    desk.write(credentials=desk.iam())
    reason = spoil(desk, how, monkeypatch)
    ctx = add_mfa(desk, DEVICE)
    assert desk.read()[0] == device_section(DEVICE)
    assert reason in ctx.talk


@pytest.mark.parametrize("how", SPOILT)
def test_where_aws_tells_no_device_and_nobody_does(desk: Desk, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    desk.write(credentials=desk.iam())
    reason = spoil(desk, how, monkeypatch)
    with pytest.raises(AwsprofError) as raised:
        add_mfa(desk)
    assert reason in raised.value.what
    assert raised.value.next_step.endswith("add --device-arn ARN")
    assert raised.value.exit_code == {"a deleted key": 5, "offline": 6, "plain": 6}.get(how, 2)
    assert "DOMAIN" not in raised.value.next_step
    assert desk.read() == ("", desk.iam())


def test_a_fault_of_aws_is_no_wrong_usage(desk: Desk) -> None:
    desk.write(credentials=desk.iam())
    desk.sts.script("ListMFADevices", *[StsAnswer(503, "ServiceUnavailable", "")] * 9)
    with pytest.raises(AwsError) as raised:
        add_mfa(desk)
    assert (raised.value.exit_code, desk.read()) == (6, ("", desk.iam()))


OTHER_DEVICE = f"{DEVICE}-old"


def test_another_device_is_shown_and_asked_for(desk: Desk) -> None:
    desk.write(f"# mine\n{device_section(OTHER_DEVICE)}region = eu-west-1\n", desk.iam())
    ctx = add_mfa(desk, True, device=DEVICE)
    assert desk.read()[0] == f"# mine\n{device_section(DEVICE)}region = eu-west-1\n"
    assert f"-mfa_device_arn = {OTHER_DEVICE}\n+mfa_device_arn = {DEVICE}" in ctx.talk


def test_another_device_needs_yes_without_a_terminal(desk: Desk) -> None:
    desk.write(device_section(OTHER_DEVICE), desk.iam())
    with pytest.raises(UsageError, match="exists already"):
        add_mfa(desk, device=DEVICE)
    assert desk.read()[0] == device_section(OTHER_DEVICE)
    add_mfa(desk, device=DEVICE, how=How(force=True))
    assert desk.read()[0] == device_section(DEVICE)


def test_the_same_device_again(desk: Desk) -> None:
    desk.write(device_section(DEVICE), desk.iam())
    assert add_mfa(desk, device=DEVICE).talk == "nothing to change: work:mfa already has these values\n"


def test_a_dry_run_of_add_mfa(desk: Desk) -> None:
    desk.write(credentials=desk.iam())
    ctx = add_mfa(desk, device=DEVICE, how=How(dry_run=True))
    assert ctx.result == (
        f"--- {desk.config}\n+++ {desk.config}\n@@ -0,0 +1,2 @@\n+[profile work:mfa]\n+mfa_device_arn = {DEVICE}\n"
    )
    assert desk.read() == ("", desk.iam())


def test_the_standard_setting_follows(desk: Desk) -> None:
    desk.write(f"[profile work:mfa]\nmfa_serial = {OTHER_DEVICE}\n", desk.iam())
    add_mfa(desk, device=DEVICE, how=How(force=True))
    assert sorted(desk.read()[0].splitlines()[1:]) == [f"mfa_device_arn = {DEVICE}", f"mfa_serial = {DEVICE}"]
