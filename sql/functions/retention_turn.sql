-- One turn of retention in maintenance: looks at 500 workflows at most and removes 200 at most,
-- so that its locks are held for some hundredths of a second. Whoever gets the row of progress goes
-- on; nobody waits for it. Answers the milliseconds until it wants to go on, or null.
create or replace function workflows.retention_turn(p_now timestamptz) returns bigint
language plpgsql volatile
as $$
declare
  v_progress workflows.retention_progress%rowtype;
  v_rate integer := workflows.setting_of('retention_per_second')::integer;
  v_found record;
  v_batch jsonb;
  v_is_cut boolean;
  v_removed bigint := 0;
  v_wait float8;
begin
  select g.* into v_progress from workflows.retention_progress g
  where g.progress_id = 1
    and (g.next_turn_at <= p_now or g.next_turn_at > p_now + interval '1 hour')
  for no key update skip locked;
  if not found then return null; end if;
  v_progress := workflows.tidy_turn(v_progress, p_now);
  if v_rate = 0 or not exists (select from workflows.retention_policy) then
    v_wait := 10;
  else
    v_progress := workflows.count_turn(v_progress, p_now);
    select f.* into v_found from workflows.find_over(
      coalesce(v_progress.cursor_id, workflows.first_uuid()),
      case when v_progress.is_full then workflows.last_uuid() else workflows.horizon(p_now) end,
      500, least(200, v_rate), p_now) f;
    if v_found.workflow_ids is not null then
      v_batch := workflows.remove_workflows(v_found.workflow_ids, v_found.ends);
      v_removed := coalesce((v_batch #>> '{tables,workflow}')::bigint, 0);
    end if;
    v_is_cut := coalesce((v_batch -> 'is_cut')::boolean, false);
    if not v_is_cut then
      v_progress := workflows.next_pass(v_progress, v_found.next_id, p_now);
    end if;
    v_progress.is_behind := v_is_cut
      or coalesce(cardinality(v_found.workflow_ids) = least(200, v_rate), false);
    v_wait := greatest(v_removed::float8 / v_rate, case
      when v_is_cut or coalesce(v_progress.cursor_id, v_progress.count_cursor_id) is not null
        then 0.1
      else 5 end);
  end if;
  update workflows.retention_progress g
  set cursor_id = v_progress.cursor_id, is_full = v_progress.is_full,
    full_ended_at = v_progress.full_ended_at, pass_ended_at = v_progress.pass_ended_at,
    count_cursor_id = v_progress.count_cursor_id, count_ended_at = v_progress.count_ended_at,
    tidied_at = v_progress.tidied_at, next_turn_at = p_now + v_wait * interval '1 second',
    is_behind = v_progress.is_behind, removed_count = g.removed_count + v_removed,
    last_removed_at = case when v_removed > 0 then p_now else g.last_removed_at end
  where g.progress_id = 1;
  return case when v_wait < 5 then ceil(v_wait * 1000) end;
end
$$;
comment on function workflows.retention_turn(timestamptz) is
  'Removes some of what is kept no longer.';

-- Ids made here carry the time of their making, and what was made after this moment cannot have
-- ended long enough ago. Ids of callers can be anything: a full pass, to the last id, sees those.
create or replace function workflows.horizon(p_now timestamptz) returns uuid
language plpgsql stable
as $$
declare
  v_seconds bigint := (select min(p.keep_seconds) from workflows.retention_policy p);
  v_boundary uuid := (
    select c.boundary_id from workflows.retention_count c where c.boundary_id is not null
    order by c.boundary_id desc limit 1);
  v_milliseconds bigint := greatest(0, floor(extract(epoch from p_now) * 1000)
    - least(v_seconds, 10000000000) * 1000);
begin
  return greatest(v_boundary, case when v_seconds is null then workflows.first_uuid()
    else rpad(lpad(to_hex(v_milliseconds), 12, '0'), 32, '0')::uuid end);
end
$$;
comment on function workflows.horizon(timestamptz) is
  'No workflow whose id was made here is kept too long beyond this id.';

create or replace function workflows.first_uuid() returns uuid
language sql immutable
as $$select '00000000-0000-0000-0000-000000000000'::uuid$$;
comment on function workflows.first_uuid() is 'The least uuid.';

-- Where the next turn goes on: further, or from the start. A pass goes to the last id once an hour.
create or replace function workflows.next_pass(
  p_progress workflows.retention_progress, p_next uuid, p_now timestamptz)
returns workflows.retention_progress
language plpgsql volatile
as $$
declare
  v_progress workflows.retention_progress := p_progress;
begin
  v_progress.cursor_id := p_next;
  if p_next is not null then return v_progress; end if;
  if v_progress.is_full then
    v_progress.is_full := false;
    v_progress.full_ended_at := p_now;
  elsif coalesce(v_progress.full_ended_at <= p_now - interval '1 hour', true) then
    v_progress.is_full := true;
    v_progress.cursor_id := workflows.horizon(p_now);
  end if;
  v_progress.pass_ended_at := p_now;
  return v_progress;
end
$$;
comment on function workflows.next_pass(
  workflows.retention_progress, uuid, timestamptz) is 'Where retention goes on.';

-- Counts on what policies keep by number, 1,000 workflows at a time, and anew after a minute.
create or replace function workflows.count_turn(
  p_progress workflows.retention_progress, p_now timestamptz)
returns workflows.retention_progress
language plpgsql volatile
as $$
declare
  v_progress workflows.retention_progress := p_progress;
begin
  if v_progress.count_cursor_id is null
    and (v_progress.count_ended_at > p_now - interval '1 minute' or not exists (
      select from workflows.retention_policy p where p.keep_count is not null)) then
    return v_progress;
  end if;
  v_progress.count_cursor_id := workflows.count_kept(v_progress.count_cursor_id, 1000);
  if v_progress.count_cursor_id is null then v_progress.count_ended_at := p_now; end if;
  return v_progress;
end
$$;
comment on function workflows.count_turn(workflows.retention_progress, timestamptz) is
  'Counts on what policies keep by number.';

-- Audit and rejected entries, each minute, and again at once while there is more.
create or replace function workflows.tidy_turn(
  p_progress workflows.retention_progress, p_now timestamptz)
returns workflows.retention_progress
language plpgsql volatile
as $$
declare
  v_progress workflows.retention_progress := p_progress;
  v_audit integer;
  v_rejected integer;
begin
  if v_progress.tidied_at > p_now - interval '1 minute' then return v_progress; end if;
  v_audit := workflows.remove_audit(1000, p_now);
  v_rejected := workflows.remove_rejected(1000, p_now);
  if greatest(v_audit, v_rejected) < 1000 then v_progress.tidied_at := p_now; end if;
  return v_progress;
end
$$;
comment on function workflows.tidy_turn(workflows.retention_progress, timestamptz) is
  'Removes old audit and old rejected entries.';
