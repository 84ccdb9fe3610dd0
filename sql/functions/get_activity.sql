-- Reads only. What happened lately, in buckets of time, oldest first: of the newest workflows by
-- id, at most "look" of them, how many were enqueued, started and ended in each, how long they
-- waited and ran. Where there are more of them than that, what was enqueued since covers_since is
-- counted whole, and what older workflows did is not. Options: minutes (60, 1 to 1440),
-- bucket_seconds (60, 1 to 3600), look (20000, 1 to 200000), queue_name; at most 1440 buckets.
create or replace function workflows.get_activity(p_options text default '{}') returns text
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set plan_cache_mode = force_custom_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(
    p_options, 'options', '{minutes,bucket_seconds,look,queue_name}');
  v_minutes bigint := workflows.option_number(v_options, 'minutes', 60, 1, 1440);
  v_seconds bigint := workflows.option_number(v_options, 'bucket_seconds', 60, 1, 3600);
  v_look bigint := workflows.option_number(v_options, 'look', 20000, 1, 200000);
  v_buckets bigint := ceil(v_minutes * 60.0 / v_seconds);
  v_start float8 := (floor(date_part('epoch', v_now) / v_seconds) - v_buckets + 1) * v_seconds;
  v_since timestamptz := to_timestamp(v_start);
  v_queue_id integer;
  v_rows json;
  v_looked bigint;
begin
  if v_buckets > 1440 then
    perform workflows.refuse_unless('makes more than 1440 buckets', 'bucket_seconds');
  end if;
  perform workflows.refuse_unless('must be text', 'queue_name')
  where jsonb_typeof(v_options -> 'queue_name') <> 'string';
  if v_options ? 'queue_name' then
    v_queue_id := coalesce((
      select q.queue_id from workflows.queue q where q.queue_name = v_options ->> 'queue_name'), 0);
  end if;
  with looked as materialized (  -- in seconds: times are dear to turn into those twice
    select date_part('epoch', w.enqueued_at) as enqueued_at,
      date_part('epoch', w.started_at) as started_at, date_part('epoch', w.ended_at) as ended_at,
      date_part('epoch', w.started_at - greatest(w.enqueued_at, w.available_at)) as wait,
      w.status, w.queue_id
    from workflows.workflow w order by w.workflow_id desc limit v_look),
  enqueued as (
    select floor((l.enqueued_at - v_start) / v_seconds) as bucket, count(*) as enqueued
    from looked l
    where l.enqueued_at >= v_start and (v_queue_id is null or l.queue_id = v_queue_id) group by 1),
  started as (
    select floor((l.started_at - v_start) / v_seconds) as bucket, count(*) as started,
      percentile_cont('{0.5,0.95}'::float8[]) within group (order by greatest(l.wait, 0)) as waits
    from looked l
    where l.started_at >= v_start and (v_queue_id is null or l.queue_id = v_queue_id) group by 1),
  ended as (
    select floor((l.ended_at - v_start) / v_seconds) as bucket,
      count(*) filter (where l.status = 'SUCCESS') as succeeded,
      count(*) filter (where l.status = 'ERROR') as failed,
      count(*) filter (where l.status in ('CANCELLED', 'STOPPED', 'ABORTED')) as other,
      percentile_cont('{0.5,0.95}'::float8[])
        within group (order by l.ended_at - l.started_at) as runs
    from looked l
    where l.ended_at >= v_start and (v_queue_id is null or l.queue_id = v_queue_id) group by 1)
  select json_agg(json_build_object('starts_at', to_timestamp(v_start + b.bucket * v_seconds),
      'enqueued', coalesce(e.enqueued, 0), 'started', coalesce(s.started, 0),
      'succeeded', coalesce(d.succeeded, 0), 'failed', coalesce(d.failed, 0),
      'other', coalesce(d.other, 0), 'wait_p50_ms', round(s.waits[1] * 1000),
      'wait_p95_ms', round(s.waits[2] * 1000), 'run_p50_ms', round(d.runs[1] * 1000),
      'run_p95_ms', round(d.runs[2] * 1000)) order by b.bucket),
    (select count(*) from looked)
  into v_rows, v_looked
  from generate_series(0, v_buckets - 1) b(bucket)
  left join enqueued e on e.bucket = b.bucket
  left join started s on s.bucket = b.bucket
  left join ended d on d.bucket = b.bucket;
  if v_looked = v_look then  -- there may be more
    v_since := greatest(v_since, (
      select w.enqueued_at from workflows.workflow w
      order by w.workflow_id desc offset v_look - 1 limit 1));
  end if;
  return json_build_object('buckets', v_rows, 'bucket_seconds', v_seconds, 'covers_since', v_since,
    'looked_at', v_looked)::text;
end
$$;
comment on function workflows.get_activity(text) is
  'What was enqueued, started and ended lately, in buckets of time, as JSON.';
