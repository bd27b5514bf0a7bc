"""Which section is whose: the one that every AWS tool takes for a profile, and what a new one is called."""

from __future__ import annotations

import re

from awsprof.errors import FileError
from awsprof.files import read
from awsprof.text.display import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.files.read import IniFile, Section

_NAME = re.compile(r"[A-Za-z0-9_./%@:+-]+")


class Owners:
    """Whose each section of a file is."""

    def __init__(self, file: IniFile, *, config: bool) -> None:
        self._file = file
        self._config = config
        self._alike: dict[str, list[Section]] = {}
        for header, section in file.sections.items():
            for profile in _readings(header, config=config):
                self._alike.setdefault(profile, []).append(section)

    def section(self, profile: str) -> Section | None:
        """The one section of a profile.

        Raises:
            FileError: there are several that some AWS tool takes for it.
        """
        alike = self._alike.get(profile, [])
        exact = [section for section in alike if _exact(section.header, profile, config=self._config)]
        if len(alike) > 1 or len(exact) < len(alike):
            which = " and ".join(str(section.line + 1) for section in alike)
            reason = f"AWS tools differ on which section is {quoted(profile)} (line {which})"
            raise refused(self._file, alike[-1].line, reason)
        return exact[0] if exact else None


def _exact(header: str, profile: str, *, config: bool) -> bool:
    return (read.config_profile(header) if config else header) == profile


def _readings(header: str, *, config: bool) -> set[str]:
    """Every profile that some AWS tool takes a section for."""
    bare = " ".join(header.replace('"', " ").replace("'", " ").split())
    # The JavaScript SDK joins `profile` and the name by a dot, and so takes such a section for one of config's.
    name = bare.removeprefix("profile.") if config and bare.startswith("profile.") else bare.removeprefix("profile ")
    exact = read.config_profile(header) if config else header
    if config and bare == name:
        return {exact} if exact is not None else set()
    return {name} if exact is None else {name, exact}


def new_header(profile: str, *, config: bool) -> str:
    """What the section of a profile is called, where it is written anew.

    Raises:
        FileError: some AWS tool could not read the name.
    """
    if not _NAME.fullmatch(profile):
        raise FileError(
            f"some AWS tools cannot read a profile called {quoted(profile)}; nothing was written",
            "use letters, digits and _ . / % @ : + -",
        )
    return f"profile {profile}" if config and profile != "default" else profile


def respelled(file: IniFile, profile: str, *, config: bool) -> tuple[dict[str, str], bool]:
    """What of a profile's section botocore reads and some other AWS tools do not.

    Returns:
        The settings whose names have capitals, or a colon behind them; and whether the header has quotes or spaces.

    Raises:
        FileError: AWS tools differ on which section it is.
    """
    section = Owners(file, config=config).section(profile)
    if section is None:
        return {}, False
    lines = read.split_lines(file.text)
    odd = {
        option.key: option.value
        for option in section.options.values()
        if not _is_plain(lines[option.first], option.key)
    }
    return odd, bool(_NAME.fullmatch(profile)) and section.header != new_header(profile, config=config)


def _is_plain(line: str, key: str) -> bool:
    name, equals, _ = line.partition("=")
    return bool(equals) and name.strip() == key


def renamed(line: str, header: str) -> str:
    """The line of a header (without its ending) with another header in it; what stands around it stays."""
    return f"{line[: line.index('[') + 1]}{header}{line[line.rindex(']') :]}"


def refused(file: IniFile, line: int, reason: str) -> FileError:
    """The error for a line (counted from 0) that stands against an edit."""
    return FileError(
        f"{quoted(file.path)} line {line + 1}: {reason}; nothing was written",
        "fix that line in an editor, then try again",
    )
