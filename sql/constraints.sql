-- Checks that are functions. Rows that stand fit them: the checks that they replace said the same.
do $constraints$
begin
  if not exists (
      select from pg_constraint c where c.conname = 'workflow_fits'
        and c.conrelid = 'workflows.workflow'::regclass) then
    alter table workflows.workflow
      drop constraint if exists workflow_status_state,
      drop constraint if exists workflow_ended,
      drop constraint if exists workflow_held,
      add constraint workflow_fits
        check (workflows.workflow_fits(status, state, ended_at, held_at)) not valid;
  end if;
end
$constraints$;

-- A setting that was added just now stands at its default.
update workflows.setting s set default_value = s.setting_value where s.default_value is null;
