"""`make picture`: docs/awsprof.svg, a terminal with the loop of every day, from a real run in bash."""

import io
import re
from pathlib import Path

from rich.console import Console  # noqa: TID253 - a test is no switch
from rich.text import Text  # noqa: TID253

from tests.aws.sts import CheckingSts

from .__main__ import play

PATH = Path(__file__).resolve().parents[2] / "docs/awsprof.svg"
WIDTH = 86
BEGIN = (
    'eval "$(awsprof init bash)"',
    "awsprof add iam work --csv your.name_accessKeys.csv",
    "awsprof add mfa work",
    "awsprof add role work:dev --role-arn arn:aws:iam::000000000000:role/PowerUsers --region ap-southeast-2",
    "awsprof add role work:prod --role-arn arn:aws:iam::000000000000:role/PowerUsers --region eu-west-1",
)
SHOWN = ("awsprof use work:dev", "awsuse prod", "awsprof list", "awsprof off")


def transcript() -> list[str]:
    """What the terminal shows of the commands of every day."""
    out = io.StringIO()
    with CheckingSts() as sts:
        user, _ = sts.add_user("your.name"), sts.add_role("PowerUsers")
        code = play("bash", [*BEGIN, *SHOWN], sts, user, out)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    if code:
        raise SystemExit("\n".join(lines))
    # With AWS itself, which a picture is of, the code goes to AWS.
    lines = [line for line in lines if not line.startswith(("warning: AWS_ENDPOINT_URL ", "kept AWS_ENDPOINT_URL: "))]
    return lines[lines.index(f"$ {SHOWN[0]}") :]


def svg(lines: list[str]) -> str:
    """The picture: nothing in it is fetched from elsewhere."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in lines:
        console.print(Text(line, style="bold green" if line.startswith("$ ") else ""), overflow="ignore", crop=False)
    drawn = console.export_svg(title="awsprof", unique_id="awsprof")
    return re.sub(r"\s*@font-face \{.*?\}\n", "", drawn, flags=re.DOTALL).replace("Fira Code, monospace", "monospace")


def text_of(picture: str) -> str:
    """The words of a picture."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture)).replace("&#160;", " ")


if __name__ == "__main__":
    PATH.write_text(svg(transcript()))
    print(PATH.relative_to(Path.cwd()))
