-- Prompts, oldest question first, as a JSON array. Filter: workflow_id, workflow_name, queue_name,
-- prompt_id, role (only those that this role may answer), is_open (true unless said), limit (100,
-- at most 1000). Open is what waits for an answer now: its workflow lives and its time is not over.
create or replace function workflows.list_prompts(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_filter jsonb := workflows.read_call_options(
    p_filter, 'filter', '{workflow_id,workflow_name,queue_name,prompt_id,role,is_open,limit}');
  v_workflow uuid := workflows.read_uuid(v_filter ->> 'workflow_id', 'workflow_id');
  v_prompt uuid := workflows.read_uuid(v_filter ->> 'prompt_id', 'prompt_id');
  v_limit bigint := workflows.option_number(v_filter, 'limit', 100, 1, 1000);
  v_is_open boolean;
begin
  if v_filter ? 'is_open' and jsonb_typeof(v_filter -> 'is_open') <> 'boolean' then
    perform workflows.refuse_unless('must be true or false', 'is_open');
  end if;
  v_is_open := coalesce((v_filter ->> 'is_open')::boolean, true);
  return coalesce((
    select json_agg(workflows.prompt_json(l.p) order by (l.p).asked_at, (l.p).prompt_id)::text
    from (
      select p from workflows.prompts_to_list(v_prompt, v_workflow, v_is_open) p
      where v_is_open = (p.status = 'OPEN' and coalesce(p.due_at > v_now, true) and exists (
          select from workflows.workflow w
          where w.workflow_id = p.workflow_id and w.ended_at is null))
        and (coalesce(v_filter ->> 'workflow_name', v_filter ->> 'queue_name') is null or exists (
          select from workflows.workflow w join workflows.queue q on q.queue_id = w.queue_id
          where w.workflow_id = p.workflow_id
            and w.workflow_name = coalesce(v_filter ->> 'workflow_name', w.workflow_name)
            and q.queue_name = coalesce(v_filter ->> 'queue_name', q.queue_name)))
        and (v_filter ->> 'role' is null or p.roles is null or v_filter ->> 'role' = any (p.roles))
      order by p.asked_at, p.prompt_id limit v_limit) l), '[]');
end
$$;
comment on function workflows.list_prompts(text) is 'Prompts as a JSON array.';

-- Those that list_prompts has to look at, by the index that the question allows: one branch of the
-- four has rows. Only who asks for closed ones of all workflows has all of them read.
create or replace function workflows.prompts_to_list(
  p_prompt_id uuid, p_workflow_id uuid, p_is_open boolean) returns setof workflows.prompt
language sql stable
as $$
  select p.* from workflows.prompt p
  where p.prompt_id = p_prompt_id and (p_workflow_id is null or p.workflow_id = p_workflow_id)
  union all
  select p.* from workflows.prompt p where p_prompt_id is null and p.workflow_id = p_workflow_id
  union all
  select p.* from workflows.prompt p
  where p_prompt_id is null and p_workflow_id is null and p_is_open and p.status = 'OPEN'
  union all
  select p.* from workflows.prompt p
  where p_prompt_id is null and p_workflow_id is null and not p_is_open
$$;
comment on function workflows.prompts_to_list(uuid, uuid, boolean) is
  'Prompts that a filter may fit.';

create or replace function workflows.prompt_json(p_prompt workflows.prompt) returns json
language sql stable
as $$
  select json_build_object(
    'prompt_id', p_prompt.prompt_id, 'workflow_id', p_prompt.workflow_id,
    'workflow_name', w.workflow_name, 'queue_name', q.queue_name, 'step_key', p_prompt.step_key,
    'question', p_prompt.question, 'form', p_prompt.form::json, 'roles', p_prompt.roles,
    'second_signature', p_prompt.needs_second, 'default', p_prompt.default_answer::json,
    'status', p_prompt.status, 'asked_at', p_prompt.asked_at, 'due_at', p_prompt.due_at,
    'ended_at', p_prompt.ended_at, 'answer', p_prompt.answer::json,
    'answered_by', p_prompt.answered_by, 'second_actor', p_prompt.second_actor,
    'reason', p_prompt.reason)
  from workflows.workflow w join workflows.queue q on q.queue_id = w.queue_id
  where w.workflow_id = p_prompt.workflow_id
$$;
comment on function workflows.prompt_json(workflows.prompt) is 'One prompt as JSON.';
