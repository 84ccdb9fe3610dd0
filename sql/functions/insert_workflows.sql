-- Inserts the rows of checked requests, wakes idle workers and answers every request in order.
-- Statuses: nothing -> ENQUEUED or DELAYED. Locks nothing that others wait for but the ids
-- themselves. The transaction takes its id before it draws ready_seq: the marks of lane are proven
-- by that order.
create or replace function workflows.insert_workflows(p_requests workflows.enqueue_request[], p_now timestamptz) returns jsonb
language plpgsql volatile
as $$
declare
  v_user text := session_user;
  v_queues integer[];
  v_new uuid[];
  v_answer jsonb;
begin
  perform pg_current_xact_id();
  with asked as materialized (
    select r.*, r.ordinality as request_no, d.workflow_name is not null as is_registered,
      coalesce(r.workflow_id, workflows.new_workflow_id(p_now)) as new_id,
      coalesce(r.workflow_version, d.workflow_version, 1) as new_version,
      coalesce(r.queue_id, q.queue_id) as new_queue_id,
      coalesce(r.priority, d.priority, 0::smallint) as new_priority
    from unnest(p_requests) with ordinality r
    left join lateral (
      select d.workflow_name, d.workflow_version, d.queue_name, d.priority from workflows.workflow_definition d
      where d.workflow_name = r.workflow_name and (r.workflow_version is null or d.workflow_version = r.workflow_version)
      order by d.workflow_version desc limit 1) d on r.problem is null
    join workflows.queue q on q.queue_name = coalesce(d.queue_name, 'default')),
  full_queue as materialized (
    select q.queue_id from workflows.queue q
    where q.max_enqueued is not null and q.queue_id in (select a.new_queue_id from asked a)
      and workflows.count_ready(q.queue_id, q.max_enqueued) >= q.max_enqueued),
  checked as (
    select a.*, g.gate_ids as new_gate_ids, k.kind as new_kind,
      coalesce(a.problem, workflows.queue_problem(
        a.new_queue_id, a.workflow_id, a.allow_during_maintenance,
        a.new_queue_id in (select f.queue_id from full_queue f))) as refusal,
      case when a.available_at is not null then 'DELAYED' else 'ENQUEUED' end as new_status,
      workflows.lane_key(a.new_queue_id, a.workflow_name, a.new_version, a.new_priority, k.kind) as new_lane_id,
      row_number() over (partition by a.new_id order by a.request_no) = 1 as is_first
    from asked a
    cross join lateral (select case when a.partition_key is not null or a.resources is not null
      then workflows.gate_keys(a.new_queue_id, a.partition_key, a.resources) end as gate_ids) g
    cross join lateral (select workflows.lane_kind(g.gate_ids, a.on_worker_lost) as kind) k),
  placed as materialized (
    -- the window above has sorted by id, which is random: places are drawn in the order of the batch
    select c.*, nextval('workflows.ready_seq') as new_seq from (select c.* from checked c order by c.request_no) c),
  added as (
    insert into workflows.workflow (
      workflow_id, lane_id, ready_seq, status, state, enqueued_at, available_at, start_before, timeout_seconds, queue_id,
      workflow_version, max_attempts, priority, workflow_name, on_worker_lost, partition_key, resources, gate_ids,
      deduplication_id, parent_workflow_id, enqueued_by, actor, traceparent)
    select p.new_id, p.new_lane_id, p.new_seq, p.new_status, 'IDLE', p_now, p.available_at, p.start_before, p.timeout_seconds,
      p.new_queue_id, p.new_version, p.max_attempts, p.new_priority, p.workflow_name, p.on_worker_lost, p.partition_key,
      p.resources, p.new_gate_ids, p.deduplication_id, p.parent_workflow_id, v_user, p.actor, p.traceparent
    from placed p where p.is_first and p.refusal is null order by p.new_id
    on conflict do nothing
    returning workflow_id),
  settled as materialized (
    -- Not a join: the planner expects one row and would compare each with each. This hashes.
    select p.*, (p.is_first and p.new_id in (select a.workflow_id from added a)) is true as is_new from placed p),
  payload as (
    insert into workflows.workflow_payload (workflow_id, inputs)
    select f.new_id, f.inputs from settled f where f.is_new and f.inputs <> '{}'),
  recipes as (
    insert into workflows.workflow_recipe
    select r.* from settled f cross join lateral jsonb_populate_record(null::workflows.workflow_recipe,
      f.frozen || jsonb_build_object('workflow_id', f.new_id)) r where f.is_new and f.frozen <> '{}'),
  queued as (
    insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before)
    select f.new_lane_id, f.new_seq, f.new_id, f.start_before from settled f where f.is_new and f.new_status = 'ENQUEUED'),
  delayed as (
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at)
    select f.new_id, f.new_queue_id, 'DELAYED', least(f.available_at, f.start_before), f.available_at
    from settled f where f.is_new and f.new_status = 'DELAYED'),
  lanes as (
    insert into workflows.new_lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
    select distinct f.new_lane_id, f.new_queue_id, f.workflow_name, f.new_version, f.new_priority, f.new_kind
    from settled f where f.is_new and f.new_status = 'ENQUEUED' and not exists (select from workflows.lane l where l.lane_id = f.new_lane_id))
  select jsonb_agg(workflows.enqueue_answer(
      -- who would be answered by a batch-mate that was refused is refused with it
      case when f.refusal ? 'holder' then coalesce(
        (select h.refusal from settled h
         where h.new_id = (f.refusal ->> 'holder')::uuid and h.refusal is not null limit 1),
        f.refusal) else f.refusal end,
      f.new_id, f.is_new, f.is_registered) order by f.request_no),
    array_agg(distinct f.new_queue_id) filter (where f.is_new and f.new_status = 'ENQUEUED'),
    array_agg(f.new_id) filter (where f.is_new)
  into v_answer, v_queues, v_new
  from settled f;
  if v_new is not null then perform workflows.audit_change(v_new, 'enqueued', null, null, null); end if;
  if v_queues is not null then perform workflows.notify_idle(v_queues); end if;
  return coalesce(v_answer, '[]');
end
$$;
comment on function workflows.insert_workflows(workflows.enqueue_request[], timestamptz) is
  'Inserts the rows of checked requests to enqueue and answers each.';

create or replace function workflows.enqueue_answer(p_problem jsonb, p_workflow_id uuid, p_is_new boolean, p_is_registered boolean) returns jsonb
language sql immutable
as $$
  select case
    when p_problem ? 'holder' then jsonb_build_object('workflow_id', p_problem ->> 'holder', 'deduplicated', true, 'is_registered', true)
    when p_problem is not null then jsonb_build_object('error', p_problem || jsonb_build_object(
      'code', coalesce(p_problem ->> 'code', 'WF002'), 'message', concat_ws(' ', p_problem ->> 'field', p_problem ->> 'problem')))
    else jsonb_build_object('workflow_id', p_workflow_id, 'deduplicated', not p_is_new, 'is_registered', p_is_registered) end
$$;
comment on function workflows.enqueue_answer(jsonb, uuid, boolean, boolean) is
  'Answer to one request to enqueue.';

-- Why a queue does not take work now, or null. p_is_full was counted before the rows go in, so that
-- callers at the same moment can go past max_enqueued by what they bring. Maintenance does not refuse
-- an id that stands: it was accepted before, and its sender did not hear it.
create or replace function workflows.queue_problem(
  p_queue_id integer, p_workflow_id uuid, p_is_allowed_during_maintenance boolean,
  p_is_full boolean) returns jsonb
language plpgsql stable
as $$
declare
  v_queue workflows.queue%rowtype;
begin
  select q.* into v_queue from workflows.queue q where q.queue_id = p_queue_id;
  if not v_queue.accepts_work then
    return jsonb_build_object('code', 'WF005', 'field', 'queue_name', 'problem', 'is closed: ' || v_queue.queue_name);
  end if;
  if v_queue.maintenance_mode is not null and p_is_allowed_during_maintenance is not true then
    -- apart, since a query in the condition would be run even where nothing is entered
    if not exists (select from workflows.workflow w where w.workflow_id = p_workflow_id) then
      return jsonb_build_object('code', 'WF005', 'field', 'queue_name',
        'maintenance', v_queue.maintenance_mode, 'problem', 'is in maintenance: '
          || v_queue.queue_name || '; later, or with allow_during_maintenance to let it wait there');
    end if;
  end if;
  if p_is_full then
    return jsonb_build_object('code', 'WF005', 'field', 'queue_name', 'problem', 'is full: ' || v_queue.queue_name);
  end if;
  return null;
end
$$;
comment on function workflows.queue_problem(integer, uuid, boolean, boolean) is
  'Why a queue does not take work, or null.';

-- Where a workflow that has not started queues: gated ones are admitted to their gates first,
-- single ones are never claimed ahead of a free thread.
create or replace function workflows.lane_kind(p_gate_ids bigint[], p_on_worker_lost text) returns text
language sql immutable
as $$
  select case when p_gate_ids is not null then 'gated' when p_on_worker_lost <> 'retry' then 'single' else 'new' end
$$;
comment on function workflows.lane_kind(bigint[], text) is
  'Kind of lane for a workflow that has not started.';
