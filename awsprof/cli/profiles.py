"""The life of a profile: how one comes, changes and goes. It decides nothing; commands/ does."""

# No `from __future__ import annotations`: typer reads the annotations.

import sys
from typing import Annotated

import typer  # noqa: TID253 - this module is imported only where a command line is not plain

from awsprof.changes import How
from awsprof.cli.words import DryRun, Force, Region, Yes, adding, all_given, app, epilog, given
from awsprof.commands import add, adopt, remove, rename, rotate, setting
from awsprof.text import parse_duration

DomainArgument = Annotated[str, typer.Argument(metavar="DOMAIN", callback=given)]


@adding.command("iam", epilog=epilog("awsprof add iam work --csv key.csv", 4))
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
    """Add a user's access key."""
    how = How(force=force, dry_run=dry_run)
    add.iam(call.obj, domain, how, csv=csv, user=user, stdin=sys.stdin if stdin else None, region=region)


@adding.command("mfa", epilog=epilog("awsprof add mfa work", 4, 5, 6))
def _add_mfa(
    call: typer.Context,
    domain: DomainArgument,
    device_arn: Annotated[str, typer.Option(metavar="ARN", help="The device. Default: AWS is asked for it.")] = "",
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add the user's MFA device."""
    add.mfa(call.obj, domain, How(force=force, dry_run=dry_run), device_arn=device_arn)


@adding.command("role", epilog=epilog("awsprof add role work:ops --role-arn arn:aws:iam::123456789012:role/Ops", 3, 4))
def _add_role(
    call: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="DOMAIN:NAME", help="NAME alone takes the domain of --source.", callback=given)
    ],
    role_arn: Annotated[str, typer.Option(metavar="ARN", help="The role.")] = "",
    source: Annotated[
        str | None, typer.Option(metavar="SOURCE", help="Default: the domain's mfa, else iam profile.", callback=given)
    ] = None,
    region: Region = "",
    external_id: Annotated[str, typer.Option(metavar="ID", help="What the role's trust policy asks for.")] = "",
    session_name: Annotated[str, typer.Option(metavar="NAME", help="How CloudTrail shall call the session.")] = "",
    duration: Annotated[str, typer.Option(metavar="TIME", help="How long the role's keys shall last.")] = "",
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add a role."""
    given = add.Role(
        role_arn,
        source=source or "",
        region=region,
        external_id=external_id,
        session_name=session_name,
        seconds=parse_duration(duration) if duration else None,
    )
    add.role(call.obj, name, given, How(force=force, dry_run=dry_run))


ProfileArgument = Annotated[str, typer.Argument(metavar="PROFILE", callback=given)]


@app.command("set", epilog=epilog("awsprof set work:dev region=eu-west-1 s3.max_queue_size=20", 3, 4))
def _set(
    call: typer.Context,
    profile: ProfileArgument,
    settings: Annotated[
        list[str], typer.Argument(metavar="KEY=VALUE...", help="A secret: KEY alone asks, KEY=- reads stdin.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Set a key that AWS tools do not know, too.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Set settings of a profile."""
    how = How(force=yes, dry_run=dry_run)
    setting.put(call.obj, profile, settings, how, any_key=force, stdin=sys.stdin)


@app.command("unset", epilog=epilog("awsprof unset work:dev region", 3, 4))
def _unset(
    call: typer.Context,
    profile: ProfileArgument,
    keys: Annotated[list[str], typer.Argument(metavar="KEY...")],
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Remove settings of a profile."""
    setting.take(call.obj, profile, keys, How(force=yes, dry_run=dry_run))


@app.command("rename", epilog=epilog("awsprof rename work: acme:", 3, 4, 7))
def _rename(
    call: typer.Context,
    old: Annotated[str, typer.Argument(metavar="PROFILE", help="DOMAIN: for a whole domain.", callback=given)],
    new: Annotated[
        str,
        typer.Argument(metavar="NEW", help="A bare name stays in the domain; DOMAIN: for a domain.", callback=given),
    ],
    no_domain: Annotated[bool, typer.Option("--no-domain", help="Give it a name without a domain.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Rename a profile, or a domain with all that names it."""
    rename.run(call.obj, old, new, How(force=yes, dry_run=dry_run), no_domain=no_domain)


@app.command("remove", epilog=epilog("awsprof remove work:dev", 3, 4, 7))
def _remove(
    call: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="PROFILE", help="DOMAIN: for a whole domain.", callback=all_given)
    ],
    cascade: Annotated[bool, typer.Option("--cascade", help="Remove what stands on them, too.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Remove profiles, or a whole domain."""
    remove.run(call.obj, words, How(force=yes, dry_run=dry_run), cascade=cascade)


@app.command("rotate", epilog=epilog("awsprof rotate work", 4, 5, 6))
def _rotate(
    call: typer.Context,
    domain: DomainArgument,
    keep_old: Annotated[bool, typer.Option("--keep-old", help="Leave the old key active.")] = False,
    delete_old: Annotated[bool, typer.Option("--delete-old", help="Delete the old key once it is inactive.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Replace a domain's access key by a new one that AWS makes."""
    rotate.run(call.obj, domain, rotate.Wish(keep=keep_old, delete=delete_old), How(force=yes, dry_run=dry_run))


@app.command("adopt", epilog=epilog("awsprof adopt --domain work", 3, 4, 7))
def _adopt(
    call: typer.Context,
    source: Annotated[
        str | None, typer.Argument(metavar="PROFILE", help="Only the keys of this one. Default: all.", callback=given)
    ] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="DOMAIN", help="What the new domain is called.", callback=given)
    ] = None,
    move: Annotated[bool, typer.Option("--move", help="Rename in place, instead of adding beside.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Make a domain of profiles that other tools wrote."""
    adopt.run(
        call.obj, adopt.Wish(domain=domain or "", source=source or "", move=move), How(force=yes, dry_run=dry_run)
    )
