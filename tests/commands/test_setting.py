"""`awsprof set` and `awsprof unset`: before -> after in both files, what is refused, what is asked."""

import io

import pytest

from awsprof.commands import setting
from awsprof.editing import How
from awsprof.errors import CancelledError, FileError, NoSuchProfileError, UsageError
from awsprof.profiles import settings
from tests.aws.desk import Answer, Desk, desk, own_environment, sts, user
from tests.commands.living import ARN, DEV, DEVICES, ENDED, IAM, KEY_ID, KEYS, MFA, SECRET, call, files
from tests.conftest import Home

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

CONFIG, CREDENTIALS = f"# mine\n{DEVICES}\n{DEV}\n# end\n", f"{IAM}\n{MFA}"
OTHER = "AKIAI44QH8DHBEXAMPLE"
NEWER = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKE+"


def put(home: Home, word: str, *given: str, answers: tuple[Answer, ...] = (), stdin: str = "", **how: bool) -> None:
    any_key = how.pop("any_key", False)
    how = how or {"force": True}
    call(
        home,
        lambda ctx: setting.put(ctx, word, list(given), How(**how), any_key=any_key, stdin=io.StringIO(stdin)),
        *answers,
    )


def take(home: Home, word: str, *keys: str) -> None:
    call(home, lambda ctx: setting.take(ctx, word, list(keys), How(force=True)))


AFTER = "region = eu-west-1\n"
# The settings given for work:dev, and what of config becomes what.
SET = {
    "replaced": (("region=us-east-1",), "eu-west-1", "us-east-1"),
    "added": (("output=json",), AFTER, f"{AFTER}output = json\n"),
    "two": (("region=us-east-1", "output=json"), AFTER, "region = us-east-1\noutput = json\n"),
    "upper case": (("Region=us-east-1",), "eu-west-1", "us-east-1"),
    "a value with =": (("credential_process=get --a=b",), AFTER, f"{AFTER}credential_process = get --a=b\n"),
    "in a block": (
        ("s3.max_queue_size=5", "s3.addressing_style=path"),
        AFTER,
        f"{AFTER}s3 =\n    max_queue_size = 5\n    addressing_style = path\n",
    ),
    "the same already": (("region=eu-west-1",), "", ""),
}


@pytest.mark.parametrize("case", SET)
def test_set(home: Home, case: str) -> None:
    given, old, new = SET[case]
    home.write(CONFIG, CREDENTIALS)
    put(home, "work:dev", *given)
    assert files(home) == (CONFIG.replace(old, new) if old else CONFIG, CREDENTIALS)
    said = "wrote work:dev\n" if old else "nothing to change: work:dev already has these values\n"
    assert home.err == said


# The setting as it is given, and as it is written, where AWS tools read it.
WRITTEN = {
    "a duration": ("duration_seconds=1h", "duration_seconds = 3600"),
    "awsume's duration": ("role_duration=2h", "role_duration = 7200"),
    "a time": ("metadata_service_timeout=1m30s", "metadata_service_timeout = 90"),
    "no pager": ("cli_pager=", "cli_pager ="),
    "a token": ("mfa_serial=GAHT12345678", "mfa_serial = GAHT12345678"),
    "a token, as awsprof calls it": ("mfa_device_arn=GAHT12345678", "mfa_device_arn = GAHT12345678"),
    "with what was pasted along": ("region=\ufeff us-east-1\u200b\n", "region = us-east-1"),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_a_value_is_written_as_aws_tools_read_it(home: Home, case: str) -> None:
    given, line = WRITTEN[case]
    home.write("[profile a]\n")
    put(home, "a", given)
    assert files(home) == (f"[profile a]\n{line}\n", "")


@pytest.mark.parametrize("given", ["region=auto", "region=nyc3", "output=toml", "endpoint_url=minio:9000", "note="])
def test_force_skips_what_is_stricter_than_aws(home: Home, given: str) -> None:
    home.write("[profile a]\n")
    with pytest.raises(UsageError):
        put(home, "a", given)
    put(home, "a", given, any_key=True, force=True)
    assert files(home) == (f"[profile a]\n{given.replace('=', ' = ').rstrip()}\n", "")


# Both files, what is set, and both files then: a block of the credentials file wins as a whole.
BLOCKS = {
    "the block is in credentials": (
        "[profile a]\nregion = x\n",
        "[a]\ns3 =\n    max_queue_size = 5\n",
        "[profile a]\nregion = x\n",
        "[a]\ns3 =\n    max_queue_size = 5\n    addressing_style = path\n",
    ),
    "it is in both": (
        "[profile a]\ns3 =\n    addressing_style = auto\n",
        "[a]\ns3 =\n    max_queue_size = 5\n",
        "[profile a]\ns3 =\n    addressing_style = auto\n",
        "[a]\ns3 =\n    max_queue_size = 5\n    addressing_style = path\n",
    ),
    "it is in config": (
        "[profile a]\ns3 =\n    max_queue_size = 5\n",
        "[a]\nregion = x\n",
        "[profile a]\ns3 =\n    max_queue_size = 5\n    addressing_style = path\n",
        "[a]\nregion = x\n",
    ),
}


@pytest.mark.parametrize("case", BLOCKS)
def test_a_setting_of_a_block_goes_where_aws_tools_read_it(
    home: Home, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    import botocore.session

    config, credentials, *after = BLOCKS[case]
    home.write(config, credentials)
    put(home, "a", "s3.addressing_style=path")
    assert list(files(home)) == after
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, home.environ[name])
    assert botocore.session.Session(profile="a").get_scoped_config()["s3"]["addressing_style"] == "path"


# Files that botocore reads and other AWS tools do not, and the same after a change of the profile.
RESPELLED = {
    "a quoted header": ('[profile "a"]\nregion = x\n', "", "[profile a]\nregion = us-east-1\n", "", "the header"),
    "two spaces": ("[profile  a]\nregion = x\n", "", "[profile a]\nregion = us-east-1\n", "", "the header"),
    "capitals": (
        "[profile a]\nRole_Arn = r\nREGION = x\nOutput = json\n",
        "",
        "[profile a]\nrole_arn = r\nregion = us-east-1\noutput = json\n",
        "",
        "role_arn and output",
    ),
    "a colon": (
        "[profile a]\nrole_arn: r\nregion = x\n",
        "",
        "[profile a]\nrole_arn = r\nregion = us-east-1\n",
        "",
        "role_arn",
    ),
    "in the file that is not edited it stays": (
        "[profile a]\nregion = x\n",
        f"[a]\n{KEYS.upper()}",
        "[profile a]\nregion = us-east-1\n",
        f"[a]\n{KEYS.upper()}",
        "",
    ),
    "capitals in credentials": (
        "",
        f"[a]\nAWS_ACCESS_KEY_ID = {KEY_ID}\nAWS_SECRET_ACCESS_KEY = {SECRET}\nregion = x\n",
        "",
        f"[a]\n{KEYS}region = us-east-1\n",
        "aws_access_key_id and aws_secret_access_key",
    ),
    "another profile's stay": (
        '[profile "b"]\nRegion = y\n\n[profile a]\nregion = x\n',
        "",
        '[profile "b"]\nRegion = y\n\n[profile a]\nregion = us-east-1\n',
        "",
        "",
    ),
}


@pytest.mark.parametrize("case", RESPELLED)
def test_what_only_some_tools_read_is_written_as_all_read_it(home: Home, case: str) -> None:
    config, credentials, *after, said = RESPELLED[case]
    home.write(config, credentials)
    put(home, "a", "region=us-east-1")
    assert list(files(home)) == after
    more = f"also rewrote {said}, which some AWS tools did not find\n" if said else ""
    assert f"wrote a\n{more}" in home.err
    put(home, "a", "region=us-east-1")
    assert list(files(home)) == after


def test_what_cannot_be_written_as_all_read_it_is_mentioned_with_its_line(home: Home) -> None:
    config = '[profile a]\nREGION = x # c\nS3 =\n    x = 1\noutput = json\nregion_set = "y"\ncli_pager = a\n  b\n'
    home.write(config)
    put(home, "a", "output=text")
    assert files(home) == (config.replace("json", "text"), "")
    rest = "which other AWS tools read differently"
    assert home.err.splitlines()[1:] == [
        f"{home.config} line 2: region has capitals in its name, {rest}; write region = ...",
        f"{home.config} line 2: region has a comment after its value, {rest}; put the comment on a line of its own",
        f"{home.config} line 3: s3 has capitals in its name, {rest}; write s3 = ...",
        f"{home.config} line 6: region_set has quotes around its value, {rest}; remove the quotes",
        f"{home.config} line 7: cli_pager goes on in the next line, {rest}; write it in one line",
    ]


FAR = "[profile far]\nrole_arn = arn:aws:iam::123456789012:role/Far\nsource_profile = keys\nduration_seconds = 14400\n"
# A change after which AWS would refuse the duration of a role; what the error names.
REFUSED_DURATIONS = {
    "on a session": ("work:dev", "duration_seconds=4h", "through work:mfa"),
    "the source of a long one": ("far", "source_profile=work:mfa", "through work:mfa"),
    "an instance's role": ("far", "credential_source=Ec2InstanceMetadata", "through Ec2InstanceMetadata"),
    "what its source becomes": ("keys", "aws_session_token=-", "through keys: far asks for more"),
}


@pytest.mark.parametrize("case", REFUSED_DURATIONS)
def test_a_duration_that_aws_refuses(home: Home, case: str) -> None:
    word, given, told = REFUSED_DURATIONS[case]
    before = (f"{CONFIG}\n{FAR}", f"{CREDENTIALS}\n[keys]\n{KEYS}")
    home.write(*before)
    with pytest.raises(UsageError) as raised:
        put(home, word, given, stdin="TOKEN\n")
    assert raised.value.what == f"AWS allows 1 h for a role assumed {told}"
    assert files(home) == before
    put(home, word, given, stdin="TOKEN\n", any_key=True, force=True)
    assert files(home) != before


def test_a_duration_that_aws_grants_or_that_was_wrong_before(home: Home) -> None:
    home.write(f"{CONFIG}\n{FAR}duration_seconds_note = x\n", f"{CREDENTIALS}\n[keys]\n{KEYS}")
    put(home, "far", "duration_seconds=12h")
    put(home, "work:dev", "duration_seconds=4h", any_key=True, force=True)
    put(home, "work:dev", "output=json")
    assert "duration_seconds = 43200" in files(home)[0]


def test_another_key_takes_the_name_of_the_user_with_it(home: Home) -> None:
    home.write("[profile work:iam]\nawsprof_user = you\nregion = x\n", IAM)
    put(home, "work:iam", "aws_secret_access_key=-", stdin=f"{NEWER}\n")
    assert "awsprof_user = you" in files(home)[0]
    put(home, "work:iam", f"aws_access_key_id={OTHER}")
    assert files(home)[0] == "[profile work:iam]\nregion = x\n"


def test_a_secret_of_the_wrong_form_is_asked_for_again(home: Home) -> None:
    home.write("", IAM)
    put(home, "work:iam", "aws_secret_access_key", answers=("short", f"\ufeff{NEWER} "))
    assert files(home) == ("", IAM.replace(SECRET, NEWER))


def test_a_key_goes_where_it_stands_already(home: Home) -> None:
    home.write("[profile a]\nregion = eu-west-1\n", "[a]\nregion = eu-west-2\n")
    put(home, "a", "region=eu-west-3", "output=json")
    assert files(home) == ("[profile a]\noutput = json\n", "[a]\nregion = eu-west-3\n")


def test_keys_go_to_credentials_and_leave_config(home: Home) -> None:
    home.write(f"[profile a]\n{KEYS}region = eu-west-1\n")
    put(home, "a", f"aws_access_key_id={OTHER}", "aws_secret_access_key=-", stdin=f"{NEWER}\n")
    keys = f"aws_access_key_id = {OTHER}\naws_secret_access_key = {NEWER}\n"
    assert files(home) == ("[profile a]\nregion = eu-west-1\n", f"[a]\n{keys}")
    assert NEWER not in home.err + home.out


def test_a_secret_is_asked_for_hidden(home: Home) -> None:
    home.write("", IAM)
    put(home, "work:iam", "aws_secret_access_key", answers=(NEWER,))
    assert files(home) == ("", IAM.replace(SECRET, NEWER))


def test_another_key_ends_what_is_known_of_the_session(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    put(home, "work:iam", f"aws_access_key_id={OTHER}")
    assert files(home) == (CONFIG, CREDENTIALS.replace(KEY_ID, OTHER).replace(ENDED, ""))
    assert "renew it: awsprof mfa work" in home.err


@pytest.mark.parametrize("word", ["aws_secret_access_key", "AWS_Session_Token", "awsprof_new_secret_access_key"])
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(home: Home, word: str) -> None:
    home.write("", IAM)
    with pytest.raises(UsageError) as raised:
        put(home, "work:iam", f"{word}={NEWER}", any_key=True, force=True)
    assert NEWER not in raised.value.what + raised.value.next_step
    assert files(home) == ("", IAM)


WRONG = {
    "no profile": ("work:dve", "region=eu-west-1", NoSuchProfileError, "work:dev"),
    "no value": ("work:dev", "region", UsageError, "region=VALUE"),
    "an empty value": ("work:dev", "region=", UsageError, "awsprof unset"),
    "no key": ("work:dev", "=x", UsageError, "cannot be a setting"),
    "a key with a space": ("work:dev", "a b=x", UsageError, "cannot be a setting"),
    "a key with a newline": ("work:dev", "a\nb=x", UsageError, "cannot be a setting"),
    "a region of no form": ("work:dev", "region=mars", UsageError, "not a region"),
    "a role of no form": ("work:dev", "role_arn=mars", UsageError, "not the ARN of a role"),
    "a duration of no form": ("work:dev", "duration_seconds=soon", UsageError, "36h, 90m, 1h30m or 900s"),
    "a duration too long": ("work:dev", "duration_seconds=43201", UsageError, "between 15m and 12h"),
    "a time of no form": ("work:dev", "metadata_service_timeout=soon", UsageError, "36h, 90m, 1h30m or 900s"),
    "temporary keys of a user": ("work:iam", "aws_access_key_id=ASIAIOSFODNN7EXAMPLE", UsageError, "a temporary one"),
    "a user as a device": ("work:mfa", f"mfa_device_arn={ARN}:user/you", UsageError, "not of an MFA device"),
    "a passkey as a device": ("work:mfa", f"mfa_serial={ARN}:u2f/user/you/x", UsageError, "passkey"),
    "an empty output": ("work:dev", "output=", UsageError, "awsprof unset"),
    "an output there is not": ("work:dev", "output=jsno", UsageError, "json"),
    "an account of no form": ("work:dev", "sso_account_id=1", UsageError, "twelve digits"),
    "a URL of no form": ("work:dev", "endpoint_url=localhost", UsageError, "https://"),
    "a source that is not there": ("work:dev", "source_profile=work:mfaa", NoSuchProfileError, "work:mfa"),
    "an unknown key": ("work:dev", "regoin=x", UsageError, "did you mean region"),
    "an unknown key like none": ("work:dev", "zzzzz=x", UsageError, "--force"),
    "a value that AWS tools read differently": ("work:dev", "cli_pager=é", FileError, "of work:dev is not plain ASCII"),
    "a comment behind a value": ("work:dev", "output=json # c", UsageError, "is none of json"),
    "a comment behind any value": ("work:dev", "cli_pager=less # c", FileError, "most AWS tools begin a comment"),
    "a short secret": ("work:iam", "aws_secret_access_key=-", UsageError, "not a secret access key"),
}


@pytest.mark.parametrize("case", WRONG)
def test_set_refused(home: Home, case: str) -> None:
    word, given, kind, words = WRONG[case]
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(kind) as raised:
        put(home, word, given, stdin="short\n")
    assert words in f"{raised.value.what} {raised.value.next_step}"
    assert files(home) == (CONFIG, CREDENTIALS)


def test_an_unknown_key_is_asked_for_with_the_nearest_known_one(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    put(home, "work:dev", "regoin=us-east-1", answers=("region",))
    assert files(home)[0] == CONFIG.replace("eu-west-1", "us-east-1")
    put(home, "work:dev", "my_note=x", answers=("my_note",))
    assert "my_note = x\n" in files(home)[0]
    put(home, "work:dev", "other_note=x", any_key=True, force=True)
    assert "other_note = x\n" in files(home)[0]


def test_a_change_is_shown_and_asked_for(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(CancelledError):
        put(home, "work:dev", "region=us-east-1", answers=(False,), force=False)
    assert "-region = eu-west-1\n+region = us-east-1\n" in home.err
    with pytest.raises(UsageError, match="work:dev would change, and there is no terminal") as raised:
        put(home, "work:dev", "region=us-east-1", force=False)
    assert "--yes" in raised.value.next_step
    put(home, "work:dev", "region=us-east-1", dry_run=True)
    assert "-region = eu-west-1\n+region = us-east-1\n" in home.out
    assert files(home) == (CONFIG, CREDENTIALS)
    put(home, "work:dev", "region=us-east-1", answers=(True,), force=False)
    assert files(home)[0] == CONFIG.replace("eu-west-1", "us-east-1")


def test_a_secret_is_masked_in_what_is_shown(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    put(home, "work:iam", "aws_secret_access_key=-", stdin=f"{NEWER}\n", dry_run=True)
    assert "+aws_secret_access_key = ********\n" in home.out
    assert NEWER not in home.out + home.err
    assert SECRET not in home.out + home.err


def test_the_active_shell_is_told_of_its_region(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    call(
        home,
        lambda ctx: setting.put(ctx, "dev", ["region=us-east-1"], How(force=True)),
        env={"AWS_PROFILE": "work:dev"},
    )
    assert home.err == "wrote work:dev\nthis shell still has the region from before: awsprof use work:dev\n"


def test_a_role_that_could_not_be_used_is_told(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    put(home, "work:dev", "source_profile=work:dev")
    assert "AWS tools could not use work:dev then" in home.err


# The keys taken from [a], and both files before and after.
UNSET = {
    "one": (("region",), "[profile a]\nregion = x\noutput = y\n", "", "[profile a]\noutput = y\n", ""),
    "two": (("region", "OUTPUT"), "[profile a]\nregion = x\noutput = y\n", "", "[profile a]\n", ""),
    "in both files": (
        ("region",),
        "[profile a]\nregion = x\n",
        "[a]\nregion = y\nx = 1\n",
        "[profile a]\n",
        "[a]\nx = 1\n",
    ),
    "a secret": (("aws_session_token",), "", f"[a]\n{KEYS}aws_session_token = t\n", "", f"[a]\n{KEYS}"),
    "in a block": (
        ("s3.x",),
        "[profile a]\ns3 =\n  x = 1\n  y = 2\n",
        "",
        "[profile a]\ns3 =\n  y = 2\n",
        "",
    ),
    "a block": (("s3",), "[profile a]\ns3 =\n  x = 1\n  y = 2\nz = 1\n", "", "[profile a]\nz = 1\n", ""),
    "not there": (("region",), "[profile a]\nregoin = x\n", "", "[profile a]\nregoin = x\n", ""),
}


@pytest.mark.parametrize("case", UNSET)
def test_unset(home: Home, case: str) -> None:
    keys, config, credentials, config_after, credentials_after = UNSET[case]
    home.write(config, credentials)
    take(home, "a", *keys)
    assert files(home) == (config_after, credentials_after)
    if case == "not there":
        assert home.err == "a has no region\ndid you mean regoin?\nnothing to change: a already has these values\n"


def test_unset_of_no_profile(home: Home) -> None:
    home.write(CONFIG, CREDENTIALS)
    with pytest.raises(NoSuchProfileError):
        take(home, "gone", "region")


def test_every_setting_that_botocore_reads_is_known() -> None:
    from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES, DEFAULT_S3_CONFIG_VARS

    read = [place for places, *_ in BOTOCORE_DEFAUT_SESSION_VARIABLES.values() for place in [places] if place]
    read += [f"s3.{name}" for name in DEFAULT_S3_CONFIG_VARS]
    assert {"region", "s3.addressing_style"} <= set(read)
    assert [name for name in read if not settings.is_known(name) and name != "api_versions"] == []


def test_as_a_program(desk: Desk) -> None:
    desk.write(CONFIG, CREDENTIALS)
    calls = [
        (("set", "work:dev", "region=us-east-1"), "", 2),
        (("set", "work:dev", "region=us-east-1", "s3.max_queue_size=5", "--yes"), "", 0),
        (("set", "work:dev", "regoin=us-east-1", "--yes"), "", 2),
        (("set", "work:iam", f"aws_secret_access_key={NEWER}", "--yes"), "", 2),
        (("set", "work:iam", "aws_secret_access_key=-", "-y"), f"{NEWER}\n", 0),
        (("set", "work:iam", "aws_secret_access_key", "-y"), "", 2),
        (("set", "work:gone", "region=us-east-1", "-y"), "", 3),
        (("set", "work:dev"), "", 2),
        (("unset", "work:dev", "s3", "-y"), "", 0),
    ]
    for words, given, exit_code in calls:
        done = desk.run(*words, given=given)
        assert done.returncode == exit_code, done.stderr
        assert NEWER not in done.stderr + done.stdout
    assert desk.read() == (CONFIG.replace("eu-west-1", "us-east-1"), CREDENTIALS.replace(SECRET, NEWER, 1))
    assert ARN in desk.read()[0]
