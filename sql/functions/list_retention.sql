-- Reads only. The retention policies, and how far their removal has come.
create or replace function workflows.list_retention() returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return (
    select json_build_object(
      'policies', coalesce((
        select json_agg(workflows.retention_text(p.queue_id, p.status)::json
          order by p.queue_id, p.status)
        from workflows.retention_policy p), '[]'),
      'removed_count', g.removed_count, 'last_removed_at', g.last_removed_at,
      'pass_ended_at', g.pass_ended_at, 'is_behind', g.is_behind)
    from workflows.retention_progress g)::text;
end
$$;
comment on function workflows.list_retention() is 'The retention policies as JSON.';
