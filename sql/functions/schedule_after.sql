-- When a schedule occurs next after a moment, or null where it does not any more. p_fields: what
-- its expression says, read once by whoever asks more than once. Seconds of an interval are real
-- ones, counted from starts_at whatever became of the occurrences before.
create or replace function workflows.schedule_after(
  p_schedule workflows.schedule, p_fields workflows.cron_fields, p_after timestamptz)
returns timestamptz
language plpgsql stable
as $$
declare
  v_at timestamptz;
  v_count bigint;
begin
  if p_schedule.kind = 'cron' then
    v_at := workflows.cron_next(p_fields, p_schedule.time_zone,
      greatest(p_after, p_schedule.starts_at - interval '1 microsecond'));
  elsif p_schedule.starts_at > p_after then
    v_at := p_schedule.starts_at;
  elsif p_schedule.kind = 'interval' then
    v_count := floor(extract(epoch from p_after - p_schedule.starts_at)::float8
      / p_schedule.interval_seconds) - 1;
    loop  -- a double cannot say exactly which of them is the first
      v_count := v_count + 1;
      v_at := p_schedule.starts_at + make_interval(secs => v_count * p_schedule.interval_seconds);
      exit when v_at > p_after;
    end loop;
  end if;
  return case when p_schedule.ends_at is null or v_at <= p_schedule.ends_at then v_at end;
end
$$;
comment on function workflows.schedule_after(
  workflows.schedule, workflows.cron_fields, timestamptz) is
  'When a schedule occurs next after a moment.';
