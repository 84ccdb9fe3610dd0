-- The recorded steps of one workflow in order of start, outputs and errors as text
select s.step_key, s.step_name, s.kind, s.status, s.attempts, s.output, s.error ->> 'class' as error_class,
  s.error ->> 'message' as error_message, s.started_at, s.ended_at, s.due_at,
  extract(epoch from s.ended_at - s.started_at)::float8 as seconds
from json_to_recordset(case when nullif(:workflowId::text, '') is not null
  then workflows.list_steps(:workflowId::text)::json else '[]' end) as s(
  step_key text, step_name text, kind text, status text, attempts integer, output text, error json,
  started_at timestamptz, ended_at timestamptz, due_at timestamptz)
order by s.started_at, s.ended_at
limit least(coalesce(:limit::integer, 1000), 1000)
