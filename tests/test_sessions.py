"""awsprof/sessions/renewal.py: which session is meant, where it is renewed, when its expiry counts, how it is saved."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from awsprof import aws
from awsprof.errors import AwsprofError, CredentialsError, FileError, NoSuchProfileError, UsageError
from awsprof.files import plan
from awsprof.profiles import chains, expiry, model
from awsprof.sessions import renewal

from .conftest import NOW, Home

DEVICE = "arn:aws:iam::000000000000:mfa/your.name"
IAM = "[work:iam]\naws_access_key_id = AKIAAAAAAAAAAAAAAAAA\naws_secret_access_key = S\n"
TEMPORARY = "aws_access_key_id = ASIAAAAAAAAAAAAAAAAA\naws_secret_access_key = S\naws_session_token = T\n"
ROLE = "role_arn = arn:aws:iam::000000000000:role/x\nsource_profile = "
MANY = f"""\
[profile work:mfa]
mfa_device_arn = {DEVICE}
[profile work:dev]
{ROLE}work:mfa
[profile work:deep]
{ROLE}work:dev
[profile work:direct]
{ROLE}work:iam
[profile other:guest]
{ROLE}work:mfa
[profile other:mfa]
[profile lone:dev]
{ROLE}lone:iam
[profile loop:a]
{ROLE}loop:b
[profile loop:b]
{ROLE}loop:a
[profile loop:mfa]
[profile plain]
{ROLE}work:mfa
[profile both]
{ROLE}work:mfa
[profile both:mfa]
[profile team:sub:dev]
{ROLE}team:mfa
[profile team:mfa]
"""

FOUND = {
    "a domain": ("work", "", "work:mfa"),
    "a session": ("work:mfa", "", "work:mfa"),
    "its keys": ("work:iam", "", "work:mfa"),
    "a role on it": ("work:dev", "", "work:mfa"),
    "a role on a role on it": ("work:deep", "", "work:mfa"),
    "a role on the keys: by convention": ("work:direct", "", "work:mfa"),
    "a role of another domain": ("other:guest", "", "work:mfa"),
    "that domain": ("other", "", "other:mfa"),
    "a loop: by convention": ("loop:a", "", "loop:mfa"),
    "two colons": ("team:sub:dev", "", "team:mfa"),
    "a profile without a colon": ("plain", "", "work:mfa"),
    "a domain before a profile": ("both", "", "both:mfa"),
    "the active profile": ("", "work:dev", "work:mfa"),
    "the active profile, not its domain": ("", "both", "work:mfa"),
    "an argument before the active profile": ("other", "work:dev", "other:mfa"),
}


def known(home: Home, config: str, credentials: str = IAM) -> model.Profiles:
    home.write(config, credentials)
    return model.load(home.environ)


PLAIN = "[solo]\naws_access_key_id = A\naws_secret_access_key = s\n"


@pytest.mark.parametrize("case", FOUND)
def test_which_session(home: Home, case: str) -> None:
    word, active, expected = FOUND[case]
    assert renewal.find(known(home, MANY), word, active) == expected


NOT_FOUND: dict[str, tuple[str, str, type[AwsprofError], int, str]] = {
    "nothing named": ("", "", UsageError, 2, "awsprof mfa DOMAIN"),
    "no such profile": ("work:gone", "", NoSuchProfileError, 3, "awsprof add mfa work"),
    "a misspelt domain": ("wrok", "", NoSuchProfileError, 3, "did you mean work?"),
    "no such domain": ("unheard", "", NoSuchProfileError, 3, "awsprof add mfa unheard"),
    "a domain without a session": ("lone", "", NoSuchProfileError, 3, "awsprof add mfa lone"),
    "a profile without a session": ("lone:dev", "", NoSuchProfileError, 3, "awsprof add mfa lone"),
    "an active profile that is gone": ("", "work:gone", NoSuchProfileError, 3, "awsprof add mfa work"),
    "one named like a domain": ("", "work", NoSuchProfileError, 3, "awsprof add mfa work"),
    "one with keys outside a domain": ("", "solo", NoSuchProfileError, 3, "awsprof adopt solo --domain NAME"),
    "no domain": (":x", "", NoSuchProfileError, 3, "awsprof add mfa DOMAIN"),
}


@pytest.mark.parametrize("case", NOT_FOUND)
def test_no_session_is_found(home: Home, case: str) -> None:
    word, active, kind, exit_code, advice = NOT_FOUND[case]
    with pytest.raises(kind) as raised:
        renewal.find(known(home, MANY, IAM + PLAIN), word, active)
    assert raised.value.exit_code == exit_code
    assert advice in raised.value.next_step


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (f"mfa_device_arn = {DEVICE}", DEVICE),
        (f"mfa_serial = {DEVICE}", DEVICE),
        (f"mfa_serial = other\nmfa_device_arn = {DEVICE}", DEVICE),
        ("mfa_serial = GAHT12345678", "GAHT12345678"),
    ],
)
def test_the_device(home: Home, settings: str, expected: str) -> None:
    target = renewal.Target(known(home, f"[profile work:mfa]\n{settings}\n"), "work:mfa")
    assert (target.device, target.iam, target.keys.key_id) == (expected, "work:iam", "AKIAAAAAAAAAAAAAAAAA")


TEMPORARY_IAM = f"[work:iam]\n{TEMPORARY}"
LACKS: dict[str, tuple[str, str, type[AwsprofError], str]] = {
    "a device": ("", IAM, NoSuchProfileError, "awsprof add mfa work"),
    "keys": (f"mfa_device_arn = {DEVICE}", "", NoSuchProfileError, "awsprof add iam work"),
    "a secret": (f"mfa_device_arn = {DEVICE}", IAM.rpartition("aws_s")[0], NoSuchProfileError, "awsprof add iam work"),
    "keys of its own": (f"mfa_device_arn = {DEVICE}", TEMPORARY_IAM, CredentialsError, "add iam work"),
}


@pytest.mark.parametrize("case", LACKS)
def test_what_a_renewal_may_lack(home: Home, case: str) -> None:
    settings, credentials, kind, advice = LACKS[case]
    with pytest.raises(kind) as raised:
        renewal.Target(known(home, f"[profile work:mfa]\n{settings}\n", credentials), "work:mfa")
    assert advice in raised.value.next_step


# The regions of mfa, iam, active (dev), another profile of the domain, AWS_REGION, AWS_DEFAULT_REGION; the answer.
REGIONS = {
    "mfa first": ("eu-west-1 eu-west-2 eu-west-3 eu-north-1 us-east-2 us-west-2", "eu-west-1"),
    "then iam": ("- eu-west-2 eu-west-3 eu-north-1 us-east-2 us-west-2", "eu-west-2"),
    "then the active profile": ("- - eu-west-3 eu-north-1 us-east-2 us-west-2", "eu-west-3"),
    "then any of the domain": ("- - - eu-north-1 us-east-2 us-west-2", "eu-north-1"),
    "then AWS_REGION": ("- - - - us-east-2 us-west-2", "us-east-2"),
    "then AWS_DEFAULT_REGION": ("- - - - - us-west-2", "us-west-2"),
    "the opt-in region of mfa": ("ap-east-1 eu-west-2 - - - -", "ap-east-1"),
    "the opt-in region of iam": ("- ap-east-1 eu-west-3 - - -", "ap-east-1"),
    "not that of the active profile": ("- - ap-east-1 eu-north-1 - -", "eu-north-1"),
    "not that of another profile": ("- - - me-south-1 us-east-2 -", "us-east-2"),
    "not that of the environment": ("- - - - af-south-1 us-west-2", "us-west-2"),
    "another partition's is passed over": ("cn-north-1 us-gov-west-1 - - eu-west-1 -", "eu-west-1"),
}


def in_regions(home: Home, words: str, device: str) -> tuple[str, str]:
    mfa, iam, dev, app, first, second = ("" if word == "-" else word for word in words.split())
    config = (
        f"[profile work:mfa]\nregion = {mfa}\n[profile work:iam]\nregion = {iam}\n[profile work:app]\nregion = {app}\n"
        f"[profile work:zdev]\n{ROLE}work:mfa\nregion = {dev}\n"
    )
    environ = {**home.environ, "AWS_PROFILE": "work:zdev", "AWS_REGION": first, "AWS_DEFAULT_REGION": second}
    asked = renewal.region(known(home, config), "work", device, environ)
    return asked.region, asked.warning


@pytest.mark.parametrize("case", REGIONS)
def test_the_region_to_ask(home: Home, case: str) -> None:
    words, expected = REGIONS[case]
    assert in_regions(home, words, DEVICE) == (expected, "")


@pytest.mark.parametrize(
    ("device", "words", "expected", "warned"),
    [
        (DEVICE, "- - - - - -", "us-east-1", True),
        (DEVICE, "cn-north-1 - - - cn-north-1 -", "us-east-1", True),
        (DEVICE.replace("aws", "aws-cn", 1), "eu-west-1 - - - - -", "cn-northwest-1", True),
        (DEVICE.replace("aws", "aws-cn", 1), "eu-west-1 - - - cn-northwest-1 -", "cn-northwest-1", False),
        (DEVICE.replace("aws", "aws-us-gov", 1), "- - - - - -", "us-gov-west-1", True),
        ("GAHT12345678", "cn-north-1 - - - - -", "cn-north-1", False),
    ],
)
def test_the_region_keeps_to_the_devices_partition(
    home: Home, device: str, words: str, expected: str, warned: bool
) -> None:
    region, warning = in_regions(home, words, device)
    assert region == expected
    assert (f"asking AWS in {expected}" in warning) == warned


def test_the_region_of_an_active_profile_on_another_session_does_not_count(home: Home) -> None:
    config = f"[profile work:mfa]\n[profile other:dev]\n{ROLE}other:mfa\nregion = eu-west-1\n[profile other:mfa]\n"
    environ = {**home.environ, "AWS_PROFILE": "other:dev"}
    assert renewal.region(known(home, config), "work", DEVICE, environ).region == "us-east-1"


# What stands in credentials and config of work:mfa, the state, whether its end is believed.
LATER, EARLIER = "2026-11-24T03:12:05Z", "2026-11-23T03:12:05Z"
FOR_THESE, FOR_OTHERS = (f"awsprof_expiration_for = ASIA{letter * 16}\n" for letter in "AB")
BELIEF = {
    "ours": (f"{TEMPORARY}expiration = {LATER}\n{FOR_THESE}", "", "valid"),
    "ours, over": (f"{TEMPORARY}expiration = {EARLIER}\n{FOR_THESE}", "", "expired"),
    "keys replaced by hand": (f"{TEMPORARY}expiration = {LATER}\n{FOR_OTHERS}", "", "unknown"),
    "the original's": (TEMPORARY, "expiration = 2026-11-24T03:12:05.1234567+00:00\n", "valid"),
    "the original's, old": (TEMPORARY, "", "unknown"),
    "aws-mfa's": (f"{TEMPORARY}aws_security_token = T\nexpiration = 2026-11-24 03:12:05\n", "", "valid"),
    "both files: credentials win": (f"{TEMPORARY}expiration = {EARLIER}\n", f"expiration = {LATER}\n", "expired"),
    "an end without keys": ("", f"expiration = {LATER}\n", "missing"),
    "a key without token": ("aws_access_key_id = A\naws_secret_access_key = S\n", f"expiration = {LATER}\n", "missing"),
    "an end that is none": (f"{TEMPORARY}expiration = tomorrow\n", "", "unknown"),
}


@pytest.mark.parametrize("case", BELIEF)
def test_when_an_end_is_believed(home: Home, case: str) -> None:
    credentials, config, state = BELIEF[case]
    credentials = f"{IAM}[work:mfa]\n{credentials}"
    found = expiry.state_of(known(home, f"[profile work:mfa]\n{config}", credentials)["work:mfa"], NOW)
    assert found.state == state
    assert (found.expires_at is not None) == (state in ("valid", "expired"))


KEYS = aws.Keys("ASIA" + "Z" * 16, "s/+", "t==", 1795489925)
NEW = (
    "aws_access_key_id = ASIAZZZZZZZZZZZZZZZZ\naws_secret_access_key = s/+\naws_session_token = t==\n"
    "expiration = 2026-11-24T03:12:05Z\nawsprof_expiration_for = ASIAZZZZZZZZZZZZZZZZ\n"
)
CONFIG = f"# mine\n[profile work:mfa]\nmfa_device_arn = {DEVICE}\n"
WRITTEN = {
    "the first": (CONFIG, IAM, CONFIG, f"{IAM}\n[work:mfa]\n{NEW}"),
    "a later one": (CONFIG, f"[work:mfa]\n{NEW.replace('Z', 'Y')}\n{IAM}", CONFIG, f"[work:mfa]\n{NEW}\n{IAM}"),
    "what the original wrote": (
        f"{CONFIG}expiration = {EARLIER}\n",
        f"{IAM}[work:mfa]\n{TEMPORARY}",
        CONFIG,
        f"{IAM}[work:mfa]\n{NEW}",
    ),
    "what aws-mfa wrote": (
        CONFIG,
        f"{IAM}[work:mfa]\n{TEMPORARY}aws_security_token = T\n",
        CONFIG,
        f"{IAM}[work:mfa]\n{NEW}",
    ),
    "a stale token in config": (f"{CONFIG}aws_session_token = T\n", IAM, CONFIG, f"{IAM}\n[work:mfa]\n{NEW}"),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_how_a_session_is_written(home: Home, case: str) -> None:
    config, credentials, *after = WRITTEN[case]
    home.write(config, credentials)
    home.credentials.chmod(0o600)
    renewal.check_writable(home.environ, "work:mfa")
    assert (home.config.read_text(), home.credentials.read_text()) == (config, credentials)
    assert renewal.write(home.environ, "work:mfa", KEYS) == []
    assert [home.config.read_text(), home.credentials.read_text()] == after


def test_a_kill_between_the_two_files_leaves_the_new_session(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write(f"{CONFIG}expiration = {EARLIER}\n", IAM)
    carried = plan.carry_out
    monkeypatch.setattr(plan, "carry_out", lambda steps: carried(steps[:1]))
    renewal.write(home.environ, "work:mfa", KEYS)
    found = expiry.state_of(model.load(home.environ)["work:mfa"], NOW)
    assert (found.state, found.expires_at) == ("valid", KEYS.end)


def test_a_profile_removed_meanwhile_gets_its_session_all_the_same(home: Home) -> None:
    home.write("", IAM)
    renewal.write(home.environ, "work:mfa", KEYS)
    assert home.credentials.read_text() == f"{IAM}\n[work:mfa]\n{NEW}"


@pytest.mark.parametrize("broken", ["config", "credentials"])
@pytest.mark.parametrize("text", ["[a]\n[a]\n", "x\n", "\ufeff[a]\n", "[a]\nb = 1\nb = 2\n"])
def test_a_file_that_the_aws_tools_refuse_is_found_beforehand(home: Home, broken: str, text: str) -> None:
    home.write(CONFIG, IAM)
    (home.folder / broken).write_text(text)
    with pytest.raises(FileError, match="nothing was written"):
        renewal.check_writable(home.environ, "work:mfa")
    assert (home.folder / broken).read_text() == text


@pytest.mark.parametrize("broken", ["config", "credentials"])
def test_a_folder_in_a_files_place_is_found_beforehand(home: Home, broken: str) -> None:
    home.write(CONFIG, IAM)
    (home.folder / broken).unlink()
    (home.folder / broken).mkdir()
    with pytest.raises(FileError):
        renewal.check_writable(home.environ, "work:mfa")


@pytest.mark.parametrize("domain", ["work", "a/b", "../x", "ä", "a b", "A"])
def test_each_domain_has_a_lock_of_its_own_beside_the_credentials(home: Home, domain: str, tmp_path: Path) -> None:
    before = set(os.listdir(tmp_path))

    def held(name: str) -> bool:
        with renewal.only_one(home.environ, name, wait=0, waiting=lambda: None) as alone:
            return alone

    with renewal.only_one(home.environ, domain, wait=0, waiting=lambda: None) as alone:
        assert alone
        assert not held(domain)
        assert held("another")
    assert held(domain)
    made = set(os.listdir(tmp_path)) - before
    assert len(made) == 2
    assert all(name.startswith(".awsprof.") and name.endswith(".lock") for name in made)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in made} == {0o600}


@pytest.mark.parametrize(
    ("name", "serial_of", "expected"),
    [
        ("work:dev", "", []),
        ("work:dev", "work:dev", ["work:dev"]),
        ("work:deep", "work:dev", ["work:dev"]),
        ("work:dev", "work:mfa", []),
        ("gone", "work:dev", []),
    ],
)
def test_which_roles_make_the_aws_tools_ask_again(home: Home, name: str, serial_of: str, expected: list[str]) -> None:
    config = MANY.replace(f"[profile {serial_of}]\n", f"[profile {serial_of}]\nmfa_serial = {DEVICE}\n")
    assert chains.asking_again(known(home, config), name) == expected


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root acts as several users")
@pytest.mark.parametrize("leftover", ["expiration = 2020-01-01T00:00:00Z", "aws_session_token = old"])
def test_a_leftover_in_a_read_only_config_stops_no_renewal(home: Home, reachable: Path, leftover: str) -> None:
    config, credentials = reachable / "dotfiles" / "config", reachable / "aws" / "credentials"
    for file, text in ((config, f"[profile work:mfa]\n{leftover}\n"), (credentials, IAM)):
        file.parent.mkdir()
        file.write_text(text)
        file.chmod(0o600)
        os.chown(file, 12345, 12345)
    os.chown(credentials.parent, 12345, 12345)
    environ = home.environ | {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": str(credentials)}
    code = (
        "import os, sys; os.setgroups([]); os.setgid(12345); os.setuid(12345)\n"
        "from awsprof import aws\nfrom awsprof.sessions import renewal as sessions\n"
        "sessions.check_writable(os.environ, 'work:mfa')\n"
        "print(*sessions.write(os.environ, 'work:mfa', aws.Keys('ASIA', 's', 't', 2_000_000_000)), sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", "import boto3;" + code], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        f"the session is written, but leftover settings of work:mfa remain: {config} is read-only:"
        f" its folder {config.parent} cannot be written to; nothing was written\n"
    )
    assert leftover in config.read_text()
    assert "aws_session_token = t" in credentials.read_text()
