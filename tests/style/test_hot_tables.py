"""Finding 9: an update that touches an indexed column writes every index again. Finding 2: a batch is joined to a table that
empties out by a key that is hidden from the planner, see docs/decisions/pinned-plans.md."""

import re

from tests.style.sources import ROOT, sql_files

CHANGING = {
    "workflow": {"status", "state", "lease_token", "lane_id", "ready_seq", "ticket_seq", "attempt"}
    | {"change_no", "failure_count", "reclaim_count", "reason"}
    | {"started_at", "ended_at", "deadline_at", "held_at"},
    "lease": {"control", "is_started"},
    "worker": {"expires_at", "renewed_at", "lost_at", "retired_at", "running_count", "listen_mode"}
    | {"role", "is_active", "is_draining", "project_name", "generation"},
    "lane": {"low", "floor", "candidate", "candidate_xid"},
}


def indexed_columns(conn, schema):
    """(table, column) of every index, in keys and in predicates."""
    return set(
        conn.execute(
            """
            select c.relname, a.attname
            from pg_index x
            join pg_class c on c.oid = x.indrelid and c.relnamespace = %s::regnamespace
            join pg_depend d on d.objid = x.indexrelid and d.refobjid = x.indrelid and d.refobjsubid > 0
            join pg_attribute a on a.attrelid = x.indrelid and a.attnum = d.refobjsubid
            union
            select c.relname, a.attname
            from pg_index x
            join pg_class c on c.oid = x.indrelid and c.relnamespace = %s::regnamespace
            join pg_attribute a on a.attrelid = x.indrelid and a.attnum = any (x.indkey)""",
            (schema, schema),
        ).fetchall()
    )


def test_finding_9_no_index_on_what_changes(conn, schema):
    changing = {(table, column) for table, columns in CHANGING.items() for column in columns}
    assert not indexed_columns(conn, schema) & changing


def test_finding_9_an_index_on_what_changes_would_be_seen(conn, schema):
    conn.execute(f"create index on {schema}.workflow (enqueued_at) where status = 'ERROR'")
    assert ("workflow", "status") in indexed_columns(conn, schema)


EMPTYING = r"workflows\.(?:ready|lease|parked|gate_ticket|wait) (\w+)"
OPEN_KEYS = (
    rf"join {EMPTYING}\s+on \1\.(?:\w+) = \w+\.\w+",
    rf"delete from {EMPTYING}\s+using [^;]*?where \1\.(?:\w+) = \w+\.\w+",
    rf"update {EMPTYING} set [^;]*?\sfrom [^;]*?where \1\.(?:\w+) = [a-z]\.\w+",
)


def open_keys(text):
    return [found.group() for pattern in OPEN_KEYS for found in re.finditer(pattern, text)]


def test_finding_2_a_batch_is_joined_by_a_hidden_key():
    assert {
        path.stem: found
        for path in sql_files("functions")
        if (found := open_keys(path.read_text()))
    } == {}


def test_finding_2_a_key_that_is_not_hidden_would_be_seen():
    hidden = (ROOT / "sql/functions/finish_workflows.sql").read_text()
    plain = re.sub(r"any \(array\[([a-z_.]+)\]\)", r"\1", hidden)
    assert len(open_keys(plain)) == 2
