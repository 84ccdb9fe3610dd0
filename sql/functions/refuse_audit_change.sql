-- Audit is append-only, also for who owns it: privileges stop the roles, this stops the others. It
-- stands in the way of statements, not of rows: a mistaken one fails though it meets no row. What
-- is older than audit_keep_days is removed by remove_audit, which marks its transaction.
create or replace function workflows.refuse_audit_change() returns trigger
language plpgsql
as $$
begin
  if tg_op = 'DELETE'
    and current_setting('workflows.audit_removal', true) = pg_current_xact_id()::text then
    return null;
  end if;
  perform workflows.refuse('WF010',
    jsonb_build_object('table', tg_table_name, 'operation', lower(tg_op)),
    'what happened stays written: nothing updates, deletes or truncates audit');
  return null;
end
$$;
comment on function workflows.refuse_audit_change() is 'Keeps audit append-only.';

-- Whoever has set the marker by hand still removes nothing that the setting keeps.
create or replace function workflows.refuse_audit_removal() returns trigger
language plpgsql
as $$
declare
  v_days integer := workflows.setting_of('audit_keep_days')::integer;
begin
  if v_days = 0 or exists (
    select from gone g where g.audited_at >= workflows.clock_now() - v_days * interval '1 day') then
    perform workflows.refuse('WF010',
      jsonb_build_object('table', tg_table_name, 'operation', lower(tg_op)),
      'audit_keep_days says for how long audit is kept');
  end if;
  return null;
end
$$;
comment on function workflows.refuse_audit_removal() is
  'Keeps in audit what audit_keep_days keeps.';

-- Made once: whoever installs again takes no lock that writers of audit wait for.
do $trigger$
begin
  if not exists (
    select from pg_trigger t
    where t.tgrelid = 'workflows.audit'::regclass and t.tgname = 'audit_append_only') then
    create trigger audit_append_only before update or delete or truncate on workflows.audit
    for each statement execute function workflows.refuse_audit_change();
    comment on trigger audit_append_only on workflows.audit is 'Refuses every change with WF010.';
  end if;
  if not exists (
    select from pg_trigger t
    where t.tgrelid = 'workflows.audit'::regclass and t.tgname = 'audit_kept') then
    create trigger audit_kept after delete on workflows.audit referencing old table as gone
    for each statement execute function workflows.refuse_audit_removal();
    comment on trigger audit_kept on workflows.audit is
      'Refuses with WF010 to remove what audit_keep_days keeps, whoever tries.';
  end if;
end
$trigger$;
