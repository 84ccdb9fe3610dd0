"""How spans, times, counts and the bars of steps are written."""

import pytest

from exchange.workflows.cpython.console.gantt import LABEL_WIDTH, LEAST_BAR, WIDTH, gantt_of
from exchange.workflows.cpython.console.render import duration, moment, number, query

STARTED = "2026-11-27T10:00:00+00:00"


def step(key, begin, end, **more):
    def at(seconds):
        return None if seconds is None else f"2026-11-27T10:00:{seconds:06.3f}+00:00"

    kept = {"step_key": key, "kind": "step", "status": "SUCCESS", "attempts": 1, "due_at": None}
    return {**kept, "started_at": at(begin), "ended_at": at(end), **more}


@pytest.mark.parametrize(
    "seconds, text",
    [
        (None, ""),
        (0, "0 ms"),
        (0.0124, "12 ms"),
        (12.34, "12.3 s"),
        (250, "4 min 10 s"),
        (12000, "3 h 20 min"),
        (190800, "2 d 5 h"),
    ],
)
def test_a_span_is_written_as_a_person_says_it(seconds, text):
    assert duration(seconds) == text


def test_a_time_is_utc_for_people_and_exact_for_the_browser():
    shown = moment("2026-11-27T11:30:05.25+01:00")
    assert shown == '<time datetime="2026-11-27T10:30:05.250000Z">2026-11-27 10:30:05</time>'
    assert moment(None) == ""


def test_a_count_that_was_not_counted_to_its_end_says_so():
    assert (number(10001), number(1234567), number(None)) == ("over 10,000", "1,234,567", "")


def test_a_query_leaves_out_what_is_empty():
    assert query({"status": "ERROR", "search": "", "before": "x"}, before=None) == "status=ERROR"


def test_bars_lie_between_the_first_start_and_the_last_end():
    shown = gantt_of(
        [step("weigh", 1, 3), step("heat", 3, 9, attempts=3, status="ERROR")],
        [],
        STARTED,
        "2026-11-27T10:00:10+00:00",
    )
    weigh, heat = shown.bars
    tenth = (WIDTH - LABEL_WIDTH) / 10
    assert (weigh.x, weigh.width) == (LABEL_WIDTH + tenth, 2 * tenth)
    assert (heat.x, heat.width) == (LABEL_WIDTH + 3 * tenth, 6 * tenth)
    assert (weigh.tone, heat.tone) == ("good", "bad")
    assert heat.text == "heat: ERROR, 6.0 s, 3 tries"
    assert [text for _, text in shown.ticks] == ["0 ms", "2.5 s", "5.0 s", "7.5 s", "10.0 s"]


def test_a_sleep_lasts_until_it_is_due():
    due = "2026-11-27T10:00:08+00:00"
    sleep = step("sleep", 2, 2, kind="sleep", due_at=due)
    shown = gantt_of([sleep], [], STARTED, "2026-11-27T10:00:10+00:00")
    assert shown.bars[0].width == 6 * (WIDTH - LABEL_WIDTH) / 10


def test_without_steps_there_are_no_bars():
    assert gantt_of([], [], STARTED, None) is None


def attempt(number, begin, end, outcome, reason=None):
    at = [seconds and f"2026-11-27T10:00:{seconds:06.3f}+00:00" for seconds in (begin, end)]
    kept = {"attempt": number, "claimed_at": at[0], "ended_at": at[1]}
    return {**kept, "outcome": outcome, "reason": reason}


def test_attempts_share_the_first_row():
    tries = [
        attempt(1, 1, 3, "try failed", "ValueError: pump"),
        attempt(2, None, 5, "worker lost"),
        attempt(3, 6, 10, "success"),
    ]
    shown = gantt_of([step("weigh", 6, 7)], tries, STARTED, "2026-11-27T10:00:10+00:00")
    *attempts, weigh = shown.bars
    tenth = (WIDTH - LABEL_WIDTH) / 10
    assert [bar.label for bar in attempts] == ["attempts", "", ""]
    assert [bar.x for bar in attempts] == [LABEL_WIDTH + n * tenth for n in (1, 5, 6)]
    assert [bar.width for bar in attempts] == [2 * tenth, LEAST_BAR, 4 * tenth]
    assert [bar.tone for bar in attempts] == ["bad", "bad", "good"]
    assert [bar.text for bar in attempts] == [
        "attempt 1: try failed, 2.0 s: ValueError: pump",
        "attempt 2: worker lost",
        "attempt 3: success, 4.0 s",
    ]
    assert {bar.y for bar in attempts} == {0} and weigh.y > 0


def test_a_step_that_is_called_attempts_has_a_row_of_its_own():
    tries = [attempt(1, 1, None, None, "{length}")]
    shown = gantt_of([step("attempts", 2, 3)], tries, STARTED, "2026-11-27T10:00:10+00:00")
    first, second = shown.bars
    assert (first.y, first.label, second.label) == (0, "attempts", "attempts") and second.y > 0
    assert first.text == "attempt 1: runs, 9.0 s: {length}", "until the workflow ended"
