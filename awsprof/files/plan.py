"""A change of the AWS files as a plan: shown as a diff, tried, or carried out; each file is replaced once, in order."""

from __future__ import annotations

import os

from awsprof.errors import FileError
from awsprof.files import edit, lock, read, replace, verify
from awsprof.files.diff import hunks
from awsprof.files.lines import indented_comment
from awsprof.text.display import MASK, quoted, safe
from awsprof.text.masking import is_secret, masked, masked_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from awsprof.files.diff import Opcode, Part
    from awsprof.files.parse import Option
    from awsprof.files.read import Changes, IniFile


class Step:
    """What changes in one file: settings of profiles, their names, or that they are there (see edit.edit).

    An optional step removes what no longer matters: if it fails, that is a warning.
    """

    __slots__ = ("before", "changes", "config", "optional", "path", "renamed")

    def __init__(
        self,
        path: str,
        changes: Changes,
        *,
        config: bool,
        renamed: Mapping[str, str] | None = None,
        before: Mapping[str, str] | None = None,
        optional: bool = False,
    ) -> None:
        self.path = path
        self.optional = optional
        self.changes = changes
        self.config = config
        self.renamed = renamed or {}
        self.before = before or {}

    def edited(self, file: IniFile) -> edit.Result:
        """What becomes of the file; raises as edit.edit does."""
        return edit.edit(file, self.changes, config=self.config, renamed=self.renamed, before=self.before)


def carry_out(steps: list[Step], *, trial: bool = False) -> list[str]:
    """Replace each file by its edited self, under one lock; all of them are tried before the first is replaced.

    Args:
        steps: one for each file, in the order in which they are replaced.
        trial: do all that could fail, and change nothing.

    Returns:
        Warnings, one line each.

    Raises:
        FileError: it cannot be done; if that is known beforehand, nothing was changed.
    """
    warnings: list[str] = []
    works = [_Work(step) for step in steps if _attempt(step, lambda step=step: _reach(step), warnings) is not None]  # type: ignore[misc]
    folders = [os.path.dirname(os.path.realpath(work.step.path)) for work in works]
    with lock.folders(folders):
        for folder in folders:
            replace.remove_leftovers(folder)
        for work in works if trial else works[1:]:
            _attempt(work.step, lambda work=work: work.run(trial=True), [])  # type: ignore[misc]
        for work in () if trial else works:
            warnings += _attempt(work.step, lambda work=work: work.run(trial=False), warnings) or []  # type: ignore[misc]
    return [] if trial else list(dict.fromkeys(warnings))  # a file may be replaced twice


def _attempt(step: Step, run: Callable[[], list[str]], warnings: list[str]) -> list[str] | None:
    """Return the result of a part of a step; None after a warning if an optional step failed."""
    try:
        return run()
    except FileError as error:
        if not step.optional:
            raise
        warnings.append(f"leftover settings remain: {error.what.removesuffix('; nothing was written')}")
        return None


def _reach(step: Step) -> list[str]:
    _refuse_read_only(step.path, os.path.dirname(os.path.realpath(step.path)))
    return []


def _refuse_read_only(path: str, folder: str) -> None:
    """Name the file that cannot be replaced; without this, the error would name the lock file next to it."""
    effective = os.access in os.supports_effective_ids
    if os.name != "nt" and os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK, effective_ids=effective):
        raise FileError(
            f"{quoted(path)} is read-only: its folder {quoted(folder)} cannot be written to; nothing was written",
            "make the folder writable for you, or change the file where it comes from",
        )


class _Work:
    """A step while it is tried and carried out: for the same bytes nothing is worked out twice."""

    def __init__(self, step: Step) -> None:
        self.step = step
        self.old: bytes | None = None
        self.right: bool | None = None

    def run(self, *, trial: bool) -> list[str]:
        step = self.step
        return replace.rewrite(step.path, self._edited, self._wrong, private=not step.config, trial=trial)

    def _edited(self, old: bytes) -> bytes:
        if old != self.old:
            self.file = read.parse(old, self.step.path)
            self.result = self.step.edited(self.file)
            self.old, self.right = old, None
        return self.result.text.encode()

    def _wrong(self, temporary: str) -> FileError | None:
        if self.right is None:
            self.right = verify.as_meant(self.file, temporary, self.result.meant, self.result.renamed)
        return None if self.right else edit.misread(self.file, self.result)


def changing(steps: list[Step]) -> list[Step]:
    """The steps that would change their file.

    Raises:
        FileError: a file cannot be read or safely edited.
    """
    return [step for step in steps if _changes(step)]


def _changes(step: Step) -> bool:
    file = read.load(step.path)
    try:
        return step.edited(file).text != file.text
    except FileError:
        if not step.optional:
            raise
        return True  # carry_out warns of it


def preview(steps: list[Step]) -> list[str]:
    """The lines of a diff of all files, secrets masked; none where nothing would change.

    Raises:
        FileError: a file cannot be read or safely edited.
    """
    lines: list[str] = []
    for step in steps:
        file = read.load(step.path)
        try:
            result = step.edited(file)
        except FileError:
            if step.optional:
                continue
            raise
        if result.text != file.text:
            lines += [f"--- {safe(step.path)}", f"+++ {safe(step.path)}"]
            lines += _diff(file, read.parse(result.text.encode(), step.path), result.renamed)
    return lines


def _diff(old: IniFile, new: IniFile, renamed: Mapping[str, str]) -> Iterator[str]:
    """A unified diff. The lines are compared as they are and shown masked: a changed secret is a changed line."""
    before, after = read.split_lines(old.text), read.split_lines(new.text)
    shown_before, shown_after = _shown(old, before), _shown(new, after)
    for group in hunks(_parts(old, before, renamed), _parts(new, after, {})):
        first, last = group[0], group[-1]
        place = f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        yield f"{place} {_section(group, old, shown_before)}".rstrip()
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                yield from (f" {line}" for line in shown_before[i1:i2])
            else:
                yield from (f"-{line}" for line in shown_before[i1:i2])
                yield from (f"+{line}" for line in shown_after[j1:j2])


def _parts(file: IniFile, lines: list[str], renamed: Mapping[str, str]) -> list[Part]:
    """The lines of a file by section, each with its header as it will be; before the first one the header is empty."""
    headers = {section.line: renamed.get(header, header) for header, section in file.sections.items()}
    headers |= {file.defaults.line: file.defaults.header} if file.defaults.line >= 0 else {}
    starts = sorted({0, *headers})
    return [
        (headers.get(start, ""), lines[start:end]) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True)
    ]


def _section(group: list[Opcode], file: IniFile, shown: list[str]) -> str:
    """The header of the section in which a hunk's first change is, unless the hunk itself shows that header."""
    changed = next(i1 for tag, i1, *_ in group if tag != "equal")
    above = [section.line for section in file.sections.values() if section.line < changed]
    header = max(above, default=-1)
    return shown[header].strip() if 0 <= header < group[0][1] else ""


def _range(start: int, end: int) -> str:
    """Lines as a diff counts them: from 1, and an empty range by the line before it."""
    return f"{start + (end > start)},{end - start}"


def _shown(file: IniFile, lines: list[str]) -> list[str]:
    """The lines as they may be shown: a secret masked on all lines it takes, comments too."""
    shown = [safe(masked_line(line.expandtabs(4))) for line in lines]
    for section in (file.defaults, *file.sections.values()):
        for option in section.options.values():
            if is_secret(option.key) or _runs_on(option):
                number = option.first + 1
                while number <= option.last or indented_comment(lines, number):
                    shown[number] = f"  {MASK}"
                    number += 1
    return shown


def _runs_on(option: Option) -> bool:
    """Whether a secret in a value of several lines, like a command's, may go on in the next line."""
    value = option.value
    return "\n" in value and value[0] != "\n" and masked(option.key, value) != value


def refuse_unwritable(paths: list[str]) -> None:
    """Raise FileError if botocore refuses one of these files: commands that write stop before they ask anything."""
    for path in paths:
        file = read.load(path)
        if file.problem is not None:
            raise FileError(
                f"{file.warning()}; nothing was written", f"fix {quoted(path)} in an editor, then try again"
            )
