-- Audit is append-only, also for who owns it: privileges stop the roles, this stops the others. It
-- stands in the way of statements, not of rows: a mistaken one fails though it meets no row.
create or replace function workflows.refuse_audit_change() returns trigger
language plpgsql
as $$
begin
  perform workflows.refuse('WF010',
    jsonb_build_object('table', tg_table_name, 'operation', lower(tg_op)),
    'what happened stays written: nothing updates, deletes or truncates audit');
  return null;
end
$$;
comment on function workflows.refuse_audit_change() is 'Keeps audit append-only.';

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
end
$trigger$;
