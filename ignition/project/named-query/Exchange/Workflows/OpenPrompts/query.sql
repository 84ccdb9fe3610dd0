-- Questions of workflows that wait for an answer, oldest first; with a role, those that it may answer
select prompt_id, workflow_id, workflow_name, queue_name, step_key, question, form, roles, second_signature, asked_at, due_at
from workflows.open_prompt
where (nullif(:role::text, '') is null or roles is null or :role::text = any (string_to_array(roles, ', ')))
  and (nullif(:queueName::text, '') is null or queue_name = :queueName::text)
order by asked_at, prompt_id
limit least(coalesce(:limit::integer, 100), 1000)
