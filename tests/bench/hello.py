"""The least that a typer program does: what awsprof's own commands are measured against."""

import typer  # noqa: TID253 - a program of its own


def hello(*, drawn: bool = False) -> None:
    """Say hello, after rich's table was imported where one is asked for."""
    if drawn:
        from rich import console, table  # noqa: F401 - what is measured is the import
    print("hello")


if __name__ == "__main__":
    typer.run(hello)
