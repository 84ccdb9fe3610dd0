"""Schedules against a model in plain Python: each occurrence is dealt with once, as its policy says, whatever is
paused, changed, blacked out or away meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from tests.model.running import assert_noticed, run_examples
from tests.model.session import Refusal, Session

CLEAN = (
    "delete from workflows.schedule; delete from workflows.schedule_run;"
    " delete from workflows.blackout"
)
NAMES = st.sampled_from(["hourly", "shift", "report"])
INTERVALS = st.sampled_from([1, 7, 30])
LATE_MS = 60_000  # what skip takes for late when it is not told
CATCH_UP = st.fixed_dictionaries(
    {
        "catch_up": st.sampled_from(["skip", "last", "all"]),
        "catch_up_seconds": st.sampled_from([None, None, 0, 10]),
    }
)
Run = tuple[int, bool, str]


@dataclass
class Schedule:
    interval: int | None  # seconds; None: once
    starts: int
    ends: int | None
    catch_up: str
    limit: int | None  # seconds
    is_paused: bool = False
    next: int | None = None
    runs: set[Run] = field(default_factory=set)

    def after(self, moment: int) -> int | None:
        at: int | None = self.starts
        if self.starts <= moment:
            count = (moment - self.starts) // 1000 // (self.interval or 1) + 1
            at = self.starts + count * self.interval * 1000 if self.interval else None
        return None if at is None or self.ends and at > self.ends else at

    def fate(self, at: int, has_later: bool, is_dark: bool, now: int) -> str:
        limit = 1000 * self.limit if self.limit is not None else None
        if limit is None and self.catch_up == "skip":
            limit = LATE_MS
        is_late = limit is not None and now - at > limit
        if is_dark:
            return "skipped_blackout"
        return "skipped_late" if is_late or self.catch_up == "last" and has_later else "enqueued"


class Machine(RuleBasedStateMachine):
    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        session.clean()
        session.clean_also(CLEAN)
        self.schedules: dict[str, Schedule] = {}
        self.blackouts: dict[int, tuple[str | None, int, int]] = {}
        self.enqueued = 0
        self.looked_at = session.now

    def call(self, function: str, *arguments: Any) -> Any:
        return self.session.call(function, *arguments)

    def refused(self, code: str, function: str, *arguments: Any) -> None:
        with pytest.raises(Refusal) as refusal:
            self.call(function, *arguments)
        assert refusal.value.code == code

    @rule(
        name=NAMES,
        interval=st.one_of(st.none(), INTERVALS),
        starts=st.sampled_from([None, -5000, 5000]),
        ends=st.sampled_from([None, None, 40_000]),
        policy=CATCH_UP,
    )
    def make(
        self, name: str, interval: int | None, starts: int | None, ends: int | None, policy: Any
    ) -> None:
        now = self.session.tick()
        if interval is None and starts is None:
            starts = 5000
        one = Schedule(
            interval,
            now + (starts or 0),
            now + ends if ends else None,
            policy["catch_up"],
            policy["catch_up_seconds"],
        )
        one.next = one.after(now)
        options = {**policy, "interval_seconds": interval, "ends_at": text(one.ends)}
        options["starts_at"] = text(one.starts) if starts is not None else None
        if one.next is None:
            self.refused("WF002", "create_schedule", name, "plain", options)
        elif name in self.schedules:
            self.refused("WF006", "create_schedule", name, "plain", options)
        else:
            self.call("create_schedule", name, "plain", options)
            self.schedules[name] = one

    @rule(name=NAMES, policy=CATCH_UP)
    def change_policy(self, name: str, policy: Any) -> None:
        """It goes on with what it is at."""
        if self.is_known(name, "set_schedule", policy):
            one = self.schedules[name]
            one.catch_up, one.limit = policy["catch_up"], policy["catch_up_seconds"]
            self.call("set_schedule", name, policy)

    @rule(name=NAMES, interval=INTERVALS)
    def change_interval(self, name: str, interval: int) -> None:
        """It goes on with the first one after now."""
        options = {"interval_seconds": interval}
        if self.is_known(name, "set_schedule", options):
            one = self.schedules[name]
            before, one.interval = one.interval, interval
            following = one.after(self.session.now)
            if following is None:
                one.interval = before
                self.refused("WF002", "set_schedule", name, options)
            else:
                one.next = following
                self.call("set_schedule", name, options)

    @rule(name=NAMES)
    def pause(self, name: str) -> None:
        if self.is_known(name, "pause_schedule"):
            self.schedules[name].is_paused = True
            self.call("pause_schedule", name)

    @rule(name=NAMES)
    def resume(self, name: str) -> None:
        if self.is_known(name, "resume_schedule"):
            one = self.schedules[name]
            if one.is_paused:
                one.is_paused, one.next = False, one.after(self.session.now)
            self.call("resume_schedule", name)

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        if self.is_known(name, "delete_schedule"):
            del self.schedules[name]
            kept = {n: b for n, b in self.blackouts.items() if b[0] != name}
            self.blackouts = kept
            self.call("delete_schedule", name)

    @rule(name=NAMES)
    def run_now(self, name: str) -> None:
        if self.is_known(name, "run_schedule"):
            self.schedules[name].runs.add((self.session.now, True, "enqueued"))
            self.enqueued += 1
            self.call("run_schedule", name)

    def is_known(self, name: str, function: str, *arguments: Any) -> bool:
        self.session.tick()
        if name not in self.schedules:
            self.refused("WF003", function, name, *arguments)
        return name in self.schedules

    @rule(
        name=st.one_of(st.none(), NAMES),
        starts=st.sampled_from([-20_000, 0, 10_000]),
        seconds=st.sampled_from([1, 15, 60]),
    )
    def black_out(self, name: str | None, starts: int, seconds: int) -> None:
        now = self.session.tick()
        if name is None or name in self.schedules:
            span = now + starts, now + starts + 1000 * seconds
            options = {"schedule_name": name} if name else {}
            answer = self.call("add_blackout", *map(text, span), options)
            self.blackouts[answer["blackout_id"]] = (name, *span)

    @rule(pick=st.integers(0, 9))
    def take_a_blackout_away(self, pick: int) -> None:
        if self.blackouts:
            self.session.tick()
            number = sorted(self.blackouts)[pick % len(self.blackouts)]
            del self.blackouts[number]
            self.call("remove_blackout", number)

    @rule(milliseconds=st.sampled_from([1, 999, 1000, 6999, 31_000]))
    @precondition(lambda self: self.session.now - self.looked_at < 60_000)
    def nobody_is_there(self, milliseconds: int) -> None:
        """Time with nobody to look after schedules; less than would make them jump ahead."""
        self.session.tick(milliseconds)

    @rule(milliseconds=st.sampled_from([1, 500, 1000, 7000, 30_000]))
    def be_looked_after(self, milliseconds: int) -> None:
        now = self.looked_at = self.session.tick(milliseconds)
        for name, one in self.schedules.items():
            while not one.is_paused and one.next is not None and one.next <= now:
                self.deal_with(name, one, now)
        while self.call("run_maintenance", 500)["did"]["fired"]:
            pass

    def deal_with(self, name: str, one: Schedule, now: int) -> None:
        at, one.next = one.next or 0, one.after(one.next or 0)
        if at in {dealt_with for dealt_with, is_manual, _ in one.runs if not is_manual}:
            return
        is_dark = any(
            who in (None, name) and start <= at < end for who, start, end in self.blackouts.values()
        )
        outcome = one.fate(at, one.next is not None and one.next <= now, is_dark, now)
        one.runs.add((at, False, outcome))
        self.enqueued += outcome == "enqueued"

    @invariant()
    def agree(self) -> None:
        found = self.session.rows("""
            select s.schedule_name, s.is_paused, round(extract(epoch from s.next_at) * 1000)::bigint,
              array(select (floor(extract(epoch from r.occurs_at) * 1000)::bigint, r.is_manual,
                r.outcome)::text from workflows.schedule_run r
                where r.schedule_name = s.schedule_name)
            from workflows.schedule s""")
        expected = {
            name: (one.is_paused, one.next, sorted(map(as_row, one.runs)))
            for name, one in self.schedules.items()
        }
        assert {name: (p, n, sorted(runs)) for name, p, n, runs in found} == expected
        [[count]] = self.session.rows("select count(*) from workflows.workflow")
        assert count == self.enqueued
        [[count]] = self.session.rows("select count(*) from workflows.schedule_run")
        assert count == sum(len(one.runs) for one in self.schedules.values())


def text(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat()


def as_row(run: Run) -> str:
    return f"({run[0]},{'t' if run[1] else 'f'},{run[2]})"


def run(session: Session, examples: int) -> None:
    run_examples(lambda: Machine(session), examples, 40)


def test_schedules_do_what_the_model_says(session: Session) -> None:
    run(session, 6)


@pytest.mark.proof
def test_schedules_do_what_the_model_says_for_long(session: Session) -> None:
    run(session, 300)


def paused_a_while(m: Machine) -> None:
    m.make("shift", 7, None, None, ALL)
    m.pause("shift")
    m.nobody_is_there(6999)
    m.resume("shift")


def seven_are_due(m: Machine) -> None:
    m.make("shift", 1, None, None, {"catch_up": "last", "catch_up_seconds": None})
    m.be_looked_after(7000)


def seven_are_due_and_some_too_late(m: Machine) -> None:
    m.make("shift", 1, None, None, {"catch_up": "all", "catch_up_seconds": 3})
    m.be_looked_after(7000)


def dark_for_a_while(m: Machine) -> None:
    m.make("shift", 1, None, None, ALL)
    m.black_out(None, 0, 15)
    m.be_looked_after(7000)


def changed(m: Machine) -> None:
    m.make("shift", 30, None, None, ALL)
    m.change_interval("shift", 1)


def begun_before(m: Machine) -> None:
    m.make("shift", 7, -5000, None, ALL)


def over(m: Machine) -> None:
    m.make("shift", 30, None, 40_000, ALL)
    m.be_looked_after(31_000)


ALL = {"catch_up": "all", "catch_up_seconds": None}
CONTROLS: dict[str, tuple[Callable[[Machine], None], str, str, str]] = {
    "make up for a pause": (
        paused_a_while,
        "switch_schedule",
        "case when p_is_paused then s.next_at",
        "case when true then s.next_at",
    ),
    "fire all of the last": (seven_are_due, "occurrence_fate", "and p_has_later", "and false"),
    "never too late": (
        seven_are_due_and_some_too_late,
        "occurrence_fate",
        "if v_age > v_limit then",
        "if false then",
    ),
    "fire in a blackout": (
        dark_for_a_while,
        "schedule_skip",
        "if v_blackout.blackout_id is not null",
        "if false",
    ),
    "keep a step of the old interval": (
        changed,
        "set_schedule",
        "next_at = v_schedule.next_at",
        "next_at = v_before.next_at",
    ),
    "count from now": (
        begun_before,
        "schedule_after",
        "v_at := p_schedule.starts_at + make",
        "v_at := p_after + make",
    ),
    "go on after the end": (over, "schedule_after", "v_at <= p_schedule.ends_at", "true"),
}


def play(session: Session, script: Callable[[Machine], None]) -> None:
    machine = Machine(session)
    script(machine)
    machine.agree()


@pytest.mark.parametrize("name", CONTROLS)
def test_a_guard_of_schedules(session: Session, name: str) -> None:
    assert_noticed(session, play, CONTROLS[name])
