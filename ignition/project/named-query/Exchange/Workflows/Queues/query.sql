-- Every queue with its limits
select q.queue_name, q.is_paused, q.pause_reason, q.maintenance, q.accepts_work, q.run_on, q.max_running, q.max_enqueued,
  q.history, q.enqueued, q.running, q.waiting, q.held, q.dead_letters
from json_to_recordset(workflows.list_queues()::json) as q(
  queue_name text, is_paused boolean, pause_reason text, maintenance text, accepts_work boolean, run_on text,
  max_running bigint, max_enqueued bigint, history text, enqueued bigint, running bigint, waiting bigint, held bigint,
  dead_letters bigint)
order by q.queue_name
limit least(coalesce(:limit::integer, 1000), 1000)
