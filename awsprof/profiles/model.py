"""All profiles, merged from both AWS files, and what each one is."""

from __future__ import annotations

from awsprof.files import read
from awsprof.profiles import names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    Source = Callable[[], dict[str, str]]

KEY_ID, SECRET, TOKEN = "aws_access_key_id", "aws_secret_access_key", "aws_session_token"
SESSION_KEYS = (KEY_ID, SECRET, TOKEN)
LEGACY_TOKEN = "aws_security_token"  # noqa: S105 - a setting's name; botocore reads it before aws_session_token
EXPIRATION, EXPIRATION_FOR = "expiration", "awsprof_expiration_for"
OTHER_EXPIRATION = "x_security_token_expires"  # saml2aws and others write a session's end so
USER = "awsprof_user"  # of an iam profile: the IAM user's name, as AWS said it
DEVICE_ARN = "mfa_device_arn"
MFA_SERIAL, MFA_PROCESS = "mfa_serial", "mfa_process"
LOGIN = "login_session"  # the ARN that `aws login` signed in
SSO = ("sso_session", "sso_start_url", "sso_account_id")


class Profile:
    """One profile with its settings of either file; where both have a key the credentials file wins, as in botocore.

    Args:
        name: its name.
        config: gives the settings of the config file when they are first asked for.
        credentials: likewise those of the credentials file.
    """

    __slots__ = ("_config", "_credentials", "name", "of_config", "of_credentials")

    def __init__(self, name: str, config: Source = dict, credentials: Source = dict) -> None:
        self.name = name
        self.of_config, self.of_credentials = config, credentials
        self._config: dict[str, str] | None = None
        self._credentials: dict[str, str] | None = None

    @property
    def config(self) -> dict[str, str]:
        """The settings of the config file."""
        if self._config is None:
            self._config = self.of_config()
        return self._config

    @property
    def credentials(self) -> dict[str, str]:
        """The settings of the credentials file."""
        if self._credentials is None:
            self._credentials = self.of_credentials()
        return self._credentials

    def get(self, key: str) -> str:
        """The value that the AWS tools would use, or nothing."""
        return self.credentials[key] if key in self.credentials else self.config.get(key, "")

    def has(self, key: str) -> bool:
        """Whether one of the files has this setting, even an empty one."""
        return key in self.credentials or key in self.config

    @property
    def kind(self) -> str:
        """`iam` or `mfa` by name, otherwise by content `role`, `sso`, `login`, `process`, `keys`, or empty."""
        by_name = names.kind_by_name(self.name)
        if by_name:
            return by_name
        # botocore's order: the credentials file, then `aws login`, then the process, then keys in config.
        found = {
            "role": self.get("role_arn"),
            "sso": any(map(self.get, SSO)),
            "keys": self.credentials.get(KEY_ID),
            "login": self.get(LOGIN),
            "process": self.get("credential_process"),
        }
        return next((kind for kind, there in found.items() if there), "keys" if self.get(KEY_ID) else "")

    @property
    def has_keys(self) -> bool:
        """Whether the files hold keys for it, long-term or temporary."""
        return bool(self.get(KEY_ID) and self.get(SECRET))

    @property
    def mentions_keys(self) -> bool:
        """Whether the files have a key setting for it, even half a pair: AWS tools then assume no role for a source."""
        return self.has(KEY_ID) or self.has(SECRET)

    @property
    def half_pair(self) -> str:
        """The setting that is missing beside the other half of a key pair where AWS tools look; empty if none is.

        They take a pair from one file only, the credentials file first. A key id without a secret ends their search;
        a secret alone is skipped, so it is half a pair only if nothing else gives keys.
        """
        if KEY_ID in self.credentials:
            return "" if self.credentials.get(SECRET) else SECRET
        if any(map(self.has, (LOGIN, "credential_process"))):
            return ""
        if KEY_ID in self.config:
            return "" if self.config.get(SECRET) else SECRET
        return KEY_ID if self.has(SECRET) else ""

    @property
    def assumes(self) -> bool:
        """Whether AWS tools assume a role for it with the keys of another profile, or of credential_source."""
        return self.has("role_arn") and not self.has("web_identity_token_file")


class Profiles(dict[str, Profile]):
    """All profiles by name, and the files they come from."""

    def __init__(self, config: read.IniFile, credentials: read.IniFile) -> None:
        super().__init__()
        self.config = config
        self.credentials = credentials
        for name, section in read.config_sections(config):
            self[name] = Profile(name, section.values)
        for name, section in credentials.sections.items():
            profile = self.get(name) or self.setdefault(name, Profile(name))
            profile.of_credentials = section.values

    def place(self, name: str, key: str) -> tuple[str, int]:
        """Return the file and the line (from 1) of the setting that AWS tools use; of the header if there is none."""
        config = dict(read.config_sections(self.config))
        for file, section in ((self.credentials, self.credentials.sections.get(name)), (self.config, config.get(name))):
            if section is not None and key in section.options:
                return file.path, section.options[key].first + 1
        section = config.get(name) or self.credentials.sections.get(name)
        return (self.config if name in config else self.credentials).path, section.line + 1 if section else 1

    def sso_session(self, name: str) -> dict[str, str]:
        """Return the settings of an sso-session of the config file; empty if there is none."""
        header = read.header_named(self.config, "sso-session", name)
        return self.config.values(header) if header else {}

    @property
    def warnings(self) -> list[str]:
        """One line for each file that the AWS CLI and boto3 refuse."""
        return [warning for file in (self.config, self.credentials) if (warning := file.warning())]


def load(environ: Mapping[str, str]) -> Profiles:
    """Read both AWS files; missing ones are empty.

    Raises:
        FileError: one is there and cannot be read.
    """
    config, credentials = read.paths(environ)
    return Profiles(read.load(config), read.load(credentials))


def changed(profiles: Profiles, name: str, settings: Mapping[str, str | None]) -> Profiles:
    """Return the profiles as they would be with other settings of one; None removes a setting."""
    before = profiles.get(name) or Profile(name)
    merged = {**before.config, **before.credentials, **settings}
    then = {key: value for key, value in merged.items() if value is not None}
    after = Profiles(profiles.config, profiles.credentials)
    after[name] = Profile(name, lambda: then)
    return after


def standing_on(profiles: Profiles, names_: Collection[str]) -> list[str]:
    """The profiles that could not do without some others, near and far: by source, or a session by its user's keys."""
    found: dict[str, None] = {}
    while True:
        base = {*names_, *found}
        more = [name for name in sorted(profiles) if name not in base and _stands_on(profiles[name], base)]
        if not more:
            return list(found)
        found.update(dict.fromkeys(more))


def _stands_on(profile: Profile, base: Collection[str]) -> bool:
    needs = [profile.get(key) for key in read.REFERENCES]
    if names.kind_by_name(profile.name) == names.MFA:
        needs.append(names.iam(names.domain_of(profile.name)))
    return any(need in base for need in needs if need)


def device_of(profiles: Profiles, domain: str) -> str:
    """The ARN of a domain's MFA device, or nothing."""
    profile = profiles.get(names.mfa(domain))
    return (profile.get(DEVICE_ARN) or profile.get(MFA_SERIAL)) if profile else ""


def account(profiles: Profiles, profile: Profile) -> str:
    """The account number a profile leads to, as far as the files tell."""
    arn = profile.get("role_arn") or (profile.get(LOGIN) if profile.kind == "login" else "")
    if names.kind_by_name(profile.name):
        arn = device_of(profiles, names.domain_of(profile.name))
    return arn_account(arn) or profile.get("sso_account_id") or profile.get("aws_account_id")


def arn_account(arn: str) -> str:
    """The account in an ARN, or nothing."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""


def arn_partition(arn: str) -> str:
    """The partition in an ARN: aws, aws-cn, aws-us-gov; `aws` where there is none."""
    parts = arn.split(":")
    return parts[1] if len(parts) > 5 else "aws"
