-- The policy that a workflow of this queue and status falls under: one of its own queue before one
-- of every queue, and then one of its own status before one of any. All null: it is kept.
create or replace function workflows.policy_of(p_queue_id integer, p_status text)
returns workflows.retention_policy
language plpgsql stable
as $$
declare
  v_policy workflows.retention_policy%rowtype;
begin
  select p.* into v_policy from workflows.retention_policy p
  where p.queue_id in (p_queue_id, 0) and p.status in (p_status, 'ANY')
  order by p.queue_id desc, p.status = 'ANY' limit 1;
  return v_policy;
end
$$;
comment on function workflows.policy_of(integer, text) is
  'The retention policy that holds for a queue and status.';
