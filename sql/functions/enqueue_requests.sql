-- Enqueues checked requests and answers one outcome each, in order. Requests with a deduplication
-- id are settled first, in the order of those ids, then rows go in by workflow id: two callers with
-- the same ids in opposite order wait for each other but never in a circle.
create or replace function workflows.enqueue_requests(
  p_requests workflows.enqueue_request[], p_now timestamptz) returns jsonb
language plpgsql volatile
as $$
declare
  v_requests workflows.enqueue_request[] := workflows.resolve_requests(p_requests);
  v_request workflows.enqueue_request;
  v_index bigint;
  v_taken workflows.enqueue_request;
  v_taken_index bigint;
  v_passed jsonb := '[]'::jsonb;
  v_has_parents boolean := false;
  v_answer jsonb;
begin
  for v_index in
    select r.ordinality from unnest(v_requests) with ordinality r
    where r.problem is null and (r.deduplication_id is not null or r.parent_workflow_id is not null)
    order by r.workflow_name, r.deduplication_id, r.ordinality
  loop
    v_request := v_requests[v_index];
    -- an id that stands already is answered as it is, whoever holds the deduplication id by now
    continue when exists (select from workflows.workflow w where w.workflow_id = v_request.workflow_id);
    v_request.workflow_id := coalesce(v_request.workflow_id, workflows.new_workflow_id(p_now));
    v_request.problem := workflows.parent_problem(v_request);
    v_has_parents := v_has_parents or v_request.parent_workflow_id is not null;
    if v_request.problem is null and v_request.deduplication_id is not null then
      if (v_request.workflow_name, v_request.deduplication_id) = (v_taken.workflow_name, v_taken.deduplication_id) then
        v_taken := workflows.merge_request(v_taken, v_request);
        v_requests[v_taken_index] := v_taken;
        v_request.problem := case when v_request.on_duplicate = 'reject' then workflows.held_problem(v_taken.workflow_id)
          else jsonb_build_object('holder', v_taken.workflow_id) end;
      else
        v_request.problem := workflows.take_deduplication_id(v_request, p_now);
        if v_request.problem ? 'passed' then
          v_passed := v_passed || (v_request.problem -> 'passed');
          v_request.problem := null;
        end if;
        if v_request.problem is null then
          v_taken := v_request;
          v_taken_index := v_index;
        end if;
      end if;
    end if;
    v_requests[v_index] := v_request;
  end loop;
  v_answer := workflows.insert_workflows(v_requests, p_now);
  if v_has_parents then
    insert into workflows.child (workflow_id, parent_workflow_id, child_no, policy)
    select r.workflow_id, r.parent_workflow_id, 1, 'leave' from unnest(v_requests) r
    join workflows.workflow w on w.workflow_id = r.workflow_id
    where r.parent_workflow_id = w.parent_workflow_id and r.problem is null
    on conflict do nothing;
  end if;
  if v_taken.workflow_id is not null then
    -- whoever was refused after all, by its queue or for its id, has taken nothing
    update workflows.deduplication d set workflow_id = p.workflow_id, expires_at = p.expires_at
    from jsonb_populate_recordset(null::workflows.deduplication, v_passed) p
    where d.workflow_name = p.workflow_name and d.deduplication_id = p.deduplication_id
      and not exists (select from workflows.workflow w
                      where w.workflow_id = d.workflow_id and w.deduplication_id = d.deduplication_id);
    delete from workflows.deduplication d using unnest(v_requests) r
    where r.problem is null and d.workflow_name = r.workflow_name
      and d.deduplication_id = r.deduplication_id and d.workflow_id = r.workflow_id
      and not exists (select from workflows.workflow w
                      where w.workflow_id = d.workflow_id and w.deduplication_id = d.deduplication_id);
  end if;
  return v_answer;
end
$$;
comment on function workflows.enqueue_requests(workflows.enqueue_request[], timestamptz) is
  'Enqueues checked requests and answers one outcome each.';

-- A later request of the same batch with the same deduplication id: the first has no row yet.
create or replace function workflows.merge_request(p_first workflows.enqueue_request, p_later workflows.enqueue_request)
returns workflows.enqueue_request
language plpgsql immutable
as $$
declare
  v_merged workflows.enqueue_request := p_first;
begin
  if p_later.on_duplicate in ('replace', 'debounce') then
    v_merged.inputs := p_later.inputs;
    v_merged.frozen := p_later.frozen;
  end if;
  if p_later.on_duplicate = 'debounce' then
    v_merged.available_at := p_later.available_at;
    v_merged.start_before := p_later.start_before;
  end if;
  return v_merged;
end
$$;
comment on function workflows.merge_request(workflows.enqueue_request, workflows.enqueue_request) is
  'The first request of a batch as a later one with its deduplication id leaves it.';

create or replace function workflows.held_problem(p_workflow_id uuid) returns jsonb
language sql immutable
as $$
  select jsonb_build_object('code', 'WF006', 'field', 'deduplication_id', 'workflow_id', p_workflow_id,
    'problem', 'is held by workflow ' || p_workflow_id)
$$;
comment on function workflows.held_problem(uuid) is
  'Detail of a WF006: who holds the deduplication id.';

-- Takes the deduplication id of a request for its workflow. Null: taken, go on. {"passed": row}: so
-- too, from a workflow that goes on and had it by this row. {"holder": id}: answer that workflow
-- instead. Otherwise the error. An id is free again once its workflow has
-- ended, which is judged here, so that finishing never touches this table; for requests with a
-- window not before that is over; and for a debounced one as soon as that workflow has started, so
-- that the last of many calls always runs.
create or replace function workflows.take_deduplication_id(
  p_request workflows.enqueue_request, p_now timestamptz) returns jsonb
language plpgsql volatile
as $$
declare
  v_until timestamptz := p_now + p_request.deduplication_seconds * interval '1 second';
  v_holder uuid;
  v_expires_at timestamptz;
  v_is_free boolean;
  v_is_live boolean;
begin
  loop
    insert into workflows.deduplication (workflow_name, deduplication_id, workflow_id, expires_at)
    values (p_request.workflow_name, p_request.deduplication_id, p_request.workflow_id, v_until)
    on conflict do nothing;
    if found then return null; end if;
    select d.workflow_id, d.expires_at, case
        when p_request.deduplication_seconds is not null and d.expires_at > p_now then false
        when p_request.on_duplicate = 'debounce' and w.started_at is not null then true
        else w.ended_at is not null or w.workflow_id is null end,
      w.ended_at is null and w.workflow_id is not null
    into v_holder, v_expires_at, v_is_free, v_is_live
    from workflows.deduplication d left join workflows.workflow w on w.workflow_id = d.workflow_id
    where d.workflow_name = p_request.workflow_name
      and d.deduplication_id = p_request.deduplication_id;
    if v_holder = p_request.workflow_id then return null; end if;
    if v_is_free then
      update workflows.deduplication d set workflow_id = p_request.workflow_id, expires_at = v_until
      where d.workflow_name = p_request.workflow_name
        and d.deduplication_id = p_request.deduplication_id and d.workflow_id = v_holder;
      if found then
        return case when v_is_live then jsonb_build_object('passed', jsonb_build_object(
          'workflow_name', p_request.workflow_name, 'deduplication_id', p_request.deduplication_id,
          'workflow_id', v_holder, 'expires_at', v_expires_at)) end;
      end if;
    elsif v_holder is not null then
      if p_request.on_duplicate = 'reject' then
        return workflows.held_problem(v_holder);
      end if;
      if p_request.on_duplicate = 'return' or workflows.replace_waiting(v_holder, p_request) then
        return jsonb_build_object('holder', v_holder);
      end if;
    end if;
  end loop;
end
$$;
comment on function workflows.take_deduplication_id(workflows.enqueue_request, timestamptz) is
  'Takes a deduplication id for a request, or says who holds it.';

-- Gives a workflow that has not started the inputs of a later request, and with debounce its time
-- and start_before, at most debounce_limit_seconds after it was enqueued; one that waits for its gates
-- or has got them stays there. Locks its hot row first, so that claims pass it by. False: it has ended
-- or was removed meanwhile, or started and is not to be waited for: look again.
create or replace function workflows.replace_waiting(
  p_workflow_id uuid, p_request workflows.enqueue_request) returns boolean
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
  v_at timestamptz;
begin
  perform from workflows.workflow w where w.workflow_id = p_workflow_id for key share;
  if not found then return false; end if;
  v_workflow := workflows.lock_workflow(p_workflow_id, false);
  if v_workflow.ended_at is not null then return false; end if;
  if v_workflow.started_at is not null then return p_request.on_duplicate <> 'debounce'; end if;
  insert into workflows.workflow_payload (workflow_id, inputs) values (p_workflow_id, p_request.inputs)
  on conflict (workflow_id) do update set inputs = excluded.inputs;
  delete from workflows.workflow_recipe r where r.workflow_id = p_workflow_id;
  insert into workflows.workflow_recipe
  select r.* from jsonb_populate_record(null::workflows.workflow_recipe,
    p_request.frozen || jsonb_build_object('workflow_id', p_workflow_id)) r
  where p_request.frozen <> '{}';
  if p_request.on_duplicate = 'debounce' and v_workflow.status in ('DELAYED', 'ENQUEUED')
    and v_workflow.ticket_seq is null then
    v_at := least(p_request.available_at,
      v_workflow.enqueued_at + p_request.debounce_limit_seconds * interval '1 second');
    delete from workflows.ready r where r.lane_id = v_workflow.lane_id and r.ready_seq = v_workflow.ready_seq;
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at)
    values (p_workflow_id, v_workflow.queue_id, 'DELAYED', least(v_at, p_request.start_before), v_at)
    on conflict (workflow_id) do update set due_at = excluded.due_at, resume_at = excluded.resume_at;
    update workflows.workflow w set status = 'DELAYED', available_at = v_at,
      start_before = p_request.start_before, change_no = w.change_no + 1
    where w.workflow_id = p_workflow_id;
    perform workflows.audit_change(array[p_workflow_id], 'delayed', null, null, null);
  end if;
  return true;
end
$$;
comment on function workflows.replace_waiting(uuid, workflows.enqueue_request) is
  'Replaces the inputs of a workflow that has not started.';

-- A child of a workflow that holds a key or resource works under its parent's; if it could wait for
-- gates of its own, parent and child could wait for each other for ever.
create or replace function workflows.parent_problem(
  p_request workflows.enqueue_request) returns jsonb
language plpgsql stable
as $$
declare
  v_gates bigint[];
  v_depth bigint;
  v_most integer := workflows.setting_of('max_child_depth')::integer;
begin
  if p_request.parent_workflow_id is null then return null; end if;
  with recursive ancestor as (
    select w.parent_workflow_id, w.gate_ids from workflows.workflow w where w.workflow_id = p_request.parent_workflow_id
    union all
    select w.parent_workflow_id, w.gate_ids from ancestor a join workflows.workflow w on w.workflow_id = a.parent_workflow_id)
  select coalesce(max(a.gate_ids) filter (where a.gate_ids is not null), '{}'), count(*)
  into v_gates, v_depth from ancestor a having count(*) > 0;
  if not found then
    return workflows.bad_argument('parent', 'is not the id of a workflow');
  elsif v_depth > v_most then
    return workflows.bad_argument('parent', 'is a child of a child and so on, ' || v_most
      || ' deep: max_child_depth allows no more');
  elsif v_gates <> '{}' and (p_request.partition_key is not null or p_request.resources is not null) then
    return workflows.bad_argument(case when p_request.resources is null then 'partition_key' else 'resources' end,
      'cannot be given for a child of a workflow that holds its own; the child works under those of its parent');
  end if;
  return null;
end
$$;
comment on function workflows.parent_problem(workflows.enqueue_request) is
  'What is wrong with the parent of a request, or null.';
