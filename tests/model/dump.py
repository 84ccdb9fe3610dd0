"""The statements that read every table into one JSON, and empty them."""

TABLES = (
    "new_lane lane ready lease parked worker worker_definition workflow_definition gate_ticket wake"
    " deduplication workflow workflow_payload workflow_outcome step failed_workflow command audit"
    " queue_count maintenance_order drain_order rejected_entry"
).split()

PREPARE = (
    "create or replace function workflows.clock_now() returns timestamptz language sql volatile as"
    " 'select to_timestamp(current_setting(''test.now_ms'')::numeric / 1000)'",
    "insert into workflows.queue (queue_name, created_at) values ('line', clock_timestamp())"
    " on conflict do nothing",
)

# Only here is audit emptied: in a database of the suite, with its trigger aside.
CLEAN = (
    "set session_replication_role = replica;"
    + ";".join(f"delete from workflows.{table}" for table in TABLES)
    + ";set session_replication_role = origin"
    ";update workflows.queue set is_paused = false, accepts_work = true, max_running = null,"
    " max_enqueued = null, history = 'errors', pause_reason = null, run_on = 'active',"
    " maintenance_mode = null"
    ";update workflows.maintenance set last_turn_at = workflows.clock_now(), last_count_at = '-infinity'"
    ";update workflows.setting set setting_value = '4' where setting_name = 'lease_seconds'"
    ";update workflows.setting set setting_value = '2' where setting_name = 'max_reclaims'"
    ";select pg_advisory_unlock_all(), setseed(0.5)"
)


def _ms(column: str) -> str:
    return f"round(extract(epoch from {column}) * 1000)::bigint"


DUMP = f"""
select json_build_object(
  'workflow', (select json_agg(json_build_object(
    'id', w.workflow_id, 'name', w.workflow_name, 'queue', q.queue_name, 'priority', w.priority,
    'status', w.status, 'state', w.state, 'attempt', w.attempt, 'failures', w.failure_count,
    'reclaims', w.reclaim_count, 'token', w.lease_token, 'reason', w.reason,
    'started', {_ms('w.started_at')}, 'ended', {_ms('w.ended_at')}, 'held', {_ms('w.held_at')},
    'deadline', {_ms('w.deadline_at')}, 'seq', w.ready_seq, 'ticket', w.ticket_seq,
    'change_no', w.change_no, 'gates', w.gate_ids, 'dedup', w.deduplication_id,
    'available', {_ms('w.available_at')}, 'start_before', {_ms('w.start_before')},
    'max_attempts', coalesce(w.max_attempts, d.max_attempts),
    'kind', case w.lane_id
      when workflows.lane_key(w.queue_id, w.workflow_name, w.workflow_version, w.priority, 'new') then 'new'
      when workflows.lane_key(w.queue_id, w.workflow_name, w.workflow_version, w.priority, 'single') then 'single'
      when workflows.lane_key(w.queue_id, w.workflow_name, w.workflow_version, w.priority, 'gated') then 'gated'
      when workflows.lane_key(w.queue_id, w.workflow_name, w.workflow_version, w.priority, 'returning') then 'returning'
      when workflows.lane_key(w.queue_id, w.workflow_name, w.workflow_version, w.priority, 'command') then 'command' end,
    'control', w.control, 'owed', w.resume_no, 'retry', {_ms('w.retry_at')},
    'inputs', nullif(i.inputs, '{{}}')::json, 'result', o.result::json, 'error', o.error_message))
    from workflows.workflow w join workflows.queue q on q.queue_id = w.queue_id
    left join workflows.workflow_definition d
      on d.workflow_name = w.workflow_name and d.workflow_version = w.workflow_version
    left join workflows.workflow_payload i on i.workflow_id = w.workflow_id
    left join workflows.workflow_outcome o on o.workflow_id = w.workflow_id),
  'ready', (select json_agg(json_build_object('id', r.workflow_id, 'seq', r.ready_seq,
    'start_before', {_ms('r.start_before')}, 'low', l.low, 'is_known', l.lane_id is not null or exists (
      select from workflows.new_lane n where n.lane_id = r.lane_id)))
    from workflows.ready r left join workflows.lane l on l.lane_id = r.lane_id),
  'lease', (select json_agg(json_build_object('id', l.workflow_id, 'token', l.lease_token,
    'worker', l.worker_id, 'claim', l.claim_no, 'claimed', {_ms('l.claimed_at')}, 'queue', q.queue_name,
    'deadline', {_ms('l.deadline_at')}, 'is_started', l.is_started, 'is_limited', l.is_limited,
    'control', l.control, 'handler', l.handler_no)) from workflows.lease l join workflows.queue q on q.queue_id = l.queue_id),
  'parked', (select json_agg(json_build_object('id', p.workflow_id, 'status', p.status,
    'due', {_ms('p.due_at')}, 'resume', {_ms('p.resume_at')}, 'resume_status', p.resume_status))
    from workflows.parked p),
  'ticket', (select json_agg(json_build_object('gate', t.gate_id, 'priority', t.priority,
    'seq', t.ticket_seq, 'id', t.workflow_id, 'queue', q.queue_name, 'is_holder', t.is_holder,
    'is_held', t.is_held, 'name', t.gate_name))
    from workflows.gate_ticket t join workflows.queue q on q.queue_id = t.queue_id),
  'wake', (select json_agg(w.gate_id) from workflows.wake w),
  'step', (select json_agg(json_build_object('id', s.workflow_id, 'key', s.step_key, 'kind', s.kind,
    'status', s.status, 'attempts', s.attempts, 'due', {_ms('s.due_at')}, 'output', s.output::json,
    'error', s.error::json, 'ended', {_ms('s.ended_at')})) from workflows.step s),
  'worker', (select json_agg(json_build_object('id', w.worker_id, 'expires', {_ms('w.expires_at')},
    'is_lost', w.lost_at is not null, 'is_retired', w.retired_at is not null,
    'is_active', w.is_active, 'is_draining', w.is_draining)) from workflows.worker w),
  'command', (select json_agg(json_build_object('id', c.workflow_id, 'command', c.command,
    'outcome', c.outcome, 'no', c.command_id, 'actor', c.actor, 'to_status', c.to_status,
    'from_status', c.from_status, 'obeyed', {_ms('c.obeyed_at')}) order by c.command_id)
    from workflows.command c),
  'audit', (select json_agg(json_build_object('id', a.workflow_id, 'change_no', a.change_no,
    'status', a.status, 'state', a.state, 'attempt', a.attempt, 'event', a.event, 'token', a.lease_token)
    order by a.audit_id) from workflows.audit a where a.workflow_id is not null),
  'queue', (select json_agg(json_build_object('name', q.queue_name, 'is_paused', q.is_paused,
    'max_running', q.max_running, 'history', q.history, 'mode', q.maintenance_mode,
    'run_on', q.run_on, 'entered', (
      select {_ms('max(o.entered_at)')} from workflows.maintenance_order o
      where o.queue_id in (0, q.queue_id)))) from workflows.queue q),
  'deduplication', (select json_agg(json_build_object('name', d.workflow_name, 'dedup', d.deduplication_id,
    'id', d.workflow_id)) from workflows.deduplication d
    where exists (select from workflows.workflow w where w.workflow_id = d.workflow_id)),
  'failed', (select json_agg(f.workflow_id) from workflows.failed_workflow f))
"""
