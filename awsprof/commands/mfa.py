"""`awsprof mfa`: renew the MFA session of a domain, once for everybody."""

from __future__ import annotations

from awsprof import aws, lookup
from awsprof.cache import keys as cache_keys
from awsprof.cache import refresh
from awsprof.errors import AwsprofError, CredentialsError, NoSuchProfileError, ShellError, UsageError
from awsprof.profiles import chains, checks, expiry, model, names
from awsprof.profiles.validate import check_code, check_seconds
from awsprof.report import foreign_session, session_record
from awsprof.sessions import codes, renewal
from awsprof.shell import environment
from awsprof.text.display import quoted
from awsprof.text.masking import quoted_value
from awsprof.text.times import clock, iso, show_duration

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from awsprof.aws import Keys
    from awsprof.context import Context
    from awsprof.profiles.expiry import Session
    from awsprof.profiles.model import Profiles
    from awsprof.sessions.renewal import Target

DAY_AND_A_HALF = 36 * 3600
_HOUR = 3600
_ROOT = ":mfa/root-account-mfa-device"  # AWS gives the root user an hour at most
_TRIES = 3
_SLACK = 600  # seconds by which this machine's clock may differ from AWS's


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
        self.least = least

    def enough(self, device: str) -> int:
        """Return the seconds that must be left; 1 h by default, and 15 min for sessions that last an hour at most."""
        short = self.seconds <= _HOUR or device.endswith(_ROOT)
        return self.least if self.least >= 0 else 900 if short else _HOUR


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
    known = model.load(ctx.environ)
    word = word and _meant(ctx, known, word)
    target = renewal.Target(known, renewal.find(known, word, ctx.active))
    _warn_of_second_question(ctx, known, word or ctx.active)
    before = known[target.profile]
    if not wish.force and (enough := _lasting(ctx, known, target, wish.enough(target.device))):
        return enough
    wait = renewal.WAIT_AT_TERMINAL if ctx.person else renewal.WAIT_WITHOUT_TERMINAL
    waiting = f"another awsprof is asking for the MFA code of {quoted(target.domain)}: waiting for it (Ctrl-C leaves)"
    with renewal.only_one(ctx.environ, target.domain, wait=wait, waiting=lambda: ctx.say(waiting)) as alone:
        if not alone:
            raise renewal.refused_waiting(target.domain)
        known = model.load(ctx.environ)
        changed = known.get(target.profile, before).get(model.KEY_ID) != before.get(model.KEY_ID)
        least = 0 if changed else wish.enough(target.device)
        if (changed or not wish.force) and (enough := _lasting(ctx, known, target, least)):
            return enough
        try:
            return _new_session(ctx, known, renewal.Target(known, target.profile), wish)
        except AwsprofError as error:
            renewal.explain(error, target.domain)
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
    session = expiry.state_of(known.get(target.profile) or model.Profile(target.profile), ctx.now())
    if session.expires_at is None or session.expires_at - ctx.now() <= least:
        return None
    if foreign := foreign_session(ctx, known, target.profile):
        ctx.say(foreign[0][0])
        return None
    ctx.say(f"{quoted(target.profile)}  session until {clock(session.expires_at, ctx.now())} already")
    return session


def _new_session(ctx: Context, known: Profiles, target: Target, wish: Wish) -> Session:
    target.check_device()
    renewal.check_writable(ctx.environ, target.profile)
    if wish.code or ctx.person or target.command:
        renewal.require_key_id(target.keys, target.domain)
    asked = renewal.region(known, target.domain, target.device, ctx.environ)
    ctx.say(asked.warning)
    ctx.detail(
        f"asking AWS in {quoted_value(asked.region)} as {quoted(target.iam)} with device {quoted_value(target.device)}"
    )
    gate = aws.Gate(ctx.environ, ctx.say, "the MFA code")
    sts = aws.client("sts", target.keys, profile=target.iam, region=asked.region, gate=gate)

    def send(code: str) -> Keys:
        return aws.get_session_token(sts, device=target.device, code=code, seconds=wish.seconds)

    try:
        keys = _session_keys(ctx, target, wish, send)
    except AwsprofError as error:
        renewal.explain(error, target.domain, asked)
        raise
    ctx.say(*renewal.write(ctx.environ, target.profile, keys))
    cache_keys.note_parent(ctx.environ, keys.key_id, target.keys.key_id)
    refresh.renew(ctx.environ)
    _warn_if_shortened(ctx, keys.end or 0, wish.seconds)
    ctx.say(f"{quoted(target.profile)}  session until {clock(keys.end or 0, ctx.now())}")
    return expiry.Session(target.profile, expiry.VALID, keys.end)


def _warn_if_shortened(ctx: Context, end: int, seconds: int) -> None:
    """Mention that AWS gave less than was asked for: the root user gets an hour at most, without an error."""
    left = end - ctx.now()
    if left < seconds - _SLACK:
        ctx.say(
            f"AWS gave a session of {show_duration(round(left / 60) * 60)} instead of {show_duration(seconds)}, "
            "as it does for an account's root user (use an IAM user instead)"
        )


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
    for role in chains.asking_again(known, name):
        what, fix = checks.second_question(role)
        ctx.say(f"{what} ({fix})")


def _tell_shell(ctx: Context, session: Session) -> None:
    """Make AWS_SESSION_EXPIRATION of the calling shell true, where its profile stands on this session."""
    if ctx.channel is None or not ctx.active:
        return
    standing = expiry.session(model.load(ctx.environ), ctx.active, ctx.now())
    if standing and standing.profile == session.profile and session.expires_at is not None:
        change = environment.session_end(ctx.environ, iso(session.expires_at))
        try:
            ctx.channel.hand_over(change, [])
        except ShellError as error:
            ctx.say(error.what)  # the session is there all the same
