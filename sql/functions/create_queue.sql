-- Makes a queue, or sets the options of one that exists.
create or replace function workflows.create_queue(p_queue_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_problem text := workflows.name_problem(p_queue_name);
begin
  if v_problem is not null then
    perform workflows.refuse('WF002', workflows.bad_argument('queue_name', v_problem), 'queue_name ' || v_problem);
  end if;
  insert into workflows.queue (queue_name, created_at, maintenance_mode)
  values (p_queue_name, v_now, workflows.maintenance_mode_of(0)) on conflict do nothing;
  if found then
    insert into workflows.audit (audited_at, event, database_user, detail) values (v_now, 'queue created', session_user, p_queue_name);
  end if;
  return workflows.set_queue(p_queue_name, p_options);
end
$$;
comment on function workflows.create_queue(text, text) is 'Makes a queue with its options.';
