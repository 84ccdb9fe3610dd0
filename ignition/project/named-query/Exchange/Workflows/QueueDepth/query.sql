-- Every queue with its depth, also the empty ones
select queue_name, is_paused, maintenance, enqueued, delayed, blocked, running, waiting, held, dead_letters,
  oldest_enqueued_seconds, counted_seconds_ago
from workflows.queue_depth
where nullif(:queueName::text, '') is null or queue_name = :queueName::text
order by queue_name
limit least(coalesce(:limit::integer, 1000), 1000)
