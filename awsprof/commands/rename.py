"""`awsprof rename`: another name for a profile, or for a whole domain, and for whatever names it."""

from __future__ import annotations

from awsprof import lookup
from awsprof.editing import How, Words, check_shell, commit, follow, writable
from awsprof.errors import NoSuchProfileError, UsageError
from awsprof.files import read
from awsprof.profiles import model, names, renaming
from awsprof.shell import environment
from awsprof.text.display import joined, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles.model import Profiles


def run(ctx: Context, old: str, new: str, how: How, *, no_domain: bool = False) -> None:
    """Rename a profile, or a domain as `DOMAIN:`; the calling shell follows.

    Args:
        ctx: the surroundings.
        old: the profile, or `DOMAIN:`.
        new: its new name; a bare one stays in the domain. Or the new domain.
        how: whether to ask, and whether to write.
        no_domain: whether the new name is to have no domain.

    Raises:
        AwsprofError: as docs/the-life-of-a-profile.md says; the files are as they were.
    """
    check_shell(ctx)
    known = writable(ctx)
    names.check_given(new)
    if _is_domain(known, old, new):
        old, new = f"{old.removesuffix(':')}:", f"{names.check_domain(new)}:"
        renamed = {name: new + name.removeprefix(old) for name in _of_domain(known, old, new)}
        if not renamed:
            lookup.existing_domain(ctx, known, old)  # it raises
    else:
        old = _one(ctx, known, old, new)
        new = _new_name(known, old, new, no_domain=no_domain)
        renamed = {old: new}
    move = renaming.plan_move(ctx.environ, known, renamed)
    each = [f"{quoted(before)} to {quoted(after)}" for before, after in renamed.items()]
    told = joined(each) if len(each) < 5 else f"{quoted(old)} to {quoted(new)}, {len(each)} profiles"
    ctx.say(*_what_stops(known, renamed))
    words = Words(
        nothing=f"{quoted(new)} already has this name; nothing was changed",
        question=f"rename {quoted(old)} to {quoted(new)}?",
        done=f"renamed {told}",
        without_terminal=f"{quoted(old)} would be renamed, and there is no terminal to ask at",
    )
    if commit(ctx, move.shown, how, words, carry=move.carried):
        ctx.say(*_mentions(known, renamed))
        follow(ctx, environment.renamed(ctx.environ, renamed))


def _is_domain(known: Profiles, old: str, new: str) -> bool:
    """Whether a whole domain is meant: one of the words ends with a colon, and the first is no profile."""
    if old in known and new.endswith(":"):
        raise UsageError(
            f"{quoted(old)} is a profile, and {quoted(new)} would be a domain",
            f"a profile keeps a name: awsprof rename {quoted(old)} {quoted(new + (names.split(old)[1] or old))}",
        )
    return old not in known and (old.endswith(":") or new.endswith(":"))


def _of_domain(known: Profiles, old: str, new: str) -> list[str]:
    """The profiles of a domain, and those that a run that was cut short has renamed but not everywhere."""
    left = [name for name in _referred(known) if name.startswith(old) and new + name.removeprefix(old) in known]
    return list(dict.fromkeys([*(name for name in sorted(known) if name.startswith(old)), *left]))


def _one(ctx: Context, known: Profiles, old: str, new: str) -> str:
    """The profile that is renamed. After a run that was cut short only references may be left of it."""
    if old not in known and old in _referred(known) and _in_domain_of(old, new) in known:
        return old
    try:
        return lookup.profile(ctx, known, old)
    except NoSuchProfileError as error:
        if old in lookup.domains(known):
            error.next_step = f"for the whole domain: awsprof rename {quoted(old)}: {quoted(new)}:"
        raise


def _in_domain_of(old: str, new: str) -> str:
    """The full new name: a bare one stays in the domain; `default` has none."""
    return f"{names.domain_of(old)}:{new}" if ":" not in new and ":" in old and new != "default" else new


def _new_name(known: Profiles, old: str, new: str, *, no_domain: bool) -> str:
    if no_domain and ":" in new:
        raise UsageError(f"{quoted(new)} has a domain", "with --no-domain give a name without a colon")
    full = new if no_domain else _in_domain_of(old, new)
    if full == old != new:
        hint = f"to take the domain away: awsprof rename {quoted(old)} {quoted(new)} --no-domain"
        raise UsageError(f"{quoted(old)} already has this name", hint)
    _check_name(known, old, full)
    return full


def _check_name(known: Profiles, old: str, new: str) -> None:
    domain, name = names.split(new)
    names.check_domain(domain)
    if ":" in new and not (name in names.RESERVED and _fits(known, old, name)):
        names.check_role_name(name)


def _fits(known: Profiles, old: str, name: str) -> bool:
    """Whether a profile is what the name says that it is: a user's own keys, or what a session is written to."""
    profile = known.get(old)
    if profile is None:
        return True
    temporary = bool(profile.get(model.TOKEN))
    if name == names.IAM:
        return profile.has_keys and not temporary
    return temporary or bool(profile.get(model.DEVICE_ARN)) or profile.kind == names.MFA


def _what_stops(known: Profiles, renamed: dict[str, str]) -> list[str]:
    """What a domain can no longer do once its own keys or its session have another name."""
    gone = {name: names.kind_by_name(name) for name, new in renamed.items() if _leaves(known, renamed, name, new)}
    return [f"warning: without {quoted(name)}, {_needing(names.domain_of(name), kind)}" for name, kind in gone.items()]


def _leaves(known: Profiles, renamed: dict[str, str], name: str, new: str) -> bool:
    """Whether a domain that loses its iam or mfa profile keeps any other."""
    stay = [other for other in known if other not in renamed and names.domain_of(other) == names.domain_of(name)]
    return name != new and bool(names.kind_by_name(name)) and bool(stay)


def _needing(domain: str, kind: str) -> str:
    if kind == names.IAM:
        return f"awsprof mfa {quoted(domain)} and awsprof rotate {quoted(domain)} stop working"
    return f"awsprof mfa {quoted(domain)} stops working, and roles on that session cannot be renewed"


def _referred(known: Profiles) -> set[str]:
    """Every name that a setting refers to."""
    return {profile.get(key) for profile in known.values() for key in read.REFERENCES if profile.get(key)}


def _mentions(known: Profiles, renamed: dict[str, str]) -> list[str]:
    """Programs that are called with an old name: what they make of it is not for us to know."""
    return [
        f"the credential_process of {quoted(renamed.get(name, name))} still says {quoted(word)}: see to it by hand"
        for name, profile in known.items()
        for word in renamed
        if word in profile.get("credential_process").replace("=", " ").split()
    ]
