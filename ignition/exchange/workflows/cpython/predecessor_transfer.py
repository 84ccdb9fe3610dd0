"""Carries over what the library before this one keeps: one run of import-predecessor."""

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psycopg

from exchange.workflows.cpython.cli_session import Session
from exchange.workflows.cpython.failures import explain
from exchange.workflows.cpython.predecessor_rows import (
    FINAL,
    LIVE,
    Row,
    clean_name,
    fit_choices,
    fit_form,
    history_of,
    status_of,
)
from exchange.workflows.cpython.predecessor_tables import Source

KINDS = ("queues", "enums", "templates", "workflows")
_MOST_BYTES = 8_000_000
_MOST_LISTED = 100
_MARK = "(version {} of the predecessor)"
_MARKED = re.compile(r"\(version (\d+) of the predecessor\)$")


class Transfer:
    """One run: what was carried over, what was here already, what was refused."""

    def __init__(self, session: Session, source: Source, is_dry_run: bool, actor: str):
        self.session = session
        self.source = source
        self.is_dry_run = is_dry_run
        self.actor = actor
        self.counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        self.refused: list[Row] = []
        self.live: list[Row] = []
        self.live_counts: Counter[str] = Counter()
        self.template_versions: dict[tuple[str, str, int], int] = {}

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """A dry run does everything and takes it back; only workflows are not even written."""
        if not self.is_dry_run:
            yield
            return
        with self.session.conn.transaction(force_rollback=True):
            yield

    def carry(self) -> None:
        self._carry_queues()
        self._carry_templates(self._carry_enums())
        for rows in self.source.workflows():
            self._carry_workflows(rows)

    def answer(self) -> Row:
        names = ("carried", "already", "refused", "changed", "over")
        counted = {kind: {n: self.counts[kind][n] for n in names[:3]} for kind in KINDS}
        counted["workflows"] = {name: self.counts["workflows"][name] for name in names}
        return {
            "is_dry_run": self.is_dry_run,
            "source_schema": self.source.schema,
            **counted,
            "live": {"by_status": dict(self.live_counts), "workflows": self.live},
            "refused": self.refused,
        }

    def _carry_queues(self) -> None:
        present = {queue["queue_name"] for queue in self.session.call("list_queues")}
        for name in self.source.queues():
            if name in present:
                self.counts["queues"]["already"] += 1
                continue
            options = json.dumps({"actor": self.actor})
            self._create("queues", name, "create_queue", queue_name=name, options=options)

    def _carry_enums(self) -> dict[tuple[str, int], int]:
        """Which version each of its versions is here."""
        here = {
            (one["enum_name"], old): one["enum_version"]
            for one in self.session.call("list_enums")
            for old in _marked(one)
        }
        for row in self.source.versions("param_enums", "enum_name", "enum_version"):
            name, old = clean_name(row["enum_name"]) or "", row["enum_version"]
            if (name, old) in here:
                self.counts["enums"]["already"] += 1
                continue
            made = self._create(
                "enums",
                f"{name} version {old}",
                "create_enum",
                enum_name=name,
                choices=json.dumps(fit_choices(row["values_json"])),
                options=self._options(row, old),
            )
            if made:
                here[name, old] = made["enum_version"]
        return here

    def _carry_templates(self, enum_versions: dict[tuple[str, int], int]) -> None:
        here = self.template_versions
        for one in self.session.call("list_templates"):
            for old in _marked(one):
                key = (one["workflow_name"], one["template_name"], old)
                here[key] = one["template_version"]
        order = ("workflow_name", "template_name", "template_version")
        for row in self.source.versions("param_templates", *order):
            workflow, name = clean_name(row[order[0]]) or "", clean_name(row[order[1]]) or ""
            old = row["template_version"]
            if (workflow, name, old) in here:
                self.counts["templates"]["already"] += 1
                continue
            made = self._create(
                "templates",
                f"{workflow} {name} version {old}",
                "create_template",
                workflow_name=workflow,
                template_name=name,
                form=json.dumps(fit_form(row["schema_json"], enum_versions)),
                options=self._options(row, old),
            )
            if made:
                here[workflow, name, old] = made["template_version"]

    def _carry_workflows(self, rows: list[Row]) -> None:
        texts: list[tuple[Row, str]] = []
        for row in rows:
            status = status_of(row)
            if status in FINAL:
                texts.extend(self._element(row))
            elif status in LIVE:
                self.live_counts[status] += 1
                if len(self.live) < _MOST_LISTED:
                    self.live.append(_live(row))
            else:
                self._refuse("workflows", str(row["workflow_id"]), f"status {status!r} is unknown")
        for batch in _batches(texts):
            self._send(batch)

    def _element(self, row: Row) -> list[tuple[Row, str]]:
        element = history_of(row, lambda *key: self.template_versions.get(key))
        self.counts["workflows"]["changed"] += element["is_sanitised"]
        return [(row, json.dumps(element))]

    def _send(self, batch: list[tuple[Row, str]]) -> None:
        answers = self.session.call(
            "import_workflows",
            items="[" + ",".join(text for _, text in batch) + "]",
            options=json.dumps(
                {
                    "actor": self.actor,
                    "source": f"predecessor {self.source.schema}",
                    "is_dry_run": self.is_dry_run,
                }
            ),
        )
        for (row, _), answer in zip(batch, answers, strict=True):
            if answer["outcome"] == "refused":
                self._refuse("workflows", str(row["workflow_id"]), answer["problem"])
                continue
            is_new = answer["outcome"] == "imported"
            self.counts["workflows"]["carried" if is_new else "already"] += 1
            self.counts["workflows"]["over"] += is_new and answer.get("is_over", False)

    def _create(self, kind: str, name: str, function: str, **arguments: str) -> Any:
        try:
            with self.session.conn.transaction():
                made = self.session.call(function, **arguments)
        except psycopg.Error as error:
            if error.sqlstate != "WF002":
                raise
            self._refuse(kind, name, _problem(error, self.session.schema))
            return None
        self.counts[kind]["carried"] += 1
        return made

    def _refuse(self, kind: str, name: str, problem: str) -> None:
        self.counts[kind]["refused"] += 1
        if len(self.refused) < _MOST_LISTED:
            self.refused.append({"kind": kind, "name": name, "problem": problem})

    def _options(self, row: Row, old: int) -> str:
        described = " ".join(filter(None, [row.get("description"), _MARK.format(old)]))
        return json.dumps(
            {
                "actor": clean_name(row.get("created_by")) or self.actor,
                "description": described,
                "is_active": str(row.get("status")).strip().lower() == "active",
            }
        )


def _marked(one: Row) -> list[int]:
    """The version there of what was carried over before."""
    found = _MARKED.search(one["description"] or "")
    return [int(found[1])] if found else []


def _live(row: Row) -> Row:
    names = ("workflow_name", "queue_name", "status", "partition_key")
    return {"workflow_id": str(row["workflow_id"]), **{name: row.get(name) for name in names}}


def _batches(texts: list[tuple[Row, str]]) -> Iterator[list[tuple[Row, str]]]:
    """As many as one call may well carry; a large one goes alone."""
    batch: list[tuple[Row, str]] = []
    size = 0
    for row, text in texts:
        if batch and size + len(text) > _MOST_BYTES:
            yield batch
            batch, size = [], 0
        batch.append((row, text))
        size += len(text)
    if batch:
        yield batch


def _problem(error: psycopg.Error, schema: str) -> str:
    failure = explain(error, schema)
    detail = failure.detail if isinstance(failure.detail, dict) else {}
    problems = [f"{one['path']} {one['problem']}" for one in detail.get("errors") or []]
    return "; ".join(problems) or failure.hint or failure.message
