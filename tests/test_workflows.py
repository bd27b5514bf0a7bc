"""The workflows: actions pinned by commit, least permissions, and a release only of a tag, without a password."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / ".github/workflows"
if not FOLDER.is_dir():
    pytest.skip("an sdist has no workflows", allow_module_level=True)
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
PINNED = re.compile(r"\s*(?:- )?uses: [\w.-]+/[\w./-]+@[0-9a-f]{40}  ?# v\d+\.\d+\.\d+")
# The only permissions beyond reading the checkout: job and what it may do.
MAY = {("publish.yml", "publish"): {"id-token": "write"}}


def problems(name: str, text: str) -> Iterator[str]:
    """What is wrong with a workflow."""
    workflow: dict[Any, Any] = yaml.safe_load(text)
    triggers = workflow[True]  # `on` is a boolean in YAML 1.1
    if set(triggers) - {"push", "pull_request"} or (name == "publish.yml" and triggers != {"push": {"tags": ["v*"]}}):
        yield f"triggers: {triggers}"
    if "permissions" not in workflow or workflow["permissions"] not in ({}, {"contents": "read"}):
        yield f"permissions of all jobs: {workflow.get('permissions')}"
    lines = [line for line in text.splitlines() if re.match(r"\s*(- )?[\"']?uses\b", line)]
    yield from (f"not pinned: {line.strip()}" for line in lines if not PINNED.fullmatch(line))
    steps = [step for job in workflow["jobs"].values() for step in job.get("steps", [])]
    if len(lines) != sum("uses" in it for it in [*steps, *workflow["jobs"].values()]):
        yield "an action is not on a line of its own"
    for job_name, job in workflow["jobs"].items():
        yield from (f"{job_name}: {problem}" for problem in _problems_of_job(job, MAY.get((name, job_name), {})))


def _problems_of_job(job: dict[str, Any], may: dict[str, str]) -> Iterator[str]:
    if job.get("permissions", {}) not in ({}, {"contents": "read"}, may):
        yield f"permissions: {job['permissions']}"
    if "timeout-minutes" not in job:
        yield "no time limit"
    if "secrets." in str(job) or "GITHUB_TOKEN" in str(job):
        yield "uses a secret"
    if may and ("environment" not in job or any("run" in it or "checkout" in it["uses"] for it in job["steps"])):
        yield "may publish, and runs code or needs no approval"
    for step in job["steps"]:
        if "${{" in step.get("run", ""):
            yield f"an expression in a script: {step['run']}"
        if "checkout@" in step.get("uses", "") and step.get("with", {}).get("persist-credentials") is not False:
            yield "checkout leaves its credentials behind"


@pytest.mark.parametrize("name", TEXTS)
def test_a_workflow(name: str) -> None:
    assert list(problems(name, TEXTS[name])) == []


def test_an_action_has_one_pin() -> None:
    pins = {line.strip().removeprefix("- ") for text in TEXTS.values() for line in text.splitlines() if "uses:" in line}
    actions = [pin.partition("@")[0] for pin in pins]
    assert sorted(actions) == sorted(set(actions))


def test_what_is_published_has_attestations() -> None:
    steps = yaml.safe_load(TEXTS["publish.yml"])["jobs"]["publish"]["steps"]
    assert [step["with"]["attestations"] for step in steps if "pypi-publish" in step["uses"]] == [True]


CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd  # v6.0.2"
# What a change of publish.yml is refused for.
WORSE = [
    (CHECKOUT, "actions/checkout@v6", "not pinned: "),
    (CHECKOUT, "actions/checkout@de0fac2  # v6.0.2", "not pinned: "),
    (CHECKOUT, CHECKOUT.partition("  #")[0], "not pinned: "),
    ("persist-credentials: false", "fetch-depth: 0", "build: checkout leaves its credentials behind"),
    ('push: { tags: ["v*"] }', "push: { branches: [main] }", "triggers: "),
    ('push: { tags: ["v*"] }', 'push: { tags: ["v*"] }\n  workflow_dispatch:', "triggers: "),
    ("permissions: {}\n", "", "permissions of all jobs: None"),
    ("permissions: {}\n", "permissions: write-all\n", "permissions of all jobs: write-all"),
    ("permissions: { contents: read }", "permissions: { contents: read, id-token: write }", "build: permissions: "),
    ("permissions: { id-token: write }", "permissions: { id-token: write, contents: write }", "publish: permissions: "),
    ("    environment: pypi", "    #", "publish: may publish, and runs code or needs no approval"),
    (
        "attestations: true, print-hash: true }",
        'attestations: true }\n      - run: "true"',
        "publish: may publish, and ",
    ),
    ('"v$version"', '"${{ github.ref_name }}"', "build: an expression in a script: "),
    ("print-hash: true", 'password: "${{ secrets.TOKEN }}"', "publish: uses a secret"),
    ("    timeout-minutes: 10\n    permissions", "    permissions", "build: no time limit"),
]


@pytest.mark.parametrize(("good", "worse", "problem"), WORSE)
def test_a_worse_workflow_is_refused(good: str, worse: str, problem: str) -> None:
    text = TEXTS["publish.yml"].replace(good, worse, 1)
    assert text != TEXTS["publish.yml"]
    assert [found for found in problems("publish.yml", text) if found.startswith(problem)]
