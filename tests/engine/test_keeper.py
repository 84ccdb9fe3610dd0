"""Registering, renewing, orders, and the clock that stops bodies (F5, F6, F8, F20)."""

import pytest

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine.keeper import Keeper
from exchange.workflows.engine.registry import Definition, Registry
from exchange.workflows.engine.state import WorkerState
from tests.engine.fakes import FakeHost, FakeStore, lost, make_lease

REGISTERED = {
    "lease_ms": 20000,
    "renew_ms": 5000,
    "poll_ms": 700,
    "suspend_over_ms": 1500,
    "payload_bytes": 2000,
    "channel": "plant_wake",
    "queue_ids": [3, 5],
}
RENEWED = {"is_lost": False, "lease_ms": 20000, "lost": [], "controls": []}


class Watch:
    def __init__(self, renewals=(RENEWED,), registrations=(REGISTERED,)):
        self.host = FakeHost()
        self.state = WorkerState(self.host)
        self.store = FakeStore(renew_worker=renewals, register_worker=registrations)
        self.registry = Registry()
        self.registered: list[int] = []
        self.keeper = Keeper(
            self.host,
            self.state,
            self.store,
            self.registry,
            self.describe,
            lambda: self.registered.append(1),
        )

    def describe(self):
        return {"worker_name": "w", "threads": 4, "queues": ["default"]}

    def hold(self, number, **more):
        lease = make_lease(number, **more)
        self.state.held[lease.token] = lease
        return lease

    def renew(self):
        if not self.state.is_registered.is_set():
            self.keeper.turn()
        return self.keeper.turn()

    def sent(self):
        return self.store.asked("renew_worker")[-1][1]


def test_the_first_turn_registers_and_takes_over_what_the_database_decides():
    watch = Watch()
    fill = Definition(len, "fill", 2, {"queue_name": "default"})
    watch.registry.add(fill)
    assert watch.keeper.turn() == 5.0
    [(worker_id, registration)] = watch.store.asked("register_worker")
    assert worker_id == watch.state.worker_id
    assert registration["definitions"] == [fill.registration()]
    assert registration["schema_version"] == settings.SCHEMA_VERSION
    assert (watch.state.poll_ms, watch.state.suspend_over_ms, watch.state.payload_bytes) == (
        700,
        1500,
        2000,
    )
    assert (watch.state.channel, watch.state.queue_ids) == ("plant_wake", (3, 5))
    assert watch.registered == [1]


def test_a_new_definition_is_told_at_the_next_turn():
    watch = Watch()
    watch.renew()
    watch.registry.add(Definition(len, "fill", 1, {}))
    watch.keeper.turn()
    assert len(watch.store.asked("register_worker")) == 2
    watch.keeper.turn()
    assert len(watch.store.asked("register_worker")) == 2


def test_renewing_sends_what_is_held_and_what_has_begun_once():
    watch = Watch()
    fetched = watch.hold(1, started=False)
    watch.hold(2)
    watch.renew()
    assert watch.sent()["started"] == []
    fetched.is_started = True
    watch.renew()
    assert watch.sent()["held"] == [
        [fetched.workflow_id, fetched.token],
        [watch.hold(2).workflow_id, watch.hold(2).token],
    ]
    assert watch.sent()["started"] == [fetched.workflow_id]
    watch.renew()
    assert watch.sent()["started"] == []


def test_what_has_begun_is_told_again_when_the_renewal_was_lost():
    watch = Watch([lost(), RENEWED])
    lease = watch.hold(1, started=False)
    lease.is_started = True
    watch.renew()
    watch.keeper.turn()
    assert watch.sent()["started"] == [lease.workflow_id]


def test_f8_the_lease_is_counted_from_before_the_renewal_was_sent():
    watch = Watch()

    def slowly(*_):
        watch.host.pass_time(7)
        return RENEWED

    watch.store.answer_with(renew_worker=slowly)
    watch.renew()
    assert watch.state.lease_until == 1000 + 20
    assert watch.host.now == 1007


def test_f20_a_renewal_that_does_not_get_through_extends_nothing():
    watch = Watch([RENEWED, lost()])
    watch.renew()
    until = watch.state.lease_until
    watch.host.now += 30
    assert 0 < watch.keeper.turn() <= settings.RECONNECT_MAX_SECONDS
    assert watch.state.lease_until == until


def test_orders_reach_their_leases_and_nobody_else():
    watch = Watch()
    first, second = watch.hold(1), watch.hold(2)
    watch.store.answer_with(
        renew_worker=dict(RENEWED, controls=[[first.workflow_id, first.token, "hold"]])
    )
    watch.renew()
    assert (first.control, second.control) == ("hold", None)


@pytest.mark.parametrize("is_told", [True, False])
def test_an_order_that_was_taken_back_is_forgotten(is_told):
    watch = Watch()
    lease = watch.hold(1, control="hold")
    controls = [[lease.workflow_id, lease.token, None]] if is_told else []
    watch.store.answer_with(renew_worker=dict(RENEWED, controls=controls))
    watch.renew()
    assert lease.control is None


def test_an_order_that_came_while_the_renewal_was_under_way_stays():
    watch = Watch()
    lease = watch.hold(1)
    watch.store.answer_with(renew_worker=lambda *_: (lease.order("stop"), RENEWED)[1])
    watch.renew()
    assert lease.control == "stop"


def test_an_order_ends_a_short_wait():
    watch = Watch()
    lease = watch.hold(1)
    lease.sleeper = watch.host.make_event()
    watch.store.answer_with(
        renew_worker=dict(RENEWED, controls=[[lease.workflow_id, lease.token, "cancel"]])
    )
    watch.renew()
    assert lease.sleeper.is_set()


def test_a_lease_that_the_database_does_not_know_is_lost():
    watch = Watch()
    first, second = watch.hold(1), watch.hold(2)
    watch.store.answer_with(renew_worker=dict(RENEWED, lost=[first.workflow_id]))
    watch.renew()
    assert (first.is_lost, second.is_lost) == (True, False)
    assert list(watch.state.held.values()) == [second]


def test_f5_a_worker_that_was_declared_lost_drops_everything_and_begins_under_another_id():
    watch = Watch([{"is_lost": True}])
    lease = watch.hold(1)
    watch.renew()
    before = watch.store.asked("renew_worker")[-1][0]
    assert lease.is_lost
    assert watch.state.held == {}
    assert watch.state.worker_id != before
    assert not watch.state.is_registered.is_set()
    watch.keeper.turn()
    assert watch.store.asked("register_worker")[-1][0] == watch.state.worker_id


def test_hearing_twice_that_an_id_is_lost_makes_one_new_id():
    watch = Watch()
    watch.renew()
    first = watch.state.worker_id
    watch.keeper.declared_lost(first)
    second = watch.state.worker_id
    watch.keeper.declared_lost(first)
    assert watch.state.worker_id == second != first


def test_another_schema_version_is_said_once_with_the_command_to_run():
    refusal = errors.SchemaVersionMismatch(
        "schema version does not fit", hint="run ignition-workflows migrate"
    )
    watch = Watch(registrations=[refusal])
    for _ in range(3):
        watch.keeper.turn()
    said = [line for line in watch.host.log_lines if "ignition-workflows migrate" in line]
    assert len(said) == 1


# Which node this is, and whether it is heard


def test_every_registration_and_renewal_says_which_node_this_is():
    watch = Watch()
    watch.host.role = ("backup", False)
    watch.renew()
    [(_, registration)] = watch.store.asked("register_worker")
    for sent in (registration, watch.sent()):
        assert (sent["role"], sent["is_active"]) == ("backup", False)


def test_a_change_of_the_active_node_is_told_at_once():
    watch = Watch()
    watch.renew()
    watch.host.plan(2.5, lambda: setattr(watch.host, "role", ("master", False)))
    begun = watch.host.now
    watch.keeper._wait(5.0)
    assert 2.5 <= watch.host.now - begun <= 2.5 + settings.ROLE_LOOK_SECONDS
    watch.keeper.turn()
    assert (watch.sent()["role"], watch.sent()["is_active"]) == ("master", False)
    begun = watch.host.now
    watch.keeper._wait(5.0)
    assert watch.host.now - begun == 5.0


def test_a_node_that_has_become_active_looks_for_work_at_once():
    watch = Watch()
    watch.host.role = ("master", False)
    watch.renew()
    watch.keeper.turn()
    assert watch.registered == [1], "the registration; no renewal that says the same"
    watch.host.role = ("master", True)
    watch.keeper.turn()
    assert watch.registered == [1, 1]


def test_a_change_whose_renewal_was_lost_is_told_again():
    watch = Watch([RENEWED, lost(), RENEWED])
    watch.renew()
    watch.host.role = ("master", False)
    watch.keeper.turn()
    begun = watch.host.now
    watch.keeper._wait(5.0)
    assert watch.host.now - begun <= settings.ROLE_LOOK_SECONDS


@pytest.mark.parametrize("is_claiming", [True, False])
def test_a_worker_that_drains_says_so(is_claiming):
    watch = Watch()
    watch.state.is_claiming = is_claiming
    watch.renew()
    assert watch.sent()["is_draining"] is not is_claiming


def test_f22_a_worker_that_listens_pings_itself():
    watch = Watch()
    watch.renew()
    assert (watch.sent()["ping"], watch.state.unheard_since) == (False, None)
    watch.state.listen_mode = "listen"
    watch.renew()
    first = watch.host.now
    assert (watch.sent()["ping"], watch.state.unheard_since) == (True, first)
    watch.host.now += 5
    watch.renew()
    assert watch.state.unheard_since == first
    # A ping that was heard before the renewal that sent it was answered does not count as unheard.

    def hear(*_):
        watch.state.unheard_since = None
        return RENEWED

    watch.store.answer_with(renew_worker=hear)
    watch.renew()
    assert watch.state.unheard_since is None


def test_f22_a_renewal_that_does_not_get_through_says_nothing_about_the_listener():
    watch = Watch([lost()])
    watch.state.listen_mode = "listen"
    watch.renew()
    assert watch.state.unheard_since is None


def test_failpoints_are_reached_around_the_heartbeat(monkeypatch):
    reached: list[str] = []
    monkeypatch.setattr(compat, "failpoint", reached.append)
    Watch().renew()
    assert reached == ["heartbeat:before", "heartbeat:after_commit"]


# The verdict that threads wait for


def test_f6_a_thread_waits_until_a_renewal_says_that_the_lease_stands():
    watch = Watch()
    watch.renew()
    lease = watch.hold(1)
    watch.host.now += 100
    watch.host.plan(3, watch.keeper.turn)
    assert watch.keeper.wait_for_renewal(lease)
    assert watch.host.now == 1103.0


def test_f6_a_thread_learns_that_its_lease_is_lost():
    watch = Watch([RENEWED, {"is_lost": True}])
    watch.renew()
    lease = watch.hold(1)
    watch.host.now += 100
    watch.host.plan(3, watch.keeper.turn)
    assert not watch.keeper.wait_for_renewal(lease)
    assert lease.is_lost


def test_a_thread_does_not_wait_for_a_worker_that_ends():
    watch = Watch()
    watch.renew()
    watch.host.now += 100

    def end_worker():
        watch.state.releasing.set()
        watch.keeper.release_waiting()

    watch.host.plan(1, end_worker)
    assert not watch.keeper.wait_for_renewal(watch.hold(1))
    assert watch.host.now == 1101.0
