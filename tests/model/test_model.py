"""The SQL contract against a model in plain Python; the rules are in worker_rules.py, people_rules.py, handler_rules.py."""

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from hypothesis.strategies import SearchStrategy

from tests.calls import shared_database
from tests.model import draws
from tests.model.handler_rules import HandlerMachine
from tests.model.running import run_machine
from tests.model.session import Session
from tests.servers import Server
from tests.style.sources import ROOT

PARTS, PART_EXAMPLES = 8, 125


def assert_stale_share(drawn: dict[str, int]) -> None:
    share = drawn["stale"] / (drawn["stale"] + drawn["current"])
    assert share >= 0.3, f"only {share:.0%} of {drawn} tokens were stale"
    assert drawn["current"] > 0


@pytest.mark.timeout(400)
def test_the_functions_do_what_the_model_says(session: Session) -> None:
    """The same examples in every run; WORKFLOWS_MODEL_EXAMPLES sets how many."""
    assert_stale_share(run_machine(session, int(os.environ.get("WORKFLOWS_MODEL_EXAMPLES", "30"))))


@pytest.mark.timeout(400)
def test_workflows_with_handlers_too(session: Session) -> None:
    examples = int(os.environ.get("WORKFLOWS_MODEL_EXAMPLES", "20"))
    assert_stale_share(run_machine(session, examples, kind=HandlerMachine))


def run_part(server: Server, template: Any, schema: str, examples: int, seed: int) -> None:
    print(f"WORKFLOWS_MODEL_SEED={seed}")
    with shared_database(server, template) as conn:
        arguments = [server.dsn(conn.info.dbname), schema, str(examples), str(seed)]
        command = [sys.executable, "-m", "tests.model.part", *arguments]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, f"seed {seed}\n{ended.stdout[-4000:]}{ended.stderr[-8000:]}"
    assert_stale_share(json.loads(ended.stdout.splitlines()[-1]))


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_the_functions_do_what_the_model_says_for_long(
    server: Server, template: Any, schema: str
) -> None:
    """New examples in every run. In parts, each with a seed of its own: WORKFLOWS_MODEL_SEED begins with one,
    and what was found comes again within that part. Two at a time, since model and database take turns.
    """
    chosen = int(os.environ.get("WORKFLOWS_MODEL_SEED") or random.SystemRandom().randrange(2**32))
    part = partial(run_part, server, template, schema, PART_EXAMPLES)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(part, range(chosen, chosen + PARTS)))


def test_the_texts_of_what_is_drawn_are_short() -> None:
    """Hypothesis keeps those of all rules with every example that it has tried: with a megabyte of bad input among
    them 250 examples took 1.1 GB, with its length in its place 100 MB."""
    texts = [repr(one) for one in vars(draws).values() if isinstance(one, SearchStrategy)]
    assert len(texts) > 5
    assert sum(map(len, texts)) < 10_000, max(texts, key=len)[:1000]
