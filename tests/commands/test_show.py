"""`show`: settings with their files, the chain, secrets masked."""

import json
from collections.abc import Callable

import pytest

from awsprof.commands import show
from awsprof.context import Context
from awsprof.errors import NoSuchProfileError, UsageError
from tests.conftest import Home

ARN = "arn:aws:iam::123456789012"
KEYS = "aws_access_key_id = AKIA\naws_secret_access_key = hush\n"
LASTING = KEYS + "aws_session_token = hush\nexpiration = 2026-11-24T03:12:05Z\nawsprof_expiration_for = AKIA\n"
CONFIG = f"""\
[profile work:mfa]
mfa_device_arn = {ARN}:mfa/you
[profile work:dev]
role_arn = {ARN}:role/Dev
source_profile = work:mfa
region = eu-west-1
s3 =
  max_concurrent_requests = 9
  use_dualstack_endpoint = true
"""
CREDENTIALS = f"[work:mfa]\n{LASTING}[work:dev]\nregion = us-east-1\n"
MASK = "********"


def showing(word: str, *, as_json: bool = False) -> Callable[[Context], None]:
    return lambda ctx: show.run(ctx, word, as_json=as_json)


def test_a_role(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.call(showing("dev"))
    assert home.out.splitlines() == [
        "work:dev  123456789012  us-east-1  session until Tue 03:12",
        f"  region          us-east-1  ({home.credentials})",
        f"  role_arn        {ARN}:role/Dev  ({home.config})",
        f"  s3              max_concurrent_requests = 9; use_dualstack_endpoint = true  ({home.config})",
        f"  source_profile  work:mfa  ({home.config})",
        "work:dev  role",
        "  work:mfa  mfa  session until Tue 03:12",
    ]


def test_the_chain_goes_down_to_the_keys(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS + f"[work:iam]\n{KEYS}")
    home.call(showing("dev"))
    assert home.out.splitlines()[-3:] == [
        "work:dev  role",
        "  work:mfa  mfa  session until Tue 03:12",
        "    work:iam  iam",
    ]
    home.call(showing("dev", as_json=True))
    assert json.loads(home.out)["chain"] == ["work:dev", "work:mfa", "work:iam"]


def test_secrets_are_masked_to_one_length(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.call(showing("work:mfa"))
    assert "hush" not in home.out
    assert f"  aws_secret_access_key   {MASK}  ({home.credentials})" in home.out.splitlines()
    assert f"  aws_session_token       {MASK}  ({home.credentials})" in home.out.splitlines()


@pytest.mark.parametrize("as_json", [False, True])
def test_a_secret_that_was_indented_by_mistake_is_masked(home: Home, as_json: bool) -> None:
    home.write("", "[a]\naws_access_key_id = AKIA\n  aws_secret_access_key = hush\n  aws_session_token: hush\n")
    home.call(showing("a", as_json=as_json))
    assert "hush" not in home.out
    assert "AKIA" in home.out


BROKEN = [
    ("loop", {"a": "b", "b": "a"}, ["a  role", "  b  role", "    broken here: b leads back to a"]),
    ("missing", {"a": "gone"}, ["a  role", "  broken here: there is no profile gone"]),
    ("itself", {"a": "a"}, ["a  role", "  broken here: a leads back to a"]),
]


@pytest.mark.parametrize(("sources", "tail"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_where_a_chain_is_broken(home: Home, sources: dict[str, str], tail: list[str]) -> None:
    home.write("".join(f"[profile {n}]\nrole_arn = {ARN}:role/x\nsource_profile = {s}\n" for n, s in sources.items()))
    home.call(showing("a"))
    assert home.out.splitlines()[-len(tail) :] == tail
    home.call(showing("a", as_json=True))
    assert json.loads(home.out)["broken"] == tail[-1].partition("broken here: ")[2]


def test_its_own_source_with_keys_is_whole(home: Home) -> None:
    home.write(f"[profile a]\nrole_arn = {ARN}:role/x\nsource_profile = a\n", f"[a]\n{KEYS}")
    home.call(showing("a"))
    assert home.out.splitlines()[-1] == "a  role"


def test_json(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    home.call(showing("work:dev", as_json=True), AWS_PROFILE="work:dev")
    session = {"profile": "work:mfa", "state": "valid", "expires_at": "2026-11-24T03:12:05Z", "seconds_left": 54725}
    config, credentials = str(home.config), str(home.credentials)
    assert json.loads(home.out) == {
        "name": "work:dev",
        "domain": "work",
        "kind": "role",
        "account": "123456789012",
        "region": "us-east-1",
        "source": "work:mfa",
        "active": True,
        "session": session,
        "settings": {
            "region": {"value": "us-east-1", "file": credentials},
            "role_arn": {"value": f"{ARN}:role/Dev", "file": config},
            "s3": {"value": "\nmax_concurrent_requests = 9\nuse_dualstack_endpoint = true", "file": config},
            "source_profile": {"value": "work:mfa", "file": config},
        },
        "chain": ["work:dev", "work:mfa"],
        "broken": None,
        "findings": [],
        "access_key": None,
    }


def test_names_that_fit_none_or_several(home: Home) -> None:
    home.write(f"{CONFIG}[profile play:dev]\n")
    with pytest.raises(NoSuchProfileError, match="no profile work:dve"):
        home.call(showing("work:dve"))
    with pytest.raises(UsageError, match="dev could be play:dev, work:dev"):
        home.call(showing("dev"))


def test_a_hostile_section_is_shown_harmless(home: Home) -> None:
    name = "a\x1b[31m"
    home.write("", f"[{name}]\nk\u202ey = [red]\x1b]0;x\x07\n  more\u2028\nsource_profile = $(x)\n")
    home.call(showing(name))
    assert home.out.replace("\n", "").isprintable()
    assert r"[red]\x1b]0;x\x07; more" in home.out


def test_a_refused_file_is_shown_with_a_warning(home: Home) -> None:
    home.write("[profile a]\nregion = r\n[profile a]\n")
    home.call(showing("a"))
    assert home.err.startswith(f"{home.config} line 3: ")
    assert home.out.startswith("a  r\n")
