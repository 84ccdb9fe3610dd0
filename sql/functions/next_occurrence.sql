-- Reads only: when an expression of cron occurs first after a moment, in a time zone. Null: not
-- within a hundred years. What clock changes do is said at cron_next.
create or replace function workflows.next_occurrence(
  p_cron text, p_time_zone text, p_after timestamptz default null) returns timestamptz
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_fields workflows.cron_fields := workflows.read_cron(p_cron);
begin
  perform workflows.refuse_unless(v_fields.problem, 'cron');
  perform workflows.refuse_unless(case when not workflows.knows_time_zone(p_time_zone)
    then 'is not a name of a time zone: ' || coalesce(p_time_zone, 'null') end, 'time_zone');
  perform workflows.refuse_unless(case when not isfinite(p_after)
    or p_after not between '1900-01-01' and '9000-01-01' then 'must be a time from 1900 on' end,
    'after');
  return workflows.cron_next(v_fields, p_time_zone, coalesce(p_after, v_now));
end
$$;
comment on function workflows.next_occurrence(text, text, timestamptz) is
  'When an expression of cron occurs next in a time zone.';

-- Most names are looked for by use, since the list takes the server a tenth of a second. What has a
-- slash and no digit can be nothing but a name; an abbreviation such as CEST is none, for it has no
-- clock changes.
create or replace function workflows.knows_time_zone(p_time_zone text) returns boolean
language plpgsql stable
as $$
begin
  if p_time_zone ~ '^[A-Za-z_]+(/[A-Za-z_-]+)+$|^UTC$|^Etc/GMT[+-]\d{1,2}$' then
    return timestamp '2000-01-01' at time zone p_time_zone is not null;
  end if;
  return exists (select from pg_timezone_names z where z.name = p_time_zone);
exception when data_exception then
  return false;
end
$$;
comment on function workflows.knows_time_zone(text) is
  'Whether this server knows a time zone by that name.';

-- A moment as a clock on the wall shows it; null in a time zone that this server does not know.
create or replace function workflows.local_text(p_at timestamptz, p_time_zone text) returns text
language plpgsql stable
as $$
begin
  if not workflows.knows_time_zone(p_time_zone) then return null; end if;
  return to_char(p_at at time zone p_time_zone, 'YYYY-MM-DD HH24:MI:SS');
end
$$;
comment on function workflows.local_text(timestamptz, text) is 'A moment in local time.';

-- When the hour is * or */n the pattern follows real time: every moment whose local reading fits,
-- so that an hour that comes twice counts twice, and one that is left out not at all. Any other one
-- means local times: one that is left out comes later by what the clock jumps, and one that comes
-- twice counts at its first.
create or replace function workflows.cron_next(
  p_fields workflows.cron_fields, p_time_zone text, p_after timestamptz) returns timestamptz
language plpgsql stable
as $$
declare
  v_gap interval;
  v_local timestamp;
  v_at timestamptz;
  v_best timestamptz;
begin
  if p_fields.is_every_hour then
    return workflows.cron_next_real(p_fields, p_time_zone, p_after);
  end if;
  v_local := p_after at time zone p_time_zone;
  v_gap := v_local - ((p_after - interval '24 hours') at time zone p_time_zone)
    - interval '24 hours';
  v_local := v_local - greatest(v_gap, interval '0');
  loop
    v_local := workflows.cron_match(p_fields, v_local);
    exit when v_local is null or v_local > v_best at time zone p_time_zone;
    v_at := workflows.first_moment(v_local, p_time_zone);
    if v_at > p_after and (v_best is null or v_at < v_best) then
      v_best := v_at;
      -- only one that the clock left out can come after a later one
      exit when v_at at time zone p_time_zone = v_local;
    end if;
    v_local := v_local + interval '1 minute';
  end loop;
  return v_best;
end
$$;
comment on function workflows.cron_next(workflows.cron_fields, text, timestamptz) is
  'First occurrence after a moment.';

-- The moment of a local time: the first where there are two, and where there is none the one that
-- the offset before the change gives, which is what the server does.
create or replace function workflows.first_moment(p_local timestamp, p_time_zone text)
returns timestamptz
language plpgsql stable
as $$
declare
  v_at timestamptz := p_local at time zone p_time_zone;
  v_day_before timestamptz := v_at - interval '24 hours';
  v_earlier timestamptz := v_day_before
    + (p_local - (v_day_before at time zone p_time_zone));
begin
  return case when v_earlier < v_at and v_earlier at time zone p_time_zone = p_local
    then v_earlier else v_at end;
end
$$;
comment on function workflows.first_moment(timestamp, text) is
  'The first moment at which clocks show a local time.';

-- Goes from clock change to clock change: between two of them local and real time run alike.
create or replace function workflows.cron_next_real(
  p_fields workflows.cron_fields, p_time_zone text, p_after timestamptz) returns timestamptz
language plpgsql stable
as $$
declare
  v_from timestamptz := date_trunc('minute', p_after) + interval '1 minute';
  v_local timestamp;
  v_match timestamp;
  v_until timestamptz;
  v_change timestamptz;
begin
  loop
    v_local := v_from at time zone p_time_zone;
    v_match := workflows.cron_match(p_fields, v_local);
    if v_match is null then return null; end if;
    v_until := v_from + interval '24 hours';
    v_change := workflows.clock_change(v_from, v_until, p_time_zone);
    if v_match - v_local < coalesce(v_change, v_until) - v_from then
      return v_from + (v_match - v_local);
    end if;
    v_from := coalesce(v_change, greatest(v_until,
      (v_match - interval '24 hours') at time zone p_time_zone));
  end loop;
end
$$;
comment on function workflows.cron_next_real(workflows.cron_fields, text, timestamptz) is
  'First occurrence after a moment of a pattern that follows real time.';

-- The first minute with another offset than p_from, or null.
create or replace function workflows.clock_change(
  p_from timestamptz, p_until timestamptz, p_time_zone text) returns timestamptz
language plpgsql stable
as $$
declare
  v_offset interval := (p_from at time zone p_time_zone) - (p_from at time zone 'UTC');
  v_same integer := 0;
  v_other integer := ceil(extract(epoch from p_until - p_from) / 60);
  v_middle integer;
begin
  if (p_until at time zone p_time_zone) - (p_until at time zone 'UTC') = v_offset then
    return null;
  end if;
  while v_other - v_same > 1 loop
    v_middle := (v_same + v_other) / 2;
    if ((p_from + v_middle * interval '1 minute') at time zone p_time_zone)
       - ((p_from + v_middle * interval '1 minute') at time zone 'UTC') = v_offset then
      v_same := v_middle;
    else
      v_other := v_middle;
    end if;
  end loop;
  return p_from + v_other * interval '1 minute';
end
$$;
comment on function workflows.clock_change(timestamptz, timestamptz, text) is
  'When the clock changes between two moments, or null.';

-- The first local minute from p_from on that fits, or null within a hundred years.
create or replace function workflows.cron_match(
  p_fields workflows.cron_fields, p_from timestamp) returns timestamp
language plpgsql immutable
as $$
declare
  v_from timestamp := date_trunc('minute', p_from + interval '59.999999 seconds');
  v_day date := v_from::date;
  v_least integer := extract(hour from v_from) * 60 + extract(minute from v_from);
  v_last date := v_day + 36525;
  v_hour integer;
  v_minute integer;
  v_has_day boolean;
  v_has_weekday boolean;
begin
  while v_day <= v_last loop
    if not extract(month from v_day)::integer = any (p_fields.months) then
      v_day := date_trunc('month', v_day::timestamp) + interval '1 month';
      v_least := 0;
      continue;
    end if;
    v_has_day := extract(day from v_day)::integer = any (p_fields.days);
    v_has_weekday := extract(dow from v_day)::integer = any (p_fields.weekdays);
    if v_has_day and v_has_weekday or p_fields.is_any_day and (v_has_day or v_has_weekday) then
      foreach v_hour in array p_fields.hours loop
        continue when v_hour * 60 + 59 < v_least;
        foreach v_minute in array p_fields.minutes loop
          if v_hour * 60 + v_minute >= v_least then
            return v_day + make_interval(hours => v_hour, mins => v_minute);
          end if;
        end loop;
      end loop;
    end if;
    v_day := v_day + 1;
    v_least := 0;
  end loop;
  return null;
end
$$;
comment on function workflows.cron_match(workflows.cron_fields, timestamp) is
  'The first local minute that an expression of cron fits.';
