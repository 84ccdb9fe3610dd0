-- The newest orders to one workflow, up to 50, newest first; no row without an id
select c.command_id, told -> 'workflow' ->> 'workflow_id' as workflow_id,
  told -> 'workflow' ->> 'workflow_name' as workflow_name, c.command, c.actor, c.reason, c.outcome, c.message,
  c.from_status, c.from_state, c.to_status, c.to_state, c.accepted_at, c.obeyed_at
from cast(case when nullif(:workflowId::text, '') is not null
  then workflows.describe_workflow(:workflowId::text, '{"payload_characters": 0, "step_characters": 0, "steps": 0}')
  else '{}' end as json) as told
cross join json_to_recordset(coalesce(told -> 'commands', '[]')) as c(
  command_id bigint, command text, actor text, reason text, outcome text, message text, from_status text,
  from_state text, to_status text, to_state text, accepted_at timestamptz, obeyed_at timestamptz)
order by c.command_id desc
limit least(coalesce(:limit::integer, 100), 1000)
