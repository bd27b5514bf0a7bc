"""What changes the host or the identity of AWS tools: `status` reports it, `use` names the variables."""

import json

import pytest

from awsprof.commands import status, use
from tests.conftest import Home

ARN = "arn:aws:iam::123456789012"
CHAIN = f"""\
[profile work:mfa]
mfa_device_arn = {ARN}:mfa/you
[profile work:dev]
role_arn = {ARN}:role/Dev
source_profile = work:mfa
"""
USER = "[work:iam]\naws_access_key_id = A\naws_secret_access_key = s\n"
URL = "https://evil.example"


def lines_of(home: Home, **variables: str) -> list[str]:
    """What status prints of overrides, without those that each test has."""
    home.call(status.run, **{"AWS_PROFILE": "work:dev"} | variables)
    found = [line for line in home.out.splitlines() if line.startswith(("host ", "trust ", "identity "))]
    return [line for line in found if "AWS_CONFIG_FILE" not in line and "AWS_SHARED_CRED" not in line]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("AWS_ENDPOINT_URL", URL, f"host     AWS_ENDPOINT_URL = {URL}"),
        ("AWS_ENDPOINT_URL_STS", URL, f"host     AWS_ENDPOINT_URL_STS = {URL}"),
        ("AWS_ENDPOINT_URL", "https://me:shh@h", "host     AWS_ENDPOINT_URL = https://********@h"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", "host     AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = true"),
        ("AWS_DATA_PATH", "/x", "host     AWS_DATA_PATH = /x"),
        ("AWS_USE_FIPS_ENDPOINT", "true", "host     AWS_USE_FIPS_ENDPOINT = true"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true", "host     AWS_USE_DUALSTACK_ENDPOINT = true"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", URL, f"host     AWS_EC2_METADATA_SERVICE_ENDPOINT = {URL}"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6", "host     AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE = IPv6"),
        ("AWS_METADATA_URL", URL, f"host     AWS_METADATA_URL = {URL}"),
        ("AWS_STS_ENDPOINT", URL, f"host     AWS_STS_ENDPOINT = {URL}"),
        ("BOTOCORE_EXPERIMENTAL__PLUGINS", "x=y", "host     BOTOCORE_EXPERIMENTAL__PLUGINS = x=y"),
        ("AWS_LOGIN_CACHE_DIRECTORY", "/x", "identity AWS_LOGIN_CACHE_DIRECTORY = /x"),
        ("AWS_CSM_HOST", "evil.example", "host     AWS_CSM_HOST = evil.example"),
        ("HTTPS_PROXY", "http://me:shh@p:1", "host     HTTPS_PROXY = http://********@p:1"),
        ("https_proxy", "me:shh@p:1", "host     https_proxy = ********@p:1"),
        ("AWS_CA_BUNDLE", "/x.pem", "trust    AWS_CA_BUNDLE = /x.pem"),
        ("AWS_CA_BUNDLE", "", "trust    AWS_CA_BUNDLE = (empty)"),
        ("REQUESTS_CA_BUNDLE", "", "trust    REQUESTS_CA_BUNDLE = (empty)"),
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0", "trust    NODE_TLS_REJECT_UNAUTHORIZED = 0"),
        ("AWS_BEARER_TOKEN_BEDROCK", "shh", "identity AWS_BEARER_TOKEN_BEDROCK = ********"),
        ("AWS_EB_PROFILE", "prod", "identity AWS_EB_PROFILE = prod"),
        ("AWS_CREDENTIAL_FILE", "/x", "identity AWS_CREDENTIAL_FILE = /x"),
        ("AWS_SECRET_KEY", "shh", None),  # a switch removes it, and it is reported as such
        ("AWS_ENDPOINT_URL", "", None),
        ("AWS_DATA_PATH", "", None),
        ("AWS_EB_PROFILE", "", None),
        ("AWS_ENDPOINT_URL_\x1b[31m", URL, None),  # no shell can set it, and no SDK reads it
        ("NO_PROXY", "*", None),
        ("AWS_ENDPOINT_URL", "https://a\u3164b", r"host     AWS_ENDPOINT_URL = https://a\u3164b"),
    ],
)
def test_variables(home: Home, name: str, value: str, shown: str | None) -> None:
    home.write(CHAIN, USER)
    assert lines_of(home, **{name: value}) == ([shown] if shown else [])


@pytest.mark.parametrize(
    ("config", "credentials", "shown"),
    [
        (f"[profile work:dev]\nendpoint_url = {URL}", "", [("host", "endpoint_url", URL, "work:dev")]),
        ("[profile work:dev]\nca_bundle = /x.pem", "", [("trust", "ca_bundle", "/x.pem", "work:dev")]),
        ("[profile work:dev]\nca_bundle =", "", [("trust", "ca_bundle", "", "work:dev")]),
        ("[profile work:dev]\ndata_path = /x", "", [("host", "data_path", "/x", "work:dev")]),
        ("[profile work:dev]\nuse_fips_endpoint = true", "", [("host", "use_fips_endpoint", "true", "work:dev")]),
        ("[profile work:dev]\nendpoint_url =", "", []),
        (
            f"[profile work:dev]\nservices = x\n[services x]\nsts =\n  endpoint_url = {URL}\ns3 =\n  a = b",
            "",
            [("host", "sts.endpoint_url", URL, "services x")],
        ),
        (
            f"[profile work:dev]\nservices = 'x y'\n[services 'x y']\nsts =\n  endpoint_url = {URL}",
            "",
            [],  # botocore compares the value with its quotes
        ),
        (
            f"[profile work:dev]\nservices = x y\n[services 'x y']\nsts =\n  endpoint_url = {URL}",
            "",
            [("host", "sts.endpoint_url", URL, "services 'x y'")],
        ),
        (f"[services y]\nsts =\n  endpoint_url = {URL}", "", []),
        (
            f"[profile work:dev]\ns3 =\n  endpoint_url = {URL}",  # the AWS CLI's endpoint plugin
            "",
            [("host", "s3.endpoint_url", URL, "work:dev")],
        ),
        ("[plugins]\nendpoint = x", "", [("host", "plugins.endpoint", "x", "plugins")]),
        (f"[DEFAULT]\nendpoint_url = {URL}", "", [("host", "endpoint_url", URL, "work:dev")]),
        # What the profile depends on, down to the keys, in either file.
        (f"[profile work:mfa]\nendpoint_url = {URL}", "", [("host", "endpoint_url", URL, "work:mfa")]),
        ("", f"[work:iam]\nendpoint_url = {URL}", [("host", "endpoint_url", URL, "work:iam")]),
        (
            "",
            "[work:iam]\nendpoint_url = https://me:shh@h",
            [("host", "endpoint_url", "https://********@h", "work:iam")],
        ),
        (f"[profile other]\nendpoint_url = {URL}", "", []),
    ],
)
def test_settings(home: Home, config: str, credentials: str, shown: list[tuple[str, str, str, str]]) -> None:
    add(home, config, credentials)
    home.call(lambda ctx: status.run(ctx, as_json=True), AWS_PROFILE="work:dev")
    found = [one for one in json.loads(home.out)["overrides"] if one["section"]]
    inherited = [one for one in found if "[DEFAULT]" not in config or one["section"] == "work:dev"]
    assert [(o["changes"], o["setting"], o["value"], o["section"]) for o in inherited] == shown
    assert all(o["file"] == str(home.credentials if credentials else home.config) for o in inherited)
    assert len(lines_of(home)) == len(found)
    assert "shh" not in home.out


def add(home: Home, config: str, credentials: str) -> None:
    """Write the chain with some more settings in its sections."""
    parts = [CHAIN, USER]
    for at, text in enumerate((config, credentials)):
        header, _, rest = text.partition("\n")
        known = f"{header}\n" in parts[at]
        parts[at] = parts[at].replace(f"{header}\n", f"{header}\n{rest}\n") if known else f"{parts[at]}{text}\n"
    home.write(*parts)


def test_without_a_profile_it_is_that_of_default(home: Home) -> None:
    home.write(f"[default]\nendpoint_url = {URL}\n")
    assert lines_of(home, AWS_PROFILE="") == [f"host     endpoint_url = {URL} of default  ({home.config})"]


def test_models_that_botocore_loads(home: Home) -> None:
    home.write(CHAIN, USER)
    (home.folder / ".aws/models").mkdir(parents=True)
    assert lines_of(home) == [f"host     ~/.aws/models = {home.folder}/.aws/models"]


def test_json_of_a_variable(home: Home) -> None:
    home.write(CHAIN, USER)
    home.call(lambda ctx: status.run(ctx, as_json=True), AWS_PROFILE="work:dev", AWS_ENDPOINT_URL=URL)
    first = json.loads(home.out)["overrides"][0]
    assert first == {"changes": "host", "setting": "AWS_ENDPOINT_URL", "value": URL, "section": None, "file": None}


WHY = "they change which host or identity AWS tools use (see awsprof status)"


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        (["AWS_ENDPOINT_URL"], "AWS_ENDPOINT_URL"),
        (["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"], "AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3"),
        (["AWS_DATA_PATH"], "AWS_DATA_PATH"),
        (["AWS_BEARER_TOKEN_BEDROCK"], "AWS_BEARER_TOKEN_BEDROCK"),
        (["AWS_EB_PROFILE"], "AWS_EB_PROFILE"),
    ],
)
def test_use_names_what_it_leaves(home: Home, variables: list[str], named: str) -> None:
    home.write(CHAIN, USER)
    home.call(lambda ctx: use.run(ctx, "work:iam"), **dict.fromkeys(variables, "shh"))
    assert home.err == f"work:iam  123456789012\nkept {named}: {WHY}\n"
    assert not any(name in home.snippet for name in variables)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_DATA_PATH", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL_\x1b"])
def test_use_is_silent_about_what_changes_nothing(home: Home, name: str) -> None:
    home.write(CHAIN, USER)
    home.call(lambda ctx: use.run(ctx, "work:iam"), **{name: ""})
    assert home.err == "work:iam  123456789012\n"
