"""What other tools wrote into the AWS files, in awsprof's terms: a user's keys, their MFA device, the roles on them.

keys, and roles on them with mfa_serial (the AWS CLI, awsume, aws-vault)    D:iam, D:mfa, D:ROLE
[X-long-term] with aws_mfa_device, and the session in [X] (aws-mfa)         D:iam, D:mfa
role_duration (awsume), include_profile (aws-vault)                         duration_seconds, what it includes
"""

from __future__ import annotations

from awsprof.errors import FileError, UsageError
from awsprof.files import edit, read
from awsprof.profiles import names
from awsprof.profiles.model import DEVICE_ARN, KEY_ID, MFA_PROCESS, MFA_SERIAL, SECRET, TOKEN, USER
from awsprof.profiles.names import IAM
from awsprof.profiles.renaming import COPY_OF
from awsprof.profiles.sources import over_an_hour
from awsprof.profiles.validate import check_device
from awsprof.text.display import quoted
from awsprof.text.masking import is_secret, masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.files.read import Settings
    from awsprof.profiles.model import Profile, Profiles

LONG_TERM = "-long-term"
_AWS_MFA_DEVICE = "aws_mfa_device"
_DURATIONS = ("duration_seconds", "role_duration")
_INCLUDED = ("region", "output", "external_id", "role_session_name", "duration_seconds")
_SOURCE, _SESSION_NAME = "source_profile", "role_session_name"
DEFAULT = "default"


class Found:
    """A user's keys with an MFA device: the profile that holds them, its session's, and the roles, near and far."""

    __slots__ = ("device", "keys", "roles", "session")

    def __init__(self, keys: str, device: str, session: str, roles: list[str]) -> None:
        self.keys = keys
        self.device = device
        self.session = session
        self.roles = roles


class Adoption:
    """What changes: sections added beside the old, or new names and settings; what is left or dropped, and why."""

    __slots__ = ("config", "credentials", "dropped", "left", "renamed")

    def __init__(self) -> None:
        self.renamed: dict[str, str] = {}
        self.config: dict[str, Settings] = {}
        self.credentials: dict[str, Settings] = {}
        self.left: dict[str, str] = {}
        self.dropped: dict[str, str] = {}


class Wish:
    """How a domain is made: by renaming in place (`default`, too, only if `with_default`) or beside what is there.

    `session_name` is for roles that have none; `long` keeps durations that AWS refuses.
    """

    __slots__ = ("long", "move", "session_name", "with_default")

    def __init__(self, *, move: bool, with_default: bool = False, session_name: str = "", long: bool = False) -> None:
        self.move = move
        self.with_default = with_default
        self.session_name = session_name
        self.long = long

    def renames(self, name: str) -> bool:
        """Whether a profile is renamed, instead of copied."""
        return self.move and (name != DEFAULT or self.with_default)


def find(known: Profiles) -> tuple[list[Found], dict[str, str]]:
    """The users' keys that can be adopted, and the profiles that cannot be, each with the reason."""
    found: list[Found] = []
    left: dict[str, str] = {}
    for name in sorted(known):
        if not _is_long_term(known[name]) or names.kind_by_name(name) == IAM:
            continue
        session = name.removesuffix(LONG_TERM) if name.endswith(LONG_TERM) else ""
        roles = _roles_on(known, {name, session} - {""})
        devices = _devices(known, name, roles)
        left[name] = _no_device(name, devices)
        if not left[name]:
            found.append(Found(name, devices[0], session if session in known else "", roles))
    taken = {name for one in found for name in (one.session, *one.roles)}
    left |= {name: _why_not(known, known[name]) for name in known if name not in taken | left.keys()}
    return found, {name: why for name, why in sorted(left.items()) if why}


def _is_long_term(profile: Profile) -> bool:
    copy = COPY_OF in profile.credentials
    return profile.has_keys and not profile.get(TOKEN) and not profile.get(KEY_ID).startswith("ASIA") and not copy


def _roles_on(known: Profiles, base: set[str]) -> list[str]:
    """The roles that stand on some profiles, the nearest first."""
    found: list[str] = []
    while True:
        on = base | set(found)
        more = [name for name in sorted(known) if name not in on and _is_role_on(known, known[name], on)]
        if not more:
            return found
        found += more


def _is_role_on(known: Profiles, profile: Profile, base: set[str]) -> bool:
    return profile.assumes and not profile.get("credential_source") and said(known, profile, _SOURCE) in base


def said(known: Profiles, profile: Profile, key: str) -> str:
    """A setting as aws-vault reads it: the profile's own, else that of the profile it includes."""
    seen: set[str] = set()
    while not profile.get(key) and profile.get("include_profile") in known and profile.name not in seen:
        seen.add(profile.name)
        profile = known[profile.get("include_profile")]
    return profile.get(key)


def _devices(known: Profiles, name: str, roles: list[str]) -> list[str]:
    """The different devices that are named for a user's keys: by themselves, else by the roles."""
    own = [said(known, known[name], key) for key in (DEVICE_ARN, MFA_SERIAL, _AWS_MFA_DEVICE)]
    named = [device for device in own if device] or [said(known, known[role], MFA_SERIAL) for role in roles]
    return sorted({device for device in named if device})


def _no_device(name: str, devices: list[str]) -> str:
    """Why there is no one device that gives sessions; nothing where there is."""
    if not devices:
        return f"keys without an MFA device; to make a domain of them: awsprof rename {quoted(name)} DOMAIN:{IAM}"
    if len(devices) > 1:
        return "its roles name several MFA devices"
    try:
        check_device(devices[0])
    except UsageError as error:
        return error.what
    return ""


def _why_not(known: Profiles, profile: Profile) -> str:
    """Why a profile is left that nobody's keys lead to; nothing where it is awsprof's already."""
    domain = names.domain_of(profile.name)
    if names.kind_by_name(profile.name) or names.iam(domain) in known:
        return ""
    if profile.get(KEY_ID):
        return "temporary keys of another tool"
    if profile.get("role_arn"):
        source = said(known, profile, _SOURCE)
        return f"a role on {quoted(source)}, whose keys awsprof cannot adopt" if source else "a role without a source"
    if said(known, profile, MFA_SERIAL):
        name = quoted(profile.name)
        put = f"awsprof set {name} {KEY_ID}=KEY_ID {SECRET}=-"
        return f"its keys are not in the files (aws-vault keeps them); to put them there: {put}, then adopt again"
    return {"sso": "SSO", "process": "a credential_process"}.get(profile.kind, "no credentials of its own")


def adopt(known: Profiles, found: Found, domain: str, wish: Wish) -> Adoption:
    """What makes a domain of a user's keys.

    Args:
        known: the profiles there are.
        found: the keys and what depends on them.
        domain: its name.
        wish: how it is made.

    Raises:
        UsageError: the domain has other keys, or another device, already.
        FileError: a setting of the keys is one that some AWS tools read differently.
    """
    made = Adoption()
    called = _names(known, found, domain, wish, made.left)
    _refuse_other(known, found, domain)
    moved = {old: new for old, new in called.items() if wish.renames(old)}
    made.renamed = {old: new for old, new in moved.items() if old != new and old in known}
    _keys(known, known[found.keys], names.iam(domain), made)
    in_place = found.session in moved and known[found.session].config
    made.config[found.session if in_place else names.mfa(domain)] = {DEVICE_ARN: found.device}
    for role in found.roles:
        if role in called:
            _role(known, known[role], called, domain, wish, made)
    return made


def _names(known: Profiles, found: Found, domain: str, wish: Wish, left: dict[str, str]) -> dict[str, str]:
    """The new name of everything that gets one."""
    called = {found.keys: names.iam(domain)}
    if found.session:
        called[found.session] = names.mfa(domain)
    for role in found.roles:
        try:
            new = f"{domain}:{names.check_role_name(_bare(role, domain))}"
            if not wish.renames(role):
                _refuse_unreadable(known, known[role], _flat(known[role]))
        except (FileError, UsageError) as error:
            left[role] = error.what
            continue
        there = known.get(new)
        if new in called.values() or (new != role and there and there.get("role_arn") != known[role].get("role_arn")):
            left[role] = f"there is a profile {quoted(new)} already"
        elif said(known, known[role], _SOURCE) not in called:
            left[role] = "what it depends on is left"
        else:
            called[role] = new
    return called


def _refuse_unreadable(known: Profiles, profile: Profile, settings: Settings) -> None:
    """Refuse to copy a value that some AWS tools read differently, with the line that it is on.

    Raises:
        FileError: there is one.
    """
    for key, value in settings.items():
        reason = edit.unreadable(value or "")
        if reason:
            shown = f"{key} = {quoted(masked(key, value or ''))}"
            file, line = known.place(profile.name, key.partition(".")[0])
            raise FileError(
                f"{quoted(file)} line {line}: {shown} of {quoted(profile.name)} {reason}",
                "fix that line in an editor, then try again; nothing was written",
            )


def _bare(role: str, domain: str) -> str:
    """What a role is called within its domain: acme-dev is acme:dev."""
    bare = names.split(role)[1] or role
    for mark in "-_/":
        if bare.startswith(domain + mark) and len(bare) > len(domain) + 1:
            return bare[len(domain) + 1 :]
    return bare


def _refuse_other(known: Profiles, found: Found, domain: str) -> None:
    iam, mfa = known.get(names.iam(domain)), known.get(names.mfa(domain))
    if iam is not None and iam.get(KEY_ID) not in ("", known[found.keys].get(KEY_ID)):
        raise UsageError(f"{quoted(domain)} has other keys already", "choose another domain: --domain DOMAIN")
    if mfa is not None and (mfa.get(DEVICE_ARN) or found.device) != found.device:
        raise UsageError(f"{quoted(domain)} has another MFA device already", "choose another domain: --domain DOMAIN")


def _keys(known: Profiles, profile: Profile, name: str, made: Adoption) -> None:
    """The keys themselves, unless they are renamed; with the settings that belong to them."""
    if profile.name in made.renamed or profile.name == name:
        return
    made.credentials[name] = {KEY_ID: profile.get(KEY_ID), SECRET: profile.get(SECRET)}
    beside = {key: profile.get(key) for key in ("region", "output", USER, MFA_PROCESS) if profile.get(key)}
    _refuse_unreadable(known, profile, beside)
    if beside:
        made.config[name] = beside


def _role(known: Profiles, role: Profile, called: dict[str, str], domain: str, wish: Wish, made: Adoption) -> None:
    """A role on the session, if a device was asked for; otherwise on what its source has become."""
    source = said(known, role, _SOURCE)
    # aws-vault asks for a role's code if the source carries the device.
    asks = any(said(known, one, MFA_SERIAL) for one in (role, known[source])) and known[source].has_keys
    changed: dict[str, str | None] = {_SOURCE: names.mfa(domain) if asks else called[source], MFA_SERIAL: None}
    changed |= {key: value for key in _INCLUDED if not role.get(key) and (value := said(known, role, key))}
    if wish.session_name and not said(known, role, _SESSION_NAME):
        changed[_SESSION_NAME] = wish.session_name
    if role.get("role_duration") and not role.get("duration_seconds"):
        changed["duration_seconds"] = role.get("role_duration")
    if changed[_SOURCE] != names.iam(domain) and not wish.long:
        _drop_durations(role, called[role.name], changed, made)
    if role.name not in made.renamed:
        new = {key: value for key, value in {**_flat(role), **changed}.items() if value is not None}
        made.config[called[role.name]] = new
        return
    in_credentials = {key: value for key, value in changed.items() if key in role.credentials}
    if in_credentials:
        made.credentials[role.name] = in_credentials
    made.config[role.name] = {key: value for key, value in changed.items() if key not in role.credentials}


def _drop_durations(role: Profile, name: str, changed: dict[str, str | None], made: Adoption) -> None:
    """Leave out durations that AWS refuses for a role assumed with temporary keys."""
    for key in _DURATIONS:
        seconds = changed.get(key) or role.get(key)
        if over_an_hour(seconds):
            changed[key] = None
            made.dropped[name] = (
                f"{key} = {seconds} of {quoted(name)} is left out: "
                f"AWS allows 1 h for a role assumed through {quoted(changed[_SOURCE] or '')}"
            )


def _flat(role: Profile) -> dict[str, str]:
    """The settings of a role, those of a block as `block.key`; no keys, for AWS tools do not use them there."""
    flat: dict[str, str] = {}
    for key, value in {**role.config, **role.credentials}.items():
        if value.startswith("\n"):
            flat |= {f"{key}.{name}": inside for name, inside in (read.nested(value) or {}).items()}
        elif value and key != KEY_ID and not is_secret(key):
            flat[key] = value
    return flat
