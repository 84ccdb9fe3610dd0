-- What the view retention_status shows of one policy. A function, because a view cannot turn JIT
-- off.
create or replace function workflows.retention_figures(
  p_queue_id integer, p_status text, out oldest_ended_at timestamptz, out over_count bigint)
returns record
language sql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
  select (
    select min(o.ended_at) from (
      select w.ended_at from workflows.workflow w order by w.workflow_id limit 1000) o
  ), case when g.is_behind then (
    select count(*) from (
      select from workflows.workflow w
      where w.workflow_id > coalesce(g.cursor_id, workflows.first_uuid())
        and w.ended_at < workflows.clock_now() - p.keep_seconds * interval '1 second'
        and p.queue_id in (w.queue_id, 0) and p.status in (w.status, 'ANY')
      order by w.workflow_id limit 1001) o) else 0 end
  from workflows.retention_progress g
  join workflows.retention_policy p on p.queue_id = p_queue_id and p.status = p_status
$$;
comment on function workflows.retention_figures(integer, text) is
  'What the removal of one retention policy is behind with.';
