-- Accepts one workflow and answers its id. Inserts only, so that a caller's open transaction blocks
-- neither claims nor other enqueuers. A repeated workflow_id or deduplication_id answers the id that
-- already stands, unless on_duplicate says otherwise.
create or replace function workflows.enqueue(
  p_workflow_name text, p_inputs text default '{}', p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_request workflows.enqueue_request;
  v_answer jsonb;
begin
  v_request := workflows.read_request(p_workflow_name, p_inputs, p_options, v_now);
  if v_request.problem is null and v_request.deduplication_id is null and v_request.parent_workflow_id is null then
    return workflows.insert_workflow(v_request, v_now)::text;
  end if;
  v_answer := workflows.enqueue_requests(array[v_request], v_now) -> 0;
  if v_answer ? 'error' then
    perform workflows.refuse(v_answer #>> '{error,code}', (v_answer -> 'error') - 'code' - 'message',
      coalesce((v_answer #>> '{error,field}') || ' ', '') || (v_answer #>> '{error,problem}'));
  end if;
  return v_answer ->> 'workflow_id';
end
$$;
comment on function workflows.enqueue(text, text, text) is 'Enqueues one workflow and returns its id.';

-- One checked request from what a caller gave.
create or replace function workflows.read_request(
  p_workflow_name text, p_inputs text, p_options text, p_now timestamptz) returns workflows.enqueue_request
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
comment on function workflows.read_request(text, text, text, timestamptz) is 'Checks what a caller wants to enqueue.';
