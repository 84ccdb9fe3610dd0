-- Rejected entries, newest first, as a JSON array. Filter: workflow_id, origin, is_resolved (false
-- unless said; null: both), limit (100, at most 1000).
create or replace function workflows.list_rejected_entries(p_filter text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_filter jsonb;
  v_key text;
  v_limit integer;
  v_is_resolved boolean;
begin
  begin
    v_filter := coalesce(nullif(p_filter, ''), '{}')::jsonb;
    select k into v_key from jsonb_object_keys(v_filter) k
    where k not in ('workflow_id', 'origin', 'is_resolved', 'limit') limit 1;
    if found then
      perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not a filter'),
        'filters are workflow_id, origin, is_resolved, limit');
    end if;
    v_limit := coalesce((v_filter ->> 'limit')::integer, 100);
    v_is_resolved := case when v_filter ? 'is_resolved'
      then (v_filter ->> 'is_resolved')::boolean else false end;
  exception when data_exception then
    perform workflows.refuse('WF002', workflows.bad_argument('filter', 'does not fit'),
      'filter must be a JSON object: workflow_id and origin texts, is_resolved true or false, '
      'limit a whole number');
  end;
  if v_limit not between 1 and 1000 then
    perform workflows.refuse('WF002', workflows.bad_argument('limit', 'must be between 1 and 1000'),
      'limit must be between 1 and 1000');
  end if;
  return (
    select coalesce(json_agg(r order by r.rejected_at desc, r.workflow_id), '[]') from (
      select e.* from workflows.rejected_entry e
      where (v_is_resolved is null or (e.resolved_at is not null) = v_is_resolved)
        and (v_filter ->> 'workflow_id' is null or e.workflow_id = v_filter ->> 'workflow_id')
        and (v_filter ->> 'origin' is null or e.origin = v_filter ->> 'origin')
      order by e.rejected_at desc, e.workflow_id limit v_limit) r)::text;
end
$$;
comment on function workflows.list_rejected_entries(text) is 'Rejected entries as a JSON array.';
