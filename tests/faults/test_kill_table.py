"""Every guard has a negative control: with it taken out, the checker flags the run."""

from collections import Counter

import pytest

from tests.faults.mutations import MUTATIONS
from tests.faults.scenarios import SCENARIOS

pytestmark = pytest.mark.proof
KILLS: list[tuple[str, str, str]] = []


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_runs_pass_with_every_guard_in_place(site, scenario):
    SCENARIOS[scenario](site, "")
    site.wait_all_ended()
    is_late = scenario.startswith("zombie")
    history = site.assert_promises(needs_late_writes=is_late, label=f"control: {scenario}")
    assert not history.was_slow_to_declare_lost()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name.replace(" ", "_"))
def test_a_guard_taken_out_is_noticed(site, mutation):
    mutation.apply(site)
    SCENARIOS[mutation.scenario](site, mutation.engine)
    site.end()
    caught = Counter(violation.invariant for violation in site.violations())
    KILLS.append((mutation.name, mutation.scenario, ", ".join(caught) or "NOT CAUGHT"))
    assert caught, f"nobody noticed: {mutation.name}"
