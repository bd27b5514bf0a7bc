"""Hosts that are not AWS's: nothing reaches one before it is announced, and some settings reach none at all."""

import json
import os
import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from awsprof import aws, errors
from awsprof.aws import endpoints
from awsprof.aws.gate import Gate
from awsprof.aws.session import Session
from awsprof.aws.sts import _session
from awsprof.text.times import iso

from .desk import Desk, desk, ended, own_environment, sts, user
from .elsewhere import capture, certificate
from .sts import Answer

__all__ = ["desk", "own_environment", "sts", "user"]  # fixtures

Patch = pytest.MonkeyPatch
AWS_HOST = "sts.us-east-1.amazonaws.com"

# Each is refused, because parsers disagree about where it leads, or because it leads nowhere.
MALFORMED = [
    rf"https://evil.example\@{AWS_HOST}",
    r"http://evil.example\@127.0.0.1:4566",
    rf"https://evil.example\.{AWS_HOST}",
    "https:\\\\evil.example",
    f"https://evil.example#@{AWS_HOST}",
    f"https://evil.example?@{AWS_HOST}",
    f"https://{AWS_HOST}#",
    f"https://{AWS_HOST} .evil.example",
    f" https://{AWS_HOST}",
    f"https://{AWS_HOST}\t.evil.example",
    f"https://{AWS_HOST}\n.evil.example",
    f"https://{AWS_HOST}\x00",
    f"https://{AWS_HOST}\x7f",
    f"https://{AWS_HOST}\u3000",
    "https://sts\u3002us-east-1.amazonaws.com",
    "https://\uff53ts.us-east-1.amazonaws.com",
    "https://\u017fts.us-east-1.amazonaws.com",
    "https://ev\u00edl.example",
    "https://sts%2eus-east-1.amazonaws.com",
    f"https://evil.example%40{AWS_HOST}",
    "https://[",
    "https://[::1",
    "https://::1]",
    "https://[::1]x:443",
    "https://[fe80::1%25eth0]",
    "https://[v1.evil]",
    f"https://{AWS_HOST}:99999",
    f"https://{AWS_HOST}:port",
    f"https://{AWS_HOST}:-1",
    f"https://{AWS_HOST}:0",
    f"https://{AWS_HOST}:443:443",
    f"https://{AWS_HOST}:\uff14\uff14\uff13",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https://",
    "https://@",
    "https://:443",
    "https://user@:443",
    "//evil.example",
    "evil.example",
    "localhost:4566",
    f"ftp://{AWS_HOST}",
    f"javascript://{AWS_HOST}",
    f"https+unix://{AWS_HOST}",
    "https://_.example",
    "https://-a.example",
    "https://a..example",
]


@pytest.mark.parametrize("url", MALFORMED)
def test_a_malformed_endpoint_is_refused(url: str) -> None:
    with pytest.raises(errors.UsageError) as raised:
        endpoints.endpoint_origin(url, "AWS_ENDPOINT_URL")
    assert raised.value.what.startswith("AWS_ENDPOINT_URL is not a valid endpoint URL: ")
    assert raised.value.what.isprintable()


# A URL, and the host that is announced.
READ = {
    f"https://{AWS_HOST}": f"https://{AWS_HOST}",
    f"HTTPS://{AWS_HOST.upper()}:443/": f"https://{AWS_HOST}",
    f"https://{AWS_HOST}@evil.example": "https://evil.example",
    f"https://{AWS_HOST}:443@evil.example:8443": "https://evil.example:8443",
    "https://a@b@evil.example": "https://evil.example",
    "https://[::1]@evil.example": "https://evil.example",
    f"https://evil.example/{AWS_HOST}": "https://evil.example",
    f"https://evil.example/@{AWS_HOST}": "https://evil.example",
    f"https://evil.example/..//@{AWS_HOST}": "https://evil.example",
    f"https://{AWS_HOST}.": f"https://{AWS_HOST}.",
    "https://xn--evl-8ma.example": "https://xn--evl-8ma.example",
    "https://[::1]:4566": "https://[::1]:4566",
    "https://h.example:": "https://h.example",
    "http://localhost:80": "http://localhost",
}


@pytest.mark.parametrize("url", READ)
def test_the_host_is_the_one_that_is_connected_to(url: str) -> None:
    assert str(endpoints.endpoint_origin(url, "AWS_ENDPOINT_URL")) == READ[url]


def test_a_password_is_not_repeated() -> None:
    for url in ("https://me:SECRET@[", "https://me:SE/CRET@h:x", r"https://SECRET\@h", "me:SECRET@h", "SECRET@[:"):
        with pytest.raises(errors.UsageError) as raised:
            endpoints.endpoint_origin(url, "AWS_ENDPOINT_URL")
        assert "SE" not in raised.value.what.replace("AWS_ENDPOINT", "")


# How an endpoint is set (@ stands for it): variables, and config; and how its source is named.
SOURCES: dict[str, tuple[dict[str, str], str, str]] = {
    "the variable": ({"AWS_ENDPOINT_URL": "@"}, "", "AWS_ENDPOINT_URL"),
    "the service's variable": ({"AWS_ENDPOINT_URL_STS": "@", "AWS_ENDPOINT_URL_IAM": "@"}, "", "AWS_ENDPOINT_URL_"),
    "the profile": ({}, "[profile work:iam]\nendpoint_url = @\n", "endpoint_url of work:iam"),
    "its services": (
        {},
        "[profile work:iam]\nservices = x\n[services x]\nsts =\n  endpoint_url = @\niam =\n  endpoint_url = @\n",
        "endpoint_url of work:iam",
    ),
}
CALLS = ["mfa work --code 123456", "whoami work:iam", "rotate work --yes --allow-endpoint 127.0.0.2", "add mfa work"]


def configured(desk: Desk, patch: Patch, case: str, url: str) -> str:
    """Set an endpoint as the row says; gives the name of its source."""
    variables, config, source = SOURCES[case]
    patch.delenv("AWS_ENDPOINT_URL")
    for name, value in variables.items():
        patch.setenv(name, value.replace("@", url))
    desk.write(
        config.replace("@", url) + f"[profile work:mfa]\nmfa_device_arn = {desk.user.device_arn}\nregion = us-east-1\n",
        desk.iam(),
    )
    return source


@pytest.mark.parametrize("words", CALLS)
@pytest.mark.parametrize("case", SOURCES)
def test_a_backslash_before_a_host_of_this_machine_sends_nothing(
    desk: Desk, monkeypatch: Patch, case: str, words: str
) -> None:
    """urlsplit reads 127.0.0.1, where plain http may go; urllib3 connects to 127.0.0.2."""
    with capture("127.0.0.2") as evil:
        source = configured(desk, monkeypatch, case, rf"http://127.0.0.2:{evil.port}\@127.0.0.1")
        done = desk.run(*words.split())
        assert done.returncode == 2, done.stderr
        assert source in done.stderr
        assert evil.connections == 0


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate, and is not installed")
@pytest.mark.parametrize("words", CALLS)
def test_a_backslash_before_a_host_of_aws_sends_nothing(desk: Desk, monkeypatch: Patch, words: str) -> None:
    """urlsplit reads a host of AWS; urllib3 connects to a server whose certificate is trusted."""
    bundle, tls = certificate(desk.folder)
    desk.sts._server.socket = tls.wrap_socket(desk.sts._server.socket, server_side=True)
    configured(desk, monkeypatch, "the variable", rf"{desk.sts.url.replace('http:', 'https:')}\@{AWS_HOST}")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    done = desk.run(*words.split())
    assert done.returncode == 2, done.stderr
    assert desk.sts.requests == []


def test_the_host_is_checked_again_at_the_moment_of_sending(desk: Desk) -> None:
    desk.set_up()
    with capture() as evil:
        client = aws.client(
            "sts",
            aws.Keys(desk.user.access_key_id, desk.user.secret_access_key),
            profile="work:iam",
            region="us-east-1",
            gate=Gate(os.environ, lambda _: None),
        )

        def redirect(request: SimpleNamespace, **_: object) -> None:
            request.url = f"http://127.0.0.1:{evil.port}/"

        client.meta.events.register_first("before-send", redirect)
        with pytest.raises(errors.AwsError, match="is not a host of AWS; nothing was sent"):
            aws.get_session_token(client, device=desk.user.device_arn, code="123456", seconds=900)
        assert evil.connections == 0


@pytest.mark.parametrize(
    "url",
    [rf"https://evil.example\@{AWS_HOST}/", f"https://{AWS_HOST}.evil.example/", "http://10.0.0.1/", "https://[", "x"],
)
def test_what_is_refused_at_the_moment_of_sending(own_environment: None, url: str) -> None:
    with pytest.raises(errors.AwsError):
        Gate({}, lambda _: None).check(SimpleNamespace(url=url))
    Gate({}, lambda _: None).check(SimpleNamespace(url=f"https://{AWS_HOST}/?a=b"))


def test_a_redirection_is_not_followed(desk: Desk, monkeypatch: Patch) -> None:
    desk.set_up()
    with capture() as evil:
        answer = f"HTTP/1.1 307 no\r\nLocation: http://127.0.0.1:{evil.port}/\r\nContent-Length: 0\r\n\r\n"
        with capture(answer=answer.encode()) as first:
            monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{first.port}")
            assert desk.run("mfa", "work", "--code", "123456").returncode == 6
            assert (first.connections, evil.connections) == (1, 0)


# botocore's own data


def rule_set(folder: Path, url: str) -> None:
    """Data that sends STS elsewhere, and calls a host AWS's that is not."""
    import botocore

    data = Path(botocore.__path__[0]) / "data"
    version = sorted(path.name for path in (data / "sts").iterdir())[-1]
    parameters = endpoints.builtin_loader().load_service_model("sts", "endpoint-rule-set-1")["parameters"]
    rules = [{"conditions": [], "endpoint": {"url": url, "properties": {}, "headers": {}}, "type": "endpoint"}]
    made = folder / "sts" / version
    made.mkdir(parents=True)
    text = json.dumps({"version": "1.0", "parameters": parameters, "rules": rules})
    (made / "endpoint-rule-set-1.json").write_text(text)
    partitions = (data / "partitions.json").read_text().replace('"amazonaws.com"', '"evil.example"')
    (folder / "partitions.json").write_text(partitions)


@pytest.mark.parametrize("words", ["mfa work --code 123456", "whoami work:iam"])
@pytest.mark.parametrize("where", ["AWS_DATA_PATH", "data_path", "~/.aws/models"])
def test_data_of_others_redirects_nothing(desk: Desk, monkeypatch: Patch, where: str, words: str) -> None:
    models = desk.folder / ".aws" / "models"
    with capture() as evil:
        rule_set(models if where.startswith("~") else desk.folder / "data", f"http://127.0.0.1:{evil.port}")
        desk.set_up()
        if where == "AWS_DATA_PATH":
            monkeypatch.setenv(where, str(desk.folder / "data"))
        if where == "data_path":
            config, credentials = desk.read()
            desk.write(f"{config}[profile work:iam]\ndata_path = {desk.folder / 'data'}\n", credentials)
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nobody listens there: AWS is out of reach
        done = desk.run(*words.split())
        assert evil.connections == 0
    assert done.returncode == 6
    assert "127.0.0.1:9" in done.stderr, "the request was on its way to AWS"


def test_a_host_that_only_the_data_of_others_calls_awss_is_not(desk: Desk, monkeypatch: Patch) -> None:
    rule_set(desk.folder / "data", "https://x.example")
    monkeypatch.setenv("AWS_DATA_PATH", str(desk.folder / "data"))
    assert not endpoints.is_aws(endpoints.origin("https://sts.us-east-1.evil.example"))
    assert endpoints.is_aws(endpoints.origin(f"https://{AWS_HOST}"))


def test_client_side_monitoring_is_off(desk: Desk, monkeypatch: Patch) -> None:
    desk.set_up()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as monitor:
        monitor.bind(("127.0.0.1", 0))
        monitor.setblocking(False)
        config, credentials = desk.read()
        port = monitor.getsockname()[1]
        desk.write(
            f"{config}[profile work:iam]\ncsm_enabled = true\ncsm_host = 127.0.0.1\ncsm_port = {port}\n", credentials
        )
        assert desk.run("whoami", "work:iam").returncode == 0
        with pytest.raises(BlockingIOError):
            monitor.recv(65536)


# rotate

# The options, and whether the checking server, on a port of 127.0.0.1, may stand in for AWS.
ALLOWED = {
    "": False,
    "--yes": False,
    "--yes --delete-old": False,
    "--allow-endpoint 127.0.0.1": True,
    "--allow-endpoint 127.0.0.1:PORT": True,
    "--allow-endpoint 127.0.0.1:1": False,
    "--allow-endpoint localhost": False,
    "--allow-endpoint 127.0.0": False,
    "--allow-endpoint 127.0.0.1.": False,
    "--allow-endpoint 127.0.0.1:": True,
    "--allow-endpoint other.example --allow-endpoint 127.0.0.1:PORT": True,
    "--allow-endpoint http://127.0.0.1:PORT": False,
    "--allow-endpoint *": False,
    "--allow-endpoint=": False,
}


@pytest.mark.parametrize("options", ALLOWED)
def test_rotate_asks_no_other_host_for_a_key(desk: Desk, options: str) -> None:
    desk.write("", desk.iam())
    before = desk.read()
    port = desk.sts.url.rpartition(":")[2]
    done = desk.run("rotate", "work", "--yes", *options.replace("PORT", port).split())
    if ALLOWED[options]:
        assert done.returncode == 0, done.stderr
        assert done.stderr.startswith("warning: AWS_ENDPOINT_URL sends the requests for a new access key to ")
        assert desk.read() != before
        return
    assert done.returncode == 6
    assert done.stderr == (
        f"awsprof: AWS_ENDPOINT_URL sends the requests for a new access key to {desk.sts.url} instead of AWS; "
        f"nothing was sent\n  remove that setting, or add --allow-endpoint 127.0.0.1:{port}\n"
    )
    assert (desk.read(), desk.sts.requests) == (before, [])


@pytest.mark.parametrize("service", ["STS", "IAM"])
def test_rotate_checks_each_service_before_the_first_request(desk: Desk, monkeypatch: Patch, service: str) -> None:
    desk.write("", desk.iam())
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", desk.sts.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_OTHER", "https://evil.example")
    done = desk.run("rotate", "work", "--yes", "--delete-old")
    assert done.returncode == 6
    assert f"AWS_ENDPOINT_URL_{service} sends " in done.stderr
    assert desk.sts.requests == []


NAMED: dict[str, tuple[str, bool]] = {
    "[::1]:4566": ("http://[::1]:4566", True),
    "[::1]": ("http://[::1]:4566", True),
    "::1": ("http://[::1]:4566", True),
    "[::1]:1": ("http://[::1]:4566", False),
    "EXAMPLE.com": ("https://example.com", True),
    "example.com:443": ("https://example.com", True),
    "example.com:80": ("https://example.com", False),
    "example": ("https://example.com", False),
    "com": ("https://example.com", False),
}


@pytest.mark.parametrize("allowed", NAMED)
def test_how_a_host_is_named(allowed: str) -> None:
    url, named = NAMED[allowed]
    assert endpoints.origin(url).is_named_by(allowed) == named


# whoami, and the clients that botocore makes for it


def test_a_roles_own_code_is_sent_once_and_announced_first(desk: Desk) -> None:
    desk.set_up(role=desk.sts.add_role("PowerUsers").arn)
    config = desk.config.read_text().replace("source_profile = work:mfa", "source_profile = work:iam")
    desk.config.write_text(f"{config}mfa_serial = {desk.user.device_arn}\n")
    desk.sts.script("AssumeRole", Answer(500, "InternalFailure", ""))
    child = desk.start("whoami", "work:dev")
    child.expect_exact("Enter MFA code")
    assert f"warning: AWS_ENDPOINT_URL sends the MFA code to {desk.sts.url} instead of AWS" in (child.before or "")
    assert desk.sts.requests == []
    child.send(f"{desk.user.next_code()}\r")
    assert ended(child) == 6
    assert desk.sts.count("AssumeRole") == 1


def web_identity(desk: Desk) -> None:
    token = desk.folder / "token"
    token.write_text("TOKEN")
    desk.write(
        f"[profile dev]\nrole_arn = arn:aws:iam::1:role/x\nweb_identity_token_file = {token}\nregion = us-east-1\n"
    )


def single_sign_on(desk: Desk) -> None:
    import hashlib

    desk.write(
        "[profile dev]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n"
        "sso_account_id = 000000000000\nsso_role_name = x\nregion = us-east-1\n"
    )
    cache = desk.folder / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    name = hashlib.sha1(b"https://x.awsapps.com/start").hexdigest()
    token = {"accessToken": "TOKEN", "expiresAt": iso(time.time() + 3600), "startUrl": "x", "region": "us-east-1"}
    (cache / f"{name}.json").write_text(json.dumps(token))


def renewed_sign_on(desk: Desk) -> None:
    single_sign_on(desk)
    import hashlib

    desk.write(
        "[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = us-east-1\n"
        "[profile dev]\nsso_session = s\nsso_account_id = 000000000000\nsso_role_name = x\nregion = us-east-1\n"
    )
    token = {
        "accessToken": "OLD",
        "expiresAt": "2020-01-01T00:00:00Z",
        "refreshToken": "TOKEN",
        "clientId": "c",
        "clientSecret": "TOKEN",
        "registrationExpiresAt": iso(time.time() + 9000),
    }
    name = hashlib.sha1(b"s").hexdigest()
    (desk.folder / ".aws" / "sso" / "cache" / f"{name}.json").write_text(json.dumps(token))


# What needs a token, the variable that sends it elsewhere.
TOKENS: dict[str, tuple[Callable[[Desk], None], str]] = {
    "a web identity": (web_identity, "AWS_ENDPOINT_URL_STS"),
    "SSO": (single_sign_on, "AWS_ENDPOINT_URL_SSO"),
    "SSO, all services": (single_sign_on, "AWS_ENDPOINT_URL"),
    "an SSO token that is renewed": (renewed_sign_on, "AWS_ENDPOINT_URL_SSO_OIDC"),
}


@pytest.mark.parametrize("case", TOKENS)
def test_a_token_is_sent_once_and_announced_first(desk: Desk, monkeypatch: Patch, case: str) -> None:
    set_up, variable = TOKENS[case]
    set_up(desk)
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with capture() as other:
        monkeypatch.setenv(variable, f"http://127.0.0.1:{other.port}")
        done = desk.run("whoami", "dev")
        assert done.stderr.startswith(
            f"warning: {variable} sends the requests to http://127.0.0.1:{other.port} instead"
        )
        assert b"TOKEN" in other.sent
        assert other.connections == 1
    assert done.returncode in (5, 6), done.stderr
    with capture() as other:
        monkeypatch.setenv(variable, f"http://127.0.0.2:{other.port}")
        done = desk.run("whoami", "dev")
    assert done.returncode == 6
    assert "is not encrypted; nothing was sent" in done.stderr


def test_each_client_of_botocores_has_the_same_configuration(desk: Desk) -> None:
    desk.set_up()
    session = _session("work:iam", Gate(os.environ, lambda _: None))
    assert isinstance(session, Session)
    for service in ("sts", "sso", "sso-oidc", "signin"):
        client = session.create_client(service, region_name="us-east-1")
        assert client.meta.config.retries["total_max_attempts"] == 1
        assert client._endpoint.http_session._verify is True


FULL, RELATIVE = (f"AWS_CONTAINER_CREDENTIALS_{kind}_URI" for kind in ("FULL", "RELATIVE"))
IMDS = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
# Who hands out keys, as a variable says; what is printed, and whether that host is called.
PROVIDERS: dict[str, tuple[dict[str, str], str, bool]] = {
    "a host after the address": ({RELATIVE: "@127.0.0.2:PORT/x"}, f"{RELATIVE} is not a path: @127.0.0.2:PORT", False),
    "a port after the address": ({RELATIVE: ":PORT/x"}, f"{RELATIVE} is not a path: :PORT/x", False),
    "a backslash": ({FULL: r"http://127.0.0.2:PORT\@127.0.0.1/x"}, f"{FULL} is not a valid endpoint URL", False),
    "this machine": ({FULL: "http://127.0.0.2:PORT/x"}, "awsprof: ", True),
    "another host": ({FULL: "https://other.invalid/x"}, f"{FULL} fetches keys from https://other.invalid inst", False),
    "metadata": (
        {IMDS: "http://other.invalid", "AWS_EC2_METADATA_DISABLED": "false"},
        f"{IMDS} fetches keys from http://other.invalid instead of AWS",
        False,
    ),
}


@pytest.mark.parametrize("case", PROVIDERS)
def test_who_hands_out_keys_is_announced(desk: Desk, monkeypatch: Patch, case: str) -> None:
    variables, told, called = PROVIDERS[case]
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "TOKEN")
    desk.write("[default]\nregion = us-east-1\n")
    with capture("127.0.0.2") as other:
        for name, value in variables.items():
            monkeypatch.setenv(name, value.replace("PORT", str(other.port)))
        done = desk.run("whoami")
        assert told.replace("PORT", str(other.port)) in done.stderr.splitlines()[0]
        assert done.returncode in (2, 5, 6)
        assert (b"TOKEN" in other.sent) == called


# CA bundles

# Variables and the profile's ca_bundle (FILE: a real one); what is printed, and the exit code.
BUNDLES: dict[str, tuple[dict[str, str], str | None, str, int]] = {
    "none": ({}, None, "", 0),
    "an empty variable": ({"AWS_CA_BUNDLE": ""}, None, "AWS_CA_BUNDLE is empty", 6),
    "a blank variable": ({"AWS_CA_BUNDLE": " "}, None, "AWS_CA_BUNDLE is empty", 6),
    "an empty one of requests": ({"REQUESTS_CA_BUNDLE": ""}, None, "REQUESTS_CA_BUNDLE is empty", 6),
    "an empty one of the profile": ({}, "", "ca_bundle of work:iam is empty", 6),
    "an empty variable before a good profile": ({"AWS_CA_BUNDLE": ""}, "FILE", "AWS_CA_BUNDLE is empty", 6),
    "an empty profile before a good variable": ({"REQUESTS_CA_BUNDLE": "FILE"}, "", "ca_bundle of work:iam is", 6),
    "a good variable before an empty profile": ({"AWS_CA_BUNDLE": "FILE"}, "", "", 0),
    "no such file": ({"AWS_CA_BUNDLE": "/no/such.pem"}, None, "fix or remove AWS_CA_BUNDLE", 6),
    "no such file of the profile": ({}, "/no/such.pem", "from /no/such.pem: No such file or directory", 6),
    "false": ({}, "false", "from false: No such file", 6),
    "a folder": ({"REQUESTS_CA_BUNDLE": "/"}, None, "fix or remove REQUESTS_CA_BUNDLE", 6),
    "no certificates": ({"AWS_CA_BUNDLE": "/dev/null"}, None, "from /dev/null: no certificates in it", 6),
    "the profile's": ({}, "FILE", "ca_bundle of work:iam: TLS certificates are verified with FILE", 0),
}  # fmt: skip


@pytest.mark.parametrize("words", ["mfa work --code CODE", "whoami work:iam"])
@pytest.mark.parametrize("case", BUNDLES)
def test_tls_is_always_verified(desk: Desk, monkeypatch: Patch, case: str, words: str) -> None:
    variables, own, told, exit_code = BUNDLES[case]
    from botocore.httpsession import get_cert_path

    bundle = str(get_cert_path(verify=True))
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("FILE", bundle))
    desk.set_up()
    if own is not None:
        config, credentials = desk.read()
        desk.write(f"{config}[profile work:iam]\nca_bundle = {own.replace('FILE', bundle)}\n", credentials)
    done = desk.run(*words.replace("CODE", desk.user.next_code()).split())
    assert done.returncode == exit_code, done.stderr
    assert told.replace("FILE", bundle) in done.stderr
    assert done.stderr.count("TLS certificates are verified") == int("verified with" in told)
    assert bool(desk.sts.requests) == (exit_code == 0)
