-- What enqueueInMemory accepted and the database refused, newest first
select workflow_id, entry, problem, origin, rejected_at, resolved_at, resolved_by
from workflows.rejected_entry_list
where resolved_at is null or coalesce(:includeResolved::boolean, false)
order by rejected_at desc
limit least(coalesce(:limit::integer, 100), 1000)
