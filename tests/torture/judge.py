"""What must hold of a home, whatever happened there: files are whole, profiles lead where they led or will lead.

Everything is read with botocore's own parser, none of ours.
"""

import tempfile
from functools import lru_cache
from pathlib import Path

import botocore.configloader  # noqa: TID253 - a test is no switch
import botocore.exceptions  # noqa: TID253

from awsprof.profiles.renaming import COPY_OF

from .world import State

Settings = dict[str, str]
Way = tuple[str, ...]
"""Where a profile leads: the roles on the way, then the keys."""
BROKEN = "nowhere"


def refused(config: Path, credentials: Path) -> list[str]:
    """Why botocore refuses the files."""
    found = []
    for path in (config, credentials):
        try:
            botocore.configloader.raw_config_parse(str(path))
        except botocore.exceptions.ConfigNotFound:
            continue
        except Exception as error:  # whatever stops the AWS tools
            found.append(f"{path.name} cannot be read: {type(error).__name__}")
    return found


def merged(config: Path, credentials: Path) -> dict[str, Settings]:
    """The profiles as a botocore session has them: credentials win."""
    profiles: dict[str, Settings] = {}
    if config.exists():
        profiles = dict(botocore.configloader.load_config(str(config))["profiles"])
    if credentials.exists():
        for name, settings in botocore.configloader.raw_config_parse(str(credentials)).items():
            profiles[name] = {**profiles.get(name, {}), **settings}
    return profiles


def way(profiles: dict[str, Settings], name: str, depth: int = 0) -> Way:
    """Where a profile leads."""
    here = profiles.get(name)
    if here is None or depth > 9:
        return (BROKEN,)
    keys = tuple(here.get(key, "") for key in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token"))
    if "role_arn" not in here:
        return keys if any(keys) else ()
    source = here.get("source_profile", "")
    return (here["role_arn"], *(keys if source == name else way(profiles, source, depth + 1)))


@lru_cache(maxsize=64)
def _read(config: str | None, credentials: str | None) -> tuple[list[str], dict[str, Way]]:
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "config"), Path(folder, "credentials")
        for path, text in zip(paths, (config, credentials), strict=True):
            if text is not None:
                path.write_text(text)
        wrong = refused(*paths)
        profiles = {} if wrong else merged(*paths)
        return wrong, {name: way(profiles, name) for name in profiles}


def judge(before: State, after: State, now: State) -> list[str]:
    """What is wrong with a home in which a verb was stopped: nothing, between `before` and `after`."""
    wrong, here = _read(now.config, now.credentials)
    if wrong:
        return wrong
    (_, old), (_, new) = _read(before.config, before.credentials), _read(after.config, after.credentials)
    for name, leads in here.items():
        if BROKEN in leads and leads not in (old.get(name), new.get(name)):
            wrong.append(f"{name} leads nowhere")
        elif leads not in (old.get(name), new.get(name), ()):
            wrong.append(f"{name} leads elsewhere: {leads}")
    wrong += [f"{name} is gone" for name in old.keys() & new.keys() - here.keys()]
    kept = set(old.values()) & set(new.values())
    wrong += [f"nothing leads to {leads} any more" for leads in kept - set(here.values())]
    return wrong + _torn(before, after, now)


def _torn(before: State, after: State, now: State) -> list[str]:
    """The files that are neither the old nor the new one, nor one of them with notes of a verb that goes on later."""
    wrong = []
    for name, old, new, text in zip(State._fields, before.files, after.files, now.files, strict=False):
        if text not in (old, new) and _without_notes(text) not in (_without_notes(old), _without_notes(new)):
            wrong.append(f"{name} is neither old nor new: {text!r}"[:2000])
    return wrong + [f"left open to others: {left}" for left in now.left if not left.endswith(" 600")]


def _without_notes(text: str | None) -> str:
    """A file without what `rotate` notes in a section (settings of our own), and without the copies of `rename`."""
    sections = [f"[{part}" for part in f"\n{text or ''}".split("\n[")]
    # Behind a copy may be a comment on the section that follows.
    kept = "\n".join(part.partition("\n\n")[2] if f"\n{COPY_OF} =" in part else part for part in sections)
    lines = [line for line in kept.split("\n") if line and not line.startswith("awsprof_")]
    return "\n".join(lines)
