-- Accepts one workflow and answers its id. Inserts only, so that a caller's open transaction blocks
-- neither claims nor other enqueuers. A repeated workflow_id or deduplication_id answers the id
-- that already stands, unless on_duplicate says otherwise. Buttons and tags enqueue one at a time,
-- so one that asks for nothing unusual is written here, a plain statement for each table; the rest
-- goes through enqueue_requests, which costs twice as much. The tests hold both ways against each
-- other.
create or replace function workflows.enqueue(
  p_workflow_name text, p_inputs text default '{}', p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_inputs text := coalesce(p_inputs, '{}');
  v_options text;
  v_request workflows.enqueue_request;
  v_id uuid;
  v_place record;
  v_gates bigint[];
  v_kind text;
  v_lane bigint;
  v_seq bigint;
begin
  if p_options <> '{}' then
    v_options := replace(p_options, ': ', ':');
    -- what the library sends; a pattern would be worked out anew in each call
    if left(v_options, 16) = '{"workflow_id":"'
       and translate(substr(v_options, 17), '123456789abcdef', '000000000000000')
         = '00000000-0000-0000-0000-000000000000"}' then
      v_id := left(right(p_options, 38), 36)::uuid;
    else
      v_request := workflows.read_options(v_request, p_options, v_now);
    end if;
  end if;
  if v_request.problem is not null or v_request.deduplication_id is not null
     or v_request.parent_workflow_id is not null or v_request.recipe is not null
     or workflows.name_problem(p_workflow_name) is not null
     or (v_inputs <> '{}' and workflows.payload_problem(v_inputs) is not null) then
    return workflows.enqueue_unusual(p_workflow_name, p_inputs, p_options, v_now);
  end if;
  select q.queue_id, coalesce(v_request.workflow_version, d.workflow_version, 1) as version,
    coalesce(v_request.priority, d.priority, 0::smallint) as priority,
    q.accepts_work and q.maintenance_mode is null and q.max_enqueued is null
      and q.history <> 'full' and d.parameters is null as is_usual
  into v_place
  from (values (true)) one
  left join lateral (
    select d.workflow_version, d.queue_name, d.priority, d.parameters
    from workflows.workflow_definition d
    where d.workflow_name = p_workflow_name
      and (v_request.workflow_version is null or d.workflow_version = v_request.workflow_version)
    order by d.workflow_version desc limit 1) d on true
  join workflows.queue q on q.queue_name = coalesce((
      select n.queue_name from workflows.queue n where n.queue_id = v_request.queue_id),
    d.queue_name, 'default');
  if not v_place.is_usual then
    return workflows.enqueue_unusual(p_workflow_name, p_inputs, p_options, v_now);
  end if;
  if v_request.partition_key is not null or v_request.resources is not null then
    v_gates := workflows.gate_keys(
      v_place.queue_id, v_request.partition_key, v_request.resources);
  end if;
  v_kind := workflows.lane_kind(v_gates, v_request.on_worker_lost);
  v_lane := workflows.lane_key(
    v_place.queue_id, p_workflow_name, v_place.version, v_place.priority, v_kind);
  v_id := coalesce(v_id, v_request.workflow_id, workflows.new_workflow_id(v_now));
  -- the transaction has its id before ready_seq is drawn: the marks of lane rely on that
  v_seq := case when pg_current_xact_id() is not null then nextval('workflows.ready_seq') end;
  insert into workflows.workflow (
    workflow_id, lane_id, ready_seq, status, state, enqueued_at, available_at, start_before,
    timeout_seconds, queue_id, workflow_version, max_attempts, priority, workflow_name,
    on_worker_lost, partition_key, resources, gate_ids, enqueued_by, actor, traceparent)
  values (v_id, v_lane, v_seq,
    case when v_request.available_at is null then 'ENQUEUED' else 'DELAYED' end, 'IDLE', v_now,
    v_request.available_at, v_request.start_before, v_request.timeout_seconds, v_place.queue_id,
    v_place.version, v_request.max_attempts, v_place.priority, p_workflow_name,
    v_request.on_worker_lost, v_request.partition_key, v_request.resources, v_gates,
    session_user, v_request.actor, v_request.traceparent)
  on conflict do nothing;
  if not found then return v_id; end if;
  if v_inputs <> '{}' then
    insert into workflows.workflow_payload (workflow_id, inputs) values (v_id, v_inputs);
  end if;
  if v_request.available_at is not null then
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at)
    values (v_id, v_place.queue_id, 'DELAYED',
      least(v_request.available_at, v_request.start_before), v_request.available_at);
    return v_id;
  end if;
  insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before)
  values (v_lane, v_seq, v_id, v_request.start_before);
  if not exists (select from workflows.lane l where l.lane_id = v_lane) then
    insert into workflows.new_lane (
      lane_id, queue_id, workflow_name, workflow_version, priority, kind)
    values (v_lane, v_place.queue_id, p_workflow_name, v_place.version, v_place.priority, v_kind);
  end if;
  perform workflows.notify_idle(array[v_place.queue_id]);
  return v_id;
end
$$;
comment on function workflows.enqueue(text, text, text) is
  'Enqueues one workflow and returns its id.';

-- Enqueues what the short way above leaves, and refuses what is wrong.
create or replace function workflows.enqueue_unusual(
  p_workflow_name text, p_inputs text, p_options text, p_now timestamptz) returns text
language plpgsql volatile
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_answer jsonb;
begin
  v_answer := workflows.enqueue_requests(
    array[workflows.read_request(p_workflow_name, p_inputs, p_options, p_now)], p_now) -> 0;
  if v_answer ? 'error' then
    perform workflows.refuse(
      v_answer #>> '{error,code}', (v_answer -> 'error') - 'code' - 'message',
      coalesce((v_answer #>> '{error,field}') || ' ', '') || (v_answer #>> '{error,problem}'));
  end if;
  return v_answer ->> 'workflow_id';
end
$$;
comment on function workflows.enqueue_unusual(text, text, text, timestamptz) is
  'Enqueues one workflow by way of enqueue_requests, or refuses it.';

-- One checked request from what a caller gave.
create or replace function workflows.read_request(
  p_workflow_name text, p_inputs text, p_options text, p_now timestamptz)
returns workflows.enqueue_request
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request;
  v_problem text;
begin
  v_request.workflow_name := p_workflow_name;
  v_request.inputs := coalesce(p_inputs, '{}');
  v_problem := workflows.name_problem(p_workflow_name);
  if v_problem is not null then
    v_request.problem := workflows.bad_argument('workflow_name', v_problem);
    return v_request;
  end if;
  if v_request.inputs <> '{}' then
    v_problem := workflows.payload_problem(v_request.inputs);
    if v_problem is not null then
      v_request.problem := workflows.bad_argument('inputs', v_problem);
      return v_request;
    end if;
  end if;
  if p_options is not null and p_options <> '{}' then
    v_request := workflows.read_options(v_request, p_options, p_now);
  end if;
  return v_request;
end
$$;
comment on function workflows.read_request(text, text, text, timestamptz) is
  'Checks what a caller wants to enqueue.';
