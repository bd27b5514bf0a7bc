"""What AWS said about access keys: when one was created, and which one a session was made with."""

from __future__ import annotations

from awsprof.cache.store import is_plain, open_root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def note_key(environ: Mapping[str, str], key_id: str, created: int) -> None:
    """Note when an access key was made (UTC seconds), as IAM told it. Skipped where it cannot be written."""
    try:
        if is_plain(key_id):
            open_root(environ, make=True).folder("key", make=True).put(key_id, f"{created}\n")
    except OSError:
        return


def key_created(environ: Mapping[str, str], key_id: str) -> int | None:
    """When an access key was made (UTC seconds), None where IAM never told it here."""
    try:
        return int(open_root(environ).folder("key").read(key_id)[:20]) if is_plain(key_id) else None
    except (OSError, ValueError):
        return None


def note_parent(environ: Mapping[str, str], session: str, parent: str) -> None:
    """Note with which access key a session was made, both by their key ids. Skipped if it cannot be written."""
    try:
        if is_plain(session) and is_plain(parent):
            open_root(environ, make=True).folder("parent", make=True).put(session, f"{parent}\n")
    except OSError:
        return


def parent_of(environ: Mapping[str, str], session: str) -> str:
    """Return the id of the access key that a session was made with; empty if that was not noted."""
    try:
        return open_root(environ).folder("parent").read(session)[:128].strip() if is_plain(session) else ""
    except (OSError, ValueError):
        return ""
