-- Enqueues what a schedule would, now, also where it is paused or would be left out; answers the
-- workflow id. Its occurrences stay as they are. Locks nothing that firing waits for. Options:
-- actor, reason. Statuses: nothing -> ENQUEUED or DELAYED.
create or replace function workflows.run_schedule(
  p_schedule_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
  v_actor text := workflows.option_actor(v_options);
  v_schedule workflows.schedule;
  v_at timestamptz := v_now;
  v_answer jsonb;
begin
  select s.* into v_schedule from workflows.schedule s
  where s.schedule_name = p_schedule_name;
  if not found then v_schedule := workflows.lock_schedule(p_schedule_name); end if;
  v_answer := workflows.enqueue_requests(array[workflows.occurrence_request(
    v_schedule, workflows.new_workflow_id(v_now), v_now, v_actor, v_now)], v_now) -> 0;
  if v_answer ? 'error' then
    perform workflows.refuse(
      v_answer #>> '{error,code}', (v_answer -> 'error') - 'code' - 'message',
      coalesce((v_answer #>> '{error,field}') || ' ', '') || (v_answer #>> '{error,problem}'));
  end if;
  loop
    insert into workflows.schedule_run (schedule_name, occurs_at, is_manual, outcome, workflow_id,
      message, actor, fired_at)
    values (p_schedule_name, v_at, true, 'enqueued', (v_answer ->> 'workflow_id')::uuid,
      v_options ->> 'reason', v_actor, v_now) on conflict do nothing;
    exit when found;
    v_at := v_at + interval '1 microsecond';
  end loop;
  perform workflows.audit_configuration('schedule run', p_schedule_name, null,
    v_answer ->> 'workflow_id', v_actor, v_options ->> 'reason');
  return v_answer ->> 'workflow_id';
end
$$;
comment on function workflows.run_schedule(text, text) is
  'Enqueues what a schedule would, now, and returns the workflow id.';
