-- The newest recorded steps of one workflow in order of start, with how many there are, up to 10001. Outputs and
-- errors as text, cut after 10000 characters; of an error that is cut the message is its beginning as it is stored.
select s.step_key, s.step_name, s.kind, s.status, s.attempts,
  concat(s.output ->> 'text', case when (s.output ->> 'is_cut')::boolean
    then ' ... of ' || (s.output ->> 'length') || ' bytes' end) as output,
  e.error ->> 'class' as error_class, coalesce(e.error ->> 'message', s.error ->> 'text') as error_message,
  s.started_at, s.ended_at, s.due_at, extract(epoch from s.ended_at - s.started_at)::float8 as seconds,
  (told ->> 'step_count')::bigint as step_count
from cast(case when nullif(:workflowId::text, '') is not null
  then workflows.describe_workflow(:workflowId::text, json_build_object('payload_characters', 0, 'step_characters', 10000,
    'steps', greatest(least(coalesce(:limit::integer, 1000), 1000), 0))::text)
  else '{}' end as json) as told
cross join json_to_recordset(coalesce(told -> 'steps', '[]')) as s(
  step_key text, step_name text, kind text, status text, attempts integer, output json, error json,
  started_at timestamptz, ended_at timestamptz, due_at timestamptz)
cross join lateral (
  select case when not (s.error ->> 'is_cut')::boolean then (s.error ->> 'text')::json end as error) e
order by s.started_at, s.ended_at, s.step_key
