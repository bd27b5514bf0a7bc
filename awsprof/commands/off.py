"""`awsprof off`: take the switch back."""

from __future__ import annotations

from awsprof.cache import replay
from awsprof.shell import environment
from awsprof.shell.channel import route
from awsprof.text.display import joined, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from awsprof.context import Context
    from awsprof.shell.environment import Saved


def run(ctx: Context, *, shell: str | None = None) -> None:
    """Bring back what the first switch in this shell replaced; without a switch, change nothing and say why.

    Raises:
        ShellError: the shell cannot take the change.
    """
    deliver = route(ctx.channel, ctx.out, shell, line="off", at_terminal=ctx.person is not None)
    change, saved = environment.off(ctx.environ)
    lines = _done(saved) if change else _nothing_to_do(ctx)
    ctx.say(*deliver(change, lines))
    if change and shell is None:
        replay.keep_off(ctx, lines)


def _done(saved: Saved) -> list[str]:
    back = [name for name in (*environment.MANAGED, *environment.MASKS) if name in saved.values]
    lines = [f"off  {joined(back)} as before" if back else "off  no AWS profile in this shell"]
    if saved.secrets:
        lines.append(f"cannot bring back {joined(saved.secrets)}: awsprof keeps no secrets")
    return lines


def _nothing_to_do(ctx: Context) -> list[str]:
    if not ctx.active:
        return ["no AWS profile is active in this shell"]
    return [
        f"AWS_PROFILE is {quoted(ctx.active)}, but no awsprof use in this shell set it",
        "it may come from your rc file, direnv, or the program that started this shell (tmux, an editor)",
    ]
