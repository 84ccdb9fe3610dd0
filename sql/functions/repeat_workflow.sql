-- Enqueues a workflow again under a new id that points to the old one: same name, version, inputs,
-- queue and policies, unless the options say otherwise. With a step, what was recorded before that
-- step is copied and not run again. Takes the deduplication id of the old one or is refused.
create or replace function workflows.repeat_workflow(
  p_workflow workflows.workflow, p_step_key text, p_options jsonb, p_now timestamptz) returns uuid
language plpgsql volatile
as $$
declare
  v_request workflows.enqueue_request;
  v_answer jsonb;
  v_id uuid;
begin
  v_request.workflow_name := p_workflow.workflow_name;
  v_request.workflow_version := p_workflow.workflow_version;
  v_request.inputs := coalesce((
    select p.inputs from workflows.workflow_payload p
    where p.workflow_id = p_workflow.workflow_id), '{}');
  -- as it was, whatever has become of recipe and parameters
  v_request.frozen := coalesce((
    select to_jsonb(r) - 'workflow_id' from workflows.workflow_recipe r
    where r.workflow_id = p_workflow.workflow_id), '{}');
  v_request.queue_id := p_workflow.queue_id;
  v_request.priority := p_workflow.priority;
  v_request.partition_key := p_workflow.partition_key;
  v_request.resources := p_workflow.resources;
  v_request.timeout_seconds := p_workflow.timeout_seconds;
  v_request.max_attempts := p_workflow.max_attempts;
  v_request.on_worker_lost := p_workflow.on_worker_lost;
  v_request.deduplication_id := p_workflow.deduplication_id;
  v_request := workflows.read_options(v_request,
    (p_options - '{request_id,second_actor,topic,valid_for_seconds}'::text[])::text, p_now);
  if v_request.recipe is not null then
    v_request.problem := workflows.bad_argument(
      (select min(k) from jsonb_object_keys(v_request.recipe) k),
      'cannot be given here: the new workflow keeps the values of the old one');
  end if;
  if not p_options ? 'on_duplicate' then
    v_request.on_duplicate := case when v_request.deduplication_id is null then 'return'
      else 'reject' end;
  end if;
  v_answer := workflows.enqueue_requests(array[v_request], p_now) -> 0;
  if v_answer ? 'error' then
    perform workflows.refuse(v_answer #>> '{error,code}', (v_answer -> 'error') - 'code',
      concat_ws(' ', v_answer #>> '{error,field}', v_answer #>> '{error,problem}'));
  end if;
  v_id := (v_answer ->> 'workflow_id')::uuid;
  if (v_answer ->> 'deduplicated')::boolean then return v_id; end if;
  update workflows.workflow w set previous_workflow_id = p_workflow.workflow_id
  where w.workflow_id = v_id;
  if p_step_key is not null then
    perform workflows.copy_steps(p_workflow.workflow_id, p_step_key, v_id);
  end if;
  return v_id;
end
$$;
comment on function workflows.repeat_workflow(workflows.workflow, text, jsonb, timestamptz) is
  'Enqueues a workflow again under a new id.';

-- What ended before a step, without the step's own parts and without what handlers did.
create or replace function workflows.copy_steps(p_from uuid, p_step_key text, p_to uuid)
returns integer
language plpgsql volatile
as $$
declare
  v_ended_at timestamptz;
  v_count integer;
begin
  select s.ended_at into v_ended_at from workflows.step s
  where s.workflow_id = p_from and s.step_key = p_step_key;
  if not found then
    perform workflows.refuse('WF002',
      workflows.bad_argument('step_key', 'is not a recorded step of this workflow'),
      'list_steps shows the keys of recorded steps');
  end if;
  insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at,
    due_at, output, error)
  select p_to, s.step_key, s.kind, s.status, s.attempts, s.started_at, s.ended_at, s.due_at,
    s.output, s.error
  from workflows.step s
  where s.workflow_id = p_from and s.ended_at < v_ended_at
    and (s.status in ('SUCCESS', 'ERROR') or s.kind = 'sleep')
    and not starts_with(s.step_key, p_step_key || '/')
    and s.step_key !~ '^on_(hold|resume|stop|abort)(#[0-9]+)?(/|$)';
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.copy_steps(uuid, text, uuid) is
  'Copies the recorded steps before a given one.';
