"""Runs machines: how many examples, from which seed; and scripts of them with a guard taken out."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.model.people_rules import Machine
from tests.model.session import Session


def run_machine(
    session: Session,
    examples: int,
    chosen_seed: int | None = None,
    is_shrinking: bool = True,
    kind: type[Machine] = Machine,
) -> Counter[str]:
    """How many tokens were drawn stale and current."""
    drawn: Counter[str] = Counter()
    run_examples(lambda: kind(session, drawn), examples, 40, chosen_seed, is_shrinking)
    return drawn


def run_examples(
    machine: Callable[[], RuleBasedStateMachine],
    examples: int,
    steps: int,
    chosen_seed: int | None = None,
    is_shrinking: bool = True,
) -> None:
    """Without a seed every run is the same."""
    how = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=chosen_seed is None,
        phases=[Phase.generate, Phase.shrink] if is_shrinking else [Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    if chosen_seed is not None:
        machine = seed(chosen_seed)(machine)
    run_state_machine_as_test(machine, settings=how)  # type: ignore[arg-type]


def assert_noticed(
    session: Session,
    play: Callable[[Session, Any], None],
    control: tuple[Any, str, str, str],
    noticed: Any = AssertionError,
) -> None:
    """A script passes with every guard in place, and not with one taken out: what is changed, and how."""
    script, *mutation = control
    play(session, script)
    with session.mutated(*mutation), pytest.raises(noticed):
        play(session, script)
    play(session, script)
