"""The typer app, and the options that several commands take, each written once."""

# No `from __future__ import annotations`: typer reads the annotations.

from typing import Annotated

import typer  # noqa: TID253 - this module is imported only where a command line is not plain

from awsprof.profiles.names import check_given

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

# What an exit code means, in a few words; docs/exit-codes-and-json.md has more.
EXIT_CODES = {
    0: "done",
    1: "unexpected",
    2: "not understood",
    3: "no such profile",
    4: "a file is in the way",
    5: "credentials",
    6: "AWS or the network",
    7: "the shell or its hook",
    130: "cancelled",
}


def epilog(example: str, *codes: int) -> str:
    """What stands below the help of a command: an example, and its exit codes beside 0 and 2."""
    told = ", ".join(f"{code} {EXIT_CODES[code]}" for code in (0, 2, *codes))
    return f"\b\nExample:\n  {example}\n\nExit codes: {told}."


def given(value: str | None) -> str | None:
    """Refuse an empty name; typer calls it for an argument or option that takes a name."""
    return check_given(value)


def all_given(values: list[str]) -> list[str]:
    """The same for an argument that takes several names."""
    return [value for value in values if check_given(value)]


Domain = Annotated[str | None, typer.Option("--domain", metavar="DOMAIN", help="Look in this domain.", callback=given)]
Region = Annotated[str, typer.Option("--region", metavar="REGION", help="The AWS region.")]
Shell = Annotated[
    str | None,
    typer.Option("--shell", metavar="SYNTAX", help="Print the change for bash, zsh, fish, pwsh or sh instead."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("-y", "--yes", help="Do not ask.")]
Force = Annotated[bool, typer.Option("--force", help="Skip the checks that are stricter than AWS.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the change as a diff, secrets masked; write nothing.")]
