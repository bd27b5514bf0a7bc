"""`awsprof add iam`: where the key comes from, what is written byte for byte, what is refused and asked."""

import io
import os
from collections.abc import Callable
from typing import Any

import pytest

from awsprof.commands import add
from awsprof.editing import How
from awsprof.errors import CancelledError, FileError, UsageError
from tests.aws.desk import Answer, Desk, Script, Talk, desk, own_environment, sts, user

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures


from tests.commands.adding import HEAD, IAM, ID, KEYS, NEWER, OTHER, ROLE, ROW, SECRET, asked_again


def add_iam(desk: Desk, *answers: Answer, how: How | None = None, stdin: str | None = None, **given: Any) -> Talk:
    """Add work:iam; with answers at a terminal, else without one."""
    ctx = Talk(Script(*answers) if answers else None)
    stream = None if stdin is None else io.StringIO(stdin)
    add.iam(ctx, given.pop("domain", "work"), how or How(), stdin=stream, **given)
    assert not isinstance(ctx.person, Script) or ctx.person.answers == []
    return ctx


def csv(desk: Desk, text: str | bytes) -> str:
    path = desk.folder / "keys.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_keys_typed_at_a_prompt(desk: Desk) -> None:
    ctx = add_iam(desk, ID, SECRET)
    assert desk.read() == ("", IAM)
    assert desk.credentials.stat().st_mode & 0o777 == 0o600
    assert not desk.config.exists()
    assert ctx.talk == "wrote work:iam\n"
    assert ctx.person is not None


CSV = {
    "as the console exports it": (f"\ufeff{HEAD}{ROW}", ""),
    "without a BOM, LF": (f"{HEAD}{ROW}".replace("\r\n", "\n"), ""),
    "no newline at the end": (f"{HEAD}{ROW}".rstrip(), ""),
    "any case": (f"{HEAD}{ROW}".replace(HEAD, HEAD.upper()), ""),
    "further columns": (f"User name,Password,{HEAD}your.name,,{ROW}", ""),
    "in another order": (f"Secret access key,Access key ID\r\n{SECRET},{ID}\r\n", ""),
    "quoted": (f'"Access key ID","Secret access key"\r\n"{ID}","{SECRET}"\r\n', ""),
    "of a user whom STS cannot name": (f"User name,{HEAD}x,{ROW}", ""),
    "of a user whose name no one can have": (f"User name,{HEAD}<root_account>,{ROW}", ""),
    "a spreadsheet's": (f"sep=;\r\nUser name,{HEAD}your.name,{ROW}".replace(",", ";"), ""),
    "one of several": (f"User name,{HEAD}other,{OTHER},{NEWER}\r\nyour.name,{ROW}", "your.name"),
}


@pytest.mark.parametrize("case", CSV)
def test_keys_of_a_csv_file(desk: Desk, case: str) -> None:
    text, name = CSV[case]
    path = csv(desk, text)
    ctx = add_iam(desk, csv=path, user=name)
    owner = "[profile work:iam]\nawsprof_user = your.name\n" if "your.name" in text else ""
    assert desk.read() == (owner, IAM)
    assert ctx.talk == f"wrote work:iam\n{path} still holds the secret: delete it, or keep it where your secrets are\n"


@pytest.mark.parametrize(
    "given", [f"{ID}\n{SECRET}\n", f" {ID} \r\n{SECRET}\r\n", f"{ID}\n{SECRET}", f"{ID}\n{SECRET}\nx"]
)
def test_keys_of_stdin(desk: Desk, given: str) -> None:
    add_iam(desk, stdin=given)
    assert desk.read() == ("", IAM)


BAD_CSV: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "", "missing or empty"),
    "only a BOM": ("\ufeff", "", "no row"),
    "no rows": (HEAD, "", "no row"),
    "a missing column": (f"Access key ID,Password\r\n{ROW}", "", "no column 'secret access key'"),
    "another missing column": (f"Name,Secret access key\r\n{ROW}", "", "no column 'access key id'"),
    "no header": (ROW * 2, "", "no column"),
    "several rows": (f"User name,{HEAD}a,{ROW}b,{ROW}", "", "2 rows: a, b"),
    "several rows, none of that name": (f"User name,{HEAD}a,{ROW}b,{ROW}", "c", "no row for c"),
    "several rows without names": (f"{HEAD}{ROW}{ROW}", "", "2 rows"),
    "one row of another name": (f"User name,{HEAD}a,{ROW}", "c", "no row for c"),
    "an empty key": (f"{HEAD},\r\n", "", "not an access key id"),
    "an empty secret": (f"{HEAD}{ID},\r\n", "", "not a secret access key"),
    "a short row": (f"{HEAD}{ID}\r\n", "", "not a secret access key"),
    "not text": (b"\xff\xfe\x00", "", "not a CSV file"),
    "nulls": (b"a\0b,\0\r\n\0", "", ""),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_a_csv_file_that_is_of_no_use(desk: Desk, case: str) -> None:
    text, name, what = BAD_CSV[case]
    with pytest.raises(UsageError) as raised:
        add_iam(desk, csv=csv(desk, text), user=name)
    assert what in f"{raised.value.what} {raised.value.next_step}"
    assert SECRET not in f"{raised.value.what} {raised.value.next_step}"
    assert desk.read() == ("", "")


def test_a_csv_file_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(UsageError, match="missing or empty"):
        add_iam(desk, csv=str(desk.folder / "gone.csv"))
    with pytest.raises(FileError):
        add_iam(desk, csv=str(desk.folder))


BAD_KEYS = {
    "empty": ("", SECRET, "not an access key id"),
    "too short": (ID[:-1], SECRET, "not an access key id"),
    "too long": (ID + "A", SECRET, "not an access key id"),
    "lower case": (ID.lower(), SECRET, "not an access key id"),
    "temporary": (ID.replace("AKIA", "ASIA"), SECRET, "temporary"),
    "a user's id": (ID.replace("AKIA", "AIDA"), SECRET, "not an access key id"),
    "a secret for an id": (SECRET, SECRET, "not an access key id"),
    "Arabic digits": ("AKIA" + "\u0661" * 16, SECRET, "not an access key id"),
    "an empty secret": (ID, "", "not a secret access key"),
    "a short secret": (ID, SECRET[:-1], "not a secret access key"),
    "a long secret": (ID, SECRET + "A", "not a secret access key"),
    "a space inside": (ID, SECRET[:-2] + " A", "not a secret access key"),
}


@pytest.mark.parametrize("case", BAD_KEYS)
def test_keys_of_the_wrong_form(desk: Desk, case: str) -> None:
    key_id, secret, what = BAD_KEYS[case]
    ways: list[Callable[[], Talk]] = [lambda: add_iam(desk, csv=csv(desk, f"{HEAD}{key_id},{secret}\r\n"))]
    if key_id and secret:
        ways.append(lambda: add_iam(desk, stdin=f"{key_id}\n{secret}\n"))
    for way in ways:
        with pytest.raises(UsageError, match=what) as raised:
            way()
        assert not secret or secret not in f"{raised.value.what} {raised.value.next_step}"
    assert desk.read() == ("", "")


@pytest.mark.parametrize("case", BAD_KEYS)
def test_a_wrong_answer_at_a_prompt_is_asked_for_again(desk: Desk, case: str) -> None:
    key_id, secret, what = BAD_KEYS[case]
    typed = [key_id, ID, SECRET] if secret == SECRET else [ID, secret, SECRET]
    ctx = add_iam(desk, *typed)
    assert what in asked_again(ctx)
    assert not secret or secret not in asked_again(ctx)
    assert desk.read() == ("", IAM)


def test_force_takes_the_keys_of_another_service(desk: Desk) -> None:
    how = How(force=True, unchecked=True)
    add_iam(desk, how=how, stdin="minioadmin\nminioadmin\n", region="auto")
    assert desk.read() == (
        "[profile work:iam]\nregion = auto\n",
        "[work:iam]\naws_access_key_id = minioadmin\naws_secret_access_key = minioadmin\n",
    )
    with pytest.raises(UsageError, match="a temporary one"):
        add_iam(desk, how=how, stdin=f"ASIA{'X' * 16}\n{SECRET}\n")


OWNER = "[profile work:iam]\nawsprof_user = {}\n"
DEV = f"\n[profile work:dev]\nrole_arn = {ROLE}\nsource_profile = work:iam\nrole_session_name = alice\n"
# Config, the key file, and config afterwards: whose keys these are is kept with them, and goes with them.
OWNERS = {
    "the same key without a name": (OWNER.format("alice"), f"{HEAD}{ROW}", OWNER.format("alice"), ""),
    "another key without a name": (OWNER.format("alice"), f"{HEAD}{OTHER},{NEWER}\r\n", "[profile work:iam]\n", ""),
    "another user's": (OWNER.format("alice"), f"User name,{HEAD}bob,{OTHER},{NEWER}\r\n", OWNER.format("bob"), ""),
    "with a role that has the name": (
        OWNER.format("alice") + DEV,
        f"User name,{HEAD}bob,{OTHER},{NEWER}\r\n",
        OWNER.format("bob") + DEV,
        "work:dev still has role_session_name = alice",
    ),
}


@pytest.mark.parametrize("case", OWNERS)
def test_the_users_name_belongs_to_the_key(desk: Desk, case: str) -> None:
    before, text, after, said = OWNERS[case]
    desk.write(before, IAM)
    ctx = add_iam(desk, csv=csv(desk, text), how=How(force=True))
    assert desk.read()[0] == after
    assert said in ctx.talk
    assert ("role_session_name" in ctx.talk) == bool(said)


@pytest.mark.parametrize("given", ["", f"{ID}\n", f"\n{SECRET}\n", "\n\n"])
def test_stdin_with_less_than_two_lines(desk: Desk, given: str) -> None:
    with pytest.raises(UsageError, match="two lines"):
        add_iam(desk, stdin=given)
    assert desk.read() == ("", "")


WRONG_CALLS: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "nobody to ask": ({}, None, "no terminal to ask at"),
    "--user without --csv": ({"user": "your.name"}, f"{ID}\n{SECRET}\n", "--user names a row"),
    "two sources": ({"csv": "x.csv"}, f"{ID}\n{SECRET}\n", "--csv and --stdin"),
    "a bad region": ({"region": "eu-west"}, f"{ID}\n{SECRET}\n", "not a region"),
    "a hostile region": ({"region": "eu-west-1\n[x]"}, f"{ID}\n{SECRET}\n", "not a region"),
    "no domain": ({"domain": ""}, f"{ID}\n{SECRET}\n", "cannot be a domain"),
    "a colon": ({"domain": "work:iam"}, f"{ID}\n{SECRET}\n", "cannot be a domain"),
    "a dash": ({"domain": "-x"}, f"{ID}\n{SECRET}\n", "cannot be a domain"),
    "markup": ({"domain": "[red]"}, f"{ID}\n{SECRET}\n", "cannot be a domain"),
    "ESC": ({"domain": "a\x1b[31m"}, f"{ID}\n{SECRET}\n", "cannot be a domain"),
    "$()": ({"domain": "$(x)"}, f"{ID}\n{SECRET}\n", "cannot be a domain"),
}


@pytest.mark.parametrize("case", WRONG_CALLS)
def test_a_call_that_cannot_be_meant(desk: Desk, case: str) -> None:
    given, stdin, what = WRONG_CALLS[case]
    with pytest.raises(UsageError) as raised:
        add_iam(desk, stdin=stdin, **given)
    assert what in raised.value.what
    assert "\x1b" not in raised.value.what
    assert desk.read() == ("", "")


SESSION = "[work:mfa]\naws_access_key_id = ASIAAAAAAAAAAAAAAAAA\naws_secret_access_key = S\naws_session_token = T\n"
END = "expiration = 2026-11-24T03:12:05Z\nawsprof_expiration_for = ASIAAAAAAAAAAAAAAAAA\n"
OLD = f"[work:iam]\naws_access_key_id = {OTHER}\naws_secret_access_key = {NEWER}\n"
OTHERS = "# mine\n[default]\nregion = eu-west-1\n"
WRITTEN = {
    "into new files": ("", "", "", IAM),
    "after what is there": (
        OTHERS,
        "[other]\naws_access_key_id = x\n",
        OTHERS,
        f"[other]\naws_access_key_id = x\n\n{IAM}",
    ),
    "over an old key, in its place": ("", f"{OLD}# end\n[z]\n", "", f"{IAM}# end\n[z]\n"),
    "a stale token goes": (
        "",
        f"[work:iam]\naws_session_token = T\naws_security_token = T\naws_access_key_id = {OTHER}\n"
        f"aws_secret_access_key = {NEWER}\n",
        "",
        IAM,
    ),
    "a stale token in config goes": (
        "[profile work:iam]\nregion = eu-west-1\naws_session_token = T\naws_security_token = T\n",
        OLD,
        "[profile work:iam]\nregion = eu-west-1\n",
        IAM,
    ),
    "keys in config go": (f"[profile work:iam]\n{KEYS}output = json\n", "", "[profile work:iam]\noutput = json\n", IAM),
    "another key ends the session": ("", f"{OLD}\n{SESSION}{END}", "", f"{IAM}\n{SESSION}"),
    "the original's session": (
        "[profile work:mfa]\nmfa_device_arn = x\nexpiration = 2026-11-24T03:12:05.1234567+00:00\n",
        f"{OLD}\n{SESSION}",
        "[profile work:mfa]\nmfa_device_arn = x\n",
        f"{IAM}\n{SESSION}",
    ),
    "saml2aws's session": ("", f"{OLD}\n{SESSION}x_security_token_expires = x\n", "", f"{IAM}\n{SESSION}"),
    "another secret does not": ("", f"{IAM.replace(SECRET, NEWER)}\n{SESSION}{END}", "", f"{IAM}\n{SESSION}{END}"),
    "another domain's session stays": (
        "",
        f"{OLD}\n{SESSION.replace('work', 'other')}{END}",
        "",
        f"{IAM}\n{SESSION.replace('work', 'other')}{END}",
    ),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_what_add_iam_writes(desk: Desk, case: str) -> None:
    config, credentials, *after = WRITTEN[case]
    desk.write(config, credentials)
    ctx = add_iam(desk, how=How(force=True), stdin=f"{ID}\n{SECRET}\n")
    assert list(desk.read()) == after
    ends = "session" in case and "stays" not in case
    assert ("the session of work was made with the old key; renew it: awsprof mfa work" in ctx.talk) == ends


def test_the_region_goes_into_config(desk: Desk) -> None:
    add_iam(desk, stdin=f"{ID}\n{SECRET}\n", region="eu-central-1")
    assert desk.read() == ("[profile work:iam]\nregion = eu-central-1\n", IAM)


def test_the_same_again_changes_nothing(desk: Desk) -> None:
    add_iam(desk, stdin=f"{ID}\n{SECRET}\n", region="eu-central-1")
    before = desk.read()
    for how in (How(), How(force=True), How(dry_run=True)):
        ctx = add_iam(desk, how=how, stdin=f"{ID}\n{SECRET}\n", region="eu-central-1")
        assert ctx.talk == "nothing to change: work:iam already has these values\n"
        assert ctx.result == ""
    assert desk.read() == before


def test_an_existing_key_is_shown_masked_and_asked_for(desk: Desk) -> None:
    desk.write(credentials=OLD)
    ctx = add_iam(desk, ID, SECRET, True)
    assert desk.read() == ("", IAM)
    assert f"-aws_access_key_id = {OTHER}" in ctx.talk
    assert f"+aws_access_key_id = {ID}" in ctx.talk
    assert "-aws_secret_access_key = ********" in ctx.talk
    assert "+aws_secret_access_key = ********" in ctx.talk
    assert SECRET not in ctx.talk
    assert NEWER not in ctx.talk


def test_a_no_changes_nothing(desk: Desk) -> None:
    desk.write(credentials=OLD)
    with pytest.raises(CancelledError):
        add_iam(desk, ID, SECRET, False)
    assert desk.read() == ("", OLD)


def test_without_a_terminal_an_existing_key_needs_yes(desk: Desk) -> None:
    desk.write(credentials=OLD)
    with pytest.raises(UsageError, match="exists already") as raised:
        add_iam(desk, stdin=f"{ID}\n{SECRET}\n")
    assert raised.value.next_step.startswith("add --yes")
    assert desk.read() == ("", OLD)


def test_cut_short_between_the_files_it_is_completed_without_a_question(desk: Desk) -> None:
    desk.write(credentials=IAM)
    add_iam(desk, stdin=f"{ID}\n{SECRET}\n", region="eu-central-1")
    assert desk.read() == ("[profile work:iam]\nregion = eu-central-1\n", IAM)
    with pytest.raises(UsageError, match="exists already"):
        add_iam(desk, stdin=f"{ID}\n{SECRET}\n", region="eu-west-1")


@pytest.mark.parametrize("force", [True, False])
def test_a_dry_run_shows_and_writes_nothing(desk: Desk, force: bool) -> None:
    desk.write("", f"{OLD}\n{SESSION}{END}")
    before = desk.read(), sorted(os.listdir(desk.folder))
    ctx = add_iam(desk, how=How(dry_run=True, force=force), stdin=f"{ID}\n{SECRET}\n", region="eu-central-1")
    assert (desk.read(), sorted(os.listdir(desk.folder))) == before
    assert ctx.result == (
        f"--- {desk.credentials}\n+++ {desk.credentials}\n@@ -1,5 +1,5 @@\n [work:iam]\n"
        f"-aws_access_key_id = {OTHER}\n-aws_secret_access_key = ********\n"
        f"+aws_access_key_id = {ID}\n+aws_secret_access_key = ********\n"
        " \n [work:mfa]\n@@ -7,4 +7,2 @@ [work:mfa]\n aws_secret_access_key = ********\n"
        " aws_session_token = ********\n-expiration = 2026-11-24T03:12:05Z\n"
        "-awsprof_expiration_for = ASIAAAAAAAAAAAAAAAAA\n"
        f"--- {desk.config}\n+++ {desk.config}\n@@ -0,0 +1,2 @@\n+[profile work:iam]\n+region = eu-central-1\n"
    )
    assert ctx.talk == ""


def test_a_dry_run_does_not_say_that_the_csv_may_go(desk: Desk) -> None:
    text = f"Access key ID,Secret access key\n{ID},{SECRET}\n"
    assert "still holds" not in add_iam(desk, csv=csv(desk, text), how=How(dry_run=True)).talk


def test_a_leftover_that_cannot_be_removed_stops_no_new_key(desk: Desk) -> None:
    odd = f'[profile "work:mfa"]\nexpiration = x\n[profile work:mfa]\n{END}'
    desk.write(odd, f"{OLD}\n{SESSION}{END}")
    ctx = add_iam(desk, stdin=f"{ID}\n{SECRET}\n", how=How(force=True))
    assert desk.read() == (odd, f"{IAM}\n{SESSION}")
    assert "leftover settings remain: " in ctx.talk
