"""The owner of what root creates in another user's folder."""

from __future__ import annotations

import contextlib
import os


def own_as_folder(descriptor: int, folder: str) -> None:
    """Give what root created to the owner of its folder: after `sudo awsprof` the user must be able to open it."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return
    owner, made = os.stat(folder), os.fstat(descriptor)
    if made.st_uid == 0 and owner.st_uid != 0:
        with contextlib.suppress(OSError):  # an owner that a container does not map
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
