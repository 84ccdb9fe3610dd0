"""A database of the library before this one, with the rows that plants have in it."""

import json
import uuid
from typing import Any

import psycopg
from psycopg import sql

DDL = """
create table {s}.schema_meta (key text primary key, value text not null);
create table {s}.workflow_status (
  workflow_id uuid primary key, workflow_name text not null, status text,
  queue_name text default 'default', partition_key text, priority integer default 0,
  deduplication_id text, application_version text, inputs_json text, result_json text,
  error_json text, created_at_epoch_ms bigint, updated_at_epoch_ms bigint,
  started_at_epoch_ms bigint, completed_at_epoch_ms bigint, claimed_by text,
  claimed_at_epoch_ms bigint, heartbeat_at_epoch_ms bigint, deadline_epoch_ms bigint);
create table {s}.operation_outputs (
  output_id bigserial primary key, workflow_id uuid not null, call_seq integer not null,
  step_name text not null, status text not null, output_json text, error_json text,
  started_at_epoch_ms bigint, completed_at_epoch_ms bigint, attempts integer default 1,
  unique (workflow_id, call_seq));
create table {s}.notifications (
  notification_id bigserial primary key, destination_uuid uuid, topic text, message_json text,
  message_uuid text, created_at_epoch_ms bigint);
create table {s}.workflow_events (
  workflow_id uuid, key text, value_json text, updated_at_epoch_ms bigint,
  primary key (workflow_id, key));
create table {s}.workflow_events_history (
  event_id bigserial primary key, workflow_id uuid, key text, value_json text,
  created_at_epoch_ms bigint);
create table {s}.streams (
  stream_id bigserial primary key, workflow_id uuid, key text, "offset" bigint, value_json text,
  created_at_epoch_ms bigint, unique (workflow_id, key, "offset"));
create table {s}.stream_heads (
  workflow_id uuid, key text, next_offset bigint, primary key (workflow_id, key));
create table {s}.param_templates (
  workflow_name text, template_name text, template_version integer, schema_json text, status text,
  description text, created_by text, created_at_epoch_ms bigint,
  primary key (workflow_name, template_name, template_version));
create table {s}.param_enums (
  enum_name text, enum_version integer, values_json text, status text, description text,
  created_by text, created_at_epoch_ms bigint, primary key (enum_name, enum_version));
create table {s}.retention_config (
  id integer primary key, time_threshold_hours integer, rows_threshold integer default 1000000,
  global_timeout_hours integer, updated_at_epoch_ms bigint);
insert into {s}.schema_meta values ('schema_version', '1');
insert into {s}.retention_config values (1, null, 1000000, null, null);
"""
AT = 1_760_000_000_000


class OldLibrary:
    """Its schema, made in a database that is there."""

    def __init__(self, dsn: str, schema: str):
        self.dsn = dsn
        self.schema = schema
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
            conn.execute(sql.SQL(DDL).format(s=sql.Identifier(schema)))

    def insert(self, table: str, *rows: dict[str, Any]) -> None:
        with psycopg.connect(self.dsn, autocommit=True) as conn:
            for row in rows:
                query = sql.SQL("insert into {} ({}) values ({})").format(
                    sql.Identifier(self.schema, table),
                    sql.SQL(", ").join(map(sql.Identifier, row)),
                    sql.SQL(", ").join(map(sql.Placeholder, row)),
                )
                conn.execute(query, row)

    def workflow(self, **columns: Any) -> str:
        """A workflow that has ended well, unless the columns say otherwise; its id."""
        workflow_id = str(uuid.uuid4())
        resolved = {"tank": "T-101", "kg": 4.5}
        row = {
            "workflow_id": workflow_id,
            "workflow_name": "fill",
            "status": "SUCCESS",
            "inputs_json": json.dumps({"resolved": resolved, "raw": resolved}),
            "result_json": '{"ok": true}',
            "created_at_epoch_ms": AT,
            "updated_at_epoch_ms": AT + 2000,
            "started_at_epoch_ms": AT + 500,
            "completed_at_epoch_ms": AT + 2000,
            "claimed_by": "gw1:8e0f",
            **columns,
        }
        self.insert("workflow_status", row)
        return workflow_id

    def step(self, workflow_id: str, call_seq: int, step_name: str, **columns: Any) -> None:
        row = {
            "workflow_id": workflow_id,
            "call_seq": call_seq,
            "step_name": step_name,
            "status": "SUCCESS",
            "output_json": '{"quality": "Good"}',
            "started_at_epoch_ms": AT + 600,
            "completed_at_epoch_ms": AT + 700,
            **columns,
        }
        self.insert("operation_outputs", row)

    def enum(self, name: str, version: int, values: Any, **columns: Any) -> None:
        text = values if isinstance(values, str) else json.dumps(values)
        row = {"enum_name": name, "enum_version": version, "values_json": text, "status": "active"}
        self.insert("param_enums", {**row, **columns})

    def template(self, workflow: str, name: str, version: int, form: Any, **columns: Any) -> None:
        text = form if isinstance(form, str) else json.dumps({"formProps": form, "meta": {}})
        row = {"workflow_name": workflow, "template_name": name, "template_version": version}
        self.insert("param_templates", {**row, "schema_json": text, "status": "active", **columns})


def form(data: dict[str, Any], enum: str | None = None) -> dict[str, Any]:
    """The props of a Perspective Form with a widget for each value, the last a dropdown."""
    widgets: list[dict[str, Any]] = [{"id": key, "type": "text"} for key in data]
    if enum:
        choice = {"label": f"@enum:{enum}", "value": "__enum__"}
        widgets[-1] = {"id": list(data)[-1], "type": "dropdown", "options": [choice]}
    return {"columns": {"items": [{"rows": {"items": [{"widgets": widgets}]}}]}, "data": data}
