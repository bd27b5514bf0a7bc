"""Settings, programs and answers that are broken: `whoami` ends in two clear lines, never in "please report it"."""

import json
import sys
import time
from collections.abc import Callable

import pytest

from awsprof.text.times import iso

from .desk import Desk, desk, ended, own_environment, sts, user
from .sts import Answer

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

Patch = pytest.MonkeyPatch
NOISE = "first\x1b[31m line\n\n  second\rline\n\x9b0mthird\u202e"
KEYS = {"Version": 1, "AccessKeyId": "AKIA" + "A" * 16, "SecretAccessKey": "SECRET"}
WHOSE = "the credential_process of tool"
NO_ANSWER = f"{WHOSE} printed an unusable answer: "


def program(desk: Desk, out: str, status: int = 0) -> str:
    """A program that prints `out`, and NOISE on stderr."""
    path = desk.folder / "program.py"
    path.write_text(
        "import os, sys\n"
        f"os.write(1, {out.encode()!r})\nos.write(2, {NOISE.encode()!r} + b'\\xff')\nsys.exit({status})\n"
    )
    return f"{sys.executable} {path}"


# What a program prints, its exit status, and what is said about it. It writes NOISE to stderr.
PROGRAMS: dict[str, tuple[object, int, str]] = {
    "a failure": ("", 3, f"{WHOSE} failed with exit status 3"),
    "a failure with an answer": (KEYS, 1, f"{WHOSE} failed with exit status 1"),
    "nothing": ("", 0, f"{WHOSE} printed no JSON"),
    "no JSON": ("SECRET", 0, f"{WHOSE} printed no JSON"),
    "half of it": ('{"Version": 1, "SecretAccessKey": "SECRET"', 0, f"{WHOSE} printed no JSON"),
    "no UTF-8": ("\udcff", 0, f"{WHOSE} printed no JSON"),
    "a list": ([], 0, f"{NO_ANSWER}it is not a JSON object"),
    "text": ('"SECRET"', 0, f"{NO_ANSWER}it is not a JSON object"),
    "null": ("null", 0, f"{NO_ANSWER}it is not a JSON object"),
    "a number": ("1", 0, f"{NO_ANSWER}it is not a JSON object"),
    "another version": (KEYS | {"Version": 2}, 0, f"{NO_ANSWER}Unsupported version '2'"),
    "a version as text": (KEYS | {"Version": "1"}, 0, f"{NO_ANSWER}Unsupported version '1'"),
    "no version": ({"AccessKeyId": "A", "SecretAccessKey": "SECRET"}, 0, f"{NO_ANSWER}Unsupported version"),
    "no key id": ({"Version": 1, "SecretAccessKey": "SECRET"}, 0, f"{NO_ANSWER}Missing required key in response: 'Ac"),
    "no secret": ({"Version": 1, "AccessKeyId": "A"}, 0, f"{NO_ANSWER}Missing required key in response: 'Secret"),
    "a null key id": (KEYS | {"AccessKeyId": None}, 0, f"{NO_ANSWER}AccessKeyId or SecretAccessKey is empty"),
    "an empty secret": (KEYS | {"SecretAccessKey": ""}, 0, f"{NO_ANSWER}AccessKeyId or SecretAccessKey is empty"),
    "a secret that is a number": (KEYS | {"SecretAccessKey": 5}, 0, f"{NO_ANSWER}AccessKeyId or SecretAccessKey is"),
    "a token that is none": (KEYS | {"SessionToken": ["SECRET"]}, 0, f"{NO_ANSWER}AccessKeyId or SecretAccessKey is"),
    "expired": (KEYS | {"Expiration": "2020-01-01T00:00:00Z"}, 0, f"{NO_ANSWER}its keys have expired"),
    "no date": (KEYS | {"Expiration": "SECRET"}, 0, f"{NO_ANSWER}a value is of the wrong kind"),
    "no time zone": (KEYS | {"Expiration": "2099-01-01T00:00:00"}, 0, f"{NO_ANSWER}a value is of the wrong kind"),
    "a date that is a number": (KEYS | {"Expiration": 5}, 0, f"{NO_ANSWER}a value is of the wrong kind"),
    "a date that is a list": (KEYS | {"Expiration": [5]}, 0, f"{NO_ANSWER}a value is of the wrong kind"),
}


@pytest.mark.parametrize("role", ["", "role"])
@pytest.mark.parametrize("case", PROGRAMS)
def test_a_program_that_gives_no_keys(desk: Desk, case: str, role: str) -> None:
    """As a profile's own, and as the source of a role."""
    out, status, told = PROGRAMS[case]
    text = out if isinstance(out, str) else json.dumps(out)
    command = program(desk, text.encode(errors="surrogateescape").decode("latin-1"), status)
    desk.write(
        f"[profile tool]\ncredential_process = {command}\n"
        "[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = tool\nregion = us-east-1\n"
    )
    done = desk.run("whoami", role or "tool")
    assert done.returncode == 5, done.stderr
    lines = done.stderr.splitlines()[1:]
    assert lines[0].startswith(f"awsprof: {told}")
    assert lines[-1] == "  fix it, or try it by hand: awsprof show tool"
    assert [line for line in done.stderr.split("\n") if line.startswith("  ")][:-1] == lines[1:-1]
    written = "\n".join(lines[1:-1])
    assert all(word in written for word in ("first", "second", "third"))
    assert written.replace("\n", "").isprintable()
    assert "SECRET" not in done.stderr
    assert desk.sts.requests == []


# A credential_process, and what is said about it; what it is beyond its first word may hold a secret.
COMMANDS = {
    "/no/such/program --token SECRET": f"{WHOSE} cannot be run: /no/such/program: No such file or directory",
    "no-such-program --token SECRET": f"{WHOSE} cannot be run: no-such-program: No such file or directory",
    "/etc/passwd SECRET": f"{WHOSE} cannot be run: /etc/passwd: Permission denied",
    "/ SECRET": f"{WHOSE} cannot be run: /: Permission denied",
    "~/program": f"{WHOSE} cannot be run: ~/program: No such file or directory",
    "sh -c 'SECRET": f"{WHOSE} has an open quote",
    'sh -c "SECRET': f"{WHOSE} has an open quote",
    "sh \\": f"{WHOSE} has an open quote",
    "": f"{WHOSE} is empty",
    '""': f"{WHOSE} cannot be run: ",
    "sh -c 'kill -9 $$'": f"{WHOSE} was killed by signal 9",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_program_that_cannot_be_run(desk: Desk, command: str) -> None:
    desk.write(f"[profile tool]\ncredential_process = {command}\n")
    done = desk.run("whoami", "tool")
    assert done.returncode == 5, done.stderr
    assert done.stderr.splitlines()[1:] == [
        f"awsprof: {COMMANDS[command]}" if command != '""' else done.stderr.splitlines()[1],
        "  fix it, or try it by hand: awsprof show tool",
    ]
    assert COMMANDS[command] in done.stderr
    assert "SECRET" not in done.stderr


CREDENTIALS = "<Credentials>{}</Credentials>"
FIELDS = "<AccessKeyId>ASIAX</AccessKeyId><SecretAccessKey>SECRET</SecretAccessKey><SessionToken>t</SessionToken>"


def credentials(action: str, expiration: str) -> Answer:
    """An answer of STS with a session that ends as given."""
    tree = f"<Credentials>{FIELDS}{expiration}</Credentials>"
    text = f"<{action}Response><{action}Result>{tree}</{action}Result></{action}Response>"
    return Answer(200, body=text.encode())


# When a session ends, as STS says it, and what is said about that.
EXPIRY = {
    "<Expiration>tomorrow</Expiration>": "reply did not come from AWS",
    "<Expiration></Expiration>": "reply did not come from AWS",
    "": "reply did not come from AWS",
    "<Expiration>1e999</Expiration>": "reply did not come from AWS",
    "<Expiration>nan</Expiration>": "reply did not come from AWS",
    "<Expiration>2026-13-45T99:00:00Z</Expiration>": "reply did not come from AWS",
    "<Expiration>2020-01-01T00:00:00Z</Expiration>": "already expired",
    "<Expiration>0001-01-01T00:00:00Z</Expiration>": "already expired",
    "<Expiration>0</Expiration>": "already expired",
}


@pytest.mark.parametrize("expiration", EXPIRY)
def test_mfa_writes_no_session_without_a_future(desk: Desk, expiration: str) -> None:
    desk.set_up(session=time.time() + 60)
    before = desk.read()
    desk.sts.script("GetSessionToken", credentials("GetSessionToken", expiration))
    done = desk.run("mfa", "work", "--code", "123456")
    assert done.returncode == 6, done.stderr
    assert EXPIRY[expiration] in done.stderr
    assert "with a new code" in done.stderr
    assert len(done.stderr.splitlines()) == 3
    assert desk.read() == before
    assert desk.sts.count("GetSessionToken") == 1


@pytest.mark.parametrize("expiration", EXPIRY)
def test_whoami_assumes_no_role_without_a_future(desk: Desk, expiration: str) -> None:
    desk.set_up(role=desk.sts.add_role("PowerUsers").arn)
    desk.config.write_text(desk.config.read_text().replace("source_profile = work:mfa", "source_profile = work:iam"))
    desk.sts.script("AssumeRole", *[credentials("AssumeRole", expiration)] * 3)
    done = desk.run("whoami", "work:dev")
    assert done.returncode == 6, done.stderr
    assert EXPIRY[expiration] in done.stderr
    assert desk.sts.count("GetCallerIdentity") == 0
    assert "SECRET" not in done.stderr


def config(text: str, **variables: str) -> Callable[[Desk, Patch], None]:
    """Add settings to work:iam, or whole sections."""

    def change(desk: Desk, patch: Patch) -> None:
        desk.write(text if text.startswith("[") else f"[profile work:iam]\n{text}\n", desk.iam())
        for name, value in variables.items():
            patch.setenv(name, value)

    return change


# What is wrong, of work:iam; the exit code, and what is said. None of this is a fault of awsprof.
SETTINGS: dict[str, tuple[Callable[[Desk, Patch], None], int, str]] = {
    "max_attempts": (config("max_attempts = many"), 0, ""),
    "AWS_MAX_ATTEMPTS": (config("", AWS_MAX_ATTEMPTS="many"), 0, ""),
    "retry_mode": (config("retry_mode = SECRET"), 0, ""),
    "defaults_mode": (config("defaults_mode = often"), 5, ""),
    "metadata_service_timeout": (config("metadata_service_timeout = x"), 5, "cannot use the settings of work:iam"),
    "services": (config("services = gone", AWS_ENDPOINT_URL=""), 5, "gone"),
    "services that are none": (
        config("[profile work:iam]\nservices = s\n[services s]\nsts = x\n", AWS_ENDPOINT_URL=""),
        5,
        "",
    ),
    "region": (config("region = no region"), 2, "no region"),
    "use_fips_endpoint": (config("use_fips_endpoint = maybe"), 0, ""),
    "api_versions": (config("api_versions =\n  sts = 1999-01-01\n"), 5, ""),
    "sts_regional_endpoints": (config("sts_regional_endpoints = x"), 5, ""),
    "a bad endpoint": (config("", AWS_ENDPOINT_URL="https://["), 2, "AWS_ENDPOINT_URL is not a valid endpoint URL"),
    "a bad port": (config("endpoint_url = https://h:99999", AWS_ENDPOINT_URL=""), 2, "endpoint_url of work:iam is not"),
    "a bad proxy": (
        config("", AWS_ENDPOINT_URL="https://h.invalid", HTTPS_PROXY="http://me:SECRET@[", NO_PROXY=""),
        6,
        "",
    ),
    "no token file": (
        config("[profile work:iam]\nrole_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = /no/such\n"),
        4,
        "cannot read /no/such: No such file or directory",
    ),
    "a token file that is a folder": (
        config("[profile work:iam]\nrole_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = /\n"),
        4,
        "cannot read /: Is a directory",
    ),
    "no SSO token": (
        config(
            "[profile work:iam]\nsso_start_url = x\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = x\n"
        ),
        5,
        "",
    ),
    "no sso-session": (
        config("[profile work:iam]\nsso_session = gone\nsso_account_id = 1\nsso_role_name = x\n"),
        5,
        "gone",
    ),
    "no login": (config("[profile work:iam]\nlogin_session = arn:aws:iam::1:user/x\nregion = us-east-1\n"), 5, ""),
    "credential_source": (
        config("[profile work:iam]\nrole_arn = arn:aws:iam::1:role/x\ncredential_source = Nothing\n"),
        5,
        "",
    ),
}


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_botocore_fails_on(desk: Desk, monkeypatch: Patch, case: str) -> None:
    set_up, exit_code, told = SETTINGS[case]
    monkeypatch.setenv("AWS_CONFIG_FILE", str(desk.config))
    set_up(desk, monkeypatch)
    if "[profile work:iam]\nrole_arn" in desk.read()[0] or "sso_" in desk.read()[0] or "login" in desk.read()[0]:
        desk.credentials.write_text("")
    done = desk.run("whoami", "work:iam")
    assert done.returncode == exit_code, done.stderr
    assert told in done.stderr
    assert "please report it" not in done.stderr
    assert "me:SECRET" not in done.stderr


def caches(text: str) -> Callable[[Desk, Patch], None]:
    def put(desk: Desk, _: Patch) -> None:
        import hashlib

        desk.write(
            "[profile dev]\nsso_start_url = x\nsso_region = us-east-1\nsso_account_id = 1\nsso_role_name = x\n"
            "region = us-east-1\n"
        )
        folder = desk.folder / ".aws" / "sso" / "cache"
        folder.mkdir(parents=True)
        (folder / f"{hashlib.sha1(b'x').hexdigest()}.json").write_text(text)

    return put


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "{}", '{"accessToken": "SECRET"}', '{"accessToken": "SECRET", "expiresAt": "soon"}',
     '{"accessToken": 5, "expiresAt": 5}', '{"accessToken": "SECRET", "expiresAt": "2020-01-01T00:00:00Z"}'],
)  # fmt: skip
def test_a_token_file_of_sso_that_is_broken(desk: Desk, monkeypatch: Patch, text: str) -> None:
    caches(text)(desk, monkeypatch)
    done = desk.run("whoami", "dev")
    assert done.returncode in (4, 5), done.stderr
    assert "please report it" not in done.stderr
    assert "SECRET" not in done.stderr


XML = "<Error><Code>AccessDenied</Code><Message>SECRET</Message></Error>"


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        ("400", XML, "the reply did not come from AWS"),
        ("403", "SECRET", "the reply did not come from AWS"),
        ("302", "", "the reply did not come from AWS"),
        ("429", "", "AWS is throttling requests or unavailable: 429"),
        ("429", XML, "AWS is throttling requests or unavailable: 429"),
    ],
)
def test_a_refusal_that_is_not_awss_is_not_repeated(
    desk: Desk, monkeypatch: Patch, status: str, body: str, told: str
) -> None:
    """Single sign-on answers in JSON; botocore takes all else as the text of an error."""
    from .elsewhere import capture

    token = {"accessToken": "TOKEN", "expiresAt": iso(time.time() + 7200)}
    caches(json.dumps(token))(desk, monkeypatch)
    answer = f"HTTP/1.1 {status} x\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    with capture(answer=answer.encode()) as portal:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{portal.port}")
        done = desk.run("whoami", "dev")
    assert (done.returncode, portal.connections) == (6, 1), done.stderr
    assert done.stderr.splitlines()[1] == f"awsprof: {told}"
    assert "SECRET" not in done.stderr


# What a container's agent answers.
AGENT = ["", "SECRET", "{}", "[]", json.dumps({"AccessKeyId": "A", "SecretAccessKey": "SECRET"}),
         json.dumps({"AccessKeyId": "A", "SecretAccessKey": "SECRET", "Token": "", "Expiration": "soon"}),
         json.dumps({"AccessKeyId": "A", "SecretAccessKey": "SECRET", "Token": "", "Expiration": iso(0)})]  # fmt: skip


@pytest.mark.parametrize("body", AGENT)
def test_an_agent_that_hands_out_no_keys(desk: Desk, monkeypatch: Patch, body: str) -> None:
    from .elsewhere import capture

    desk.write("[default]\nregion = us-east-1\n")
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    with capture(answer=answer.encode()) as agent:
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{agent.port}/")
        done = desk.run("whoami")
    assert done.returncode in (5, 6), done.stderr
    assert "please report it" not in done.stderr
    assert "SECRET" not in done.stderr


@pytest.mark.parametrize(("key", "exit_code"), [("\x04", 130), ("\x03", 130)])
def test_a_question_of_botocores_that_is_left(desk: Desk, key: str, exit_code: int) -> None:
    desk.set_up()
    text = desk.config.read_text().replace("source_profile = work:mfa", "source_profile = work:iam")
    desk.config.write_text(f"{text}mfa_serial = {desk.user.device_arn}\n")
    child = desk.start("whoami", "work:dev")
    child.expect_exact("Enter MFA code")
    child.send(key)
    assert ended(child) == exit_code
    assert "please report it" not in (child.before or "")
    assert desk.sts.requests == []


# A config, and the profile that the next step names.
NAMED: dict[str, tuple[str, str]] = {
    "a region": ("[profile a]\nregion = eu west\n", "fix the region: awsprof set a region=REGION"),
    "a loop": (
        "[profile a]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = a\nregion = us-east-1\n",
        "correct the settings: awsprof show a",
    ),
    "aws login without awscrt": (
        "[profile a]\nregion = us-east-1\nlogin_session = arn:aws:iam::000000000000:user/you\n",
        "ask the AWS CLI: aws sts get-caller-identity --profile a",
    ),
}


@pytest.mark.parametrize("active", [False, True])
@pytest.mark.parametrize("case", NAMED)
def test_the_next_step_names_the_profile(desk: Desk, monkeypatch: Patch, case: str, *, active: bool) -> None:
    config, step = NAMED[case]
    keys = desk.iam().replace("work:iam", "a") if case == "a region" else ""
    desk.write(config, keys)
    monkeypatch.setenv("AWS_PROFILE", "a")
    done = desk.run("whoami", *([] if active else ["a"]))
    assert f"  {step}\n" in done.stderr
