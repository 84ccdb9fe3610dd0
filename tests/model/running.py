"""Runs the machine: how many examples, from which seed."""

from collections import Counter

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.people_rules import Machine
from tests.model.session import Session


def run_machine(
    session: Session,
    examples: int,
    chosen_seed: int | None = None,
    is_shrinking: bool = True,
    kind: type[Machine] = Machine,
) -> Counter[str]:
    """How many tokens were drawn stale and current. Without a seed every run is the same."""
    drawn: Counter[str] = Counter()
    phases = [Phase.generate, Phase.shrink] if is_shrinking else [Phase.generate]
    how = settings(
        max_examples=examples,
        stateful_step_count=40,
        deadline=None,
        database=None,
        derandomize=chosen_seed is None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )

    def machine() -> Machine:
        return kind(session, drawn)

    if chosen_seed is not None:
        machine = seed(chosen_seed)(machine)
    run_state_machine_as_test(machine, settings=how)  # type: ignore[arg-type]
    return drawn
