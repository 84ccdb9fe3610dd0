-- Workflows that ended in ERROR with no try left, newest first
select workflow_id::text as workflow_id, workflow_name, workflow_version, queue_name, ended_at, attempt, failure_count,
  reclaim_count, reason, error_class, error_message
from workflows.dead_letter
where (nullif(:queueName::text, '') is null or queue_name = :queueName::text)
  and (nullif(:workflowName::text, '') is null or workflow_name = :workflowName::text)
order by ended_at desc
limit least(coalesce(:limit::integer, 100), 1000)
