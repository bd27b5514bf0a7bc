"""What is wrong with a profile as its files stand, and the next step for it. Nothing here asks AWS."""

from __future__ import annotations

from awsprof.files import read
from awsprof.profiles import chains, names, sources
from awsprof.profiles.model import KEY_ID, TOKEN
from awsprof.text.display import joined, quoted, safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from awsprof.files.read import IniFile, Option, Section
    from awsprof.profiles.model import Profile, Profiles

    Finding = tuple[str, str]  # what is wrong, and what to do

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./%@:+-")
_HOUR = str(sources.LONGEST_CHAINED)


def next_step(known: Profiles, name: str) -> str:
    """Return how to get working keys for a profile: the command, or the program that its keys come from."""
    chain = chains.chain(known, name)
    if not chain.links:
        return "awsprof list shows what there is"
    source = known[chain.links[-1]].get("source_profile")
    if names.kind_by_name(source) and source not in known:
        return new_session(known, names.domain_of(source))
    if chain.broken:
        return f"{chain.broken}: awsprof show {quoted(name)}"
    last = known[chain.links[-1]]
    by_kind = {
        "sso": f"aws sso login --profile {quoted(last.name)}",
        "login": f"aws login --profile {quoted(last.name)}",
        "process": "its keys come from its credential_process",
        "role": f"its keys come from its {_given_by(last)}",
        "": f"it has no credentials: awsprof show {quoted(last.name)}",
    }
    return by_kind.get(last.kind) or _for_keys(known, last)


def new_session(known: Profiles, domain: str) -> str:
    """Return how a domain gets an MFA session, the keys that it needs first."""
    first = "" if names.iam(domain) in known else f"awsprof add iam {quoted(domain)}; then: "
    return f"{first}awsprof add mfa {quoted(domain)}"


def _given_by(role: Profile) -> str:
    source = role.get("credential_source")
    return f"credential_source {source}" if source else "web_identity_token_file"


def _for_keys(known: Profiles, profile: Profile) -> str:
    domain = names.domain_of(profile.name)
    if ":" not in profile.name or not names.kind_by_name(profile.name):
        return (
            "renew them where they came from"
            if profile.get(TOKEN)
            else f"awsprof adopt {quoted(profile.name)} --domain NAME"
        )
    if names.iam(domain) not in known:
        return f"awsprof add iam {quoted(domain)}"
    if names.mfa(domain) in known:
        return f"awsprof mfa {quoted(domain)}"
    return f"awsprof add mfa {quoted(domain)}"


def findings(known: Profiles, name: str, *, region: str = "") -> list[Finding]:
    """Return what AWS tools, or some of them, will stumble over in a profile and those that it depends on.

    Args:
        known: the profiles.
        name: an existing profile.
        region: the region of the environment, which every tool takes if the profile has none.
    """
    chain = chains.chain(known, name)
    links = chains.down_to_the_keys(known, chain)
    broken = [(f"AWS tools cannot use {quoted(name)}: {chain.broken}", f"awsprof show {quoted(name)}")]
    found = broken if chain.broken else _no_region(known[name], region)
    found += [second_question(role) for role in chains.asking_again(known, name)]
    found += [finding for link in links for finding in _refused_duration(known, link)]
    return found + read_differently(known, *links)


def read_differently(known: Profiles, *links: str) -> list[Finding]:
    """Return what botocore reads of some profiles and other SDKs do not, with file and line."""
    # Splitting is slow in a file of thousands of profiles: once for all links.
    lines = {file.path: read.split_lines(file.text) for file in (known.config, known.credentials)} if links else {}
    found = [finding for link in links for finding in _of_profile(known, link, lines)]
    sessions = dict.fromkeys(known[link].get("sso_session") for link in links)
    return found + [finding for name in sessions if name for finding in _of_sso_session(known.config, name)]


def second_question(role: str) -> Finding:
    """Return what a role's own mfa_serial does."""
    return (
        f"{quoted(role)} has an mfa_serial of its own: the AWS CLI and boto3 ask for a code again, "
        "JavaScript and Go (Terraform) fail, Java and Rust ignore it",
        f"awsprof unset {quoted(role)} mfa_serial",
    )


def _refused_duration(known: Profiles, link: str) -> list[Finding]:
    source = sources.refused_duration(known, link)
    what = f"AWS refuses duration_seconds of {quoted(link)}: it allows 1 h for a role assumed through {quoted(source)}"
    return [(what, f"awsprof set {quoted(link)} duration_seconds={_HOUR}")] if source else []


def _no_region(profile: Profile, region: str) -> list[Finding]:
    name, fix = quoted(profile.name), f"awsprof set {quoted(profile.name)} region=REGION"
    if profile.kind == "login" and not profile.get("region"):
        return [(f"{name} has no region: boto3 cannot renew the keys of `aws login` without it", fix)]
    if profile.kind == "role" and not (profile.get("region") or region):
        return [(f"{name} has no region, and none is set in this shell", fix)]
    return []


def _of_profile(known: Profiles, link: str, lines: Mapping[str, list[str]]) -> Iterator[Finding]:
    profile = known[link]
    for file, config in ((known.config, True), (known.credentials, False)):
        section = _section(file, link, config=config)
        if section is not None:
            yield from _of_header(file, section, link, config=config)
            yield from _of_settings(file, section, lines[file.path])
    yield from _of_twins(known.config, link)
    if KEY_ID in profile.credentials and TOKEN in profile.config and TOKEN not in profile.credentials:
        where = "{} line {}".format(*known.place(link, TOKEN))
        yield (f"{where}: other SDKs use this {TOKEN} with the keys of the credentials file", "remove that line")


def _of_twins(file: IniFile, name: str) -> Iterator[Finding]:
    """Yield two sections of the config file that botocore takes for one profile: it reads only the last."""
    likely = [section for header, section in file.sections.items() if name in header]
    alike = [section for section in likely if read.config_profile(section.header) == name]
    if len(alike) > 1:
        which = joined([f"[{safe(section.header)}] on line {section.line + 1}" for section in alike])
        yield f"{safe(file.path)}: {which} are both {quoted(name)}; AWS tools differ in which they read", "keep one"


def _of_sso_session(file: IniFile, name: str) -> Iterator[Finding]:
    header, right = read.header_named(file, "sso-session", name), f"sso-session {name}"
    if header is not None and header != right and set(name) <= _PLAIN:
        where = f"{safe(file.path)} line {file.sections[header].line + 1}"
        yield f"{where}: only some AWS tools read [{safe(header)}]", f"write [{right}]"


def _section(file: IniFile, name: str, *, config: bool) -> Section | None:
    """Return the section that botocore reads; only an odd header makes it look at all of them."""
    plain = file.sections.get(f"profile {name}" if config and name != "default" else name)
    if not config or (plain is not None and name != "default"):
        return plain
    return dict(read.config_sections(file)).get(name)


def _of_header(file: IniFile, section: Section, name: str, *, config: bool) -> Iterator[Finding]:
    where = f"{safe(file.path)} line {section.line + 1}"
    if not set(name) <= _PLAIN:
        yield f"{where}: only some AWS tools can read a profile called {quoted(name)}", "rename it: awsprof rename"
    elif section.header != (f"profile {name}" if config and name != "default" else name):
        right = name if name == "default" else f"profile {name}"
        yield f"{where}: only some AWS tools read [{safe(section.header)}]", f"write [{right}]"


def _of_settings(file: IniFile, section: Section, lines: list[str]) -> Iterator[Finding]:
    below = section.defaults.options.values() if section.defaults is not None else ()
    inherited = [option for option in below if option.key not in section.options]
    rows = [(option, "is inherited from [DEFAULT]", "write it in the profile itself") for option in inherited]
    rows += [(option, *odd) for option in section.options.values() for odd in _odd(option, lines[option.first])]
    for option, why, fix in rows:
        where = f"{safe(file.path)} line {option.first + 1}"
        yield f"{where}: {safe(option.key)} {why}, which other AWS tools read differently", fix


def _odd(option: Option, line: str) -> Iterator[tuple[str, str]]:
    """Yield how a setting is written, if only botocore reads it so, and how to write it."""
    written, equals, _ = line.partition("=")
    if not equals or written.strip() != option.key:
        capitals = written.strip().lower() == option.key
        yield "has capitals in its name" if capitals else "has a colon", f"write {safe(option.key)} = ..."
    if len(option.parts) > 1 and option.parts[0]:
        yield "goes on in the next line", "write it in one line"
    elif option.parts[0] and any(f" {mark}" in option.value.replace("\t", " ") for mark in "#;"):
        yield "has a comment after its value", "put the comment on a line of its own"
    elif _is_quoted(option):
        yield "has quotes around its value", "remove the quotes"


def _is_quoted(option: Option) -> bool:
    """Return whether Go (Terraform) removes quotes, which all others keep. A command may need them."""
    value = option.value
    return len(value) > 1 and value[0] in "'\"" and value[0] == value[-1] and not option.key.endswith("_process")
