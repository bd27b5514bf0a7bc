"""The plain command lines that need no typer, as a table. Whatever is not as plain goes the long way.

Typer costs three bare Pythons to import; these commands are typed all day. A test holds both ways to the same bytes.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from awsprof.context import Context


class Plain:
    """One command: its argument, its options that take a word, its flags; each by the name it has in `run`."""

    __slots__ = ("argument", "flags", "options", "run")

    def __init__(
        self,
        run: Callable[[], Callable[..., None]],
        argument: str = "",
        options: dict[str, str] | None = None,
        flags: dict[str, str] | None = None,
    ) -> None:
        self.run = run
        self.argument = argument
        self.options = options or {}
        self.flags = flags or {}


def _use() -> Callable[..., None]:
    from awsprof.commands import use  # only the command that is called is imported

    return use.run


def _off() -> Callable[..., None]:
    from awsprof.commands import off

    return off.run


def _status() -> Callable[..., None]:
    from awsprof.commands import status

    return status.run


def _init() -> Callable[..., None]:
    from awsprof.commands import init

    return init.run


def _current() -> Callable[..., None]:
    from awsprof.commands import current

    return current.run


def _cache() -> Callable[..., None]:
    from awsprof.commands import cache

    return cache.run


def _welcome() -> Callable[..., None]:
    from awsprof.commands import welcome

    return welcome.run


_USE_OPTIONS = {"--domain": "domain", "--region": "region", "--shell": "shell"}
COMMANDS = {
    "use": Plain(_use, argument="word", options=_USE_OPTIONS, flags={"--renew": "renew", "--no-renew": "no_renew"}),
    "off": Plain(_off, options={"--shell": "shell"}),
    "status": Plain(_status, flags={"--json": "as_json"}),
    "current": Plain(_current),
    "init": Plain(_init, argument="name"),
    "cache": Plain(_cache),
}


def find(argv: list[str]) -> Callable[[Context], None] | None:
    """What a plain command line calls; None where it is not plain, and typer has to look at it."""
    plain = COMMANDS.get(argv[0]) if argv else Plain(_welcome)
    given = _given(plain, argv[1:]) if plain else None
    if plain is None or given is None:
        return None
    run = plain.run()
    return lambda ctx: run(ctx, **given)


def _given(plain: Plain, words: list[str]) -> dict[str, str | bool] | None:
    given: dict[str, str | bool] = {}
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "-" or not word.startswith("-"):
            key, value = plain.argument, word
        elif name in plain.options:
            key, value = plain.options[name], value if equals else next(rest, "")
        elif word in plain.flags:
            given[plain.flags[word]] = True
            continue
        else:
            return None
        if not key or key in given or not value or (value.startswith("-") and value != "-"):
            return None
        given[key] = value
    return given
