"""`awsprof rename`: another name for a profile, or for a whole domain, and for whatever names it."""

from __future__ import annotations

from awsprof import environment, moving, names, profiles
from awsprof.changes import How, Words, check_shell, commit, follow, writable
from awsprof.errors import NoSuchProfileError, UsageError
from awsprof.files import read
from awsprof.text import joined, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles import Profiles


def run(ctx: Context, old: str, new: str, how: How) -> None:
    """Rename a profile, or a domain where both words end with a colon; the calling shell follows.

    Args:
        ctx: the surroundings.
        old: the profile by its full name, or `DOMAIN:`.
        new: its new name; a bare one stays in the domain. Or `DOMAIN:`.
        how: whether to ask, and whether to write.

    Raises:
        AwsprofError: as docs/the-life-of-a-profile.md says; the files are as they were.
    """
    check_shell(ctx)
    known = writable(ctx)
    renamed = _domain(known, old, new) if _is_domain(known, old, new) else _one(known, old, new)
    move = moving.plan_move(ctx.environ, known, renamed)
    each = [f"{quoted(before)} to {quoted(after)}" for before, after in renamed.items()]
    told = joined(each) if len(each) < 5 else f"{quoted(old)} to {quoted(new)}, {len(each)} profiles"
    words = Words(
        nothing=f"{quoted(new)} is called so already; nothing was changed",
        question=f"rename {quoted(old)} to {quoted(new)}?",
        done=f"renamed {told}",
        without_terminal=f"{quoted(old)} would be renamed, and there is no terminal to ask at",
    )
    if commit(ctx, move.shown, how, words, carry=move.carried):
        ctx.say(*_mentions(known, renamed))
        follow(ctx, environment.renamed(ctx.environ, renamed))


def _is_domain(known: Profiles, old: str, new: str) -> bool:
    if not new.endswith(":") and (old in known or not old.endswith(":")):
        return False
    if not (old.endswith(":") and new.endswith(":")):
        raise UsageError("a domain can only become a domain", "write both with a colon: awsprof rename work: acme:")
    return True


def _domain(known: Profiles, old: str, new: str) -> dict[str, str]:
    names.check_domain(new[:-1])
    found = {name: new + name.removeprefix(old) for name in sorted(known) if name.startswith(old)}
    left = [name for name in _referred(known) if name.startswith(old) and new + name.removeprefix(old) in known]
    found |= {name: new + name.removeprefix(old) for name in left}
    if not found:
        raise NoSuchProfileError(f"there is no domain {quoted(old[:-1])}", "awsprof domains lists them")
    return found


def _one(known: Profiles, old: str, new: str) -> dict[str, str]:
    if ":" not in new and ":" in old and new != "default":
        new = f"{names.domain_of(old)}:{new}"
    if old not in known and not (new in known and old in _referred(known)):
        raise names.not_found(old, known)
    _check_name(known, old, new)
    return {old: new}


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
    temporary = bool(profile.get(profiles.TOKEN))
    if name == names.IAM:
        return profile.has_keys and not temporary
    return temporary or bool(profile.get(profiles.DEVICE_ARN)) or profile.kind == names.MFA


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
