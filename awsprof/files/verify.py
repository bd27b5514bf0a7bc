"""What botocore reads of an edited file must be what it read before, plus exactly the intended change."""

from __future__ import annotations

from awsprof.errors import FileError
from awsprof.files import read
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from awsprof.files.read import IniFile, Settings

    Parsed = dict[str, dict[str, object]]


def as_meant(
    file: IniFile, edited: str, meant: Mapping[str, Settings | None], renamed: Mapping[str, str] | None = None
) -> bool:
    """Whether botocore reads the edited file as the old one plus what was meant.

    Args:
        file: the file as it was read before the edit, still in its place.
        edited: the path of the edited copy.
        meant: by section header, each setting with its new value, or None where it is removed; None instead of
            settings where the section is gone.
        renamed: the new header of each section that gets one.

    Raises:
        FileError: botocore refuses the file as it was, or one of the two cannot be read.
    """
    expected = _parse(file.path)
    if expected is None:
        raise FileError(f"the AWS CLI and boto3 refuse {quoted(file.path)}; nothing was written", "fix it in an editor")
    defaults = {key: _value(option.value) for key, option in file.defaults.options.items()}
    for header, settings in meant.items():
        if settings is None:
            expected.pop(header, None)
        else:
            _change(expected.setdefault(header, dict(defaults)), settings)
    names = renamed or {}
    return _parse(edited) == {names.get(header, header): section for header, section in expected.items()}


def _change(section: dict[str, object], settings: Settings) -> None:
    for key, value in settings.items():
        block, dot, name = key.partition(".")
        if dot and key not in section:
            inside = section.get(block, {})
            inside = {**inside, name: value} if isinstance(inside, dict) else {name: value}
            section[block] = {name: value for name, value in inside.items() if value is not None}
            if not section[block]:
                del section[block]
        elif value is None:
            section.pop(key, None)
        else:
            section[key] = value


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
    except AttributeError:  # configparser takes an error in the midst of a file for its end, and stumbles later
        raise FileError(
            f"cannot read {quoted(path)} to its end; nothing was written", "check the disk for errors"
        ) from None
