-- The view audit_log as CSV (RFC 4180) with a header, newest first, safe to open in a spreadsheet.
-- Filter: workflow_id, actor, event, since, until, before (an audit_id, to page on), limit (10000,
-- at most 100000).
create or replace function workflows.export_audit(p_filter text default '{}') returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set plan_cache_mode = force_custom_plan
as $$
declare
  v_filter jsonb := workflows.audit_filter(p_filter);
  v_lines text;
begin
  select string_agg(workflows.csv_line(array[l.audit_id::text,
      to_char(l.audited_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), l.event, l.workflow_id,
      l.workflow_name, l.queue_name, l.attempt::text, l.detail, l.old_value, l.new_value, l.actor,
      l.second_actor, l.reason, l.worker_name, l.source, l.database_user]),
    '' order by l.audit_id desc)
  into v_lines
  from (
    select a.audit_id from workflows.audit a
    where (v_filter ->> 'before' is null or a.audit_id < (v_filter ->> 'before')::bigint)
      and (v_filter ->> 'workflow_id' is null
           or a.workflow_id = (v_filter ->> 'workflow_id')::uuid)
      and (v_filter ->> 'actor' is null or a.actor = v_filter ->> 'actor')
      and (v_filter ->> 'event' is null or a.event = v_filter ->> 'event')
      and (v_filter ->> 'since' is null or a.audited_at >= (v_filter ->> 'since')::timestamptz)
      and (v_filter ->> 'until' is null or a.audited_at < (v_filter ->> 'until')::timestamptz)
    order by a.audit_id desc limit coalesce((v_filter ->> 'limit')::integer, 10000)) chosen
  join workflows.audit_log l on l.audit_id = chosen.audit_id;
  return workflows.csv_line(
    '{audit_id,audited_at,event,workflow_id,workflow_name,queue_name,attempt,detail,old_value,'
    'new_value,actor,second_actor,reason,worker_name,source,database_user}')
    || coalesce(v_lines, '');
end
$$;
comment on function workflows.export_audit(text) is 'The audit as CSV.';

create or replace function workflows.audit_filter(p_filter text) returns jsonb
language plpgsql stable
as $$
declare
  v_filter jsonb;
  v_key text;
begin
  v_filter := coalesce(nullif(p_filter, ''), '{}')::jsonb;
  select k into v_key from jsonb_object_keys(v_filter) k
  where k not in ('workflow_id', 'actor', 'event', 'since', 'until', 'before', 'limit') limit 1;
  if found then
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not a filter'),
      'filters are workflow_id, actor, event, since, until, before, limit');
  end if;
  select k into v_key from jsonb_each(v_filter) e(k, v)
  where jsonb_typeof(e.v) in ('object', 'array', 'boolean') limit 1;
  if found then
    perform workflows.refuse('WF002',
      workflows.bad_argument(v_key, 'is neither text nor number'),
      v_key || ' must be a text or a number');
  end if;
  perform (v_filter ->> 'workflow_id')::uuid, (v_filter ->> 'since')::timestamptz,
    (v_filter ->> 'until')::timestamptz, (v_filter ->> 'before')::bigint,
    (v_filter ->> 'limit')::integer;
  if coalesce((v_filter ->> 'limit')::integer, 1) not between 1 and 100000 then
    perform workflows.refuse('WF002',
      workflows.bad_argument('limit', 'must be between 1 and 100000'),
      'limit must be between 1 and 100000: page on with before');
  end if;
  return v_filter;
exception when data_exception then
  return workflows.refuse('WF002',
    workflows.bad_argument('filter', 'is not a JSON object of valid values'),
    'filter must be a JSON object; workflow_id is an id, since and until are times, before and '
    'limit are whole numbers')::jsonb;
end
$$;
comment on function workflows.audit_filter(text) is 'Reads the filter of export_audit.';

-- One line of CSV. What a spreadsheet would take for a formula gets an apostrophe before it: what
-- starts with = + - @, also as wide letters or behind blanks, with a tab or with the end of a line.
create or replace function workflows.csv_line(p_fields text[]) returns text
language sql immutable
as $$
  select string_agg(
    case when f.safe ~ '[",\r\n]' or f.safe <> f.field
      then '"' || replace(f.safe, '"', '""') || '"' else f.safe end,
    ',' order by f.place) || E'\r\n'
  from (
    select t.place, coalesce(t.field, '') as field, case
        when t.field ~ '^[\t\r\n]|^\s*[-=+@\uFF1D\uFF0B\uFF0D\uFF20]' then '''' || t.field
        else coalesce(t.field, '') end as safe
    from unnest(p_fields) with ordinality t(field, place)) f
$$;
comment on function workflows.csv_line(text[]) is 'One line of CSV.';
