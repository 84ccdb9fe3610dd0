"""The guide to schedules: its blocks run as they stand, and its table of clock changes is what SQL answers."""

import re
import shlex

import pytest

from exchange.workflows.cpython import cli
from exchange.workflows.engine import instance
from tests.calls import Calls
from tests.style.sources import ROOT

PAGE = (ROOT / "docs" / "guides" / "schedules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(python|sql|sh)\n(.*?)^```", PAGE, re.M | re.S)
CLOCKS = re.findall(r"^\| `(.+?)` \| ([\d: +]+) \| ([\d: +]+) \|$", PAGE, re.M)
SPANS = (
    ("2026-03-29 00:00+00", "2026-03-29 02:00+00"),
    ("2026-10-24 23:00+00", "2026-10-25 03:00+00"),
)
READINGS = """
with recursive o(at) as (
  select workflows.next_occurrence(%(cron)s, 'Europe/Vienna', %(first)s::timestamptz - interval '1 second')
  union all
  select workflows.next_occurrence(%(cron)s, 'Europe/Vienna', o.at) from o where o.at < %(last)s)
select coalesce(string_agg(to_char(l.local, 'HH24:MI') || '+'
  || to_char(l.local - (o.at at time zone 'UTC'), 'HH24'), ' ' order by o.at), '')
from o cross join lateral (select o.at at time zone 'Europe/Vienna') l(local)
where o.at <= %(last)s"""


@pytest.fixture
def workflows(dsn, schema):
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


def test_every_block(workflows, conn, sql, dsn, schema, monkeypatch, capsys):
    import exchange.workflows.api.calendars
    import exchange.workflows.api.schedules

    monkeypatch.setenv("WORKFLOWS_DSN", dsn)
    monkeypatch.setenv("WORKFLOWS_SCHEMA", schema)
    names = {"exchange": exchange}
    for language, block in BLOCKS:
        if language == "python":
            exec(block, names)
        elif language == "sql":
            conn.execute(sql(block))
        else:
            for line in block.splitlines():
                program, *words = shlex.split(line)
                assert (program, cli.main(words)) == ("ignition-workflows", 0)
    assert names["answer"]["ok"], names["answer"]
    found = {one["schedule_name"]: one for one in Calls(conn).call("list_schedules")}
    assert sorted(found) == [
        *("heartbeat", "monthly report", "nightly report", "open valves", "sample line 1"),
        *("start of shift", "weekly report"),
    ]
    assert all(one["next_at"] and not one["is_paused"] for one in found.values())
    (run,) = Calls(conn).call("list_schedule_runs", schedule_name="weekly report")
    assert run["workflow_id"] in capsys.readouterr().out
    assert len(Calls(conn).call("list_blackouts")) == 2


def test_the_table_of_clock_changes(conn, sql):
    assert len(CLOCKS) == 6
    for cron, *days in CLOCKS:
        for day, (first, last) in zip(days, SPANS, strict=True):
            arguments = {"cron": cron, "first": first, "last": last}
            answer = conn.execute(sql(READINGS), arguments).fetchone()[0]
            assert answer == day, (cron, first)
