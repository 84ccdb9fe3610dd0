-- Reads an expression of cron: five fields, or one of the names below. problem says what is wrong
-- with it, and that includes one that no date fits. Day of month and day of week: where both are
-- restricted either of them is enough, as in Vixie cron, for which a field that begins with * is
-- not restricted.
create or replace function workflows.read_cron(p_cron text) returns workflows.cron_fields
language plpgsql immutable
as $$
declare
  v_cron text := lower(btrim(p_cron, E' \t'));
  v_parts text[];
  v_fields workflows.cron_fields;
begin
  v_cron := case v_cron
    when '@hourly' then '0 * * * *' when '@daily' then '0 0 * * *'
    when '@midnight' then '0 0 * * *' when '@weekly' then '0 0 * * 0'
    when '@monthly' then '0 0 1 * *' when '@yearly' then '0 0 1 1 *'
    when '@annually' then '0 0 1 1 *' else v_cron end;
  v_parts := regexp_split_to_array(v_cron, '[ \t]+');
  if v_cron is null or cardinality(v_parts) <> 5 or length(v_cron) > 1000 then
    v_fields.problem := 'must be five fields (minute, hour, day of month, month, day of week), '
      'or @hourly, @daily, @weekly, @monthly or @yearly';
    return v_fields;
  end if;
  v_fields.minutes := workflows.cron_values(v_parts[1], 0, 59, null);
  v_fields.hours := workflows.cron_values(v_parts[2], 0, 23, null);
  v_fields.days := workflows.cron_values(v_parts[3], 1, 31, null);
  v_fields.months := workflows.cron_values(
    v_parts[4], 1, 12, 'janfebmaraprmayjunjulaugsepoctnovdec');
  v_fields.weekdays := workflows.cron_values(v_parts[5], 0, 7, 'sunmontuewedthufrisat');
  v_fields.problem := case
    when v_fields.minutes is null then 'has a minute that does not fit: ' || v_parts[1]
    when v_fields.hours is null then 'has an hour that does not fit: ' || v_parts[2]
    when v_fields.days is null then 'has a day of month that does not fit: ' || v_parts[3]
    when v_fields.months is null then 'has a month that does not fit: ' || v_parts[4]
    when v_fields.weekdays is null then 'has a day of week that does not fit: ' || v_parts[5] end;
  if v_fields.problem is not null then return v_fields; end if;
  if 7 = any (v_fields.weekdays) then
    v_fields.weekdays := array_append(v_fields.weekdays, 0);
  end if;
  v_fields.is_any_day := left(v_parts[3], 1) <> '*' and left(v_parts[5], 1) <> '*';
  v_fields.is_every_hour := v_parts[2] ~ '^\*(/\d+)?$';
  if not v_fields.is_any_day and not exists (
      select from unnest(v_fields.months) m, unnest(v_fields.days) d
      where d <= case when m = 2 then 29 when m in (4, 6, 9, 11) then 30 else 31 end) then
    v_fields.problem := 'never occurs: no month has that day';
  end if;
  return v_fields;
end
$$;
comment on function workflows.read_cron(text) is
  'Reads an expression of cron, or says what is wrong with it.';

-- The numbers that one field names, in order; null where it does not fit. p_names: three letters
-- for each number from p_least.
create or replace function workflows.cron_values(
  p_text text, p_least integer, p_most integer, p_names text) returns integer[]
language plpgsql immutable
as $$
declare
  v_part text;
  v_match text[];
  v_from integer;
  v_to integer;
  v_step integer;
  v_values integer[] := array[]::integer[];
begin
  foreach v_part in array string_to_array(p_text, ',') loop
    v_match := regexp_match(
      v_part, '^(?:\*|(\d{1,2}|[a-z]{3})(?:-(\d{1,2}|[a-z]{3}))?)(?:/(\d{1,3}))?$');
    if v_match is null then return null; end if;
    v_step := coalesce(v_match[3]::integer, 1);
    if v_match[1] is null then
      v_from := p_least;
      v_to := p_most;
    else
      v_from := workflows.cron_number(v_match[1], p_least, p_names);
      v_to := case when v_match[2] is not null
        then workflows.cron_number(v_match[2], p_least, p_names)
        when v_match[3] is not null then p_most else v_from end;
    end if;
    if v_step = 0 or v_from is null or v_to is null
       or v_from < p_least or v_to > p_most or v_from > v_to then
      return null;
    end if;
    v_values := v_values || array(select generate_series(v_from, v_to, v_step));
  end loop;
  return array(select distinct v from unnest(v_values) v order by v);
end
$$;
comment on function workflows.cron_values(text, integer, integer, text) is
  'The numbers that one field of cron names, or null.';

create or replace function workflows.cron_number(p_text text, p_least integer, p_names text)
returns integer
language plpgsql immutable
as $$
declare
  v_place integer;
begin
  if p_text ~ '^\d' then return p_text::integer; end if;
  v_place := strpos(p_names, p_text) - 1;
  return case when v_place >= 0 and v_place % 3 = 0 then v_place / 3 + p_least end;
end
$$;
comment on function workflows.cron_number(text, integer, text) is
  'A number of a field of cron, given as such or by name, or null.';
