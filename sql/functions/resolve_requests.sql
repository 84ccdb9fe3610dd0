-- Lays the recipes and declared parameters of requests under what their callers gave, and refuses
-- those that do not fit. A request whose values are frozen already passes as it is, and so does one
-- whose id stands: it was accepted before, and its sender did not hear it.
create or replace function workflows.resolve_requests(p_requests workflows.enqueue_request[])
returns workflows.enqueue_request[]
language plpgsql volatile
as $$
declare
  v_requests workflows.enqueue_request[] := p_requests;
  v_request workflows.enqueue_request;
  v_index bigint;
  v_version integer;
  v_values record;
begin
  for v_index, v_version in
    select r.ordinality, c.version from unnest(p_requests) with ordinality r
    cross join lateral (select case when r.on_duplicate in ('replace', 'debounce')
      then workflows.waiting_version(r.workflow_name, r.deduplication_id, r.workflow_version)
      else r.workflow_version end as version) c
    left join lateral (
      select d.parameters from workflows.workflow_definition d
      where d.workflow_name = r.workflow_name
        and (c.version is null or d.workflow_version = c.version)
      order by d.workflow_version desc limit 1) d on true
    where r.problem is null and r.frozen is null
      and (r.recipe is not null or d.parameters is not null)
  loop
    v_request := v_requests[v_index];
    select v.* into v_values from workflows.resolve_values(
      v_request.workflow_name, v_version, v_request.inputs::jsonb, v_request.recipe) v;
    v_request.problem := coalesce(
      workflows.values_problem('inputs', v_values.problems),
      case when workflows.payload_problem(v_values.resolved::text) is not null then
        workflows.bad_argument('inputs', workflows.payload_problem(v_values.resolved::text)) end);
    continue when v_request.problem is not null and exists (
      select from workflows.workflow w where w.workflow_id = v_request.workflow_id);
    v_request.inputs := coalesce(v_values.resolved::text, v_request.inputs);
    v_request.frozen := v_values.frozen;
    v_requests[v_index] := v_request;
  end loop;
  return v_requests;
end
$$;
comment on function workflows.resolve_requests(workflows.enqueue_request[]) is
  'Requests with the values that they start with.';

-- A workflow that waits keeps its version, and values that are to replace its own must fit that.
create or replace function workflows.waiting_version(
  p_workflow_name text, p_deduplication_id text, p_asked integer) returns integer
language sql stable
as $$
  select coalesce((
    select w.workflow_version from workflows.deduplication d
    join workflows.workflow w on w.workflow_id = d.workflow_id
    where d.workflow_name = p_workflow_name and d.deduplication_id = p_deduplication_id
      and w.started_at is null and w.ended_at is null), p_asked)
$$;
comment on function workflows.waiting_version(text, text, integer) is
  'Version of the workflow whose values a request would replace, else the one it asks for.';

-- Every problem in one WF002: errors for programs, one line for people. Null where there is none.
-- What is wrong with the recipe or template itself is said of those, not of p_field.
create or replace function workflows.values_problem(p_field text, p_problems jsonb) returns jsonb
language sql immutable
as $$
  select case when p_problems <> '[]' then case
    when p_problems #>> '{0,path}' in ('set_name', 'template_name')
      then workflows.bad_argument(p_problems #>> '{0,path}', p_problems #>> '{0,problem}')
    else workflows.bad_argument(p_field,
      case p_field when 'form' then 'does not fit: ' else 'do not fit: ' end
        || workflows.problems_text(p_problems)) end
    || jsonb_build_object('errors', p_problems) end
$$;
comment on function workflows.values_problem(text, jsonb) is
  'Detail of a WF002 with every problem of some values, or null.';

create or replace function workflows.refuse_values(p_problem jsonb) returns boolean
language plpgsql volatile
as $$
begin
  if p_problem is not null then
    perform workflows.refuse('WF002', p_problem,
      (p_problem ->> 'field') || ' ' || (p_problem ->> 'problem'));
  end if;
  return true;
end
$$;
comment on function workflows.refuse_values(jsonb) is 'Refuses values that do not fit.';
