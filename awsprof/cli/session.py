"""What is typed every day: switch, renew, look. It decides nothing; commands/ does."""

# No `from __future__ import annotations`: typer reads the annotations.

import sys
from typing import Annotated

import typer  # noqa: TID253 - this module is imported only where a command line is not plain

from awsprof.cli.options import AsJson, Domain, Region, Shell, app, epilog, given
from awsprof.commands import cache, current, domains, init, listing, mfa, off, show, status, use, whoami
from awsprof.errors import UsageError
from awsprof.text.display import quoted
from awsprof.text.times import parse_duration


@app.command("use", epilog=epilog("awsprof use work:dev", 3, 4, 5, 6, 7))
def _use(
    call: typer.Context,
    profile: Annotated[
        str | None, typer.Argument(metavar="PROFILE|-", help="A profile; - is the one before.", callback=given)
    ] = None,
    domain: Domain = None,
    region: Region = "",
    renew: Annotated[
        bool, typer.Option("--renew", help="Renew the session first; if that fails, do not switch.")
    ] = False,
    no_renew: Annotated[bool, typer.Option("--no-renew", help="Do not ask for a renewal.")] = False,
    mfa: Annotated[bool, typer.Option("-m", "--mfa", hidden=True)] = False,
    shell: Shell = None,
) -> None:
    """Make a profile active in this shell."""
    renew = renew or mfa
    use.run(call.obj, profile or "", domain=domain or "", region=region, renew=renew, no_renew=no_renew, shell=shell)


@app.command("off", epilog=epilog("awsprof off", 7))
def _off(call: typer.Context, shell: Shell = None) -> None:
    """Take the switch back: this shell is as it was before it."""
    off.run(call.obj, shell=shell)


@app.command("mfa", epilog=epilog("awsprof mfa work", 3, 4, 5, 6))
def _mfa(
    call: typer.Context,
    target: Annotated[
        str | None,
        typer.Argument(metavar="DOMAIN|PROFILE", help="Default: the active profile's.", callback=given),
    ] = None,
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE|-", help="The code; - reads it from stdin.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Renew even if the session is still valid.")] = False,
    duration: Annotated[str, typer.Option(metavar="TIME", help="Session duration, 15m to 36h.")] = "36h",
    min_remaining: Annotated[
        str, typer.Option(metavar="TIME", help="Renew if less is left (1h; 15m for --duration up to 1h).")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Renew the MFA session behind a profile."""
    if code == "-":
        code = sys.stdin.readline()
    least = parse_duration(min_remaining) if min_remaining else -1
    wish = mfa.Wish(code, force=force, seconds=parse_duration(duration), least=least)
    mfa.run(call.obj, target or "", wish, as_json=as_json)


@app.command("status", epilog=epilog("awsprof status --json", 4))
def _status(call: typer.Context, as_json: AsJson = False) -> None:
    """Tell what this shell uses, and what contradicts it. Asks AWS nothing."""
    status.run(call.obj, as_json=as_json)


@app.command("whoami", epilog=epilog("awsprof whoami work:dev", 3, 4, 5, 6))
def _whoami(
    call: typer.Context,
    profile: Annotated[
        str | None,
        typer.Argument(metavar="PROFILE", help="Default: what AWS tools in this shell use.", callback=given),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask AWS who this is: account, ARN, user id."""
    whoami.run(call.obj, profile or "", as_json=as_json)


@app.command("ls", hidden=True)
@app.command("list", epilog=epilog("awsprof list work", 3, 4))
def _list(
    call: typer.Context,
    within: Annotated[
        str | None, typer.Argument(metavar="DOMAIN", help="The same as --domain. Default: all.", callback=given)
    ] = None,
    domain: Domain = None,
    kind: Annotated[str, typer.Option(metavar="KIND", help=f"One of {', '.join(listing.KINDS)}.")] = "all",
    only_names: Annotated[bool, typer.Option("--names", help="Print sorted names only.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the profiles by domain, with the end of each session."""
    if within and domain and within.removesuffix(":") != domain.removesuffix(":"):
        raise UsageError(f"{quoted(within)} and --domain {quoted(domain)} are two domains", "give one of them")
    listing.run(call.obj, domain=within or domain or "", kind=kind, only_names=only_names, as_json=as_json)


@app.command("domains", epilog=epilog("awsprof domains", 4))
def _domains(
    call: typer.Context,
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="Only those that begin with it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the domains."""
    domains.run(call.obj, prefix, as_json=as_json)


@app.command("show", epilog=epilog("awsprof show work:dev", 3, 4))
def _show(
    call: typer.Context,
    profile: Annotated[
        str | None, typer.Argument(metavar="PROFILE", help="Default: the active profile.", callback=given)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show a profile's settings, and what it stands on; secrets masked."""
    show.run(call.obj, profile or "", as_json=as_json)


@app.command("init", epilog=epilog("awsprof init --install", 4, 7))
def _init(
    call: typer.Context,
    shell: Annotated[
        str, typer.Argument(metavar="SHELL", help="bash, zsh, fish or pwsh. Default: the one that is running.")
    ] = "",
    install: Annotated[bool, typer.Option("--install", help="Have the shell's start-up file load the hook.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take that out again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the change as a diff; write nothing.")] = False,
) -> None:
    """Print the hook of a shell, or have it loaded."""
    if install and uninstall:
        raise UsageError("--install and --uninstall contradict each other", "choose one")
    if dry_run and not (install or uninstall):
        raise UsageError("--dry-run shows what --install or --uninstall would change", "add one of them")
    if install or uninstall:
        init.change(call.obj, shell, remove=uninstall, dry_run=dry_run)
    else:
        init.run(call.obj, shell)


@app.command("current", epilog=epilog("awsprof current"))
def _current(call: typer.Context) -> None:
    """Print the name of the active profile."""
    current.run(call.obj)


@app.command("cache", hidden=True)
def _cache(call: typer.Context) -> None:
    """Renew the list of names that completion reads."""
    cache.run(call.obj)
