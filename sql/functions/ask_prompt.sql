-- Opens a prompt, or sees what became of it. One whose row is locked is just being answered: it
-- stays open until that is decided. Statuses of the prompt: OPEN -> EXPIRED when its time is over.
create or replace function workflows.ask_prompt(
  p_workflow_id uuid, p_step_key text, p_ask json, p_due_at timestamptz, p_is_waiting boolean,
  p_now timestamptz) returns json
language plpgsql volatile
as $$
declare
  v_prompt workflows.prompt%rowtype;
  v_id uuid;
begin
  if p_is_waiting then
    select p.* into v_prompt from workflows.prompt p
    where p.workflow_id = p_workflow_id and p.step_key = p_step_key
    order by p.asked_at desc limit 1;
    v_id := v_prompt.prompt_id;
    select p.* into v_prompt from workflows.prompt p where p.prompt_id = v_id
    for no key update skip locked;
    if v_prompt.status = 'ANSWERED' then
      return json_build_object('status', 'SUCCESS', 'output', v_prompt.answer::json);
    elsif v_prompt.status = 'OPEN' and v_prompt.due_at <= p_now then
      update workflows.prompt p set status = 'EXPIRED', ended_at = p_now where p.prompt_id = v_id;
      if v_prompt.default_answer is null then
        return workflows.exchange_error(
          'TimedOut', 'nobody answered in time: ' || v_prompt.question);
      end if;
      return json_build_object('status', 'SUCCESS', 'output', v_prompt.default_answer::json);
    end if;
  end if;
  if v_id is null or v_prompt.status = 'WITHDRAWN' then
    v_id := workflows.new_workflow_id(p_now);
    insert into workflows.prompt (prompt_id, workflow_id, step_key, question, form, roles,
      needs_second, default_answer, asked_at, due_at, status)
    values (v_id, p_workflow_id, p_step_key, p_ask ->> 'question', p_ask ->> 'form',
      case when json_typeof(p_ask -> 'roles') = 'array'
        then array(select json_array_elements_text(p_ask -> 'roles')) end,
      (p_ask ->> 'second_signature')::boolean, nullif((p_ask -> 'default')::text, 'null'), p_now,
      p_due_at, 'OPEN');
  end if;
  return json_build_object('status', 'WAITING', 'topic', 'prompt ' || v_id);
end
$$;
comment on function workflows.ask_prompt(uuid, text, json, timestamptz, boolean, timestamptz) is
  'Opens a prompt, or sees what became of it.';
