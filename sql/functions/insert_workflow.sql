-- The short way for one request without a deduplication id or parent: the same rows as insert_workflows writes, by plain
-- statements. A statement over sets costs three times as much for a single row, and buttons and tags
-- enqueue one at a time. An id that stands already is answered as it is. The tests hold both ways against each other.
create or replace function workflows.insert_workflow(p_request workflows.enqueue_request, p_now timestamptz) returns uuid
language plpgsql volatile
as $$
declare
  v_id uuid := coalesce(p_request.workflow_id, workflows.new_workflow_id(p_now));
  v_version integer;
  v_priority smallint;
  v_queue_id integer;
  v_problem jsonb;
  v_gates bigint[];
  v_kind text;
  v_lane bigint;
  v_seq bigint;
begin
  select d.workflow_version, d.priority, q.queue_id into v_version, v_priority, v_queue_id
  from workflows.workflow_definition d join workflows.queue q on q.queue_name = d.queue_name
  where d.workflow_name = p_request.workflow_name
    and (p_request.workflow_version is null or d.workflow_version = p_request.workflow_version)
  order by d.workflow_version desc limit 1;
  v_queue_id := coalesce(p_request.queue_id, v_queue_id);
  if v_queue_id is null then
    select q.queue_id into v_queue_id from workflows.queue q where q.queue_name = 'default';
  end if;
  v_problem := workflows.queue_problem(
    v_queue_id, p_request.workflow_id, p_request.allow_during_maintenance);
  if v_problem is not null then
    perform workflows.refuse('WF005', v_problem - 'code', 'queue ' || (v_problem ->> 'problem'));
  end if;
  v_version := coalesce(p_request.workflow_version, v_version, 1);
  v_priority := coalesce(p_request.priority, v_priority, 0::smallint);
  if p_request.partition_key is not null or p_request.resources is not null then
    v_gates := workflows.gate_keys(v_queue_id, p_request.partition_key, p_request.resources);
  end if;
  v_kind := workflows.lane_kind(v_gates, p_request.on_worker_lost);
  v_lane := workflows.lane_key(v_queue_id, p_request.workflow_name, v_version, v_priority, v_kind);
  perform pg_current_xact_id();
  v_seq := nextval('workflows.ready_seq');
  insert into workflows.workflow (
    workflow_id, lane_id, ready_seq, status, state, enqueued_at, available_at, start_before, timeout_seconds, queue_id,
    workflow_version, max_attempts, priority, workflow_name, on_worker_lost, partition_key, resources, gate_ids, enqueued_by, actor)
  values (v_id, v_lane, v_seq, case when p_request.available_at is null then 'ENQUEUED' else 'DELAYED' end, 'IDLE', p_now,
    p_request.available_at, p_request.start_before, p_request.timeout_seconds, v_queue_id, v_version, p_request.max_attempts,
    v_priority, p_request.workflow_name, p_request.on_worker_lost, p_request.partition_key, p_request.resources, v_gates,
    session_user, p_request.actor)
  on conflict do nothing;
  if not found then return v_id; end if;
  if p_request.inputs <> '{}' then
    insert into workflows.workflow_payload (workflow_id, inputs) values (v_id, p_request.inputs);
  end if;
  if exists (select from workflows.queue q where q.queue_id = v_queue_id and q.history = 'full') then
    perform workflows.audit_change(array[v_id], 'enqueued', null, null, null);
  end if;
  if p_request.available_at is not null then
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at)
    values (v_id, v_queue_id, 'DELAYED', least(p_request.available_at, p_request.start_before), p_request.available_at);
    return v_id;
  end if;
  insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before) values (v_lane, v_seq, v_id, p_request.start_before);
  if not exists (select from workflows.lane l where l.lane_id = v_lane) then
    insert into workflows.new_lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
    values (v_lane, v_queue_id, p_request.workflow_name, v_version, v_priority, v_kind);
  end if;
  perform workflows.notify_idle(array[v_queue_id]);
  return v_id;
end
$$;
comment on function workflows.insert_workflow(workflows.enqueue_request, timestamptz) is 'Inserts the rows of one checked request to enqueue.';
