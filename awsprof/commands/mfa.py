"""`awsprof mfa`: renew the MFA session of a domain, once for everybody."""

from __future__ import annotations

from awsprof import aws, cache, checks, codes, environment, lookup, names, profiles, sessions
from awsprof.errors import AwsprofError, CredentialsError, NoSuchProfileError, ShellError, UsageError
from awsprof.forms import check_code, check_seconds
from awsprof.masking import quoted_value
from awsprof.report import session_record
from awsprof.text import clock, iso, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from awsprof.aws import Keys
    from awsprof.context import Context
    from awsprof.profiles import Profiles, Session
    from awsprof.sessions import Target

DAY_AND_A_HALF = 36 * 3600
_TRIES = 3


class Wish:
    """How a session is wanted: a code or none, how long it lasts and how much must be left, in seconds.

    With `skippable` an empty code raises codes.SkippedError. `asked` is set once a code was asked for.
    """

    __slots__ = ("asked", "code", "force", "least", "seconds", "skippable")

    def __init__(
        self,
        code: str | None = None,
        *,
        force: bool = False,
        seconds: int = DAY_AND_A_HALF,
        least: int = -1,
        skippable: bool = False,
    ) -> None:
        self.asked = False
        self.skippable = skippable
        self.code = "" if code is None else check_code(code)
        self.force = force
        self.seconds = check_seconds(seconds, 900, DAY_AND_A_HALF, "between 15m and 36h")
        self.least = least if least >= 0 else 3600 if seconds > 3600 else 900


def run(ctx: Context, word: str = "", wish: Wish | None = None, *, as_json: bool = False) -> None:
    """Renew the session that a domain or profile stands on, where it needs it, and say until when it lasts.

    Raises:
        AwsprofError: as docs/mfa.md says; the files are as they were.
    """
    if ctx.channel:
        ctx.channel.shell()  # a hook of another version is told before a code is spent
    session = renew(ctx, word, wish)
    if as_json:
        import json  # only --json pays for it

        ctx.out(json.dumps(session_record(session, ctx.now()), indent=2))
    _tell_shell(ctx, session)


def renew(ctx: Context, word: str, wish: Wish | None = None) -> Session:
    """Have a session that lasts; ask AWS for one only where there is none."""
    wish = wish or Wish()
    known = profiles.load(ctx.environ)
    word = word and _meant(ctx, known, word)
    target = sessions.Target(known, sessions.find(known, word, ctx.active))
    _warn_of_second_question(ctx, known, word or ctx.active)
    before = known[target.profile]
    if not wish.force and (enough := _lasting(ctx, known, target, wish.least)):
        return enough
    wait = sessions.WAIT_AT_TERMINAL if ctx.person else sessions.WAIT_WITHOUT_TERMINAL
    waiting = f"another awsprof is asking for the MFA code of {quoted(target.domain)}: waiting for it (Ctrl-C leaves)"
    with sessions.only_one(ctx.environ, target.domain, wait=wait, waiting=lambda: ctx.say(waiting)) as alone:
        if not alone:
            raise sessions.refused_waiting(target.domain)
        known = profiles.load(ctx.environ)
        changed = known.get(target.profile, before).get(profiles.KEY_ID) != before.get(profiles.KEY_ID)
        if (changed or not wish.force) and (enough := _lasting(ctx, known, target, 0 if changed else wish.least)):
            return enough
        try:
            return _new_session(ctx, known, sessions.Target(known, target.profile), wish)
        except AwsprofError as error:
            error.next_step = error.next_step.replace("DOMAIN", quoted(target.domain))
            raise


def _meant(ctx: Context, known: Profiles, word: str) -> str:
    """Return the domain or the profile that a word means."""
    try:
        return lookup.domain_or_profile(ctx, known, word)
    except NoSuchProfileError as error:
        if domain := names.domain_of(word):
            error.next_step += f"\na new one: awsprof add mfa {quoted(domain)}"
        raise


def _lasting(ctx: Context, known: Profiles, target: Target, least: int) -> Session | None:
    """The session that is there, where more than `least` seconds of it are left."""
    session = profiles.state_of(known.get(target.profile) or profiles.Profile(target.profile), ctx.now())
    if session.expires_at is None or session.expires_at - ctx.now() <= least:
        return None
    ctx.say(f"{quoted(target.profile)}  session until {clock(session.expires_at, ctx.now())} already")
    return session


def _new_session(ctx: Context, known: Profiles, target: Target, wish: Wish) -> Session:
    target.check_device()
    sessions.check_writable(ctx.environ, target.profile)
    region, warning = sessions.region(known, target.domain, target.device, ctx.environ)
    ctx.say(warning)
    ctx.detail(
        f"asking AWS in {quoted_value(region)} as {quoted(target.iam)} with device {quoted_value(target.device)}"
    )
    gate = aws.Gate(ctx.environ, ctx.say, "the MFA code")
    sts = aws.client("sts", target.keys, profile=target.iam, region=region, gate=gate)

    def send(code: str) -> Keys:
        return aws.get_session_token(sts, device=target.device, code=code, seconds=wish.seconds)

    keys = _session_keys(ctx, target, wish, send)
    ctx.say(*sessions.write(ctx.environ, target.profile, keys))
    cache.renew(ctx.environ)
    ctx.say(f"{quoted(target.profile)}  session until {clock(keys.end or 0, ctx.now())}")
    return profiles.Session(target.profile, profiles.VALID, keys.end)


def _session_keys(ctx: Context, target: Target, wish: Wish, send: Callable[[str], Keys]) -> Keys:
    """Return keys for one code: the given one, otherwise the mfa_process's, otherwise one that is typed."""
    if wish.code:
        return send(wish.code)
    sent: set[str] = set()
    if target.command is not None:
        try:
            return _by_command(ctx, target.command, lambda code: send(codes.unsent(code, sent)))
        except (codes.NoCodeError, aws.WrongCodeError) as error:
            if ctx.person is None:
                raise
            ctx.say(error.what)
    return _by_hand(ctx, target, wish, lambda code: send(codes.unsent(code, sent)))


def _by_command(ctx: Context, command: codes.Command, send: Callable[[str], Keys]) -> Keys:
    """Return keys for the code of a command; if AWS refuses it, run the command again for the next code."""
    ctx.detail(f"running {command}")
    try:
        return send(command.code(ctx.environ))
    except aws.WrongCodeError as error:
        wait = codes.until_next(ctx.now())
        ctx.say(f"{error.what}; running {command} again in {wait:.0f} s")
        ctx.sleep(wait)
    return send(command.code(ctx.environ))


def _by_hand(ctx: Context, target: Target, wish: Wish, send: Callable[[str], Keys]) -> Keys:
    """Return keys for one of up to three codes that the user types."""
    if ctx.person is None:
        raise CredentialsError(
            f"the session of {quoted(target.domain)} needs an MFA code, and there is no terminal to ask at",
            f"awsprof mfa {quoted(target.domain)} --code -   reads it from stdin",
        )
    for left in reversed(range(_TRIES)):
        try:
            wish.asked = True
            return send(codes.typed(ctx.person, target.domain, skippable=wish.skippable))
        except (UsageError, aws.WrongCodeError) as error:
            if not left:
                raise
            ctx.say(error.what)
    raise AssertionError("the last try returns or raises")


def _warn_of_second_question(ctx: Context, known: Profiles, name: str) -> None:
    for role in profiles.asking_again(known, name):
        what, fix = checks.second_question(role)
        ctx.say(f"{what} ({fix})")


def _tell_shell(ctx: Context, session: Session) -> None:
    """Make AWS_SESSION_EXPIRATION of the calling shell true, where its profile stands on this session."""
    if ctx.channel is None or not ctx.active:
        return
    standing = profiles.session(profiles.load(ctx.environ), ctx.active, ctx.now())
    if standing and standing.profile == session.profile and session.expires_at is not None:
        change = environment.session_end(ctx.environ, iso(session.expires_at))
        try:
            ctx.channel.hand_over(change, [])
        except ShellError as error:
            ctx.say(error.what)  # the session is there all the same
