"""What is wrong with a profile as its files stand, and the next step for it."""

import pytest

from awsprof.files import read
from awsprof.profiles import checks

from .test_profiles import ARN, KEYS, LEGACY, SESSION, known, role

PLAIN = f"[profile a]\nregion = r\nrole_arn = {ARN}:role/x\nsource_profile = b\n"
BASE = f"[b]\n{KEYS}"
DIFFERENTLY = "which other AWS tools read differently"
# Config, credentials, and what is found in profile a: the beginning of each, in order.
FINDINGS: dict[str, tuple[str, str, list[str]]] = {
    "nothing": (PLAIN, BASE, []),
    "a nested block": (PLAIN + "s3 =\n  addressing_style = path\n", BASE, []),
    "a broken chain": (PLAIN, "", ["AWS tools cannot use a: there is no profile b"]),
    "an empty command": (
        "[profile a]\ncredential_process =\n",
        "",
        ["AWS tools cannot use a: the credential_process of a is empty"],
    ),
    "an empty command that keys come before": ("[profile a]\ncredential_process =\n", f"[a]\n{KEYS}", []),
    "no region": (PLAIN.replace("region = r\n", ""), BASE, ["a has no region, and none is set in this shell"]),
    "an mfa_serial": (PLAIN + "mfa_serial = x\n", BASE, ["a has an mfa_serial of its own: the AWS CLI and boto3 ask"]),
    "hours on a session": (
        PLAIN + "duration_seconds = 43200\n",
        f"[b]\n{SESSION}",
        ["AWS refuses duration_seconds of a: it allows 1 h for a role assumed through b"],
    ),
    "hours on keys": (PLAIN + "duration_seconds = 43200\n", BASE, []),
    "a login without a region": (f"[profile a]\nlogin_session = {ARN}:user/you\n", "", ["a has no region: boto3"]),
    "a login with a region": (f"[profile a]\nregion = r\nlogin_session = {ARN}:user/you\n", "", []),
    "capitals": (PLAIN.replace("role_arn", "Role_Arn"), BASE, ["c line 3: role_arn has capitals in its name,"]),
    "capitals in the source": (PLAIN, BASE.replace("aws_access_key_id", "AWS_ACCESS_KEY_ID"), ["s line 2: aws_access"]),
    "a colon": (PLAIN.replace("region =", "region:"), BASE, ["c line 2: region has a colon"]),
    "a comment": (PLAIN + "output = json # x\n", BASE, ["c line 5: output has a comment after its value"]),
    "a comment after a tab": (PLAIN + "output = json\t; x\n", BASE, ["c line 5: output has a comment"]),
    "no comment": (PLAIN + "sso_start_url = https://x.invalid/start#/;x\n", BASE, []),
    "two lines": (PLAIN + "output = json\n  x\n", BASE, ["c line 5: output goes on in the next line"]),
    "quotes": (PLAIN.replace("[profile a]", '[profile "a"]'), BASE, ["c line 1: only some AWS tools read ["]),
    "two spaces": (PLAIN.replace("[profile a]", "[profile  a]"), BASE, ["c line 1: only some AWS tools read ["]),
    "a quoted value": (PLAIN.replace("= r\n", '= "r"\n'), BASE, ["c line 2: region has quotes around its value"]),
    "single quotes": (PLAIN + "output = 'json'\n", BASE, ["c line 5: output has quotes around its value"]),
    "a quoted key": (PLAIN, BASE.replace("= A", "= 'A'"), ["s line 2: aws_access_key_id has quotes around its value"]),
    "a quote alone": (PLAIN + 'output = "json\n', BASE, []),
    "a quoted command": (PLAIN + 'credential_process = "/opt/a b/get"\n', BASE, []),
    "a quoted header next to a plain one": (
        f'[profile "a"]\nregion = x\n{PLAIN}',
        BASE,
        ['c: [profile "a"] on line 1 and [profile a] on line 3 are both a; AWS tools differ'],
    ),
    "a quoted sso-session": (
        "[profile a]\nsso_session = b\nsso_account_id = 1\nsso_role_name = r\n"
        '[sso-session "b"]\nsso_start_url = https://x.invalid\nsso_region = eu-west-1\n',
        "",
        ['c line 5: only some AWS tools read [sso-session "b"]'],
    ),
    "[DEFAULT]": (f"[DEFAULT]\noutput = json\n{PLAIN}", BASE, ["c line 2: output is inherited from [DEFAULT]"]),
    "a stale token": (
        f"{PLAIN}[profile b]\naws_session_token = t\n",
        BASE,
        ["c line 6: other SDKs use this aws_session_token with the keys of the credentials file"],
    ),
}


@pytest.mark.parametrize("case", FINDINGS)
def test_what_is_wrong_with_a_profile(case: str) -> None:
    config, credentials, expected = FINDINGS[case]
    found = checks.findings(known(config, credentials), "a")
    assert len(found) == len(expected), found
    assert all(what.startswith(start) and fix for (what, fix), start in zip(found, expected, strict=True))


@pytest.mark.parametrize("order", [("default", "profile default"), ("profile default", "default")])
def test_both_headers_of_the_default_profile_are_reported(order: tuple[str, str]) -> None:
    config = "".join(f"[{header}]\nregion = r\n" for header in order)
    found = [what for what, _ in checks.findings(known(config), "default") if "are both default" in what]
    assert found == [
        f"c: [{order[0]}] on line 1 and [{order[1]}] on line 3 are both default; AWS tools differ in which they read"
    ]


def test_a_file_is_split_once_for_a_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    split, calls = read.split_lines, []

    def counted(text: str) -> list[str]:
        calls.append(text)
        return split(text)

    monkeypatch.setattr(read, "split_lines", counted)
    config = "".join(f"[profile a{n}]\n{role(f'a{n + 1}')}" for n in range(9)) + f"[profile a9]\n{KEYS}"
    profiles = known(config)
    calls.clear()
    checks.findings(profiles, "a0")
    assert len(calls) == 2


def test_a_region_of_the_shell_is_enough() -> None:
    config = PLAIN.replace("region = r\n", "")
    assert checks.findings(known(config, BASE), "a", region="eu-west-1") == []


def test_a_name_that_needs_quotes_is_reported() -> None:
    ((what, _),) = checks.findings(known('[profile "a b"]\nregion = r\n'), "a b")
    assert what == "c line 1: only some AWS tools can read a profile called 'a b'"


IAM = f"[work:iam]\n{KEYS}"
# A profile, config, credentials, and its next step.
STEPS: dict[str, tuple[str, str, str, str]] = {
    "keys outside a domain": ("default", "", f"[default]\n{KEYS}", "awsprof adopt default --domain NAME"),
    "a role outside a domain": ("a", PLAIN, BASE, "awsprof adopt b --domain NAME"),
    "SSO": ("a", f"[profile a]\n{LEGACY}", "", "aws sso login --profile a"),
    "a role on SSO": ("a", f"[profile a]\n{role('b')}[profile b]\n{LEGACY}", "", "aws sso login --profile b"),
    "aws login": ("a", f"[profile a]\nlogin_session = {ARN}:user/you\n", "", "aws login --profile a"),
    "a program": ("a", "[profile a]\ncredential_process = p\n", "", "its keys come from its credential_process"),
    "a machine": (
        "a",
        f"[profile a]\nrole_arn = {ARN}:role/x\ncredential_source = EcsContainer\n",
        "",
        "its keys come from its credential_source EcsContainer",
    ),
    "a token file": (
        "a",
        f"[profile a]\nrole_arn = {ARN}:role/x\nweb_identity_token_file = f\n",
        "",
        "its keys come from its web_identity_token_file",
    ),
    "temporary keys": ("a", "", f"[a]\n{SESSION}", "renew them where they came from"),
    "nothing": ("a", "[profile a]\nregion = r\n", "", "it has no credentials: awsprof show a"),
    "a broken chain": ("a", PLAIN, "", "there is no profile b: awsprof show a"),
    "a user without a device": ("work:iam", "", IAM, "awsprof add mfa work"),
    "a user with a device": ("work:iam", "[profile work:mfa]\nmfa_serial = x\n", IAM, "awsprof mfa work"),
    "a session without a user": ("work:mfa", "[profile work:mfa]\nmfa_serial = x\n", "", "awsprof add iam work"),
    "no profile": ("gone", "", "", "awsprof list shows what there is"),
}


@pytest.mark.parametrize("case", STEPS)
def test_the_next_step(case: str) -> None:
    name, config, credentials, step = STEPS[case]
    assert checks.next_step(known(config, credentials), name) == step
