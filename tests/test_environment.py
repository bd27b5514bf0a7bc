"""What a switch changes: tables of environment + action -> environment, and the laws that hold for all of them."""

import os
from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from awsprof.shell import environment as env

Environ = dict[str, str]
Change = dict[str, str | None]


def apply(environ: Mapping[str, str], change: Change) -> Environ:
    """The environment after a change, as a shell makes it."""
    after = dict(environ)
    for name, value in change.items():
        if value is None:
            del after[name]  # a change never removes what is not there
        else:
            after[name] = value
    return after


def use(environ: Environ, profile: str, region: str = "", end: str = "") -> Environ:
    return apply(environ, env.switch(environ, profile, region, end))


def off(environ: Environ) -> Environ:
    return apply(environ, env.off(environ)[0])


KEYS = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s"}
DESCRIBED = dict.fromkeys(
    (
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_SESSION_EXPIRATION",
        "AWS_VAULT",
        "AWSU_PROFILE",
        "AWSUME_PROFILE",
        "AWSUME_EXPIRATION",
        "GRANTED_SSO",
        "GRANTED_SSO_START_URL",
        "GRANTED_SSO_ROLE_NAME",
        "GRANTED_SSO_REGION",
        "GRANTED_SSO_ACCOUNT_ID",
        "AWS_SSO_PROFILE",
    ),
    "x",
)
IDENTITIES = dict.fromkeys(
    (
        "AWS_DEFAULT_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_ROLE_SESSION_NAME",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AMAZON_REGION",
    ),
    "x",
)
SECRETS = dict.fromkeys(
    (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_ACCESS_KEY",
        "AWS_SECRET_KEY",
        "AMAZON_ACCESS_KEY_ID",
        "AMAZON_SECRET_ACCESS_KEY",
        "AMAZON_SESSION_TOKEN",
    ),
    "s",
)
OTHERS = {
    "HOME": "/home/you",
    "GRANTED_ALIAS_CONFIGURED": "true",
    "GRANTED_ENABLE_AUTO_REASSUME": "true",
    "AWSUME_SKIP_ALIAS_SETUP": "true",
    "AWS_CONFIG_FILE": "/c",
    "AWS_SHARED_CREDENTIALS_FILE": "/s",
    "AWS_CA_BUNDLE": "/b",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_SDK_LOAD_CONFIG": "1",
    "AWS_MAX_ATTEMPTS": "2",
}
A = {"AWS_PROFILE": "a:x"}
NEVER = {"AWSPROF_REGION": "never"}


def regions(region: str) -> Environ:
    return {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}


@pytest.mark.parametrize(
    ("before", "region", "end", "after"),
    [
        ({}, "", "", {**A, "AWSPROF_SAVED": "|"}),
        ({}, "eu-west-1", "", {**A, **regions("eu-west-1"), "AWSPROF_SAVED": "|"}),
        ({}, "", "E", {**A, "AWS_SESSION_EXPIRATION": "E", "AWSPROF_SAVED": "|"}),
        ({"AWS_SESSION_EXPIRATION": "old"}, "", "", {**A, "AWSPROF_SAVED": "||AWS_SESSION_EXPIRATION=old"}),
        (
            {"AWS_REGION": "r"},
            "eu-west-1",
            "",
            {**A, **regions("eu-west-1"), "AWSPROF_SAVED": "=r|"},
        ),
        ({"AWS_REGION": "r"}, "", "", {**A, "AWS_REGION": "r", "AWSPROF_SAVED": "=r|"}),
        ({"AWS_DEFAULT_REGION": ""}, "", "", {**A, "AWSPROF_SAVED": "|="}),
        (regions(""), "", "", {**A, "AWSPROF_SAVED": "=|="}),
        ({**NEVER, **regions("r")}, "", "", {**A, **NEVER, "AWSPROF_SAVED": "=r|=r"}),
        ({**NEVER, "AWS_REGION": "r"}, "eu-west-1", "", {**A, **NEVER, **regions("eu-west-1"), "AWSPROF_SAVED": "=r|"}),
        (
            {"AWSPROF_REGION": "x", "AWS_REGION": "r"},
            "",
            "",
            {**A, "AWSPROF_REGION": "x", "AWS_REGION": "r", "AWSPROF_SAVED": "=r|"},
        ),
        (
            {"AWS_PROFILE": "own"},
            "",
            "",
            {**A, "AWSPROF_SAVED": "||AWS_PROFILE=own", "AWSPROF_PREVIOUS": "own"},
        ),
        ({"AWS_PROFILE": "a:x"}, "", "", {**A, "AWSPROF_SAVED": "||AWS_PROFILE=a:x"}),
        ({"AWS_PROFILE": ""}, "", "", {**A, "AWSPROF_SAVED": "||AWS_PROFILE="}),
        (SECRETS, "", "", {**A, "AWSPROF_SAVED": "||" + "|".join(f"-{name}" for name in SECRETS)}),
        (dict.fromkeys(SECRETS, ""), "", "", {**A, "AWSPROF_SAVED": "||" + "|".join(f"-{name}" for name in SECRETS)}),
        (IDENTITIES, "", "", {**A, "AWSPROF_SAVED": "||" + "|".join(f"{name}=x" for name in IDENTITIES)}),
        ({"AWS_ROLE_ARN": "a|b%c d"}, "", "", {**A, "AWSPROF_SAVED": "||AWS_ROLE_ARN=a%7Cb%25c%20d"}),
        (OTHERS, "", "", {**A, **OTHERS, "AWSPROF_SAVED": "|"}),
    ],
)
def test_a_first_switch(before: Environ, region: str, end: str, after: Environ) -> None:
    assert use(before, "a:x", region, end) == after


def test_every_masking_variable_goes_even_an_empty_one() -> None:
    masks = {**SECRETS, **IDENTITIES, **DESCRIBED}
    for value in ("x", ""):
        after = use(dict.fromkeys(masks, value), "a:x")
        assert set(after) == {"AWS_PROFILE", "AWSPROF_SAVED"}


def test_no_secret_is_kept() -> None:
    before = {name: f"hush-{name}" for name in SECRETS}
    assert not any("hush" in value for value in use(before, "a:x").values())


@pytest.mark.parametrize(
    "before",
    [{}, {"AWS_REGION": "r"}, {**regions("r"), "AWS_PROFILE": "own"}, IDENTITIES, DESCRIBED, {**DESCRIBED, **OTHERS}],
    ids=["nothing", "one region", "own profile", "identities", "descriptions", "others"],
)
def test_off_leaves_what_was_before(before: Environ) -> None:
    after = off(use(before, "a:x", "eu-west-1", "E"))
    assert after == {**before, "AWSPROF_PREVIOUS": "a:x"}


def test_off_brings_back_no_secret_and_nothing_that_described_it() -> None:
    switched = use({**KEYS, **DESCRIBED, **IDENTITIES, "AWS_REGION": "r"}, "a:x", "eu-west-1")
    change, saved = env.off(switched)
    assert apply(switched, change) == {**IDENTITIES, "AWS_REGION": "r", "AWSPROF_PREVIOUS": "a:x"}
    assert saved.secrets == ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]


@pytest.mark.parametrize(
    ("by_hand", "after"),
    [
        ({"AWS_PROFILE": "b:y"}, {"AWS_REGION": "r", "AWSPROF_PREVIOUS": "b:y"}),
        ({"AWS_REGION": "mine"}, {"AWS_REGION": "r", "AWSPROF_PREVIOUS": "a:x"}),
        ({"AWS_CA_BUNDLE": "/b"}, {"AWS_REGION": "r", "AWS_CA_BUNDLE": "/b", "AWSPROF_PREVIOUS": "a:x"}),
    ],
)
def test_off_after_a_change_by_hand(by_hand: Environ, after: Environ) -> None:
    assert off({**use({"AWS_REGION": "r"}, "a:x", "eu-west-1"), **by_hand}) == after


@pytest.mark.parametrize("before", [{}, {"AWS_PROFILE": "own", **regions("r"), **KEYS}, {"AWSPROF_SAVED": ""}])
def test_off_without_a_switch_changes_nothing(before: Environ) -> None:
    assert env.off(before)[0] == {}


def test_a_region_set_by_hand_lasts_until_the_next_switch() -> None:
    first = {**use({}, "a:x", "eu-west-1"), **regions("by-hand-1")}
    assert "AWS_REGION" not in use(first, "b:y")
    assert use(first, "b:y", "us-east-1")["AWS_REGION"] == "us-east-1"


def test_a_profile_without_region_brings_the_own_one_back() -> None:
    after = use(use({"AWS_REGION": "own"}, "a:x", "eu-west-1"), "b:y")
    assert (after["AWS_REGION"], "AWS_DEFAULT_REGION" in after) == ("own", False)


def test_what_comes_to_mask_after_a_switch_goes_with_the_next() -> None:
    between = {**use({}, "a:x"), **KEYS, "AWS_DEFAULT_PROFILE": "d", "AWS_VAULT": "v"}
    after = use(between, "b:y")
    assert env.masking(after) == []
    assert off(after) == {"AWS_DEFAULT_PROFILE": "d", "AWSPROF_PREVIOUS": "b:y\na:x"}
    assert env.off(after)[1].secrets == list(KEYS)


def test_off_brings_back_what_the_first_switch_removed() -> None:
    between = {**use({"AWS_DEFAULT_PROFILE": "first"}, "a:x"), "AWS_DEFAULT_PROFILE": "second"}
    assert off(use(between, "b:y"))["AWS_DEFAULT_PROFILE"] == "first"


@pytest.mark.parametrize(
    ("steps", "previous"),
    [
        (["a:x"], ""),
        (["a:x", "b:y"], "a:x"),
        (["a:x", "a:x"], ""),
        (["a:x", "b:y", "b:y"], "a:x"),
        (["a:x", "b:y", "a:x"], "b:y"),
        (["a:x", "off"], "a:x"),
        (["a:x", "b:y", "off"], "b:y\na:x"),
        (["a:x", "b:y", "off", "off"], "b:y\na:x"),
        (["a:x", "b:y", "off", "b:y", "off"], "b:y\na:x"),
        (["a:x", "b:y", "off", "c:z", "off"], "c:z\nb:y"),
        (["a:x", "off", "a:x", "off"], "a:x"),
        (["a:x", "off", "off"], "a:x"),
        (["a:x", "off", "b:y"], "a:x"),
    ],
)
def test_the_profile_before(steps: list[str], previous: str) -> None:
    environ: Environ = {}
    for step in steps:
        environ = off(environ) if step == "off" else use(environ, step)
    assert environ.get("AWSPROF_PREVIOUS", "") == previous


@pytest.mark.parametrize(
    ("steps", "profiles"),
    [
        (["a:x", "b:y", "-", "-"], ["a:x", "b:y"]),
        (["a:x", "b:y", "off", "-", "-", "-"], ["b:y", "a:x", "b:y"]),
        (["a:x", "b:y", "off", "b:y", "-"], ["a:x"]),
        (["a:x", "b:y", "off", "c:z", "-", "-"], ["b:y", "c:z"]),
        (["a:x", "b:y", "off", "-", "off", "-", "-"], ["b:y", "b:y", "a:x"]),
        (["a:x", "off", "-", "-"], ["a:x", "a:x"]),
    ],
)
def test_dash_after_off(steps: list[str], profiles: list[str]) -> None:
    environ: Environ = {}
    found = []
    for step in steps:
        environ = off(environ) if step == "off" else use(environ, env.previous(environ) if step == "-" else step)
        found += [environ["AWS_PROFILE"]] if step == "-" else []
    assert found == profiles


CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CONTAINER, {**A, **CONTAINER, "AWSPROF_SAVED": "|"}),
        ({**CONTAINER, **KEYS}, {**A, **CONTAINER, "AWSPROF_SAVED": "||" + "|".join(f"-{name}" for name in KEYS)}),
        (
            {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": ""},
            {**A, "AWSPROF_SAVED": "||AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="},
        ),
        (use(CONTAINER, "b:y"), {**A, **CONTAINER, "AWSPROF_SAVED": "|", "AWSPROF_PREVIOUS": "b:y"}),
    ],
    ids=["set", "among keys", "empty", "removed by a switch before"],
)
def test_what_a_profile_needs_is_kept(before: Environ, after: Environ) -> None:
    assert apply(before, env.switch(before, "a:x", "", "", env.CONTAINER)) == after


def test_off_onto_the_own_profile_keeps_the_one_before() -> None:
    environ = {**use({"AWS_PROFILE": "own"}, "a:x"), "AWS_PROFILE": "own", "AWSPROF_PREVIOUS": "a:x"}
    assert off(environ) == {"AWS_PROFILE": "own", "AWSPROF_PREVIOUS": "a:x"}


@pytest.mark.parametrize(
    ("before", "end", "change"),
    [
        ({}, "E", {"AWS_SESSION_EXPIRATION": "E"}),
        ({"AWS_SESSION_EXPIRATION": "old"}, "E", {"AWS_SESSION_EXPIRATION": "E"}),
        ({"AWS_SESSION_EXPIRATION": "old"}, "", {"AWS_SESSION_EXPIRATION": None}),
        ({}, "", {}),
    ],
)
def test_the_end_of_a_session_alone(before: Environ, end: str, change: Change) -> None:
    assert env.session_end(before, end) == change


def test_what_was_removed_is_named_in_order() -> None:
    before = {"AWS_VAULT": "v", **KEYS, "AWS_REGION": "r", "AWS_PROFILE": "p"}
    assert env.removed(before, env.switch(before, "a:x", "", "")) == [*KEYS, "AWS_VAULT"]


# --- laws -------------------------------------------------------------------------------------------------------------

# What an environment can hold: any bytes but NUL, of which those that are not UTF-8 arrive as lone surrogates.
VALUES = st.binary(max_size=12).map(lambda data: os.fsdecode(data.replace(b"\0", b"")))
NAMES = st.sampled_from(sorted({*env.MANAGED, *env.MASKS, *OTHERS}))
OWN = st.dictionaries(NAMES, VALUES)
PROFILES = st.sampled_from(["a:x", "b:y", "c'|%= é", "\udcff"])
REGION = st.sampled_from(["", "eu-west-1", "us-east-1"])
END = st.sampled_from(["", "2026-11-24T03:12:05Z"])
SWITCHES = st.tuples(PROFILES, REGION, END)
STEPS = st.lists(st.one_of(SWITCHES, st.sampled_from(["off", "-"])), max_size=6)


def without_previous(environ: Environ) -> Environ:
    return {name: value for name, value in environ.items() if name != "AWSPROF_PREVIOUS"}


def walk(environ: Environ, steps: list[tuple[str, str, str] | str]) -> list[Environ]:
    """The environments after each step; `-` is a switch to the profile before, where there is one."""
    passed = []
    for step in steps:
        if step == "off":
            environ = off(environ)
        elif not isinstance(step, str):
            environ = use(environ, *step)
        elif previous := env.previous(environ):
            environ = use(environ, previous)
        passed.append(environ)
    return passed


@given(OWN, SWITCHES, SWITCHES)
def test_the_last_switch_alone_counts(own: Environ, first: tuple[str, str, str], last: tuple[str, str, str]) -> None:
    assert without_previous(use(use(own, *first), *last)) == without_previous(use(own, *last))


@given(OWN, STEPS, SWITCHES)
def test_off_is_before_but_for_secrets_and_what_describes_them(
    own: Environ, steps: list[tuple[str, str, str] | str], last: tuple[str, str, str]
) -> None:
    switches = [step for step in steps if step != "off"]
    after = off(walk(own, [*switches, last])[-1])
    gone = set(SECRETS) | (set(DESCRIBED) if set(SECRETS) & set(own) else set())
    assert without_previous(after) == {name: value for name, value in own.items() if name not in gone}


@given(OWN, STEPS)
def test_saved_stands_exactly_from_a_switch_until_off(own: Environ, steps: list[tuple[str, str, str] | str]) -> None:
    on, before = False, own
    for step, after in zip(steps, walk(own, steps), strict=True):
        on = step != "off" and (on or step != "-" or "AWSPROF_PREVIOUS" in before)
        before = after
        assert ("AWSPROF_SAVED" in after) == on
        if on:
            saved = after["AWSPROF_SAVED"]
            assert saved
            assert saved.isascii()
            assert saved.isprintable()
            assert env.masking(after) == []
            assert after["AWS_PROFILE"]


@given(OWN, STEPS)
def test_other_variables_are_never_touched(own: Environ, steps: list[tuple[str, str, str] | str]) -> None:
    for after in walk({**own, **OTHERS}, steps):
        assert OTHERS.items() <= after.items()


@given(OWN, STEPS)
def test_the_regions_are_both_the_profiles_or_both_the_own(
    own: Environ, steps: list[tuple[str, str, str] | str]
) -> None:
    switches = [step for step in steps if isinstance(step, tuple)]
    for (_, region, _), after in zip(switches, walk(own, list(switches)), strict=True):
        for name in env.REGIONS:
            assert after.get(name) == (region or own.get(name) or None)


@given(OWN, PROFILES)
def test_dash_swaps(own: Environ, first: str) -> None:
    there = use(use(own, first), "d:z")
    back = use(there, there["AWSPROF_PREVIOUS"])
    assert (back["AWS_PROFILE"], back["AWSPROF_PREVIOUS"]) == (first, "d:z")


@given(OWN, st.lists(st.sampled_from(sorted(SECRETS)), unique=True))
def test_encode_and_decode_are_inverse(own: Environ, secrets: list[str]) -> None:
    saved = env.Saved()
    saved.values = {name: value for name, value in own.items() if name not in SECRETS and name not in OTHERS}
    saved.secrets = secrets
    back = env.decode(saved.encode())
    assert (back.values, back.secrets) == (saved.values, saved.secrets)


FIELDS = st.sampled_from(
    ["|", "=", "%", "%0", "%00", "%zz", "%-1", "% 1", "-", "AWS_PROFILE", *SECRETS, "PATH", "x", "\udcff"]
)


@given(st.lists(FIELDS).map("".join) | VALUES, OWN)
@example("||PATH=/evil|AWS_ACCESS_KEY_ID=evil|-PATH|HOME=x|AWSPROF_SAVED=x|AWS_REGION=x", {})
@example("||AWS_PROFILE=a%00b", {})
def test_a_hostile_saved_never_raises_and_names_nothing_new(text: str, own: Environ) -> None:
    environ = {**own, "AWSPROF_SAVED": text}
    ours = {*env.MANAGED, *env.MASKS, env.SAVED, env.PREVIOUS} - set(SECRETS)
    change, saved = env.off(environ)
    assert set(change) <= ours
    assert set(saved.secrets) <= set(SECRETS)
    assert len(saved.secrets) == len(set(saved.secrets))
    assert not any("\0" in value for value in change.values() if value)
    again = use(environ, "a:x")
    assert again["AWSPROF_SAVED"].isascii()
    assert set(off(again)) <= set(environ) | ours


@pytest.mark.parametrize(
    ("text", "values", "secrets"),
    [
        ("|", {}, []),
        ("=r|=d", {"AWS_REGION": "r", "AWS_DEFAULT_REGION": "d"}, []),
        ("=|", {"AWS_REGION": ""}, []),
        ("r|d", {}, []),
        ("||-AWS_SESSION_TOKEN|-AWS_SESSION_TOKEN|xAWS_SESSION_TOKEN|-HOME", {}, ["AWS_SESSION_TOKEN"]),
        ("||AWS_PROFILE=%41%zz%4", {"AWS_PROFILE": "A%zz\x04"}, []),
        ("", {}, []),
    ],
)
def test_decode(text: str, values: Environ, secrets: list[str]) -> None:
    saved = env.decode(text)
    assert (saved.values, saved.secrets) == (values, secrets)
