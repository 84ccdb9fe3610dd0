-- Wakes workflows that wait, once the caller's transaction commits. Only inserts, so that it may
-- stay open: whoever claims or maintains next finds these rows and locks the hot rows then. With a
-- topic it wakes only those that wait for it, without one whatever they wait for. A workflow that
-- does not wait looks by itself when it comes to it.
create or replace function workflows.wake_later(p_workflow_ids uuid[], p_topic text default null)
returns integer
language plpgsql volatile
as $$
begin
  insert into workflows.wake_call (workflow_id, topic)
  select i, p_topic from unnest(p_workflow_ids) i;
  return workflows.notify_idle(array(
    select distinct w.queue_id from unnest(p_workflow_ids) i(workflow_id)
    join workflows.workflow w on w.workflow_id = i.workflow_id order by w.queue_id));
end
$$;
comment on function workflows.wake_later(uuid[], text) is
  'Wakes workflows that wait, when the transaction commits.';
