"""What changes which host AWS tools call, whose certificates they trust, or which identity they use, as a table.

From botocore's session variables, the settings reference of the AWS SDKs and the proxies' variables. Variables that a
switch removes are in environment.py. An empty one counts only if it means something: no certificates at all.
"""

from __future__ import annotations

import os

from awsprof.files import read
from awsprof.profiles import chains
from awsprof.shell import environment
from awsprof.text.masking import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from awsprof.profiles.model import Profiles

HOST, TRUST, IDENTITY = "host", "trust", "identity"
_IDENTITIES = ("AWS_BEARER_TOKEN_", "AWS_EB_PROFILE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_VARIABLES = {
    **dict.fromkeys(("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_USE_FIPS_ENDPOINT"), HOST),
    **dict.fromkeys(("AWS_USE_DUALSTACK_ENDPOINT", "AWS_STS_REGIONAL_ENDPOINTS", "AWS_CSM_HOST"), HOST),
    **dict.fromkeys(("AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), HOST),
    # Terraform's own, and code that botocore loads.
    **dict.fromkeys(("AWS_METADATA_URL", "AWS_STS_ENDPOINT", "AWS_IAM_ENDPOINT", "AWS_S3_ENDPOINT"), HOST),
    **dict.fromkeys(("AWS_DYNAMODB_ENDPOINT", "BOTOCORE_EXPERIMENTAL__PLUGINS"), HOST),
    **dict.fromkeys((*_PROXIES, *map(str.lower, _PROXIES)), HOST),
    **dict.fromkeys(("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"), TRUST),
    **dict.fromkeys(("NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED"), TRUST),
    "AWS_LOGIN_CACHE_DIRECTORY": IDENTITY,
    **dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG"), IDENTITY),
}
_SETTINGS = {
    **dict.fromkeys(("endpoint_url", "ignore_configured_endpoint_urls", "data_path", "csm_host"), HOST),
    **dict.fromkeys(("use_fips_endpoint", "use_dualstack_endpoint", "sts_regional_endpoints"), HOST),
    **dict.fromkeys(("ec2_metadata_service_endpoint", "ec2_metadata_service_endpoint_mode"), HOST),
    "ca_bundle": TRUST,
}
_EMPTY_COUNTS = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "ca_bundle")  # botocore before 1.43.54 then checks nothing


class Override:
    """One setting: what it changes, its name, its value as it may be shown, and where it is.

    Args:
        changes: host, trust or identity.
        setting: a variable, a setting, or a block and a setting, as `s3.endpoint_url`.
        value: its value, secrets masked.
        section: the profile or section that has it; empty for a variable.
        file: the file of that section; empty for a variable.
    """

    __slots__ = ("changes", "file", "section", "setting", "value")

    def __init__(self, changes: str, setting: str, value: str, section: str = "", file: str = "") -> None:
        self.changes = changes
        self.setting = setting
        self.value = masked(setting, value)
        self.section = section
        self.file = file

    def record(self) -> dict[str, str | None]:
        """Return it as `--json` prints it."""
        return {name: getattr(self, name) or None for name in ("changes", "setting", "section", "file")} | {
            "value": self.value
        }


def find(environ: Mapping[str, str], known: Profiles, active: str) -> list[Override]:
    """Return every override in this environment, of the active profile, and of the profiles that it depends on.

    Args:
        environ: the environment of the shell.
        known: the profiles.
        active: the active profile; without one AWS tools use `default`.
    """
    return [
        *_of_variables(environ),
        *_of_models(environ),
        *_of_profiles(known, active or "default"),
        *_of_plugins(known),
    ]


def _of_variables(environ: Mapping[str, str]) -> Iterator[Override]:
    for name in environment.reported(environ):
        yield Override(IDENTITY if name.startswith(_IDENTITIES) else HOST, name, environ[name])
    for name, changes in _VARIABLES.items():
        if environ.get(name) or (name in environ and name in _EMPTY_COUNTS):
            yield Override(changes, name, environ[name])


def _of_models(environ: Mapping[str, str]) -> Iterator[Override]:
    path = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".aws", "models")
    if os.path.isdir(path):
        yield Override(HOST, "~/.aws/models", path)


def _of_profiles(known: Profiles, active: str) -> Iterator[Override]:
    chain = chains.chain(known, active)
    for name in chains.down_to_the_keys(known, chain) if chain.links else ():
        profile = known[name]
        yield from _of_section(profile.credentials, name, known.credentials.path)
        config = {key: value for key, value in profile.config.items() if key not in profile.credentials}
        yield from _of_section(config, name, known.config.path)
        for header in _services(known, profile.get("services")):
            yield from _of_section(known.config.values(header), header, known.config.path)


def _services(known: Profiles, name: str) -> list[str]:
    """The headers of the services section of that name: botocore splits them as it splits `profile NAME`."""
    headers = [header for header in known.config.sections if header.startswith("services")] if name else []
    return [header for header in headers if read.config_profile(f"profile{header[8:]}") == name]


def _of_section(values: Mapping[str, str], section: str, file: str) -> Iterator[Override]:
    for key, value in values.items():
        if key in _SETTINGS and (value or key in _EMPTY_COUNTS):
            yield Override(_SETTINGS[key], key, value, section, file)
        elif value.startswith("\n"):  # services; also what the AWS CLI's endpoint plugin reads in a profile
            for inside, url in (read.nested(value) or {}).items():
                if inside == "endpoint_url" and url:
                    yield Override(HOST, f"{key}.{inside}", url, section, file)


def _of_plugins(known: Profiles) -> Iterator[Override]:
    """Code that the AWS CLI loads, of which a well-known one sets endpoints."""
    for key, value in known.config.values("plugins").items():
        if value:
            yield Override(HOST, f"plugins.{key}", value, "plugins", known.config.path)
