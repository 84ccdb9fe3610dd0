-- What runs now and on which worker, the longest first
select workflow_id::text as workflow_id, workflow_name, workflow_version, queue_name, state, priority, attempt, worker_name,
  worker_id::text as worker_id, claimed_at, deadline_at, waiting_command, running_seconds
from workflows.running_workflow
where nullif(:queueName::text, '') is null or queue_name = :queueName::text
order by claimed_at
limit least(coalesce(:limit::integer, 100), 1000)
