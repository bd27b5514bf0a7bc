"""`awsprof remove`: profiles or a whole domain go from both files, and what stands on them where that is wanted."""

from __future__ import annotations

from awsprof import lookup
from awsprof.editing import How, Words, check_shell, commit, follow, writable
from awsprof.errors import NoSuchProfileError, UsageError
from awsprof.files import plan, read, references
from awsprof.profiles import model
from awsprof.profiles.model import KEY_ID
from awsprof.shell import environment
from awsprof.text.display import joined, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.profiles.model import Profiles


def run(ctx: Context, words: list[str], how: How, *, cascade: bool = False) -> None:
    """Remove profiles, or a whole domain as `DOMAIN:`; the calling shell is switched off where its profile goes.

    The config file is replaced first: roles go before the keys that they stand on.

    Args:
        ctx: the surroundings.
        words: which profiles.
        how: whether to ask, and whether to write.
        cascade: whether what stands on them goes, too; without it that refuses.

    Raises:
        AwsprofError: as docs/the-life-of-a-profile.md says; the files are as they were.
    """
    check_shell(ctx)
    known = writable(ctx)
    gone = _named(ctx, known, words, cascade=cascade)
    standing = model.standing_on(known, gone)
    if standing and not cascade:
        raise UsageError(
            f"{_some(standing)} depends on it" if len(standing) == 1 else f"{_some(standing)} depend on it",
            "use --cascade to remove that too, or give it another source: "
            f"awsprof set {quoted(standing[0])} source_profile=SOURCE",
        )
    gone = sorted({*gone, *standing} & known.keys())
    references.refuse_hidden(known.config, known.credentials, gone, gone)
    config, credentials = read.paths(ctx.environ)
    away = dict.fromkeys(gone)
    steps = [plan.Step(config, away, config=True), plan.Step(credentials, away, config=False)]
    said = Words(
        nothing="they are gone already; nothing was changed",
        question=f"remove {_some(gone)}?",
        done=f"removed {_some(gone)}",
        without_terminal=f"{_some(gone)} would be removed, and there is no terminal to ask at",
    )
    if commit(ctx, steps, how, said):
        ctx.say(*_keys_that_stay(known, gone))
        _leave(ctx, gone)


def _named(ctx: Context, known: Profiles, words: list[str], *, cascade: bool) -> list[str]:
    """The profiles that the words name. Some may be missing: a run that was cut short has removed them before."""
    found: list[str] = []
    missing: dict[str, NoSuchProfileError] = {}
    for word in words:
        try:
            found += _meant(ctx, known, word)
        except NoSuchProfileError as error:
            missing[word] = error
    if not found and not (cascade and model.standing_on(known, missing)):
        raise next(iter(missing.values()))
    ctx.say(*(f"there is no profile {quoted(word)} (any more)" for word in missing))
    return [*found, *missing]


def _meant(ctx: Context, known: Profiles, word: str) -> list[str]:
    """Return what one word names: the profiles of `DOMAIN:`, otherwise one profile."""
    if word in known or not word.endswith(":"):
        return [lookup.profile(ctx, known, word)]
    domain = lookup.existing_domain(ctx, known, word)
    return [name for name in sorted(known) if name.startswith(f"{domain}:")]


def _some(names: list[str]) -> str:
    """Names in a sentence; of many the first."""
    few = [quoted(name) for name in names[:4]]
    return joined([*few, f"{len(names) - 4} more"] if len(names) > 4 else few)


def _keys_that_stay(known: Profiles, gone: list[str]) -> list[str]:
    """Long-term keys that stand nowhere any more, but work all the same until they are deleted at AWS."""
    left = {profile.get(KEY_ID) for name, profile in known.items() if name not in gone}
    keys = {known[name].get(KEY_ID): name for name in gone if known[name].get(KEY_ID).startswith("AKIA")}
    return [
        f"the access key {quoted(key)} of {quoted(name)} still works; delete it at AWS, as somebody who may:\n"
        f"  aws iam delete-access-key --access-key-id {quoted(key)} --user-name USER"
        for key, name in keys.items()
        if key not in left
    ]


def _leave(ctx: Context, gone: list[str]) -> None:
    if ctx.active in gone and ctx.channel:
        ctx.say(f"{quoted(ctx.active)} was active in this shell, and is not any more")
    follow(ctx, environment.without(ctx.environ, gone))
