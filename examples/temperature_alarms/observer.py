"""Reads the views while the demo runs, as a DBA would."""

from __future__ import annotations

from typing import Any

import psycopg

QUEUE_DEPTH = """select queue_name, enqueued, delayed, blocked, running, waiting, held, dead_letters
from workflows.queue_depth;"""

FINAL = "('SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED')"

Answer = tuple[list[str], list[tuple[Any, ...]]]


class Observer:
    """One connection that only looks."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def rows(self, sql: str, *args: object) -> Answer:
        cursor = self._connection.execute(sql, args or None)
        return [column.name for column in cursor.description or []], cursor.fetchall()

    def depth(self) -> Answer:
        return self.rows(QUEUE_DEPTH)

    def number(self, sql: str, *args: object) -> int:
        return int(self.rows(sql, *args)[1][0][0])

    def count_workers(self) -> int:
        return self.number("select count(*) from workflows.worker_status where status = 'active'")

    def count_running(self, process_id: int) -> int:
        return self.number(
            "select count(*) from workflows.running_workflow join workflows.worker_status"
            " using (worker_id) where process_id = %s",
            str(process_id),
        )

    def count_unfinished(self) -> int:
        return self.number(
            f"select count(*) from workflows.workflow_status where status not in {FINAL}"
        )

    def count_recovered(self) -> int:
        return self.number("select count(*) from workflows.workflow_status where reclaim_count > 0")
