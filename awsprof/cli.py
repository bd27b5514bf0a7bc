"""The typer app: what each command is called and takes. It decides nothing; commands/ does."""

# No `from __future__ import annotations`: typer reads the annotations.

import sys
from typing import Annotated, Any

import typer  # noqa: TID253 - this module is imported only where a command line is not plain

from awsprof.commands import add, cache, domains, init, listing, mfa, off, show, status, use, whoami
from awsprof.context import Context
from awsprof.errors import AwsprofError, CancelledError, UsageError
from awsprof.text import parse_duration

app = typer.Typer(
    name="awsprof",
    help="Switch the shell you are in between AWS profiles, with one MFA code a day.",
    add_completion=False,  # typer's own breaks on colons and runs code found in candidates: docs/design.md
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
adding = typer.Typer(rich_markup_mode=None)
app.add_typer(adding, name="add", help="Add a user's keys, an MFA device or a role to the AWS files.")

Domain = Annotated[str, typer.Option("--domain", metavar="DOMAIN", help="Look in this domain.")]
Region = Annotated[str, typer.Option("--region", metavar="REGION", help="The AWS region.")]
Shell = Annotated[str | None, typer.Option("--shell", metavar="SHELL", help="Print the change for this shell instead.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Force = Annotated[bool, typer.Option("--force", help="Do not ask.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the change as a diff, secrets masked; write nothing.")]


# The base of everything that can be wrong with a command line. Typer carries a click of its own from 0.26 on, so that
# click's own class is not it.
_WrongLine: type[Exception] = typer.BadParameter.__mro__[1]


def command() -> Any:
    """The whole command line as typer sees it, for what is generated from it."""
    return typer.main.get_command(app)


def run(words: list[str], ctx: Context) -> None:
    """Run a command line.

    Raises:
        AwsprofError: it cannot be meant, or its command failed.
    """
    try:
        # standalone_mode off: typer would print and exit by itself, past the one error boundary.
        status = command().main(words, prog_name="awsprof", standalone_mode=False, obj=ctx)
    except typer.Abort:
        raise CancelledError from None
    except SystemExit:
        raise BrokenPipeError from None  # so typer ends where whoever read stdout has gone
    except _WrongLine as error:
        raise _usage(error, words) from None
    if status == CancelledError.exit_code:  # so typer tells of a Ctrl-C
        raise KeyboardInterrupt


def _usage(error: Any, words: list[str]) -> AwsprofError:
    known = [*words[:1]] if words[:1] and words[0] in command().commands else []
    path = error.ctx.command_path if error.ctx else " ".join(["awsprof", *known])
    return UsageError(error.format_message().rstrip(".").replace("\n", " "), f"{path} --help")


@app.callback(invoke_without_command=True)
def _everywhere(
    call: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Tell what is done and why.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an unexpected error arose.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask anything.")] = False,
) -> None:
    """Switch the shell you are in between AWS profiles, with one MFA code a day."""
    # __main__ takes these flags out of any place of the command line; they are declared here for --help.
    if call.invoked_subcommand is None:
        call.obj.out(call.get_help())


@app.command("use")
def _use(
    call: typer.Context,
    profile: Annotated[str, typer.Argument(metavar="PROFILE|-", help="A profile; - is the one before.")] = "",
    domain: Domain = "",
    region: Region = "",
    mfa: Annotated[bool, typer.Option("--mfa", help="Renew the MFA session first, if it needs it.")] = False,
    shell: Shell = None,
) -> None:
    """Make a profile active in this shell. Example: awsprof use work:dev."""
    use.run(call.obj, profile, domain=domain, region=region, mfa=mfa, shell=shell)


@app.command("off")
def _off(call: typer.Context, shell: Shell = None) -> None:
    """Take the switch back: this shell is as it was before it."""
    off.run(call.obj, shell=shell)


@app.command("mfa")
def _mfa(
    call: typer.Context,
    target: Annotated[str, typer.Argument(metavar="DOMAIN|PROFILE", help="Default: the active profile's.")] = "",
    code: Annotated[
        str | None, typer.Option("--code", metavar="CODE|-", help="The code; - reads it from stdin.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Renew a session that still lasts, too.")] = False,
    duration: Annotated[str, typer.Option(metavar="TIME", help="How long it shall last, 15m to 36h.")] = "36h",
    min_remaining: Annotated[
        str, typer.Option(metavar="TIME", help="Renew where less is left (1h; 15m for --duration up to 1h).")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Renew the MFA session behind a profile. Example: awsprof mfa work."""
    if code == "-":
        code = sys.stdin.readline()
    least = parse_duration(min_remaining) if min_remaining else -1
    wish = mfa.Wish(code, force=force, seconds=parse_duration(duration), least=least)
    mfa.run(call.obj, target, wish, as_json=as_json)


@app.command("status")
def _status(call: typer.Context, as_json: AsJson = False) -> None:
    """Tell the active profile, where it comes from and what contradicts it. Asks AWS nothing."""
    status.run(call.obj, as_json=as_json)


@app.command("whoami")
def _whoami(
    call: typer.Context,
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="Default: what AWS tools in this shell use.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask AWS who this is: account, ARN, user id."""
    whoami.run(call.obj, profile, as_json=as_json)


@app.command("list")
def _list(
    call: typer.Context,
    domain: Domain = "",
    kind: Annotated[str, typer.Option(metavar="KIND", help=f"One of {', '.join(listing.KINDS)}.")] = "all",
    only_names: Annotated[bool, typer.Option("--names", help="Print sorted names only.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the profiles by domain, with the end of each session."""
    listing.run(call.obj, domain=domain, kind=kind, only_names=only_names, as_json=as_json)


@app.command("domains")
def _domains(
    call: typer.Context,
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="Only those that begin with it.")] = "",
    as_json: AsJson = False,
) -> None:
    """List the domains."""
    domains.run(call.obj, prefix, as_json=as_json)


@app.command("show")
def _show(
    call: typer.Context, profile: Annotated[str, typer.Argument(metavar="PROFILE")], as_json: AsJson = False
) -> None:
    """Show a profile's settings, the file each comes from, and its chain of sources; secrets masked."""
    show.run(call.obj, profile, as_json=as_json)


@app.command("init")
def _init(
    call: typer.Context,
    shell: Annotated[
        str, typer.Argument(metavar="SHELL", help="bash, zsh, fish or pwsh. Default: the one that is running.")
    ] = "",
    install: Annotated[bool, typer.Option("--install", help="Have the shell's start-up file load the hook.")] = False,
    uninstall: Annotated[bool, typer.Option("--uninstall", help="Take that out again.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the change as a diff; write nothing.")] = False,
) -> None:
    """Print the hook of a shell, or have it loaded. Example: awsprof init --install."""
    if install and uninstall:
        raise UsageError("--install and --uninstall contradict each other", "choose one")
    if dry_run and not (install or uninstall):
        raise UsageError("--dry-run shows what --install or --uninstall would change", "add one of them")
    if install or uninstall:
        init.change(call.obj, shell, remove=uninstall, dry_run=dry_run)
    else:
        init.run(call.obj, shell)


@app.command("cache", hidden=True)
def _cache(call: typer.Context) -> None:
    """Renew the list of names that completion reads."""
    cache.run(call.obj)


DomainArgument = Annotated[str, typer.Argument(metavar="DOMAIN")]


@adding.command("iam")
def _add_iam(
    call: typer.Context,
    domain: DomainArgument,
    csv: Annotated[str, typer.Option(metavar="FILE", help="The access key as the console exported it.")] = "",
    user: Annotated[str, typer.Option(metavar="NAME", help="Which user of the CSV file.")] = "",
    stdin: Annotated[bool, typer.Option("--stdin", help="Read key id and secret from stdin, as two lines.")] = False,
    region: Region = "",
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add a user's access key. Example: awsprof add iam work --csv key.csv."""
    how = add.How(force=force, dry_run=dry_run)
    add.iam(call.obj, domain, how, csv=csv, user=user, stdin=sys.stdin if stdin else None, region=region)


@adding.command("mfa")
def _add_mfa(
    call: typer.Context,
    domain: DomainArgument,
    device_arn: Annotated[str, typer.Option(metavar="ARN", help="The device. Default: AWS is asked for it.")] = "",
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add the user's MFA device. Example: awsprof add mfa work."""
    add.mfa(call.obj, domain, add.How(force=force, dry_run=dry_run), device_arn=device_arn)


@adding.command("role")
def _add_role(
    call: typer.Context,
    name: Annotated[str, typer.Argument(metavar="DOMAIN:NAME", help="NAME alone takes the domain of --source.")],
    role_arn: Annotated[str, typer.Option(metavar="ARN", help="The role.")] = "",
    source: Annotated[str, typer.Option(metavar="SOURCE", help="Default: the domain's mfa, else iam profile.")] = "",
    region: Region = "",
    external_id: Annotated[str, typer.Option(metavar="ID", help="What the role's trust policy asks for.")] = "",
    session_name: Annotated[str, typer.Option(metavar="NAME", help="How CloudTrail shall call the session.")] = "",
    duration: Annotated[str, typer.Option(metavar="TIME", help="How long the role's keys shall last.")] = "",
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add a role. Example: awsprof add role work:dev --role-arn arn:aws:iam::123456789012:role/Dev."""
    given = add.Role(
        role_arn,
        source=source,
        region=region,
        external_id=external_id,
        session_name=session_name,
        seconds=parse_duration(duration) if duration else None,
    )
    add.role(call.obj, name, given, add.How(force=force, dry_run=dry_run))
