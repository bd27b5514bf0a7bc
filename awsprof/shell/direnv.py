"""What direnv set in this environment, as its own variable DIRENV_DIFF says."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 10**6  # bytes after unpacking: an environment is smaller


def value_set(environ: Mapping[str, str], name: str) -> str | None:
    """Return the value that direnv gave a variable in this folder, None if it did not set it.

    DIRENV_DIFF is JSON with `p`, the values before, and `n`, those that direnv set: zlib, then base64 for URLs.
    """
    packed = environ.get("DIRENV_DIFF")
    if not packed:
        return None
    import base64  # only a shell with direnv pays for it
    import json
    import zlib

    try:
        data = zlib.decompressobj().decompress(base64.urlsafe_b64decode(packed + "=="), _LONGEST)
        value = json.loads(data)["n"].get(name)
    except (ValueError, zlib.error, KeyError, TypeError, AttributeError, RecursionError):
        return None  # of another version, or set by hand
    return value if isinstance(value, str) else None
