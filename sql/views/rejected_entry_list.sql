-- What the in-memory buffers had accepted and the database refused. Without the entries themselves,
-- which hold inputs: list_rejected_entries has those.
create or replace view workflows.rejected_entry_list as
select r.workflow_id, r.origin, r.problem, octet_length(r.entry) as entry_bytes, r.rejected_at,
  r.resolved_at is not null as is_resolved, r.resolution, r.resolved_by, r.resolved_at
from workflows.rejected_entry r;
comment on view workflows.rejected_entry_list is
  'Entries that could not be enqueued, and what was decided about them.';
comment on column workflows.rejected_entry_list.workflow_id is 'Id that the sender was given.';
comment on column workflows.rejected_entry_list.origin is
  'Gateway and project that it comes from.';
comment on column workflows.rejected_entry_list.problem is 'Why it was refused, as JSON text.';
comment on column workflows.rejected_entry_list.entry_bytes is 'Length of the entry.';
comment on column workflows.rejected_entry_list.rejected_at is 'When it was set aside.';
comment on column workflows.rejected_entry_list.is_resolved is 'True: somebody has decided.';
comment on column workflows.rejected_entry_list.resolution is 'retried or discarded.';
comment on column workflows.rejected_entry_list.resolved_by is 'Who decided.';
comment on column workflows.rejected_entry_list.resolved_at is 'When it was decided.';
