"""Every guard of gateways has its negative control: with it taken out, somebody notices.

A guard is taken out of the SQL of one test database, or of the exported scripts before a gateway loads them.
"""

# ruff: noqa: E501

from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.faults.gateway_buffer_scenarios import BUFFER_SCENARIOS
from tests.faults.gateway_scenarios import SCENARIOS
from tests.faults.gateways import Change
from tests.faults.mutations import MUTATIONS
from tests.faults.test_kill_table import KILLS

pytestmark = pytest.mark.proof
_LIBRARY = "exchange.workflows."
_RUNS = {**SCENARIOS, **BUFFER_SCENARIOS}
# These are run, with every guard in place, by the tests of F7 and F21.
_RUN_ELSEWHERE = ("paused", "hanging")
_BY_NAME = {one.name: one for one in MUTATIONS}


@dataclass(frozen=True)
class GatewayMutation:
    """`sql` is the name of a mutation of mutations.py; `changes` are (module, before, after)."""

    name: str
    scenario: str
    sql: str = ""
    places: list[tuple[str, str, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def apply(self, site) -> None:
        if self.sql:
            _BY_NAME[self.sql].apply(site)
        for function, before, after in self.places:
            site.change_function(function, site.sql(before), site.sql(after))


def of_sql(name: str, scenario: str) -> GatewayMutation:
    return GatewayMutation(f"gateway: {name}", scenario, sql=name)


def of_scripts(name: str, scenario: str, *changes: Change) -> GatewayMutation:
    return GatewayMutation(
        f"gateway: {name}", scenario, changes=[(_LIBRARY + one[0], *one[1:]) for one in changes]
    )


GATEWAY_MUTATIONS = [
    of_sql("record without the token", "zombie_step"),
    of_sql("finish without the token", "zombie_outcome"),
    of_sql("no sweep of lost workers", "crash"),
    of_sql("max_running is not counted", "limited"),
    of_sql("a held gate is handed over", "keys"),
    GatewayMutation(
        "gateway: a standby node may claim", "standby",
        places=[("claim_workflows", "if not v_is_active then", "if false then")],
    ),
    of_scripts("the role is not told", "standby",
        ("host.ignition", "bool(redundancy.isActive())", "True")),
    of_scripts("bodies begin without a lease", "partition",
        ("engine.executor", "if self.monotonic() < self.state.lease_until:", "if True:")),
    of_scripts("a lost worker keeps its id", "zombie_alone",
        ("engine.state", "self.worker_id = compat.new_id()\n        for lease", "for lease")),
    of_scripts("renewing borrows its connection", "pool",
        ("database.system_db", '_HELD = ("claim", "renew")', '_HELD = ("claim",)')),
    of_scripts("a listener is never doubted", "half_open",
        ("engine.listener", "if since is not None and now - since", "if False and now - since"),
        ("engine.listener", "if now >= check_at:", "if False:")),
    of_scripts("the server waits for ever for a listener that does not read", "flooded",
        ("database.system_db_listener", "set tcp_user_timeout = %d", "set tcp_user_timeout = 0 -- %d")),
    of_scripts("old scripts go on working", "saves",
        ("engine.generation", "worker.release()", "pass")),
    of_scripts("old scripts do not wait for their steps", "saves",
        ("engine.generation", "while not worker.wait_until_empty(_LONG_SECONDS):", "while False:")),
    of_scripts("recorded steps are forgotten", "saves",
        ("engine.context", "        if steps:\n            self.recorded", "        if False:\n            self.recorded")),
    of_scripts("a journal is not replayed", "killed_with_journal",
        ("engine.buffer", "in journal_entries.latest(records):", "in ():")),
    of_scripts("what is in flight is not sent again", "cut_storm",
        ("engine.buffer_entries", "batch = list(self.in_flight)", "batch = []")),
    of_scripts("a refused entry is taken for enqueued", "poison",
        ("engine.flusher", 'if "error" in answer:', "if False:")),
    of_sql("reclaim without expiry", "paused"),
    of_scripts("a session that is lost is kept", "terminated",
        ("database.system_db_sessions", "if sqlstates.is_lost(ours):\n            self._give_up()",
         "if sqlstates.is_lost(ours):\n            pass"),
        ("database.system_db_sessions", "except compat.ERRORS:\n                self._give_up()",
         "except compat.ERRORS:\n                pass")),
    of_scripts("a listener that was lost is not replaced", "terminated",
        ("engine.listener", "return self._backoff.failed(error)", "return 3600.0")),
    of_scripts("nobody looks for work after listening again", "terminated",
        ("engine.listener", "self._keeper.poke()\n        self._dispatcher.poke()", "self._keeper.poke()"),
        # nor the timer of the gateway, in the moment that nobody listens
        ("engine.worker", 'if self.state.listen_mode != "listen":', "if False:")),
    of_scripts("nobody looks for calls that hang", "hanging",
        ("engine.generation", "self.worker.tell_hanging()", "pass")),
    of_scripts("a worker is known by its name", "namesakes",
        ("engine.state", "self.worker_id = compat.new_id()\n        self.held",
         'self.worker_id = "35353535-3535-4535-8535-353535353535"\n        self.held')),
    of_scripts("a replayed entry gets another id", "cloned",
        ("engine.buffer", "take_up(text, key, number)",
         "take_up(text[:-39] + compat.new_id() + text[-3:], key, number)")),
    of_scripts("an offer flushes in its own thread", "stormed",
        ("engine.buffer", "        is_look =", "        self._flusher.turn()\n        is_look =")),
    of_scripts("the buffer takes everything", "stormed",
        ("engine.buffer_entries", "if depth <= self.max_entries and", "if depth <= 10**9 and")),
    of_scripts("a refused offer is not counted", "stormed",
        ("engine.buffer_entries", "self.refused.addAndGet(1)\n        depth", "depth")),
]  # fmt: skip


@pytest.mark.parametrize("scenario", [one for one in _RUNS if one not in _RUN_ELSEWHERE])
def test_the_runs_of_gateways_pass_with_every_guard_in_place(site, scenario):
    found = _RUNS[scenario](site, [])
    site.wait_all_ended()
    is_late = scenario in ("zombie_step", "zombie_outcome")
    history = site.assert_promises(
        needs_late_writes=is_late, label=f"control of gateways: {scenario}"
    )
    assert not found
    assert not history.was_slow_to_declare_lost()


@pytest.mark.parametrize("mutation", GATEWAY_MUTATIONS, ids=lambda one: one.name.replace(" ", "_"))
def test_a_guard_of_gateways_taken_out_is_noticed(site, mutation):
    mutation.apply(site)
    found = _RUNS[mutation.scenario](site, mutation.changes)
    site.end()
    caught = list(Counter(violation.invariant for violation in site.violations())) + found
    KILLS.append((mutation.name, mutation.scenario, ", ".join(caught)[:120] or "NOT CAUGHT"))
    assert caught, f"nobody noticed: {mutation.name}"
