"""Expressions of cron against croniter, and what the guide promises at clock changes against zoneinfo.

croniter says which local minutes an expression fits. Which moments those are is said here a second time, in the
plainest way: minute by minute through a window around each clock change.
"""

import random
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter

from tests.calls import refused

MINUTE = timedelta(minutes=1)
ZONES = ("Europe/Vienna", "America/New_York", "Australia/Lord_Howe")
# Around both clock changes of each zone in 2025 and 2026, and the leap day of 2028.
WINDOWS = {
    "Europe/Vienna": ("2025-03-29", "2025-10-25", "2026-03-28", "2026-10-24", "2028-02-28"),
    "America/New_York": ("2025-03-08", "2025-11-01", "2026-03-07", "2026-10-31", "2028-02-28"),
    "Australia/Lord_Howe": ("2025-04-05", "2025-10-04", "2026-04-04", "2026-10-03", "2028-02-28"),
}
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
BAD = (
    *("", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *"),
    *("* * * 13 *", "* * * 0 *", "* * * * 8", "*/0 * * * *", "5-1 * * * *", "a * * * *"),
    *("1,,2 * * * *", "* * * foo *", "* * * * monday", "@reboot", "-1 * * * *", "1.5 * * * *"),
    *("* * * * ebm", "0 0 30 2 *", "0 0 31 feb,apr,jun,sep,nov *", "0 0 L * *", "1- * * * *"),
)


def draw_field(rng, least, most, names=None):
    def number(value):
        return (
            names[value - least]
            if names and value - least < len(names) and rng.random() < 0.3
            else value
        )

    def part(place):
        kind = rng.random()
        # croniter takes a list with a star in it for a star; Vixie cron, one that begins with it
        if kind < 0.15 and place == 0:
            return rng.choice(("*", f"*/{rng.randint(1, most)}"))
        first = rng.randint(least, most)
        if kind < 0.6 or first == most:
            return str(number(first))
        # one number as a range is the whole field to croniter
        last = rng.randint(first + 1, most)
        step = f"/{rng.randint(1, last - first)}" if kind > 0.8 else ""
        return f"{number(first)}-{number(last)}{step}"

    if rng.random() < 0.35:
        return "*"
    return ",".join(str(part(place)) for place in range(rng.choice((1, 1, 1, 2, 3))))


def draw(rng):
    fields = [
        draw_field(rng, 0, 59),
        draw_field(rng, 0, 23),
        draw_field(rng, 1, 31),
        draw_field(rng, 1, 12, MONTHS),
        draw_field(rng, 0, 6, DAYS),
    ]
    return " ".join(fields)


def oracle(cron, after):
    """The next local minute, or None where croniter finds none in 50 years."""
    try:
        return croniter(cron, after, implement_cron_bug=True).get_next(datetime)
    except ValueError:
        return None


def ask(calls, rows, zone="UTC"):
    """The answers of next_occurrence for (cron, after), in one statement."""
    crons, afters = [r[0] for r in rows], [r[1] for r in rows]
    query = """select workflows.next_occurrence(r.cron, %s, r.after)
      from unnest(%s::text[], %s::timestamptz[]) with ordinality r(cron, after, n) order by r.n"""
    return [answer for (answer,) in calls.rows(query, zone, crons, afters)]


def compare(calls, seed, count):
    rng = random.Random(seed)
    rows = []
    while len(rows) < count:
        cron = draw(rng)
        after = datetime(2024, 1, 1) + timedelta(seconds=rng.randint(0, 5 * 366 * 86400))
        expected = oracle(cron, after)
        if expected is not None:
            rows.append((cron, after.replace(tzinfo=UTC), expected.replace(tzinfo=UTC)))
    answers = ask(calls, rows)
    wrong = [(*map(str, row), str(a)) for row, a in zip(rows, answers) if row[2] != a]
    assert not wrong, wrong[:3]


def test_random_expressions(calls):
    compare(calls, 1, 500)


@pytest.mark.proof
@pytest.mark.parametrize("seed", range(10))
def test_random_expressions_by_the_thousand(calls, seed):
    compare(calls, 1000 + seed, 1000)


def local_minutes(cron, first, last):
    """Every local minute from one to the other that the expression fits."""
    found = set()
    ahead = croniter(cron, first - MINUTE, implement_cron_bug=True)
    try:
        while (local := ahead.get_next(datetime)) <= last:
            found.add(local)
    except ValueError:
        pass
    return found


def moments(cron, zone, start, end):
    """What the guide promises between two moments: every one that the expression means."""
    tz = ZoneInfo(zone)
    first, last = (at.astimezone(tz).replace(tzinfo=None) for at in (start, end))
    local = local_minutes(cron, first - timedelta(hours=3), last)
    if is_every_hour(cron):
        count = (end - start) // MINUTE + 1
        clock = [start + number * MINUTE for number in range(count)]
        return [at for at in clock if at.astimezone(tz).replace(tzinfo=None) in local]
    # fold=0: the first of two, and in a gap the offset before the change
    found = {one.replace(tzinfo=tz, fold=0).astimezone(UTC) for one in local}
    return sorted(at for at in found if start <= at <= end)


def is_every_hour(cron):
    return re.fullmatch(r"[*](/[0-9]+)?", cron.split()[1]) is not None


AROUND = (
    *("*/5 * * * *", "30 2 * * *", "0 2,3 * * *", "15,45 1-3 * * *", "0 */2 * * *", "*/20 2 * * *"),
    *("59 1 * * *", "0 0 * * *", "30 1 * * *", "45 1 * * sun", "0 3 * * *", "30 2,3 * * *"),
    *("10 0-23 * * *", "* 2 * * *", "0 0 29 2 *", "0 12 29 2 mon", "17 */3 * * 0"),
)


def check_around(calls, zone, day, crons):
    """One after the other, from two days before: nothing is left out, nothing comes twice."""
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=14)
    end = start + timedelta(hours=62)
    query = """with recursive o(n, cron, at) as (
        select r.n, r.cron, workflows.next_occurrence(r.cron, %s, %s::timestamptz)
        from unnest(%s::text[]) with ordinality r(cron, n)
        union all
        select o.n, o.cron, workflows.next_occurrence(o.cron, %s, o.at) from o where o.at <= %s)
      select o.n, o.at from o where o.at <= %s order by 1, 2"""
    rows = calls.rows(query, zone, start, list(crons), zone, end, end)
    for number, cron in enumerate(crons, 1):
        answers = [at.astimezone(UTC) for n, at in rows if n == number]
        expected = [m for m in moments(cron, zone, start, end) if m > start]
        assert answers == expected, (zone, day, cron)


@pytest.mark.parametrize("zone", ZONES)
def test_clock_changes(calls, zone):
    for day in WINDOWS[zone][-3:]:
        check_around(calls, zone, day, AROUND)


@pytest.mark.proof
@pytest.mark.parametrize("zone", ZONES)
def test_random_expressions_around_clock_changes(calls, zone):
    rng = random.Random(zone)
    for day in WINDOWS[zone]:
        crons = []
        while len(crons) < 40:
            minute = rng.choice(("*/30", "0", "30", "15,45", str(rng.randint(0, 59))))
            hour = rng.choice(("*", "*/2", "1-3", "2", "0-23", draw_field(rng, 0, 23)))
            crons.append(f"{minute} {hour} * * {rng.choice(('*', '*', 'sat,sun'))}")
        check_around(calls, zone, day, crons)


def test_f34_the_rule_does_not_hang_on_the_time_zone_of_server_or_session(calls, conn):
    after = datetime(2026, 3, 28, 20, tzinfo=UTC)
    query = "select workflows.next_occurrence('30 2 * * *', 'Europe/Vienna', %s) at time zone 'UTC'"
    answers = set()
    for zone in ("UTC", "America/New_York", "Australia/Lord_Howe", "Europe/Vienna"):
        conn.execute(f"set timezone = '{zone}'")
        answers.add(calls.value(query, after))
    assert answers == {datetime(2026, 3, 29, 1, 30)}


def test_what_does_not_fit_is_refused(calls):
    for cron in BAD:
        with refused("WF002", "cron") as detail:
            calls.value("select workflows.next_occurrence(%s, 'UTC', null)", cron)
        assert detail["problem"]


def test_only_names_of_time_zones(calls):
    for zone in ("", "CEST", "+02:00", "Europe/Wien", "posix/Europe/Vienna4", None):
        with refused("WF002", "time_zone"):
            calls.value("select workflows.next_occurrence('@daily', %s, null)", zone)
    assert calls.value("select workflows.next_occurrence('@daily', 'Japan', null)")


NAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@weekly": "0 0 * * 7",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 jan *",
    " @DAILY ": "0  0 * *\t*",
}


def test_names(calls):
    after = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    named, written = (
        ask(calls, [(cron, after) for cron in crons]) for crons in (NAMES, NAMES.values())
    )
    assert named == written


def test_rare_dates_are_found(calls):
    after = datetime(2096, 3, 1, tzinfo=UTC)
    rows = [("0 0 29 2 *", after), ("0 0 29 2 */7", after)]
    assert [a.strftime("%Y-%m-%d") for a in ask(calls, rows)] == ["2104-02-29", "2128-02-29"]


@pytest.mark.parametrize(
    ("function", "guard", "instead"),
    [
        ("cron_next", "v_local := v_local - greatest(v_gap, interval '0')", "null"),
        ("first_moment", "then v_earlier else v_at", "then v_at else v_at"),
        ("cron_next", "if p_fields.is_every_hour then", "if false then"),
        ("read_cron", "left(v_parts[3], 1) <> '*' and left(v_parts[5], 1) <> '*'", "false"),
    ],
)
def test_without_its_rules_it_is_found_out(calls, function, guard, instead):
    """The negative control."""
    source = calls.value(f"select pg_get_functiondef('workflows.{function}'::regproc)")
    assert guard in source
    calls.conn.execute(source.replace(guard, instead))
    with pytest.raises(AssertionError):
        compare(calls, 1, 200)
        test_clock_changes(calls, "Europe/Vienna")
