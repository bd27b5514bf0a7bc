"""The only room that knows questionary: a list on the terminal that filters while one types."""

from __future__ import annotations

import sys

from awsprof.errors import CancelledError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def pick(question: str, answers: list[str], shown: list[str], first: str) -> str:
    """One of some answers, each shown by its label; the list begins at `first`.

    Raises:
        CancelledError: none was chosen: Esc, Ctrl-C or Ctrl-D.
    """
    import questionary
    from prompt_toolkit.output import create_output

    asked = questionary.select(
        question,
        choices=[questionary.Choice(label, value=answer) for answer, label in zip(answers, shown, strict=True)],
        default=first if first in answers else None,
        instruction="(type to filter)",
        use_search_filter=True,
        use_jk_keys=False,
        output=create_output(stdout=sys.stderr),  # stdout belongs to the result
    )
    _leave_on_escape(asked.application)
    try:
        return str(asked.unsafe_ask())
    except (EOFError, KeyboardInterrupt):
        raise CancelledError from None


def _leave_on_escape(application: Any) -> None:
    from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

    keys = KeyBindings()

    @keys.add("escape")
    @keys.add("c-d")
    def _leave(event: Any) -> None:
        event.app.exit(exception=KeyboardInterrupt)

    application.key_bindings = merge_key_bindings([application.key_bindings, keys])
    application.ttimeoutlen = 0.1  # seconds in which an escape may yet turn out to be an arrow
