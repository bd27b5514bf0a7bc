"""The convention: `domain:name`, what is reserved, what a new name may hold, which profile a word means."""

from __future__ import annotations

from awsprof.errors import NoSuchProfileError, UsageError
from awsprof.text.display import joined, nearest, quoted, told_apart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

IAM = "iam"
MFA = "mfa"
RESERVED = (IAM, MFA)

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
_DOMAIN_FIRST = _LETTERS | {"_"}
_DOMAIN = _LETTERS | set("_.@+-")
_NAME = _LETTERS | set("_./@+-:")


def split(profile: str) -> tuple[str, str]:
    """Domain and bare name, split at the first colon; without a colon a profile is a domain of its own."""
    domain, colon, name = profile.partition(":")
    return (domain, name) if colon else (profile, "")


def domain_of(profile: str) -> str:
    """The domain a profile belongs to."""
    return split(profile)[0]


def iam(domain: str) -> str:
    """Return the profile of a domain that holds the user's access keys."""
    return f"{domain}:{IAM}"


def mfa(domain: str) -> str:
    """Return the profile of a domain that holds the MFA session."""
    return f"{domain}:{MFA}"


def kind_by_name(profile: str) -> str:
    """`iam` or `mfa` where the convention says so, else nothing. A `:iam` without a domain is neither."""
    domain, name = split(profile)
    return name if domain and name in RESERVED else ""


def check_given(word: str | None) -> str | None:
    """Return a name from the command line; None means that there was none.

    Raises:
        UsageError: it is empty.
    """
    if word == "":
        raise UsageError(
            "the name on the command line is empty",
            'check the variable it came from; in PowerShell write "${d}:test", because "$d:test" is one variable',
        )
    return word


def check_domain(word: str) -> str:
    """Return the name of a new domain, without the colon that may end it.

    Raises:
        UsageError: it is empty or holds a character that some AWS tool cannot read.
    """
    domain = word.removesuffix(":")
    if not domain or domain[0] not in _DOMAIN_FIRST or not set(domain) <= _DOMAIN:
        raise UsageError(
            f"{quoted(domain)} cannot be a domain",
            "use letters, digits and _ . @ + - and begin with a letter, a digit or _",
        )
    return domain


def check_role_name(name: str) -> str:
    """The bare name itself, where a new role may be called so.

    Raises:
        UsageError: it is empty, reserved, or holds a character that some AWS tool cannot read.
    """
    if name.lower() in RESERVED:
        raise UsageError(
            f"{quoted(name)} is reserved: it names the domain's own {name.lower()} profile",
            f"awsprof add {name.lower()} DOMAIN makes that one; call this one otherwise",
        )
    if not name or name.startswith("-") or not set(name) <= _NAME:
        raise UsageError(
            f"{quoted(name)} cannot be a profile's name",
            "use letters, digits and _ . / @ + - : and do not begin with -",
        )
    return name


def resolve(word: str, names: Collection[str], *, domain: str = "", active: str = "") -> str:
    """The profile that a word means: exact, then in `--domain`, then in the active domain, then the only bare name.

    Raises:
        UsageError: the word is empty, or several profiles have that bare name.
        NoSuchProfileError: none fits; the nearest names are given.
    """
    check_given(word)
    if word in names:
        return word
    if domain:
        return _in_domain(word, names, domain)
    if active and (found := f"{domain_of(active)}:{word}") in names:
        return found
    fits = sorted(name for name in names if ":" in name and split(name)[1] == word)
    if not fits:
        raise not_found(word, names)
    return only_one(word, fits)


def only_one(word: str, fits: list[str]) -> str:
    """Return the one profile that a word fits.

    Raises:
        UsageError: it fits several.
    """
    if len(fits) > 1:
        raise UsageError(f"{quoted(word)} could be {', '.join(told_apart(fits))}", "give the full name")
    return fits[0]


def _in_domain(word: str, names: Collection[str], domain: str) -> str:
    if (found := f"{domain}:{word}") in names:
        return found
    raise not_found(found, names)


def not_found(word: str, names: Collection[str]) -> NoSuchProfileError:
    """The error for a word that names no profile, with the nearest that do."""
    whole, bare = nearest(word, names), _near_bare_names(word, names)
    close = whole or bare if ":" in word else bare + whole
    close = list(dict.fromkeys(_only_case(word, names) + close))[:3]
    shown, *others = told_apart([word, *close])
    hint = f"did you mean {joined(others, 'or')}?" if close else "awsprof list shows what there is"
    if not names:
        hint = "there are none yet: begin with awsprof add iam DOMAIN"
    return NoSuchProfileError(f"no profile {shown}", hint)


def _only_case(word: str, names: Collection[str]) -> list[str]:
    """The names that differ from a word only in case, full ones before bare ones."""
    folded = word.casefold()
    full = [name for name in sorted(names) if name.casefold() == folded]
    return full + [name for name in sorted(names) if folded and split(name)[1].casefold() == folded]


def _near_bare_names(word: str, names: Collection[str]) -> list[str]:
    """The full names whose bare names were probably meant."""
    hits = nearest(split(word)[1] or word, {split(name)[1] for name in names if ":" in name})
    return [name for hit in hits for name in sorted(names) if ":" in name and split(name)[1] == hit]
