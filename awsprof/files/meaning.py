"""What an error of the operating system means for a file that is about to be replaced: the one table of it."""

from __future__ import annotations

import errno

HELD = "another process holds the lock"
UNSUPPORTED = "the file system does not do this"
FAILED = "it failed"

_ABSENT = dict.fromkeys((errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL), UNSUPPORTED)
_REFUSED = dict.fromkeys((errno.EPERM, errno.EACCES), UNSUPPORTED)
_MEANINGS = {
    # ENOSYS: Lustre without locks. ENOLCK: NFS whose server has no lock manager. EACCES: how Windows says "held".
    "lock": {
        **_ABSENT,
        errno.ENOLCK: UNSUPPORTED,
        **dict.fromkeys((errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES), HELD),
    },
    # EPERM: exFAT, CIFS and the Windows drives of WSL have no modes or owners. EINVAL: an unmapped user.
    "mode": {**_ABSENT, **_REFUSED},
    "owner": {**_ABSENT, **_REFUSED},
    "sync": _ABSENT,
    "attributes": _ABSENT,
}


def of(call: str, error: OSError) -> str:
    """Return HELD, UNSUPPORTED or FAILED for an error of `lock`, `mode`, `owner`, `sync` or `attributes`."""
    return _MEANINGS[call].get(error.errno or 0, FAILED)
