create or replace view workflows.open_prompt as
select p.prompt_id::text as prompt_id, p.workflow_id::text as workflow_id, w.workflow_name,
  q.queue_name, p.step_key, p.question, p.form, array_to_string(p.roles, ', ') as roles,
  p.needs_second as second_signature, p.asked_at, p.due_at
from workflows.prompt p
join workflows.workflow w on w.workflow_id = p.workflow_id
join workflows.queue q on q.queue_id = w.queue_id
where p.status = 'OPEN' and w.ended_at is null
  and coalesce(p.due_at > clock_timestamp(), true);
comment on view workflows.open_prompt is 'Questions of workflows that wait for an answer.';
comment on column workflows.open_prompt.prompt_id is 'The prompt; what answer_prompt takes.';
comment on column workflows.open_prompt.workflow_id is 'The workflow that asks.';
comment on column workflows.open_prompt.workflow_name is 'Name of the registered function.';
comment on column workflows.open_prompt.queue_name is 'Name of the queue.';
comment on column workflows.open_prompt.step_key is 'The step that waits.';
comment on column workflows.open_prompt.question is 'What is asked.';
comment on column workflows.open_prompt.form is
  'Fields of the answer as JSON; null: any value is an answer.';
comment on column workflows.open_prompt.roles is 'Who may answer; null: everybody.';
comment on column workflows.open_prompt.second_signature is
  'Whether a second person must sign.';
comment on column workflows.open_prompt.asked_at is 'When it was asked.';
comment on column workflows.open_prompt.due_at is
  'When its time is over; null: it has as long as it takes.';
