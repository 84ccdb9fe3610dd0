-- Removes the schema with everything in it, then the roles that nothing else uses. There is no way
-- back.
begin;
drop schema if exists workflows cascade;
do $roles$
declare
  v_role text;
begin
  foreach v_role in array array['workflows_enqueuer', 'workflows_worker', 'workflows_operator', 'workflows_viewer',
                                'workflows_admin', 'workflows_owner'] loop
    begin
      execute format('drop owned by %I', v_role);
      execute format('drop role %I', v_role);
    exception when undefined_object then null;
      when dependent_objects_still_exist then
        raise notice 'role % is kept: another database uses it', v_role;
    end;
  end loop;
end
$roles$;
commit;
