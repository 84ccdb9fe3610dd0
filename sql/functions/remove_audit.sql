-- Removes the oldest rows of audit that are older than the setting audit_keep_days, and says so in
-- audit: how many, from which to which. The only way to remove any: the marker is for this
-- transaction, and a trigger refuses what is not old enough, whoever has set it.
create or replace function workflows.remove_audit(p_limit integer, p_now timestamptz)
returns integer
language plpgsql volatile
as $$
declare
  v_days integer := workflows.setting_of('audit_keep_days')::integer;
  v_last bigint;
  v_removed jsonb;
begin
  if v_days = 0 then return 0; end if;
  select max(o.audit_id) into v_last from (
    select a.audit_id, a.audited_at from workflows.audit a order by a.audit_id limit p_limit) o
  where o.audited_at < p_now - v_days * interval '1 day';
  if v_last is null then return 0; end if;
  perform set_config('workflows.audit_removal', pg_current_xact_id()::text, true);
  with gone as (
    delete from workflows.audit a
    where a.audit_id <= v_last and a.audited_at < p_now - v_days * interval '1 day'
    returning a.audit_id, a.audited_at)
  select jsonb_build_object('count', count(*), 'first_audit_id', min(g.audit_id),
    'last_audit_id', max(g.audit_id), 'first_audited_at', min(g.audited_at),
    'last_audited_at', max(g.audited_at))
  into v_removed from gone g;
  perform set_config('workflows.audit_removal', '', true);
  perform workflows.audit_configuration(
    'audit removed', v_removed::text, null, null, 'engine', 'older than audit_keep_days');
  return (v_removed ->> 'count')::integer;
end
$$;
comment on function workflows.remove_audit(integer, timestamptz) is
  'Removes audit rows that are older than audit_keep_days.';

-- Entries that were retried or discarded long ago. What nobody has decided about stays.
create or replace function workflows.remove_rejected(p_limit integer, p_now timestamptz)
returns integer
language plpgsql volatile
as $$
declare
  v_days integer := workflows.setting_of('rejected_keep_days')::integer;
  v_count integer;
begin
  if v_days = 0 then return 0; end if;
  with old as materialized (
    select r.workflow_id from workflows.rejected_entry r
    where r.rejected_at < p_now - v_days * interval '1 day'
      and r.resolved_at < p_now - v_days * interval '1 day'
    order by r.rejected_at limit p_limit for update skip locked)
  delete from workflows.rejected_entry r using old o where r.workflow_id = o.workflow_id;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.remove_rejected(integer, timestamptz) is
  'Removes rejected entries that were decided about long ago.';
