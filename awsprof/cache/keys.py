"""What AWS said about access keys: when one was created, and which one a session was made with."""

from __future__ import annotations

from awsprof.cache.store import is_plain, open_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def note_key(environ: Mapping[str, str], key_id: str, created: int) -> None:
    """Note when IAM says that an access key was created (UTC seconds). Skipped if it cannot be written."""
    _note(environ, "key", key_id, str(created))


def key_created(environ: Mapping[str, str], key_id: str) -> int | None:
    """Return when an access key was created (UTC seconds); None if that was not noted."""
    try:
        return int(_noted(environ, "key", key_id)[:20])
    except ValueError:
        return None


def note_parent(environ: Mapping[str, str], session: str, parent: str) -> None:
    """Note with which access key a session was made, both by their key ids. Skipped if it cannot be written."""
    if is_plain(parent):
        _note(environ, "parent", session, parent)


def parent_of(environ: Mapping[str, str], session: str) -> str:
    """Return the id of the access key that a session was made with; empty if that was not noted."""
    return _noted(environ, "parent", session)[:128].strip()


def _note(environ: Mapping[str, str], folder: str, key_id: str, text: str) -> None:
    try:
        if is_plain(key_id):
            open_root(environ, make=True).folder(folder, make=True).put(key_id, f"{text}\n")
    except OSError:
        return


def _noted(environ: Mapping[str, str], folder: str, key_id: str) -> str:
    try:
        return open_root(environ).folder(folder).read(key_id) if is_plain(key_id) else ""
    except (OSError, ValueError):
        return ""
