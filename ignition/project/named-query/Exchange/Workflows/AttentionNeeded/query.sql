-- What waits for a person, oldest first
select kind, workflow_id, workflow_name, queue_name, since, what, what_to_do
from workflows.attention_needed
where (nullif(:kind::text, '') is null or kind = :kind::text)
  and (nullif(:queueName::text, '') is null or queue_name = :queueName::text)
order by since, workflow_id
limit least(coalesce(:limit::integer, 100), 1000)
