"""get_activity: its buckets against the same in Python, and how far back they are whole."""

import datetime
import json
import math

import pytest

from tests.calls import SCHEMA, Calls, refused, shared_database
from tests.clock import Clock

MAKE = """
insert into workflows.queue (queue_name, created_at) values ('second', now());
insert into workflows.workflow (workflow_id, lane_id, ready_seq, status, state, enqueued_at,
  available_at, queue_id, workflow_version, priority, workflow_name, enqueued_by, started_at, ended_at)
select workflows.new_workflow_id(at), 1, n, status,
  case status when 'SUCCESS' then 'COMPLETE' when 'RUNNING' then 'RUNNING' when 'ENQUEUED' then 'IDLE'
    else status end, at,
  case when n % 4 = 0 then at + interval '2 seconds' end,
  (select q.queue_id from workflows.queue q
   where q.queue_name = case when n % 3 = 0 then 'second' else 'default' end), 1, 0, 'mix', 'bulk',
  case when status <> 'ENQUEUED' then at + n % 37 * interval '1.3 seconds' end,
  case when status not in ('ENQUEUED', 'RUNNING')
    then at + n % 37 * interval '1.3 seconds' + n % 101 * interval '3 seconds' end
from (
  select n, workflows.clock_now() - (400 - n) * interval '11.7 seconds' as at,
    (array['SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED', 'RUNNING', 'ENQUEUED',
      'SUCCESS', 'SUCCESS'])[n % 9 + 1] as status
  from generate_series(1, 399) n) m;
"""
READ = """
select json_build_object('enqueued_at', extract(epoch from w.enqueued_at)::float8,
  'available_at', extract(epoch from w.available_at)::float8,
  'started_at', extract(epoch from w.started_at)::float8,
  'ended_at', extract(epoch from w.ended_at)::float8, 'status', w.status,
  'queue_name', q.queue_name)::text
from workflows.workflow w join workflows.queue q on q.queue_id = w.queue_id
order by w.workflow_id desc"""


def percentile(values, share):
    """As percentile_cont: between the two values where it falls."""
    values = sorted(values)
    if not values:
        return None
    place = share * (len(values) - 1)
    low, high = values[math.floor(place)], values[math.ceil(place)]
    return (low + (high - low) * (place - math.floor(place))) * 1000


class Past:
    """A database with an hour and a half of workflows, its clock standing still."""

    def __init__(self, conn):
        self.calls = Calls(conn)
        Clock(conn, SCHEMA).freeze()
        self.calls.run(MAKE)
        self.rows = [json.loads(row) for (row,) in self.calls.rows(READ)]
        query = "select extract(epoch from workflows.clock_now())::float8"
        self.now = self.calls.value(query)

    def activity(self, **options):
        return self.calls.call("get_activity", options=options)

    def expected(self, minutes=60, bucket_seconds=60, look=20000, queue_name=None):
        """Per bucket what it should say, its start first."""
        rows = [r for r in self.rows[:look] if queue_name in (None, r["queue_name"])]
        count = math.ceil(minutes * 60 / bucket_seconds)
        last = math.floor(self.now / bucket_seconds)
        for number in range(last - count + 1, last + 1):
            start, end = number * bucket_seconds, (number + 1) * bucket_seconds

            def those(moment, start=start, end=end):
                return [r for r in rows if r[moment] and start <= r[moment] < end]

            ended = [r["status"] for r in those("ended_at")]
            waits = [
                max(r["started_at"] - max(r["enqueued_at"], r["available_at"] or 0), 0)
                for r in those("started_at")
            ]
            runs = [r["ended_at"] - r["started_at"] for r in those("ended_at")]
            yield start, {
                "enqueued": len(those("enqueued_at")),
                "started": len(waits),
                "succeeded": ended.count("SUCCESS"),
                "failed": ended.count("ERROR"),
                "other": len(ended) - ended.count("SUCCESS") - ended.count("ERROR"),
                "wait_p50_ms": percentile(waits, 0.5),
                "wait_p95_ms": percentile(waits, 0.95),
                "run_p50_ms": percentile(runs, 0.5),
                "run_p95_ms": percentile(runs, 0.95),
            }


@pytest.fixture(scope="module")
def past(server, template):
    with shared_database(server, template) as conn:
        yield Past(conn)


def seconds(text):
    return datetime.datetime.fromisoformat(text).timestamp()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"minutes": 1440},
        {"minutes": 5, "bucket_seconds": 1},
        {"minutes": 61, "bucket_seconds": 3600},
        {"minutes": 90, "bucket_seconds": 77},
        {"queue_name": "second"},
        {"queue_name": "none"},
        {"look": 100},
        {"look": 1, "bucket_seconds": 600},
    ],
)
def test_buckets(past, options):
    answer = past.activity(**options)
    expected = list(past.expected(**options))
    assert [seconds(b.pop("starts_at")) for b in answer["buckets"]] == [s for s, _ in expected]
    for found, (_, bucket) in zip(answer["buckets"], expected, strict=True):
        assert found == {
            k: v if not k.endswith("_ms") or v is None else pytest.approx(v, abs=1)
            for k, v in bucket.items()
        }
    assert answer["bucket_seconds"] == options.get("bucket_seconds", 60)
    assert answer["looked_at"] == min(options.get("look", 20000), len(past.rows))


def test_all_that_it_looked_at_is_covered(past):
    answer = past.activity()
    assert answer["covers_since"] == answer["buckets"][0]["starts_at"]


def test_what_it_did_not_look_at_is_not_covered(past):
    """Of what was enqueued since then nothing is missing; before it something may be."""
    answer = past.activity(look=100)
    covered = seconds(answer["covers_since"])
    assert covered == pytest.approx(past.rows[99]["enqueued_at"], abs=1e-5)
    whole = past.activity()
    for bucket, same in zip(answer["buckets"], whole["buckets"], strict=True):
        if seconds(bucket["starts_at"]) >= covered:
            assert bucket["enqueued"] == same["enqueued"]
        elif seconds(bucket["starts_at"]) < covered - 60:
            assert bucket["enqueued"] == 0
    assert sum(bucket["enqueued"] for bucket in answer["buckets"]) == 100


def test_an_empty_queue(calls):
    answer = calls.call("get_activity")
    assert len(answer["buckets"]) == 60
    assert answer["looked_at"] == 0
    counts = ("enqueued", "started", "succeeded", "failed", "other")
    for bucket in answer["buckets"]:
        assert [bucket[name] for name in counts] == [0] * 5
        assert bucket["wait_p50_ms"] is bucket["run_p95_ms"] is None


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"minutes": 1440, "bucket_seconds": 59}, "bucket_seconds"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 1441}, "minutes"),
        ({"bucket_seconds": 3601}, "bucket_seconds"),
        ({"bucket_seconds": 0.5}, "bucket_seconds"),
        ({"look": 200001}, "look"),
        ({"queue_name": 5}, "queue_name"),
        ({"colour": 1}, "colour"),
        ("7", "options"),
    ],
)
def test_bad_options_are_named(shared_calls, options, field):
    with refused("WF002", field):
        shared_calls.call("get_activity", options=options)
