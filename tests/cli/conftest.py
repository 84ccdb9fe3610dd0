"""The command line in this process: what it prints, what it says on the side, its exit code."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from exchange.workflows.cpython import cli


@dataclass
class Ran:
    exit_code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def cli_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, schema: str
) -> Callable[..., Ran]:
    """cli_on(dsn, "list", ...): one run on some database."""
    monkeypatch.setenv("WORKFLOWS_SCHEMA", schema)

    def run(dsn: str, *words: str) -> Ran:
        monkeypatch.setenv("WORKFLOWS_DSN", dsn)
        exit_code = cli.main(words)
        printed = capsys.readouterr()
        return Ran(int(exit_code), printed.out, printed.err)

    return run


@pytest.fixture
def run(cli_on: Callable[..., Ran], dsn: str) -> Callable[..., Ran]:
    """run("list", ...): one run on the test's database."""
    return lambda *words: cli_on(dsn, *words)


@pytest.fixture
def answer(run: Callable[..., Ran]) -> Callable[..., Any]:
    """answer("list", ...): what it prints with --json, after it succeeded."""

    def ask(*words: str) -> Any:
        ran = run(*words, "--json")
        assert ran.exit_code == 0, ran.err
        return ran.answer

    return ask
