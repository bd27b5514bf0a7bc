"""`awsprof adopt`: make domains of the profiles that other tools have written."""

from __future__ import annotations

from awsprof import lookup
from awsprof.editing import How, Words, check_shell, commit, follow, writable
from awsprof.errors import UsageError
from awsprof.files import plan, read
from awsprof.profiles import adoption, names, renaming
from awsprof.profiles.adoption import DEFAULT, Adoption, Found
from awsprof.profiles.model import USER
from awsprof.profiles.validate import check_session_name
from awsprof.shell import environment
from awsprof.text.display import joined, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles.model import Profiles

_NOT_KEYS = "name the profile that holds a user's own keys, or none: awsprof adopt --domain DOMAIN"


class Wish:
    """Which domain, of which keys, whether the old profiles are renamed, and which session name the roles get.

    Without one it is the user's name, if AWS has said it, or none if it is to be `anonymous`.
    """

    __slots__ = ("anonymous", "domain", "move", "session_name", "source")

    def __init__(
        self, *, domain: str = "", source: str = "", move: bool = False, session_name: str = "", anonymous: bool = False
    ) -> None:
        if session_name and anonymous:
            raise UsageError("--session-name and --no-session-name contradict each other", "give one of them")
        self.domain = names.check_domain(domain) if domain else ""
        self.source = source
        self.move = move
        self.session_name = check_session_name(session_name) if session_name else ""
        self.anonymous = anonymous


def run(ctx: Context, wish: Wish, how: How) -> None:
    """Read what is there, show what awsprof would make of it, ask, and write it.

    Raises:
        AwsprofError: as docs/the-life-of-a-profile.md says; the files are as they were.
    """
    check_shell(ctx)
    known = writable(ctx)
    wish.source = wish.source and lookup.profile(ctx, known, wish.source)
    found, left = adoption.find(known)
    cut_short = renaming.unfinished(known) if wish.move else {}
    # Of keys that were being moved the roles may have gone ahead: they look like keys without a device.
    wanted = [] if wish.source in cut_short and wish.source in left else _wanted(known, found, left, wish)
    _tell_left(ctx, {name: why for name, why in left.items() if name not in cut_short})
    adoptions: dict[str, Adoption] = {}
    for one in wanted:
        domain = _domain(ctx, one, wish, cut_short)
        if domain in adoptions:
            raise UsageError(f"{quoted(domain)} can have one set of keys only", "give each set a domain of its own")
        if domain:
            adoptions[domain] = adoption.adopt(known, one, domain, _wish(ctx, known, one, domain, wish, how))
    _tell_left(ctx, {name: why for one in adoptions.values() for name, why in one.left.items()})
    ctx.say(*(said for one in adoptions.values() for said in one.dropped.values()))
    if not adoptions and not cut_short:
        ctx.say("there is nothing to adopt; nothing was changed")
        return
    _write(ctx, known, _joined(list(adoptions.values()), cut_short), how, move=wish.move)


def _wanted(known: Profiles, found: list[Found], left: dict[str, str], wish: Wish) -> list[Found]:
    """The keys that are meant; one domain can have one set only."""
    chosen = [one for one in found if wish.source in ("", one.keys, one.session)]
    if wish.source and not chosen:
        raise UsageError(f"{quoted(wish.source)} holds no keys to adopt", left.get(wish.source, _NOT_KEYS))
    if wish.domain and len(chosen) > 1:
        several = joined(quoted(one.keys) for one in chosen)
        raise UsageError(
            f"there are several sets of keys: {several}", "name one: awsprof adopt PROFILE --domain DOMAIN"
        )
    return chosen


def _domain(ctx: Context, one: Found, wish: Wish, cut_short: dict[str, str]) -> str:
    """What the domain is called; nothing where the person leaves these keys as they are."""
    if wish.domain:
        return wish.domain
    if one.keys in cut_short:
        return names.domain_of(cut_short[one.keys])
    if ctx.person is None:
        raise UsageError(f"which domain are the keys of {quoted(one.keys)}?", "add --domain DOMAIN")
    on = f", roles {joined(map(quoted, one.roles))}" if one.roles else ""
    prompt = f"domain for the keys of {quoted(one.keys)}{on} (Enter leaves them): "
    return ctx.person.until_right(ctx.person.line, prompt, lambda typed: names.check_domain(typed) if typed else "")


def _wish(ctx: Context, known: Profiles, one: Found, domain: str, wish: Wish, how: How) -> adoption.Wish:
    iam = known.get(names.iam(domain)) or known[one.keys]
    user = "" if wish.anonymous else wish.session_name or iam.get(USER) or known[one.keys].get(USER)
    with_default = wish.move and _with_default(ctx, one, how)
    return adoption.Wish(move=wish.move, with_default=with_default, session_name=user, long=how.unchecked)


def _with_default(ctx: Context, one: Found, how: How) -> bool:
    """Whether `default` may be renamed: every tool without a profile uses it, so it is never moved unasked."""
    if DEFAULT not in (one.keys, one.session, *one.roles) or ctx.person is None or how.force or how.dry_run:
        return False
    return ctx.person.yes("rename default, too? Tools that name no profile would find none")


def _joined(adoptions: list[Adoption], cut_short: dict[str, str]) -> Adoption:
    whole = Adoption()
    whole.renamed |= cut_short
    for one in adoptions:
        whole.renamed |= one.renamed
        whole.config |= one.config
        whole.credentials |= one.credentials
    return whole


def _tell_left(ctx: Context, rows: dict[str, str]) -> None:
    width = max((len(safe(name)) for name in rows), default=0)
    ctx.say(*(f"left: {safe(name):<{width}}  {why}" for name, why in sorted(rows.items())))


def _write(ctx: Context, known: Profiles, made: Adoption, how: How, *, move: bool) -> None:
    gone = made.renamed.keys()
    new = sorted({*made.config, *made.credentials, *made.renamed.values()} - gone)
    words = Words(
        nothing="all of that is adopted already; nothing was changed",
        question="adopt these profiles?",
        done=f"adopted {joined(map(quoted, new))}",
        without_terminal="profiles would be adopted, and there is no terminal to ask at",
    )
    config_path, credentials_path = read.paths(ctx.environ)
    if move:
        planned = renaming.plan_move(ctx.environ, known, made.renamed, config=made.config, credentials=made.credentials)
        if commit(ctx, planned.shown, how, words, carry=planned.carried):
            follow(ctx, environment.renamed(ctx.environ, made.renamed))
        return
    # Keys first: a role is never there before what it stands on.
    steps = [
        plan.Step(credentials_path, made.credentials, config=False),
        plan.Step(config_path, made.config, config=True),
    ]
    if commit(ctx, steps, how, words):
        for name in made.credentials:
            ctx.say(f"the secret of {quoted(name)} stands twice now: the profiles from before are as they were")
