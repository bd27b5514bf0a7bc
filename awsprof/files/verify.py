"""What botocore reads of an edited file must be what it read before, plus exactly the intended change."""

from __future__ import annotations

from awsprof.errors import FileError
from awsprof.files import read
from awsprof.text import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.read import IniFile, Settings

    Parsed = dict[str, dict[str, object]]


def as_meant(file: IniFile, edited: str, meant: Mapping[str, Settings]) -> bool:
    """Whether botocore reads the edited file as the old one plus what was meant.

    Args:
        file: the file as it was read before the edit, still in its place.
        edited: the path of the edited copy.
        meant: by section header, each setting with its new value, or None where it is removed.

    Raises:
        FileError: botocore refuses the file as it was.
    """
    expected = _parse(file.path)
    if expected is None:
        raise FileError(f"the AWS tools refuse {quoted(file.path)}; nothing was written", "mend it with an editor")
    defaults = {key: _value(option.value) for key, option in file.defaults.options.items()}
    for header, settings in meant.items():
        section = expected.setdefault(header, dict(defaults))
        for key, value in settings.items():
            if value is None:
                section.pop(key, None)
            else:
                section[key] = value
    return _parse(edited) == expected


def _value(value: str) -> object:
    return read.nested(value) if value.startswith("\n") else value


def _parse(path: str) -> Parsed | None:
    """Everything botocore reads of a file, nothing of a missing one; None where it refuses."""
    from botocore import configloader, exceptions  # only what writes pays for it

    try:
        return dict(configloader.raw_config_parse(path))
    except exceptions.ConfigNotFound:
        return {}
    except exceptions.ConfigParseError:
        return None
