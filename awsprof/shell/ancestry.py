"""What a shell inherited and from which program, where the system tells: Linux does, in /proc."""

from __future__ import annotations

import os


def origin(variable: str, value: str, pid: int, proc: str = "/proc") -> tuple[int, str] | None:
    """The outermost program in an unbroken line above a process that was started with a variable of that value.

    tmux, editors and desktops hand on the environment that they were started with, so it is they that have to know.

    Args:
        variable: its name.
        value: its value.
        pid: the process to begin with, as the shell that called.
        proc: where the system tells of processes.

    Returns:
        Process id and name; (0, "") where that process was started without; None where it cannot be told.
    """
    found, own = (0, ""), None
    shell = pid
    while pid > 1:
        try:
            environ, name, parent = _process(f"{proc}/{pid}")
        except (OSError, ValueError):
            return found if found[0] else None
        if os.fsencode(f"{variable}={value}") not in environ:
            break
        own = own or environ
        found, pid = (shell if environ == own else pid, name), parent  # a subshell has its shell's, to the byte
    return found


def _process(folder: str) -> tuple[list[bytes], str, int]:
    """The environment that a process was started with, its name, and the id of its parent."""
    with open(f"{folder}/environ", "rb") as file:
        environ = file.read().split(b"\0")
    with open(f"{folder}/stat", encoding="utf-8", errors="replace") as file:
        head, _, tail = file.read().rpartition(")")  # a name may hold parentheses
    return environ, head.partition("(")[2], int(tail.split()[1])
