"""`awsprof set` and `awsprof unset`: settings of a profile that is there."""

from __future__ import annotations

from awsprof import lookup
from awsprof.editing import How, Words, commit, duration_refused, settings_steps, writable
from awsprof.errors import UsageError
from awsprof.files import edit, headers, plan, read
from awsprof.profiles import chains, checks, model, names, settings, sources
from awsprof.profiles.model import KEY_ID, LEGACY_TOKEN, SESSION_KEYS, USER
from awsprof.profiles.validate import check_key_id
from awsprof.sessions import renewal
from awsprof.text.display import joined, nearest, quoted
from awsprof.text.masking import is_secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from awsprof.context import Context
    from awsprof.files.read import Settings
    from awsprof.profiles.model import Profile, Profiles

_STDIN = "-"


# What decides for how long AWS lets a role be assumed.
_ROLE = ("duration_seconds", "role_arn", "source_profile", "credential_source")


def put(
    ctx: Context, word: str, given: list[str], how: How, *, any_key: bool = False, stdin: TextIO | None = None
) -> None:
    """Set settings of a profile, each `KEY=VALUE`; a secret as `KEY` (asked for) or `KEY=-` (a line of stdin).

    Args:
        ctx: the surroundings.
        word: the profile.
        given: the settings.
        how: whether to ask, and whether to write.
        any_key: skip the checks that are stricter than AWS, of names and of values.
        stdin: where the secrets given as `-` are read from.

    Raises:
        AwsprofError: as docs/the-life-of-a-profile.md says; the files are as they were.
    """
    _check_spelling(given)
    known = writable(ctx)
    name = lookup.profile(ctx, known, word)
    wanted = _wanted(ctx, name, given, any_key=any_key, stdin=stdin)
    _check_references(ctx, known, wanted)
    after = model.changed(known, name, wanted)
    if not any_key:
        _refuse_duration(known, after, name, wanted)
    ended = _ended_session(known, name, wanted)
    if _is_another_users(known[name], wanted):
        wanted.setdefault(USER, None)
    secret = {key: value for key, value in wanted.items() if _belongs_to_credentials(known[name], key)}
    plain = {key: value for key, value in wanted.items() if key not in secret}
    steps = settings_steps(ctx, known, name, credentials=secret, config=plain, also=ended)
    steps, respelled = _respelled(known, name, steps)
    _tell_broken(ctx, known, after, name)
    if commit(ctx, steps, how, _words(name)):
        ctx.say(f"also rewrote {joined(respelled)}, which some AWS tools did not find" if respelled else "")
        ctx.say(*(f"{what}; {fix}" for what, fix in checks.read_differently(model.load(ctx.environ), name)))
        _tell_what_follows(ctx, name, wanted, ended=bool(ended))


def _respelled(known: Profiles, name: str, steps: list[plan.Step]) -> tuple[list[plan.Step], list[str]]:
    """Return the steps with names and headers that only some AWS tools find rewritten, and what that is."""
    found: list[plan.Step] = []
    said: list[str] = []
    for step in steps:
        file = known.config if step.config else known.credentials
        wanted = step.changes.get(name) or {}
        odd, header = headers.respelled(file, name, config=step.config) if wanted else ({}, False)
        odd = {key: value for key, value in odd.items() if key not in wanted}
        more = {key: value for key, value in odd.items() if value and not edit.unreadable(value)}
        said += [*(["the header"] if header else []), *more]
        changes = {**step.changes, name: {**more, **wanted}} if more else step.changes
        renamed = {name: name} if header else None
        found.append(plan.Step(step.path, changes, config=step.config, renamed=renamed, optional=step.optional))
    return found, said


def take(ctx: Context, word: str, given: list[str], how: How) -> None:
    """Remove settings of a profile from both files; a block by its name, or `BLOCK.KEY`.

    The config file is replaced first: credentials win, so what lies between is still the old.

    Raises:
        AwsprofError: as docs/the-life-of-a-profile.md says; the files are as they were.
    """
    known = writable(ctx)
    name = lookup.profile(ctx, known, word)
    profile = known[name]
    keys = [settings.check_key(key) for key in given]
    for key in keys:
        if not _holds(profile.config, key) and not _holds(profile.credentials, key):
            ctx.say(f"{quoted(name)} has no {quoted(key)}", _hint(key, {*profile.config, *profile.credentials}))
    _tell_broken(ctx, known, model.changed(known, name, dict.fromkeys(keys)), name)
    config, credentials = read.paths(ctx.environ)
    steps = [
        plan.Step(config, {name: _without(profile.config, keys)}, config=True),
        plan.Step(credentials, {name: _without(profile.credentials, keys)}, config=False),
    ]
    commit(ctx, steps, how, _words(name))


def _words(name: str) -> Words:
    return Words(
        nothing=f"nothing to change: {quoted(name)} already has these values",
        question=f"change {quoted(name)}?",
        done=f"wrote {quoted(name)}",
        without_terminal=f"{quoted(name)} would change, and there is no terminal to ask at",
    )


def _check_spelling(given: list[str]) -> None:
    """Refuse what can be refused before any file is read, secrets on the command line first of all."""
    for word in given:
        key, equals, value = word.partition("=")
        key = settings.check_key(key)
        if is_secret(key) and value not in ("", _STDIN):
            raise UsageError(
                f"{key} holds a secret: on a command line all processes see it, and the shell keeps it",
                f"give {key} alone to be asked for it, or {key}=- to read it from stdin; and change that secret",
            )
        if not is_secret(key) and not equals:
            raise UsageError(f"{quoted(key)} has no value", f"write it as {key}=VALUE")


def _wanted(ctx: Context, name: str, given: list[str], *, any_key: bool, stdin: TextIO | None) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for word in given:
        key, _, value = word.partition("=")
        key = settings.check_key(key)
        if not settings.is_known(key) and not any_key:
            key = _meant(ctx, name, key)
        if key in found:
            raise UsageError(f"{quoted(key)} is given twice", "give it once")
        found[key] = _value(ctx, name, key, value, stdin, force=any_key)
    return found


def _value(ctx: Context, name: str, key: str, value: str, stdin: TextIO | None, *, force: bool) -> str:
    def check(value: str) -> str:
        if key == KEY_ID and names.kind_by_name(name) == names.IAM:
            return check_key_id(value, force=force)
        try:
            return settings.check(key, value, force=force)
        except UsageError as error:
            error.next_step = error.next_step.replace("PROFILE", quoted(name))
            raise

    if not is_secret(key):
        return check(value)
    if value == _STDIN and stdin is not None:
        return check(stdin.readline().strip("\r\n"))
    if ctx.person is None:
        raise UsageError(f"there is no terminal to ask at for {key}", f"{key}=- reads it from stdin")
    return ctx.person.until_right(ctx.person.secret, f"{key} (hidden): ", check)


def _meant(ctx: Context, name: str, key: str) -> str:
    """The key that the person means by one that AWS tools do not know: the nearest, or this one all the same."""
    near = nearest(key, settings.SETTINGS)
    if ctx.person is None:
        hint = f"did you mean {joined(near, 'or')}? " if near else ""
        raise UsageError(f"AWS tools know no setting {quoted(key)}", f"{hint}to set it anyway: --force")
    chosen = ctx.person.choose(f"AWS tools know no {quoted(key)}: which is meant?", [*near, key], first=key)
    if is_secret(chosen) != is_secret(key):
        raise UsageError(f"{chosen} cannot be set this way", f"run awsprof set {quoted(name)} {chosen}")
    return chosen


def _check_references(ctx: Context, known: Profiles, wanted: Settings) -> None:
    for key in read.REFERENCES:
        source = wanted.get(key)
        if source and source not in known:
            raise lookup.not_found(ctx, known, source)


def _refuse_duration(known: Profiles, after: Profiles, name: str, wanted: Settings) -> None:
    """Refuse a change after which AWS refuses the duration of this role, or of one that was right before."""
    for role in after:
        source = sources.refused_duration(after, role)
        if source and (
            not sources.refused_duration(known, role) or (role == name and not wanted.keys().isdisjoint(_ROLE))
        ):
            raise duration_refused(source, role if role != name else "")


def _is_another_users(profile: Profile, wanted: Settings) -> bool:
    """Whether an iam profile gets another key, so that the user's name that AWS said may be wrong."""
    is_iam = names.kind_by_name(profile.name) == names.IAM
    return is_iam and bool(profile.get(USER)) and wanted.get(KEY_ID, profile.get(KEY_ID)) != profile.get(KEY_ID)


def _belongs_to_credentials(profile: Profile, key: str) -> bool:
    """Keys and secrets do; so does what is there already, a block as a whole, because it wins over config."""
    there = key in profile.credentials or key.partition(".")[0] in profile.credentials
    return there or key in (*SESSION_KEYS, LEGACY_TOKEN) or is_secret(key)


def _holds(there: Mapping[str, str], key: str) -> bool:
    block, dot, name = key.partition(".")
    return key in there or bool(dot and name in (read.nested(there.get(block, "")) or {}))


def _without(there: Mapping[str, str], keys: list[str]) -> Settings:
    """The removal of those keys that are there; a block goes setting by setting."""
    gone: dict[str, str | None] = {}
    for key in keys:
        if there.get(key, "").startswith("\n"):
            gone |= {f"{key}.{name}": None for name in read.nested(there[key]) or {}}
        elif _holds(there, key):
            gone[key] = None
    return gone


def _hint(key: str, there: set[str]) -> str:
    near = nearest(key, there)
    return f"did you mean {joined(near, 'or')}?" if near else ""


def _ended_session(known: Profiles, name: str, wanted: Settings) -> dict[str, Settings]:
    if names.kind_by_name(name) != names.IAM or not wanted.get(KEY_ID):
        return {}
    return renewal.ended_by_another_key(known, names.domain_of(name), wanted[KEY_ID])


def _tell_broken(ctx: Context, known: Profiles, after: Profiles, name: str) -> None:
    """Warn if a profile that AWS tools can use now cannot be used afterwards."""
    broken = chains.chain(after, name).broken
    if broken and not chains.chain(known, name).broken:
        ctx.say(f"AWS tools could not use {quoted(name)} then: {broken}")


def _tell_what_follows(ctx: Context, name: str, wanted: Settings, *, ended: bool) -> None:
    if ended:
        domain = quoted(names.domain_of(name))
        ctx.say(f"the session of {domain} was made with the old key; renew it: awsprof mfa {domain}")
    if "region" in wanted and name == ctx.active:
        ctx.say(f"this shell still has the region from before: awsprof use {quoted(name)}")
