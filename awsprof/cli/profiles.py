"""The life of a profile: how one comes, changes and goes. It decides nothing; commands/ does."""

# No `from __future__ import annotations`: typer reads the annotations.

import sys
from typing import Annotated

import typer  # noqa: TID253 - this module is imported only where a command line is not plain

from awsprof.cli.options import DryRun, Force, Region, Yes, adding, all_given, app, epilog, given
from awsprof.commands import add, adopt, remove, rename, rotate, setting
from awsprof.editing import How
from awsprof.text.times import parse_duration

DomainArgument = Annotated[str, typer.Argument(metavar="DOMAIN", callback=given)]


def _adding(*, yes: bool, force: bool, dry_run: bool) -> How:
    """`add --force` meant `--yes` before there was one, and still does."""
    return How(force=yes or force, dry_run=dry_run, unchecked=force)


@adding.command("iam", epilog=epilog("awsprof add iam work --csv key.csv", 4))
def _add_iam(
    call: typer.Context,
    domain: DomainArgument,
    csv: Annotated[str, typer.Option(metavar="FILE", help="The access key as the console exported it.")] = "",
    user: Annotated[str, typer.Option(metavar="NAME", help="Which user of the CSV file.")] = "",
    stdin: Annotated[bool, typer.Option("--stdin", help="Read key id and secret from stdin, as two lines.")] = False,
    region: Region = "",
    yes: Yes = False,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add a user's access key."""
    how = _adding(yes=yes, force=force, dry_run=dry_run)
    add.iam(call.obj, domain, how, csv=csv, user=user, stdin=sys.stdin if stdin else None, region=region)


@adding.command("mfa", epilog=epilog("awsprof add mfa work", 4, 5, 6))
def _add_mfa(
    call: typer.Context,
    domain: DomainArgument,
    device_arn: Annotated[
        str,
        typer.Option(
            metavar="ARN", help="The device, or a hardware token's serial number. Default: AWS is asked for it."
        ),
    ] = "",
    yes: Yes = False,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Add the user's MFA device."""
    add.mfa(call.obj, domain, _adding(yes=yes, force=force, dry_run=dry_run), device_arn=device_arn)


SessionName = Annotated[
    str, typer.Option(metavar="NAME", help="Session name shown in CloudTrail. Default: the user's name.")
]
NoSessionName = Annotated[bool, typer.Option("--no-session-name", help="Leave role_session_name out.")]


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
    session_name: SessionName = "",
    no_session_name: NoSessionName = False,
    duration: Annotated[
        str,
        typer.Option(
            metavar="TIME",
            help="How long the role's keys last; more than 1h only if the role depends on the iam profile itself.",
        ),
    ] = "",
    yes: Yes = False,
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
        anonymous=no_session_name,
        seconds=parse_duration(duration) if duration else None,
        unchecked=force,
    )
    add.role(call.obj, name, given, _adding(yes=yes, force=force, dry_run=dry_run))


ProfileArgument = Annotated[str, typer.Argument(metavar="PROFILE", callback=given)]


@app.command("set", epilog=epilog("awsprof set work:dev region=eu-west-1 s3.max_queue_size=20", 3, 4))
def _set(
    call: typer.Context,
    profile: ProfileArgument,
    settings: Annotated[
        list[str], typer.Argument(metavar="KEY=VALUE...", help="A secret: KEY alone asks, KEY=- reads stdin.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Skip the checks that are stricter than AWS.")] = False,
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
    allow_endpoint: Annotated[
        list[str] | None,
        typer.Option("--allow-endpoint", metavar="HOST[:PORT]", help="Accept this host in place of AWS."),
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> None:
    """Replace a domain's access key by a new one that AWS makes."""
    wish = rotate.Wish(keep=keep_old, delete=delete_old, hosts=allow_endpoint or [])
    rotate.run(call.obj, domain, wish, How(force=yes, dry_run=dry_run))


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
    session_name: SessionName = "",
    no_session_name: NoSessionName = False,
    yes: Yes = False,
    force: Annotated[bool, typer.Option("--force", help="Keep durations of more than 1h that AWS refuses.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Turn profiles written by other tools into a domain."""
    wish = adopt.Wish(
        domain=domain or "",
        source=source or "",
        move=move,
        session_name=session_name,
        anonymous=no_session_name,
    )
    adopt.run(call.obj, wish, How(force=yes, dry_run=dry_run, unchecked=force))
