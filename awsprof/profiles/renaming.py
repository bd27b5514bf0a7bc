"""Renaming profiles in both AWS files: headers and every reference, in replacements between which nothing dangles.

Where both files change, no order of two replacements would do: roles in config would name keys that are not there yet,
or not any more. So the keys stand under both names in between. First the credentials file gets a copy under the new
name, marked as one; then config changes; then the copy goes and the section itself gets its new name. A second run
knows a copy by its mark, and completes what was cut short.
"""

from __future__ import annotations

from awsprof.errors import UsageError
from awsprof.files import plan, read, references
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.plan import Step
    from awsprof.files.read import Changes, Settings
    from awsprof.profiles.model import Profiles

    Names = Mapping[str, str]

COPY_OF = "awsprof_copy_of"


class Move:
    """A renaming as it is shown, one step for each file, and as it is carried out."""

    __slots__ = ("carried", "shown")

    def __init__(self, shown: list[Step], carried: list[Step]) -> None:
        self.shown = shown
        self.carried = carried


def plan_move(
    environ: Mapping[str, str],
    known: Profiles,
    renamed: Names,
    *,
    config: Changes | None = None,
    credentials: Changes | None = None,
) -> Move:
    """What renames profiles, and every setting that names them.

    Args:
        environ: where the AWS files are.
        known: the profiles there are.
        renamed: the new name of each.
        config: further changes of the config file, by profile as it is called now.
        credentials: further changes of the credentials file.

    Raises:
        UsageError: a new name is taken.
        FileError: only some AWS tools read a line as a reference to one of the profiles.
    """
    for old, new in renamed.items():
        _refuse_taken(known, old, new)
    references.refuse_hidden(known.config, known.credentials, renamed)
    config_path, credentials_path = read.paths(environ)
    in_config = _merged({name: _references(profile.config, renamed) for name, profile in known.items()}, config)
    in_credentials = _merged({name: _references(it.credentials, renamed) for name, it in known.items()}, credentials)
    in_credentials |= {new: None for old, new in renamed.items() if old in known}  # a copy, if it is there
    first = plan.Step(config_path, in_config, config=True, renamed=renamed)
    last = plan.Step(credentials_path, in_credentials, config=False, renamed=renamed)
    steps = plan.changing([first, last])
    copies = {new: _copy(known, old) for old, new in renamed.items() if old in known and known[old].credentials}
    before = {new: old for old, new in renamed.items()}  # so that the end of the file stays as it is
    between = [plan.Step(credentials_path, copies, config=False, before=before)] if len(steps) > 1 and copies else []
    return Move([first, last], [*between, *steps])


def unfinished(known: Profiles) -> dict[str, str]:
    """The renamings that were cut short, of which a copy is left."""
    copies = {profile.credentials.get(COPY_OF, ""): name for name, profile in known.items()}
    return {old: new for old, new in copies.items() if old in known}


def _refuse_taken(known: Profiles, old: str, new: str) -> None:
    if new not in known or old not in known:
        return  # without the old one only references are left, from a run that was cut short
    if not _is_copy(known, old, new) or (known[old].config and known[new].config):
        raise UsageError(f"there is a profile {quoted(new)} already", "choose another name, or remove that one first")
    kept = {key: value for key, value in known[new].credentials.items() if key != COPY_OF}
    if known[new].config and kept.items() - known[old].credentials.items():
        raise UsageError(
            f"{quoted(old)} was being renamed to {quoted(new)}, and both have changed since",
            f"see which keys work, and remove the other: awsprof whoami {quoted(old)}; awsprof whoami {quoted(new)}",
        )


def _is_copy(known: Profiles, old: str, new: str) -> bool:
    return new in known and known[new].credentials.get(COPY_OF) == old


def _copy(known: Profiles, old: str) -> Settings:
    """What of a section must stand under both names: settings of one line; the section itself keeps all."""
    there = known[old].credentials
    return {**{key: value for key, value in there.items() if value and "\n" not in value}, COPY_OF: old}


def _references(there: Mapping[str, str], renamed: Names) -> Settings:
    return {key: renamed[there[key]] for key in read.REFERENCES if there.get(key) in renamed}


def _merged(first: Mapping[str, Settings], more: Changes | None) -> dict[str, Settings | None]:
    merged: dict[str, Settings | None] = {name: settings for name, settings in first.items() if settings}
    for name, settings in (more or {}).items():
        merged[name] = None if settings is None else {**(merged.get(name) or {}), **settings}
    return merged
