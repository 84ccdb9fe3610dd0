-- A workflow starts children: the step record and the rows of all of them are one transaction, or
-- none is there. Nothing -> ENQUEUED or DELAYED. The caller has locked the lease for key share; who
-- gives the parent an order at this moment does not see these children, and they are ordered when
-- the parent obeys. What is refused is an error that is recorded of the step.
create or replace function workflows.start_children(
  p_parent uuid, p_step_key text, p_ask json, p_now timestamptz) returns json
language plpgsql volatile
as $$
declare
  v_policy text := coalesce(p_ask ->> 'policy', 'follow');
  v_options jsonb := coalesce((p_ask -> 'options')::jsonb, '{}');
  v_request workflows.enqueue_request;
  v_requests workflows.enqueue_request[] := '{}'::workflows.enqueue_request[];
  v_inputs text;
  v_problem jsonb;
  v_answer jsonb;
begin
  v_problem := case
    when v_policy not in ('follow', 'cancel', 'leave')
      then workflows.bad_argument('policy', 'must be follow, cancel or leave')
    when v_options ?| '{workflow_id,parent,deduplication_id,on_duplicate}'::text[]
      then workflows.bad_argument('options', 'a child has the id, parent and key of its step')
    end;
  if v_problem is null then
    v_options := v_options || jsonb_build_object('parent', p_parent);
    v_request := workflows.read_request(p_ask ->> 'workflow_name', null, v_options::text, p_now);
    v_problem := coalesce(v_request.problem, workflows.parent_problem(v_request));
  end if;
  if v_problem is null then
    for v_inputs in select i::text from json_array_elements(p_ask -> 'inputs') i loop
      v_problem := case when v_inputs <> '{}' and workflows.payload_problem(v_inputs) is not null
        then workflows.bad_argument('inputs', workflows.payload_problem(v_inputs)) end;
      exit when v_problem is not null;
      v_request.inputs := v_inputs;
      v_requests := array_append(v_requests, v_request);
    end loop;
    v_requests := workflows.resolve_requests(v_requests);
    v_problem := coalesce(v_problem, (
      select r.problem from unnest(v_requests) with ordinality r
      where r.problem is not null order by r.ordinality limit 1));
  end if;
  if v_problem is not null then return workflows.child_refusal(v_problem); end if;
  v_answer := workflows.insert_workflows(v_requests, p_now);
  -- all go to one queue: it has refused all of them or none
  if v_answer -> 0 ? 'error' then return workflows.child_refusal(v_answer -> 0 -> 'error'); end if;
  insert into workflows.child (workflow_id, parent_workflow_id, step_key, child_no, policy)
  select (a.answer ->> 'workflow_id')::uuid, p_parent, p_step_key, a.child_no, v_policy
  from jsonb_array_elements(v_answer) with ordinality a(answer, child_no);
  return json_build_object('status', 'SUCCESS', 'output', (
    select coalesce(json_agg(a.answer ->> 'workflow_id' order by a.child_no), '[]')
    from jsonb_array_elements(v_answer) with ordinality a(answer, child_no)));
end
$$;
comment on function workflows.start_children(uuid, text, json, timestamptz) is
  'Starts the children of a workflow as one step.';

create or replace function workflows.child_refusal(p_problem jsonb) returns json
language sql immutable
as $$
  select workflows.exchange_error(
    case p_problem ->> 'code' when 'WF005' then 'QueueRefused' when 'WF006' then 'Duplicate'
      else 'BadArgument' end,
    concat_ws(' ', p_problem ->> 'field', p_problem ->> 'problem'))
$$;
comment on function workflows.child_refusal(jsonb) is
  'The error of a step whose children were refused.';
