-- What enqueueInMemory had accepted and the database refused, newest first
select workflow_id::text as workflow_id, origin, problem, entry_bytes, rejected_at, is_resolved, resolution, resolved_by,
  resolved_at
from workflows.rejected_entry_list
where not is_resolved or coalesce(:includeResolved::boolean, false)
order by rejected_at desc, workflow_id
limit least(coalesce(:limit::integer, 100), 1000)
