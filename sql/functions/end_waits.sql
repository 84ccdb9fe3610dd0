-- Workflows have ended: they wait for nothing any more, and nobody needs to answer their prompts.
-- An answer that has not committed yet keeps its prompt; it counts for nothing then.
create or replace function workflows.end_waits(p_workflow_ids uuid[], p_now timestamptz)
returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  with gone as (
    delete from workflows.wait t using unnest(p_workflow_ids) i(workflow_id)
    where t.workflow_id = any (array[i.workflow_id]) returning t.workflow_id, t.step_key),
  free as materialized (
    select p.prompt_id from gone g
    join workflows.prompt p on p.workflow_id = g.workflow_id and p.step_key = g.step_key
    where p.status = 'OPEN' for no key update of p skip locked)
  update workflows.prompt p set status = 'WITHDRAWN', ended_at = p_now
  from free f where p.prompt_id = f.prompt_id;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.end_waits(uuid[], timestamptz) is
  'Ends the waits of workflows that have ended, and withdraws their prompts.';

-- One that is tried again waits anew, with its whole time.
create or replace function workflows.forget_waits(p_workflow_id uuid) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  delete from workflows.step s where s.workflow_id = p_workflow_id and s.status = 'WAITING'
    and s.kind in ('receive', 'get_event', 'prompt', 'await');
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.forget_waits(uuid) is
  'Forgets at which steps an ended workflow was waiting.';
