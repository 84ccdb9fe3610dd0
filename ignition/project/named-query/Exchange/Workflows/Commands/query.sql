-- Orders to workflows, newest first; of one workflow where its id is given
select command_id, workflow_id::text as workflow_id, workflow_name, command, actor, reason, outcome, message, from_status,
  from_state, to_status, to_state, accepted_at, obeyed_at
from workflows.command_log
where nullif(:workflowId::text, '') is null or workflow_id::text = :workflowId::text
order by command_id desc
limit least(coalesce(:limit::integer, 100), 1000)
