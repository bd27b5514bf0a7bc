"""A change of the AWS files as a person meets it: shown, asked for, written, and followed by the shell."""

from __future__ import annotations

from awsprof.cache import refresh
from awsprof.errors import DeclinedError, ShellError, UsageError
from awsprof.files import plan, read
from awsprof.profiles import model
from awsprof.profiles.model import Profile, Profiles
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from awsprof.context import Context
    from awsprof.files.plan import Step
    from awsprof.files.read import Changes, Settings
    from awsprof.shell.environment import Change


class How:
    """How a change is made: without asking (`force`), only shown, or without the checks that are stricter than AWS."""

    __slots__ = ("dry_run", "force", "unchecked")

    def __init__(self, *, force: bool = False, dry_run: bool = False, unchecked: bool = False) -> None:
        self.force = force
        self.dry_run = dry_run
        self.unchecked = unchecked


class Words:
    """What is said of a change: where there is nothing to do, before, after, and where nobody can be asked."""

    __slots__ = ("done", "flag", "nothing", "question", "without_terminal")

    def __init__(
        self, *, question: str, without_terminal: str, nothing: str = "", done: str = "", flag: str = "--yes"
    ) -> None:
        self.nothing = nothing
        self.question = question
        self.done = done
        self.without_terminal = without_terminal
        self.flag = flag


def writable(ctx: Context) -> Profiles:
    """The profiles there are; refused before anything is asked where the AWS tools refuse a file.

    Raises:
        FileError: a file cannot be read, or stops the AWS tools.
    """
    plan.refuse_unwritable(list(read.paths(ctx.environ)))
    return model.load(ctx.environ)


def settings_steps(
    ctx: Context,
    known: Profiles,
    name: str,
    *,
    credentials: Settings | None = None,
    config: Settings | None = None,
    also: Changes | None = None,
    beside: Changes | None = None,
    optional: Collection[str] = (),
) -> list[Step]:
    """The edits that make settings of a profile count: what would win over them in the other file is taken out there.

    Credentials are replaced first: where both files have a key, they win, so what lies between is the old or the new.
    `also` is changed in both files, `beside` are settings of other profiles in config. If config only
    loses settings, or gets only the `optional` ones, its step is optional.
    """
    config_path, credentials_path = read.paths(ctx.environ)
    profile = known.get(name) or Profile(name)
    in_credentials = {**_present(config, profile.credentials), **(credentials or {})}
    in_config = {**_present(credentials, profile.config), **(config or {})}
    more = {other: _present(there, known[other].credentials) for other, there in (beside or {}).items()}
    first: Changes = {name: in_credentials, **(also or {}), **more}
    second: Changes = {name: in_config, **(also or {}), **(beside or {})}
    needed = any(value is not None and key not in optional for key, value in (config or {}).items())
    cleaning = bool(credentials) and not (needed or beside)
    return [
        plan.Step(credentials_path, first, config=False),
        plan.Step(config_path, second, config=True, optional=cleaning),
    ]


def _present(settings: Settings | None, there: Mapping[str, str]) -> dict[str, str | None]:
    return {key: None for key in settings or {} if key in there}


def duration_refused(source: str, role: str = "") -> UsageError:
    """The error for a duration of more than an hour, by what makes AWS refuse it; `role` if it is another's."""
    more = f": {quoted(role)} asks for more" if role else ""
    return UsageError(
        f"AWS allows 1 h for a role assumed through {quoted(source)}{more}",
        "choose 1h or less, or use the iam profile as the source; to write it anyway: --force",
    )


def commit(
    ctx: Context, steps: list[Step], how: How, words: Words, *, ask: bool = True, carry: list[Step] | None = None
) -> bool:
    """Show, ask and write, as far as each is wanted.

    Args:
        ctx: the surroundings.
        steps: what changes, as it is shown.
        how: whether to ask, and whether to write.
        words: what is said.
        ask: whether it is a change to be asked for at all.
        carry: the steps that are carried out, where they are others, one for each replacement of a file.

    Returns:
        Whether anything was written.

    Raises:
        UsageError: somebody would have to be asked, and nobody is there.
        DeclinedError: the person said no.
        FileError: it cannot be written.
    """
    changing = plan.changing(steps)
    if not changing:
        ctx.say(words.nothing)
        return False
    if how.dry_run:
        for line in plan.preview(changing):
            ctx.out(line)
        return False
    if ask and not how.force:
        confirm(ctx, words, plan.preview(changing))
    wanted = changing if carry is None else carry
    ctx.say(*plan.carry_out(wanted), words.done)
    refresh.renew(ctx.environ)
    return True


def confirm(ctx: Context, words: Words, shown: list[str]) -> None:
    """Show what would be done and ask for it.

    Raises:
        UsageError: nobody is there to be asked.
        DeclinedError: the person said no.
    """
    if ctx.person is None:
        raise UsageError(words.without_terminal, f"add {words.flag}, or --dry-run to see how")
    ctx.say(*shown)
    if not ctx.person.yes(words.question):
        raise DeclinedError


def check_shell(ctx: Context) -> None:
    """Raise ShellError where the hook that called is of another version: before anything is changed."""
    if ctx.channel:
        ctx.channel.shell()


def follow(ctx: Context, change: Change) -> None:
    """Have the calling shell follow a change of the files; without a hook, say what it holds now in vain."""
    if not change:
        return
    try:
        if ctx.channel is None:
            raise ShellError("")
        ctx.channel.hand_over(change, [])
    except ShellError as error:  # the files are changed all the same
        ctx.say(error.what, *_by_hand(change))


def _by_hand(change: Change) -> list[str]:
    """What a person would type to follow, of the variables that people know."""
    wanted = {name: value for name, value in change.items() if name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")}
    steps = [f"unset {name}" if value is None else f"set {name} to {quoted(value)}" for name, value in wanted.items()]
    return [f"this shell does not follow without the awsprof hook: {', '.join(steps)}"] if steps else []
