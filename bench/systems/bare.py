"""The bare limit: the fewest rows and statements that any such queue needs, without its promises.

No fence, no retry, no control: three narrow tables, batches as large as ours, plans pinned.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg

from bench.systems.system import Inputs, Order, Pace, Producer, System, Tally

SCHEMA = """
create sequence ready_seq cache 1;
create table record(
  workflow_id uuid primary key default gen_random_uuid(), workflow_name text not null,
  status text not null default 'ENQUEUED', inputs text, result text,
  enqueued_at timestamptz not null default clock_timestamp(), ended_at timestamptz
) with (fillfactor = 50);
create table ready(
  ready_seq bigint primary key default nextval('ready_seq'), workflow_id uuid not null
);
create table lease(workflow_id uuid primary key, lease_token uuid not null);
create table step(
  workflow_id uuid, step_key text, output text, primary key (workflow_id, step_key)
);
"""

ENQUEUE = """
with made as (insert into record(workflow_name, inputs) values (%s, %s) returning workflow_id)
insert into ready(workflow_id) select workflow_id from made returning workflow_id
"""

ENQUEUE_AND_WAKE = """
with made as (insert into record(workflow_name, inputs) values (%s, %s) returning workflow_id),
queued as (insert into ready(workflow_id) select workflow_id from made returning workflow_id)
select pg_notify('bare_wake', '') from queued
"""

ENQUEUE_MANY = """
with made as (
  insert into record(workflow_name, inputs) select %s, unnest(%s::text[]) returning workflow_id)
insert into ready(workflow_id) select workflow_id from made
"""

CLAIM = """
with c as materialized (
  select ready_seq, workflow_id from ready order by ready_seq limit %s for update skip locked),
gone as (delete from ready using c where ready.ready_seq = c.ready_seq),
leased as (insert into lease select workflow_id, gen_random_uuid() from c)
select r.workflow_id, r.inputs from c join record r using (workflow_id)
"""

RECORD = "insert into step select unnest(%s::uuid[]), %s, '1'"

FINISH = """
with l as (delete from lease where workflow_id = any(%s) returning workflow_id)
update record set status = 'SUCCESS', result = 'null', ended_at = clock_timestamp()
  from l where record.workflow_id = l.workflow_id
"""

PINNED = "-c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"


class BareProducer(Producer):
    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def one(self, workflow: str, inputs: Inputs) -> None:
        statement = ENQUEUE_AND_WAKE if workflow == "pickup" else ENQUEUE
        self._connection.execute(statement, (workflow, json.dumps(inputs)), prepare=True)

    def many(self, workflow: str, batch: Sequence[Inputs]) -> None:
        self._connection.execute(ENQUEUE_MANY, (workflow, [json.dumps(inputs) for inputs in batch]))


class Bare(System):
    name = "bare"
    pace = Pace(one=4_000, bulk=60_000, noop=60_000, steps=10_000)
    in_flight = 500
    step_threads = 1
    note = "three narrow tables, plain SQL in batches of the in-flight size; keeps no promise"

    def missing(self) -> str:
        return ""

    def install(self, dsn: str) -> None:
        with psycopg.connect(dsn) as connection:
            connection.execute(SCHEMA)

    @contextmanager
    def producer(self, dsn: str) -> Iterator[Producer]:
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield BareProducer(connection)

    @property
    def settled(self) -> str:
        return "select not exists(select from ready) and not exists(select from lease)"

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        connection = psycopg.connect(order.dsn, autocommit=True, options=PINNED)
        connection.execute("listen bare_wake")
        steps = ("a", "b", "c") if order.workflow == "three_steps" else ()
        begin()
        while True:
            claimed = connection.execute(CLAIM, (order.in_flight,), prepare=True).fetchall()
            if not claimed:
                next(connection.notifies(timeout=1, stop_after=1), None)
                continue
            for _, inputs in claimed:
                if order.workflow == "pickup":
                    tally.picked(json.loads(inputs)["number"])
                tally.ran()
            ids = [workflow_id for workflow_id, _ in claimed]
            for step in steps:
                connection.execute(RECORD, (ids, step), prepare=True)
            connection.execute(FINISH, (ids,), prepare=True)


SYSTEM = Bare()
