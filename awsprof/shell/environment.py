"""What a switch changes, as data: a mapping of variable to its new value, or None where it is removed.

Decided in docs/shells.md ("What a switch changes"): a switch leaves exactly what that switch alone would leave, and
`off` brings back what the first switch replaced or removed, except secrets, which are never kept.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    Change = dict[str, str | None]

PROFILE = "AWS_PROFILE"
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
SESSION_END = "AWS_SESSION_EXPIRATION"
PREVIOUS = "AWSPROF_PREVIOUS"
SAVED = "AWSPROF_SAVED"
_NAMING = (PROFILE, "AWS_DEFAULT_PROFILE")  # what names a profile
MANAGED = (PROFILE, *REGIONS, SESSION_END)

REGION_RULE = "AWSPROF_REGION"  # `never`: a switch removes the region variables instead of setting them

SECRETS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    # Go (Terraform), Java and Ruby read the first two, Ruby the rest.
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AMAZON_ACCESS_KEY_ID",
    "AMAZON_SECRET_ACCESS_KEY",
    "AMAZON_SESSION_TOKEN",
)
CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
IDENTITIES = (
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_SESSION_NAME",
    *CONTAINER,
    "AMAZON_REGION",
)
# These only describe keys that stood beside them: without those keys they would be false.
DESCRIPTIONS = (
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_SSO_PROFILE",
    "AWS_VAULT",
    "AWSU_PROFILE",
    "AWSUME_PROFILE",
    "AWSUME_EXPIRATION",
    "GRANTED_SSO",
    "GRANTED_SSO_START_URL",
    "GRANTED_SSO_ROLE_NAME",
    "GRANTED_SSO_REGION",
    "GRANTED_SSO_ACCOUNT_ID",
)
MASKS = (*SECRETS, *IDENTITIES, *DESCRIPTIONS)

# A switch leaves these alone and reports them: they change which host AWS tools call, or which identity they use.
REPORTED = ("AWS_DATA_PATH", "AWS_EB_PROFILE")
REPORTED_PREFIXES = ("AWS_ENDPOINT_URL", "AWS_BEARER_TOKEN_")  # whole families, one variable for each service

_SAFE_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:/@+-=,~")


class Saved:
    """What `off` will bring back: the user's own values, and the names of the secrets that cannot come back."""

    __slots__ = ("secrets", "values")

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.secrets: list[str] = []

    def encode(self) -> str:
        """`=REGION|=DEFAULT_REGION`, each empty where unset, then `|NAME=value` and `|-SECRET`.

        Never empty, and the part before the second `|` is what a shell can write by itself.
        """
        fields = ["=" + _escape(self.values[name]) if name in self.values else "" for name in REGIONS]
        fields += [f"{name}={_escape(value)}" for name, value in self.values.items() if name not in REGIONS]
        return "|".join(fields + [f"-{name}" for name in self.secrets])


def decode(text: str) -> Saved:
    """The inverse of Saved.encode. Fields that are none of ours are left out: anybody can set a variable."""
    saved = Saved()
    known = {PROFILE, SESSION_END, *IDENTITIES, *DESCRIPTIONS}
    fields = text.split("|")
    for name, field in zip(REGIONS, fields, strict=False):
        if field.startswith("="):
            saved.values[name] = _unescape(field[1:])
    for field in fields[2:]:
        name, equals, value = field.partition("=")
        if equals and name in known:
            saved.values[name] = _unescape(value)
        elif field[:1] == "-" and field[1:] in SECRETS and field[1:] not in saved.secrets:
            saved.secrets.append(field[1:])
    return saved


def _escape(value: str) -> str:
    return "".join(chr(byte) if byte in _SAFE_BYTES else f"%{byte:02X}" for byte in os.fsencode(value))


def _unescape(text: str) -> str:
    head, *rest = text.split("%")
    data = bytearray(os.fsencode(head))
    for part in rest:
        try:
            data.append(int(part[:2], 16))
            data += os.fsencode(part[2:])
        except ValueError:
            data += os.fsencode("%" + part)
    return os.fsdecode(bytes(data).replace(b"\0", b""))


def switch(environ: Mapping[str, str], profile: str, region: str, session_end: str, keep: Iterable[str] = ()) -> Change:
    """Return the change that makes a profile active.

    Args:
        environ: the environment of the shell.
        profile: the profile's name.
        region: what to set both region variables to. If it is empty, the user's own values stay or are restored, or
            with AWSPROF_REGION=never both variables are removed.
        session_end: the value of AWS_SESSION_EXPIRATION; empty if no expiry is known.
        keep: overriding variables that the profile needs: they keep the user's own values, unless those are empty.
    """
    change: Change = {**dict.fromkeys(masking(environ)), PROFILE: profile}
    saved = _remember(environ)
    own = {} if leaves_region_out(environ) else saved.values
    for name in REGIONS:
        change[name] = region or own.get(name) or None
    for name in keep:
        if value := environ.get(name) or saved.values.get(name):
            change[name] = value
            saved.values.pop(name, None)
        if environ.get(name):
            del change[name]
    change[SESSION_END] = session_end or None
    change[SAVED] = saved.encode()
    active = environ.get(PROFILE)
    if active and active != profile:
        change[PREVIOUS] = active
    return _effective(environ, change)


def leaves_region_out(environ: Mapping[str, str]) -> bool:
    """Return whether a switch removes the region variables instead of setting them."""
    return environ.get(REGION_RULE) == "never"


def previous(environ: Mapping[str, str]) -> str:
    """Return the profile that `use -` selects, empty if there is none.

    AWSPROF_PREVIOUS holds its name. After `off` it holds that of the switch that was undone, and on a second line the
    one before that: then the next `use -` finds it, too.
    """
    names = environ.get(PREVIOUS, "").split("\n")
    return next((name for name in names if name != environ.get(PROFILE)), names[0])


def _remember(environ: Mapping[str, str]) -> Saved:
    """What the first switch found, and what has come up since that would mask this one."""
    saved = decode(environ.get(SAVED, ""))
    names = IDENTITIES + DESCRIPTIONS + (() if environ.get(SAVED) else MANAGED)
    for name in names:
        if name in environ:
            saved.values.setdefault(name, environ[name])
    saved.secrets += [name for name in SECRETS if name in environ and name not in saved.secrets]
    return saved


def removed(environ: Mapping[str, str], change: Change) -> list[str]:
    """The masking variables that a change takes away."""
    return [name for name in masking(environ) if change.get(name, "") is None]


def off(environ: Mapping[str, str]) -> tuple[Change, Saved]:
    """The change that takes a switch back, and what it brings back. No change where no switch is in force."""
    if not environ.get(SAVED):
        return {}, Saved()
    saved = decode(environ[SAVED])
    if saved.secrets:
        saved.values = {k: v for k, v in saved.values.items() if k not in (SESSION_END, *DESCRIPTIONS)}
    change: Change = {**dict.fromkeys(MANAGED), **saved.values, SAVED: None}
    own, active, before = saved.values.get(PROFILE), environ.get(PROFILE), environ.get(PREVIOUS, "").split("\n")[0]
    if active and active not in (own, before):
        change[PREVIOUS] = f"{active}\n{before}" if before and before != own else active
    return _effective(environ, change), saved


def session_end(environ: Mapping[str, str], end: str) -> Change:
    """The change that makes AWS_SESSION_EXPIRATION true, and nothing else."""
    return _effective(environ, {SESSION_END: end or None})


def renamed(environ: Mapping[str, str], names: Mapping[str, str]) -> Change:
    """The change that follows a renaming of profiles: what is active, what was before, what `off` brings back."""
    named = [name for name in _NAMING if environ.get(name) in names]
    change: Change = {name: names[environ[name]] for name in named}
    lines = environ.get(PREVIOUS, "").split("\n")
    if any(line in names for line in lines):
        change[PREVIOUS] = "\n".join(names.get(line, line) for line in lines)
    saved = decode(environ.get(SAVED, ""))
    kept = {name: names[saved.values[name]] for name in _NAMING if saved.values.get(name) in names}
    if kept:
        saved.values.update(kept)
        change[SAVED] = saved.encode()
    return change


def without(environ: Mapping[str, str], gone: Container[str]) -> Change:
    """The change that follows the end of profiles: a switch to one is taken back, and nothing names one any more."""
    saved = decode(environ.get(SAVED, ""))
    lost = [name for name in _NAMING if saved.values.get(name, "") in gone]
    for name in lost:
        del saved.values[name]
    after = {**environ, **({SAVED: saved.encode()} if lost else {})}
    active = environ.get(PROFILE) in gone
    change: Change = off(after)[0] if active else {}
    if lost and not active:
        change[SAVED] = saved.encode()
    for name in _NAMING:
        if change.get(name, environ.get(name, "")) in gone:
            change[name] = None
    lines = (change.get(PREVIOUS) or environ.get(PREVIOUS, "")).split("\n")
    if any(line in gone for line in lines):
        change[PREVIOUS] = "\n".join(line for line in lines if line not in gone) or None
    return _effective(environ, change)


def _effective(environ: Mapping[str, str], change: Change) -> Change:
    """Leave out removals of what is not there: a shell may hold an unexported variable of that name."""
    return {name: value for name, value in change.items() if value is not None or name in environ}


def reported(environ: Mapping[str, str]) -> list[str]:
    """Return the names of the variables that a switch reports, sorted. AWS tools ignore an empty one."""
    return [name for name in sorted(environ) if environ[name] and is_reported(name)]


def is_reported(name: str) -> bool:
    """Return whether a switch reports a variable of this name; a shell can see only identifiers."""
    return name in REPORTED or (name.startswith(REPORTED_PREFIXES) and name.isascii() and name.isidentifier())


def masking(environ: Mapping[str, str]) -> list[str]:
    """The variables in this environment that would mask the active profile."""
    return [name for name in MASKS if name in environ]
