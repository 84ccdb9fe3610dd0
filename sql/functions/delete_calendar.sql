-- Deletes a calendar with its blackouts; refused while a schedule or queue follows it. Options:
-- actor, reason.
create or replace function workflows.delete_calendar(
  p_calendar_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{actor,reason}');
  v_before text;
  v_follower text;
begin
  perform from workflows.calendar c where c.calendar_name = p_calendar_name for update;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('field', 'calendar_name',
      'calendar_name', p_calendar_name),
      coalesce('there is no such calendar: ' || p_calendar_name, 'calendar_name is null'));
  end if;
  select f.title into v_follower from (
    select 'the schedule ' || s.schedule_name from workflows.schedule s
    where s.calendar_name = p_calendar_name
    union all
    select 'the queue ' || q.queue_name from workflows.queue q
    where q.calendar_name = p_calendar_name) f(title) order by 1 limit 1;
  perform workflows.refuse_unless('is followed by ' || v_follower, 'calendar_name');
  v_before := workflows.calendar_json(p_calendar_name)::text;
  delete from workflows.calendar c where c.calendar_name = p_calendar_name;
  delete from workflows.calendar_shift s where s.calendar_name = p_calendar_name;
  delete from workflows.calendar_holiday h where h.calendar_name = p_calendar_name;
  delete from workflows.blackout b where b.calendar_name = p_calendar_name;
  perform workflows.audit_configuration('calendar deleted', p_calendar_name, v_before, null,
    workflows.option_actor(v_options), v_options ->> 'reason');
  return json_build_object('calendar_name', p_calendar_name)::text;
end
$$;
comment on function workflows.delete_calendar(text, text) is 'Deletes a calendar.';
