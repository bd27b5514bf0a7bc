"""`awsprof list`: the profiles there are, as a table, as names or as JSON."""

from __future__ import annotations

from awsprof import lookup
from awsprof.errors import UsageError
from awsprof.profiles import expiry, model, names
from awsprof.report import record, session_words
from awsprof.text.display import quoted, safe
from awsprof.text.masking import masked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles.model import Profile, Profiles

BY_NAME = ("all", "iam", "mfa", "user", "role")
KINDS = (*BY_NAME, "sso", "login", "process", "keys")


def run(ctx: Context, *, domain: str = "", kind: str = "all", only_names: bool = False, as_json: bool = False) -> None:
    """Print the profiles of a domain and kind.

    Raises:
        UsageError: there is no such kind.
    """
    if only_names and as_json:
        raise UsageError("--names and --json contradict each other", "choose one")
    known = model.load(ctx.environ)
    domain = domain and lookup.existing_domain(ctx, known, domain, alone=True)
    found = select(known, domain, kind)
    if as_json:
        import json  # only --json pays for it

        ctx.out(json.dumps([record(ctx, known, known[name]) for name in found], indent=2))
    elif only_names:
        for name in found:
            ctx.out(safe(name))
    else:
        _table(ctx, known, found)
    ctx.say(*known.warnings)


def select(known: Profiles, domain: str = "", kind: str = "all") -> list[str]:
    """Return sorted names by domain and kind; `user` is iam or mfa, and `role` is neither, as in the module."""
    if kind not in KINDS:
        raise UsageError(f"{quoted(kind)} is not a kind to list", f"choose one of {', '.join(KINDS)}")
    return sorted(name for name in known if (not domain or names.domain_of(name) == domain) and _is(known[name], kind))


def _is(profile: Profile, kind: str) -> bool:
    if kind not in BY_NAME:
        return profile.kind == kind
    by_name = names.kind_by_name(profile.name)
    return {"all": True, "user": bool(by_name), "role": not by_name}.get(kind, by_name == kind)


def _table(ctx: Context, known: Profiles, found: list[str]) -> None:
    if not found:
        ctx.say(*(["no profiles of this kind"] if known else lookup.nothing(ctx, known)))
        return
    from awsprof.terminal import tables  # only a table pays for rich

    groups: dict[str, list[list[str]]] = {}
    for name in found:
        group = names.domain_of(name) if ":" in name else ""
        groups.setdefault(group, []).append(_row(ctx, known, known[name]))
    head = ["", "profile", "kind", "account", "region", "source", "session"]
    ctx.out(tables.table(ctx.stdout, head, list(groups.values()), may_go=("kind", "account", "source", "region")))


def _row(ctx: Context, known: Profiles, profile: Profile) -> list[str]:
    session = expiry.session(known, profile.name, ctx.now())
    return [
        "*" if profile.name == ctx.active else "",
        profile.name,
        profile.kind,
        masked("account", model.account(known, profile)),
        masked("region", profile.get("region")),
        masked("source_profile", profile.get("source_profile")),
        session_words(session, ctx.now()).removeprefix("session "),
    ]
