"""Advice that is followed literally: it has the names of the profile and the setting, and fits the kind of profile."""

from collections.abc import Callable

import pytest

from awsprof.commands import adopt, listing, remove, setting, use
from awsprof.context import Context
from awsprof.editing import How
from awsprof.errors import AwsprofError
from tests.conftest import Home

CONFIG = """\
[profile corp:dev]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = Dev
[profile proc:x]
credential_process = true
[profile work:r]
role_arn = arn:aws:iam::123456789012:role/x
source_profile = work:iam
region = eu-west-1
[profile jon]
mfa_serial = arn:aws:iam::123456789012:mfa/x
"""
KEYS = "[work:iam]\naws_access_key_id = AKIAAAAAAAAAAAAAAAAA\naws_secret_access_key = x\n"

# A command, and what it says at least.
SAID: dict[str, tuple[Callable[[Context], None], str]] = {
    "renewing an SSO profile": (
        lambda ctx: use.run(ctx, "corp:dev", renew=True),
        "awsprof has no session to renew for corp:dev: aws sso login --profile corp:dev\n",
    ),
    "renewing a credential_process": (
        lambda ctx: use.run(ctx, "proc:x", renew=True),
        "awsprof has no session to renew for proc:x: its keys come from its credential_process\n",
    ),
}
REFUSED: dict[str, tuple[Callable[[Context], None], str, str]] = {
    "a profile as a domain": (
        lambda ctx: listing.run(ctx, domain="proc:x"),
        "proc:x is a profile, not a domain",
        "awsprof show proc:x",
    ),
    "an empty value": (
        lambda ctx: setting.put(ctx, "work:r", ["region="], How(force=True)),
        "region needs a value",
        "to remove it: awsprof unset work:r region",
    ),
    "what depends on it": (
        lambda ctx: remove.run(ctx, ["work:iam"], How(force=True)),
        "work:r depends on it",
        "use --cascade to remove that too, or give it another source: awsprof set work:r source_profile=SOURCE",
    ),
}


@pytest.mark.parametrize(("run", "words"), SAID.values(), ids=list(SAID))
def test_said(home: Home, run: Callable[[Context], None], words: str) -> None:
    home.write(CONFIG, KEYS)
    home.call(run)
    assert words in home.err


@pytest.mark.parametrize(("run", "what", "step"), REFUSED.values(), ids=list(REFUSED))
def test_refused(home: Home, run: Callable[[Context], None], what: str, step: str) -> None:
    home.write(CONFIG, KEYS)
    with pytest.raises(AwsprofError) as raised:
        home.call(run)
    assert (raised.value.what, raised.value.next_step) == (what, step)


def test_keys_in_the_store_of_aws_vault(home: Home) -> None:
    """Its advice used to lead in a circle (facts/docs-audit, row 7)."""
    home.write(CONFIG, KEYS)
    home.call(lambda ctx: adopt.run(ctx, adopt.Wish(), How(force=True)))
    put = "awsprof set jon aws_access_key_id=KEY_ID aws_secret_access_key=-"
    assert f"(aws-vault keeps them); to put them there: {put}, then adopt again\n" in home.err
