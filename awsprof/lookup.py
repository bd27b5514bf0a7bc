"""Finds the profile or domain that a word of the command line means; if there is none, says why."""

from __future__ import annotations

import os

from awsprof.errors import NoSuchProfileError
from awsprof.files.read import config_profile
from awsprof.profiles import model, names
from awsprof.text.display import joined, nearest, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from awsprof.context import Context
    from awsprof.files.read import IniFile
    from awsprof.profiles.model import Profiles

_DIGITS = frozenset("0123456789")
_VARIABLES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")


def profile(ctx: Context, known: Profiles, word: str, *, domain: str = "") -> str:
    """Return the profile that a word means: by its name (names.resolve), otherwise by its account id.

    Args:
        ctx: the surroundings; the active profile's domain is preferred.
        known: the profiles there are.
        word: a full name, a bare name, or an account id of twelve digits.
        domain: the value of `--domain`, if it was given.

    Raises:
        UsageError: the word is empty, or fits several profiles.
        NoSuchProfileError: it fits none, or there is no such domain.
    """
    inside = existing_domain(ctx, known, domain) if domain else ""
    try:
        found = names.resolve(word, known, domain=inside, active=ctx.active)
    except NoSuchProfileError as error:
        if not is_account(word):
            raise _explained(ctx, known, error, _means(f"{inside}:{word}" if inside else word)) from None
        found = _of_account(ctx, known, word, inside)
    if found != word:
        ctx.detail(f"{quoted(word)} means {quoted(found)}")
    return found


def is_account(word: str) -> bool:
    """Whether a word can be an account id."""
    return len(word) == 12 and set(word) <= _DIGITS


def _of_account(ctx: Context, known: Profiles, account: str, domain: str) -> str:
    fits = [
        name
        for name in sorted(known)
        if model.account(known, known[name]) == account and domain in ("", names.domain_of(name))
    ]
    if fits:
        return names.only_one(account, fits)
    error = NoSuchProfileError(
        f"no profile {account}, by name or by account id", "awsprof list shows the profiles and their accounts"
    )
    raise _explained(ctx, known, error, _means(account))


def domains(known: Profiles) -> set[str]:
    """Return the domains: what stands before the colon of a name."""
    return {names.domain_of(name) for name in known if ":" in name}


def existing_domain(ctx: Context, known: Profiles, word: str, *, alone: bool = False) -> str:
    """Return the domain that `acme` or `acme:` names.

    Args:
        ctx: the surroundings.
        known: the profiles there are.
        word: what was given.
        alone: whether a profile without a colon counts as a domain of its own.

    Raises:
        UsageError: the word is empty.
        NoSuchProfileError: there is no such domain; the nearest ones are given.
    """
    names.check_given(word)
    domain = word.removesuffix(":")
    if domain in domains(known) or (alone and ":" not in domain and domain in known):
        return domain
    if ":" in domain and domain in known:
        raise NoSuchProfileError(f"{quoted(domain)} is a profile, not a domain", f"awsprof show {quoted(domain)}")
    close = nearest(domain, domains(known))
    hint = f"did you mean {joined(map(quoted, close), 'or')}?" if close else "awsprof domains lists them"
    error = NoSuchProfileError(f"there is no domain {quoted(domain)}", hint)
    raise _explained(ctx, known, error, lambda name: names.domain_of(name) == domain)


def domain_or_profile(ctx: Context, known: Profiles, word: str) -> str:
    """Return what a word means that may be either: the domain `acme` or `acme:`, otherwise a profile's full name.

    Raises:
        UsageError: the word is empty, or fits several profiles.
        NoSuchProfileError: it fits neither.
    """
    domain = word.removesuffix(":")
    if ":" not in domain and domain in domains(known):
        return domain
    try:
        return profile(ctx, known, word)
    except NoSuchProfileError:
        both = names.not_found(word, {*known, *domains(known)})
        raise _explained(ctx, known, both, _means(word)) from None


def not_found(ctx: Context, known: Profiles, word: str) -> NoSuchProfileError:
    """Return the error for a full name that no profile has, with the reason if the AWS files show one."""
    return _explained(ctx, known, names.not_found(word, known), _means(word))


def _means(word: str) -> Callable[[str], bool]:
    return lambda name: word in (name, names.split(name)[1])


def reasons(ctx: Context, known: Profiles, name: str) -> list[str]:
    """Return one line for each likely reason why there is no profile of this full name."""
    return mistakes(ctx, known, _means(name))


def _explained(
    ctx: Context, known: Profiles, error: NoSuchProfileError, wanted: Callable[[str], bool]
) -> NoSuchProfileError:
    error.next_step = "\n".join(
        [*mistakes(ctx, known, wanted), *([] if known else files_read(ctx, known)), error.next_step]
    )
    return error


def mistakes(ctx: Context, known: Profiles, wanted: Callable[[str], bool]) -> list[str]:
    """Return one line for each likely reason why a profile is not found.

    Args:
        ctx: the surroundings.
        known: the profiles there are.
        wanted: whether a name is the one that was looked for.
    """
    files = (known.config, known.credentials)
    missing = [
        f"{variable} names {quoted(file.path)}, which does not exist"
        for variable, file in zip(_VARIABLES, files, strict=True)
        if known and ctx.environ.get(variable) and not os.path.lexists(file.path)
    ]
    unread = [_unreadable(file) for file in files]
    headers = [*_wrong_headers(known.config, wanted), *_wrong_headers(known.credentials, wanted, config=False)]
    return [line for line in (*missing, *unread, *headers) if line]


def _unreadable(file: IniFile) -> str:
    if "\0" in file.text[:100]:  # UTF-16 without a mark is UTF-8 with many NULs
        return f"{quoted(file.path)} is UTF-16 text, which AWS tools cannot read; save it as UTF-8"
    return file.warning()


def _wrong_headers(file: IniFile, wanted: Callable[[str], bool], *, config: bool = True) -> Iterator[str]:
    """Yield a line for each section that was probably meant to be a wanted profile but is not."""
    for header, section in file.sections.items():
        name = next(filter(wanted, _readings(header)), "")
        if name and name != (config_profile(header) if config else header):
            right = f"profile {_in_header(name)}" if config and name != "default" else name
            place = f"line {section.line + 1} of {quoted(file.path)}"
            yield f"{place} has [{safe(header)}], which is not that profile; write [{safe(right)}]"


def _readings(header: str) -> list[str]:
    """Return what a person may have meant by a header: without `profile`, and its text."""
    text = header.strip()
    bare = [text[7:].strip(" \t.:\"'")] if text[:7].lower() == "profile" else []
    return [*bare, text.strip("\"'")]


def _in_header(name: str) -> str:
    return f'"{name}"' if len(name.split()) > 1 else name


def nothing(ctx: Context, known: Profiles) -> list[str]:
    """Return what to say if there are no profiles at all."""
    first = "there are no profiles yet: begin with awsprof add iam DOMAIN"
    return [first, *mistakes(ctx, known, lambda _: True), *files_read(ctx, known)]


def files_read(ctx: Context, known: Profiles) -> list[str]:
    """Return a line for each file that was read, for when no profile was found in them."""
    lines = []
    for variable, file in zip(_VARIABLES, (known.config, known.credentials), strict=True):
        place = f"{variable}: {quoted(file.path)}" if ctx.environ.get(variable) else quoted(file.path)
        lines.append(f"{place} {'has no profiles' if os.path.lexists(file.path) else 'does not exist'}")
    return lines
