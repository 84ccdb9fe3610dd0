"""kill -9 of a process that enqueues in memory with a journal: what it acknowledged is enqueued, once (F52)."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import instance
from tests.waiting import wait_until

VICTIM = """
import sys, threading
from exchange.workflows.engine import instance
rt = instance.configure(sys.argv[1], schema=sys.argv[2], journal=sys.argv[3])

def offer():
    while True:
        sys.stdout.write(rt.enqueueInMemory("killed", {"number": 1}) + "\\n")
        sys.stdout.flush()

for _ in range(3):
    threading.Thread(target=offer, daemon=True).start()
threading.Event().wait()
"""
LEAST = 3000


def nowhere(dsn: str) -> str:
    return re.sub(r"port=\d+", "port=1", dsn)


def killed(dsn: str, schema: str, journal: Path) -> list[str]:
    """The ids that a process acknowledged before it was killed."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", VICTIM, dsn, schema, str(journal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(LEAST)]
        with pytest.raises(errors.BufferFull) as refused:
            instance.configure(dsn, schema=schema, journal=str(journal))
        assert refused.value.detail["reason"] == "journal_locked"
        process.kill()
        lines += process.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n") and len(line) == 37]


@pytest.mark.parametrize("is_up", [True, False])
def test_f52_what_was_acknowledged_is_enqueued_once(dsn, schema, conn, sql, tmp_path, is_up):
    acknowledged = killed(dsn if is_up else nowhere(dsn), schema, tmp_path)
    known = conn.execute(sql("select count(*) from workflows.workflow")).fetchone()[0]
    assert is_up or known == 0
    try:
        rt = instance.configure(dsn, schema=schema, journal=str(tmp_path))
        wait_until(lambda: rt.buffer.depth() == 0, seconds=30)
        figures = rt.buffer.figures()
    finally:
        instance.shutdown()
    rows = conn.execute(sql("select workflow_id::text from workflows.workflow")).fetchall()
    assert set(acknowledged) <= {row[0] for row in rows}
    assert (
        len(rows) - len(acknowledged) <= 3
    ), "at most one for each thread was not acknowledged yet"
    again = figures["flushed"] - (len(rows) - known)
    assert 0 <= again <= 1000, "the cursor keeps little to be sent again"
    assert figures["journal"]["lost"] == 0


def test_without_a_journal_the_same_kill_loses_some(dsn, schema, conn, sql, tmp_path):
    """The negative control: an entry that is only in memory is gone."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    text = VICTIM.replace(", journal=sys.argv[3]", "")
    command = [sys.executable, "-c", text, nowhere(dsn), schema]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        assert len([process.stdout.readline() for _ in range(10)]) == 10
        process.kill()
    instance.configure(dsn, schema=schema, journal=str(tmp_path))
    instance.shutdown()
    assert conn.execute(sql("select count(*) from workflows.workflow")).fetchone()[0] == 0
