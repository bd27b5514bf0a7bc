"""One day's lines in each shell: what each leaves in the environment, its status, and what it prints."""

from typing import NamedTuple

import pytest

from .profiles import BILLING, DEV, NO_REGION, ODD, OFF, OPS, bare, switched
from .shells import TABLE, Home, Shell, changed


class Line(NamedTuple):
    """A line and what is there after it: variables against the beginning, status, stderr, stdout."""

    line: str
    changes: dict[str, str | None]
    err: str = ""
    status: int = 0
    out: str = ""


NOTHING: dict[str, str | None] = {}
BEFORE = {"AWSPROF_PREVIOUS": "work:dev"}
AMBIGUOUS = "awsprof: dev could be home:dev, work:dev\n  give the full name\n"
GONE = "awsprof: no profile work:dve\n  did you mean work:dev, work:ops or work:mfa?\n"
NO_SESSION = "home:dev  111111111111  eu-west-1  no session\nrenew the session with: awsprof mfa home\n"
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAOTHEROTHEROTHER7",
    "AWS_SECRET_ACCESS_KEY": "the user's own",
    "AWS_SESSION_TOKEN": "",
    "AWS_VAULT": "theirs",
}
KEYS_GONE: dict[str, str | None] = dict.fromkeys(KEYS)
ROLE = {
    "AWS_ROLE_ARN": "arn:aws:iam::333333333333:role/a b|c%d",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/var/run/it's a token",
    "AWS_DEFAULT_PROFILE": "other",
}
ROLE_GONE: dict[str, str | None] = dict.fromkeys(ROLE)
ROLE_SAVED = (
    "||AWS_DEFAULT_PROFILE=other|AWS_ROLE_ARN=arn:aws:iam::333333333333:role/a%20b%7Cc%25d"
    "|AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/it%27s%20a%20token"
)

DAYS: dict[str, tuple[dict[str, str], list[Line]]] = {
    "full name, again, off": (
        {},
        [
            Line("awsprof use work:dev", switched(), DEV),
            Line("awsprof use work:dev", switched(), DEV),
            Line("awsprof off", {**BEFORE}, OFF),
            Line("awsprof off", {**BEFORE}, "no AWS profile is active in this shell\n"),
        ],
    ),
    "bare names": (
        {},
        [
            Line("awsuse dev", NOTHING, AMBIGUOUS, 2),
            Line("awsuse ops", switched("work:ops", ""), OPS),
            Line("awsuse dev", switched(AWSPROF_PREVIOUS="work:ops"), DEV),
            Line(
                "awsuse dev --domain home",
                bare("home:dev", "eu-west-1", "work:dev"),
                NO_SESSION,
            ),
        ],
    ),
    "use -": (
        {},
        [
            Line(
                "awsuse -",
                NOTHING,
                "awsprof: there is no profile before this one in this shell\n  name one: awsprof use PROFILE\n",
                2,
            ),
            Line("awsuse work:ops", switched("work:ops", ""), OPS),
            Line("awsuse work:dev", switched(AWSPROF_PREVIOUS="work:ops"), DEV),
            Line("awsuse -", switched("work:ops", "", AWSPROF_PREVIOUS="work:dev"), OPS),
            Line("awsuse -", switched(AWSPROF_PREVIOUS="work:ops"), DEV),
            Line("awsoff", {"AWSPROF_PREVIOUS": "work:dev\nwork:ops"}, OFF),
            Line("awsuse -", switched(AWSPROF_PREVIOUS="work:dev\nwork:ops"), DEV),
            Line("awsuse -", switched("work:ops", "", AWSPROF_PREVIOUS="work:dev"), OPS),
        ],
    ),
    "regions": (
        {"AWS_REGION": "eu-central-1"},
        [
            Line("awsuse work:dev", switched(AWSPROF_SAVED="=eu-central-1|"), DEV),
            Line(
                "awsuse work:ops",
                switched("work:ops", "", AWSPROF_SAVED="=eu-central-1|", **BEFORE),
                OPS.removesuffix(NO_REGION),
            ),
            Line(
                "awsuse work:ops --region sa-east-1",
                switched("work:ops", "sa-east-1", AWSPROF_SAVED="=eu-central-1|", **BEFORE),
                "work:ops  000000000000  sa-east-1  session until 2099-01-01 00:00\n",
            ),
            Line("awsoff", {"AWSPROF_PREVIOUS": "work:ops\nwork:dev"}, "off  AWS_REGION as before\n"),
        ],
    ),
    "masks that can come back": (
        ROLE,
        [
            Line(
                "awsuse work:dev",
                {**switched(AWSPROF_SAVED=ROLE_SAVED), **ROLE_GONE},
                DEV + "removed AWS_DEFAULT_PROFILE, AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE\n",
            ),
            Line(
                "awsoff",
                {**BEFORE},
                "off  AWS_DEFAULT_PROFILE, AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE as before\n",
            ),
        ],
    ),
    "secrets cannot": (
        KEYS,
        [
            Line(
                "awsuse work:dev",
                {
                    **KEYS_GONE,
                    **switched(
                        AWSPROF_SAVED="||AWS_VAULT=theirs|-AWS_ACCESS_KEY_ID|-AWS_SECRET_ACCESS_KEY|-AWS_SESSION_TOKEN"
                    ),
                },
                DEV + "removed AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_VAULT\n",
            ),
            Line(
                "awsoff",
                {**KEYS_GONE, **BEFORE},
                OFF + "cannot bring back AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN: "
                "awsprof keeps no secrets\n",
            ),
        ],
    ),
    "a profile that somebody else set": (
        {"AWS_PROFILE": "home:billing", "AWS_SESSION_EXPIRATION": "then", "GRANTED_ALIAS_CONFIGURED": "true"},
        [
            Line(
                "awsoff",
                NOTHING,
                "AWS_PROFILE is home:billing, but no awsprof use in this shell set it\n"
                "it may come from your rc file, direnv, or the program that started this shell (tmux, an editor)\n",
            ),
            Line(
                "awsuse work:dev",
                switched(
                    AWSPROF_SAVED="||AWS_PROFILE=home:billing|AWS_SESSION_EXPIRATION=then",
                    AWSPROF_PREVIOUS="home:billing",
                ),
                DEV,
            ),
            Line("awsoff", {**BEFORE}, "off  AWS_PROFILE and AWS_SESSION_EXPIRATION as before\n"),
        ],
    ),
    "profiles of any origin": (
        {},
        [
            Line("awsuse default", bare("default", "us-west-2"), "default  us-west-2\n"),
            Line("awsuse corp", bare("corp", "eu-west-3", "default"), "corp  222222222222  eu-west-3\n"),
            Line("awsuse vaulted", bare("vaulted", "", "corp"), "vaulted\n"),
            Line("awsuse plain", bare("plain", "", "vaulted"), "plain\n"),
            Line("awsuse work:iam", bare("work:iam", "", "plain"), "work:iam  000000000000\n"),
            Line("awsuse home:billing", bare("home:billing", "us-east-1", "work:iam"), BILLING),
        ],
    ),
    "errors change nothing": (
        {},
        [
            Line("awsuse work:dve", NOTHING, GONE, 3),
            Line(
                "awsuse work:dev --region nowhere",
                NOTHING,
                "awsprof: nowhere is not a region\n  write it like eu-west-1; add and set take another with --force\n",
                2,
            ),
            Line("awsuse work:dev", switched(), DEV),
            Line("awsuse work:dve", switched(), GONE, 3),
            Line(
                "awsuse home:dev --renew",
                switched(),
                "awsprof: the session of home needs an MFA code, and there is no terminal to ask at\n"
                "  awsprof mfa home --code -   reads it from stdin\n",
                5,
            ),
            Line(
                "awsmfa home:dev",
                switched(),
                "awsprof: the session of home needs an MFA code, and there is no "
                "terminal to ask at\n  awsprof mfa home --code -   reads it from stdin\n",
                5,
            ),
        ],
    ),
    "an AWS file that is a folder": (
        {"AWS_CONFIG_FILE": "/"},
        [
            Line(
                "awsuse work:dev",
                NOTHING,
                "awsprof: / is a directory\n  expected a regular file, or no file, at this path\n",
                4,
            )
        ],
    ),
    "results on stdout": (
        {},
        [
            Line("awsprof list --names --domain work", NOTHING, out="work:dev\nwork:iam\nwork:mfa\nwork:ops\n"),
            Line("awsprof list --names --domain work | cat", NOTHING, out="work:dev\nwork:iam\nwork:mfa\nwork:ops\n"),
            Line("awsprof domains wo | cat", NOTHING, out="work\n"),
            Line("awsmfa work", NOTHING, "work:mfa  session until 2099-01-01 00:00 already\n"),
            Line("awsuse work:dev", switched(), DEV),
            Line("awsmfa", switched(), "work:mfa  session until 2099-01-01 00:00 already\n"),
        ],
    ),
}


@pytest.mark.parametrize(("environ", "lines"), DAYS.values(), ids=DAYS.keys())
def test_day(home: Home, shell: Shell, environ: dict[str, str], lines: list[Line]) -> None:
    start, *seen = home.run(shell, [line.line for line in lines], environ=environ).seen
    loaded, *after = seen
    assert (changed(start, loaded), loaded.status, loaded.out, loaded.err) == (NOTHING, 0, "", "")
    found = [Line(line.line, changed(start, s), s.err, s.status, s.out) for line, s in zip(lines, after, strict=True)]
    assert found == lines
    assert home.left_behind() == []


def test_load_by_init(home: Home, shell: Shell) -> None:
    """The line that awsprof tells the user to put into the rc file."""
    start, loaded, used, off = home.run(shell, ["awsuse work:dev", "awsoff"], load=shell.init).seen
    assert (changed(start, loaded), loaded.status, loaded.out, loaded.err) == (NOTHING, 0, "", "")
    assert (changed(start, used), used.status, used.out, used.err) == (switched(), 0, "", DEV)
    assert (changed(start, off), off.status, off.out, off.err) == (BEFORE, 0, "", OFF)


def test_hostile_profile_name(home: Home, shell: Shell) -> None:
    line = 'awsuse "$env:ODD"' if shell.name == "pwsh" else 'awsuse "$ODD"'
    start, _, used, off = home.run(shell, [line, "awsoff"], environ={"ODD": ODD}).seen
    assert changed(start, used) == bare(ODD, "eu-north-1")
    assert (used.status, used.out) == (0, "")
    summary, *others = used.err.splitlines()
    assert summary == f"{ODD}  eu-north-1"
    assert all("only some AWS tools can read a profile called" in line for line in others)
    assert changed(start, off) == {"AWSPROF_PREVIOUS": ODD}
    assert home.left_behind() == []


def test_nested_shell_of_another_kind(home: Home, shell: Shell) -> None:
    """It inherits the switch and what explains it, not the hook's own two variables; its changes are its own."""
    inner = TABLE["bash"]
    inner.find()
    probe = inner.probe(home.notes)
    nested = f"bash --norc -c '{inner.load()}; awsuse work:ops; {probe}; awsoff; {probe}'"
    start, _, used, switched_inside, off_inside, after = home.run(
        shell, ["awsuse work:dev", nested], environ={"AWS_REGION": "eu-central-1"}
    ).seen
    saved = "=eu-central-1|"
    assert changed(start, used) == changed(start, after) == switched(AWSPROF_SAVED=saved)
    assert changed(start, switched_inside) == switched("work:ops", "", AWSPROF_SAVED=saved, **BEFORE)
    assert changed(start, off_inside) == {"AWSPROF_PREVIOUS": "work:ops\nwork:dev"}
    assert home.left_behind() == []
