-- Reads only: what became of the latest occurrences of a schedule, the newest first. Options:
-- outcome, limit (100, up to 1,000).
create or replace function workflows.list_schedule_runs(
  p_schedule_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{outcome,limit}');
  v_limit integer := workflows.option_number(v_options, 'limit', 100, 1, 1000);
begin
  perform workflows.refuse_unless(workflows.name_problem(p_schedule_name), 'schedule_name');
  return coalesce((
    select json_agg(row_to_json(l) order by l.occurs_at desc)::text from (
      select r.occurs_at, workflows.local_text(r.occurs_at, s.time_zone) as local_time,
        r.outcome, r.is_manual, r.workflow_id, r.message, r.actor, r.fired_at
      from workflows.schedule_run r join workflows.schedule s on s.schedule_name = r.schedule_name
      where r.schedule_name = p_schedule_name
        and (not v_options ? 'outcome' or r.outcome = v_options ->> 'outcome')
      order by r.occurs_at desc limit v_limit) l), '[]');
end
$$;
comment on function workflows.list_schedule_runs(text, text) is
  'What became of the latest occurrences of a schedule, as a JSON array.';

-- The next occurrences of a schedule, as the view schedule_next shows them.
create or replace function workflows.upcoming(
  p_schedule_name text, p_count integer, out n integer, out occurs_at timestamptz,
  out local_time text, out is_skipped boolean, out skip_reason text) returns setof record
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_schedule workflows.schedule;
  v_fields workflows.cron_fields;
begin
  select s.* into v_schedule from workflows.schedule s
  where s.schedule_name = p_schedule_name;
  if v_schedule.is_paused or not workflows.knows_time_zone(v_schedule.time_zone) then
    return;
  end if;
  v_fields := workflows.read_cron(v_schedule.cron);
  occurs_at := v_schedule.next_at;
  n := 1;
  while occurs_at is not null and n <= p_count loop
    local_time := workflows.local_text(occurs_at, v_schedule.time_zone);
    select f.outcome is not null, f.message into is_skipped, skip_reason
    from workflows.schedule_skip(p_schedule_name, v_schedule.calendar_name, occurs_at) f;
    return next;
    occurs_at := workflows.schedule_after(v_schedule, v_fields, occurs_at);
    n := n + 1;
  end loop;
end
$$;
comment on function workflows.upcoming(text, integer) is 'The next occurrences of a schedule.';
