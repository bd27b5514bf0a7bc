"""Where the hook files are: in the installed package, else at the top of the checkout."""

from __future__ import annotations

import os

from awsprof.errors import ShellError

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_PLACES = (os.path.join(_PACKAGE, "shells"), os.path.join(os.path.dirname(_PACKAGE), "shells"))


def hook_path(file_name: str) -> str:
    """The path of a hook file.

    Raises:
        ShellError: the installation is incomplete.
    """
    for place in _PLACES:
        path = os.path.join(place, file_name)
        if os.path.isfile(path):
            return path
    raise ShellError(f"the hook file {file_name} is missing from this installation", "install awsprof again")
