-- Answers an open prompt: decided, checked against its form and audited in one transaction, once.
-- Statuses of the prompt: OPEN -> ANSWERED. Locks the prompt alone and waits only for who answers
-- the same one. The same request_id again answers as before; a second answer is WF009 and says who
-- gave the first one and when. Options: actor (required), roles (the actor's), second_actor,
-- second_roles, reason, request_id.
create or replace function workflows.answer_prompt(
  p_prompt_id text, p_answer text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_id uuid := workflows.read_uuid(p_prompt_id, 'prompt_id');
  v_options jsonb := workflows.read_call_options(p_options, 'options',
    '{actor,roles,second_actor,second_roles,reason,request_id}');
  v_prompt workflows.prompt%rowtype;
  v_errors jsonb;
begin
  perform workflows.refuse_unless(workflows.name_problem(v_options ->> 'actor'), 'actor');
  perform workflows.refuse_unless(workflows.payload_problem(p_answer), 'answer');
  select p.* into v_prompt from workflows.prompt p where p.prompt_id = v_id for update;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('prompt_id', p_prompt_id),
      'there is no prompt with this id');
  elsif v_prompt.status = 'ANSWERED' and v_prompt.request_id = v_options ->> 'request_id' then
    return workflows.prompt_answer(v_prompt);
  end if;
  perform workflows.refuse_closed_prompt(v_prompt, v_now);
  perform workflows.refuse_signatures(v_prompt, v_options);
  v_errors := workflows.form_problems(
    v_prompt.form::jsonb, p_answer::jsonb, 'answer', 'field of the form', false);
  if v_errors <> '[]' then
    perform workflows.refuse('WF002',
      workflows.bad_argument('answer', 'does not fit the form')
        || jsonb_build_object('errors', v_errors),
      (select string_agg((e ->> 'path') || ' ' || (e ->> 'problem'), '; ')
       from jsonb_array_elements(v_errors) e));
  end if;
  update workflows.prompt p
  set status = 'ANSWERED', ended_at = v_now, answer = p_answer, answered_by = v_options ->> 'actor',
    second_actor = case when p.needs_second then v_options ->> 'second_actor' end,
    reason = v_options ->> 'reason', request_id = v_options ->> 'request_id',
    database_user = session_user
  where p.prompt_id = v_id returning p.* into v_prompt;
  perform workflows.audit_change(array[v_prompt.workflow_id], 'prompt answered',
    v_prompt.answered_by, coalesce(v_prompt.reason, ''),
    json_build_object('prompt_id', v_id, 'question', v_prompt.question,
      'answer', p_answer::json)::text, null, v_prompt.second_actor);
  perform workflows.wake_later(array[v_prompt.workflow_id], 'prompt ' || v_id);
  return workflows.prompt_answer(v_prompt);
end
$$;
comment on function workflows.answer_prompt(text, text, text) is
  'Answers an open prompt of a workflow.';

create or replace function workflows.prompt_answer(p_prompt workflows.prompt) returns text
language sql immutable
as $$
  select json_build_object('prompt_id', p_prompt.prompt_id, 'workflow_id', p_prompt.workflow_id,
    'outcome', 'accepted', 'answered_by', p_prompt.answered_by,
    'second_actor', p_prompt.second_actor, 'answered_at', p_prompt.ended_at)::text
$$;
comment on function workflows.prompt_answer(workflows.prompt) is
  'What an answer did, as its sender is told.';

-- Why a prompt takes no answer any more: it has one, its time is over, its workflow has ended.
create or replace function workflows.refuse_closed_prompt(
  p_prompt workflows.prompt, p_now timestamptz) returns boolean
language plpgsql volatile
as $$
declare
  v_status text := p_prompt.status;
begin
  if v_status = 'OPEN' then
    if exists (select from workflows.workflow w
               where w.workflow_id = p_prompt.workflow_id and w.ended_at is not null) then
      v_status := 'WITHDRAWN';
    elsif p_prompt.due_at <= p_now then
      v_status := 'EXPIRED';
    else
      return true;
    end if;
  end if;
  perform workflows.refuse('WF009',
    jsonb_strip_nulls(jsonb_build_object('prompt_id', p_prompt.prompt_id, 'status', v_status,
      'answered_by', p_prompt.answered_by,
      'answered_at', case when v_status = 'ANSWERED' then p_prompt.ended_at end)),
    case v_status
      when 'ANSWERED' then 'it was answered by ' || p_prompt.answered_by || ' at '
        || to_char(p_prompt.ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      when 'EXPIRED' then 'its time is over'
      else 'its workflow has ended' end);
  return false;
end
$$;
comment on function workflows.refuse_closed_prompt(workflows.prompt, timestamptz) is
  'Refuses to answer a prompt that is not open.';

-- Who may answer: somebody with one of the roles that the prompt names; and where it asks for a
-- second signature, another person with one of them too.
create or replace function workflows.refuse_signatures(
  p_prompt workflows.prompt, p_options jsonb) returns boolean
language plpgsql volatile
as $$
declare
  v_second text := p_options ->> 'second_actor';
begin
  if p_prompt.roles is not null and not exists (
      select from jsonb_array_elements_text(coalesce(p_options -> 'roles', '[]')) r
      where r = any (p_prompt.roles)) then
    perform workflows.refuse('WF009',
      jsonb_build_object('field', 'roles', 'roles', p_prompt.roles, 'actor', p_options ->> 'actor'),
      'it may be answered by: ' || array_to_string(p_prompt.roles, ', '));
  end if;
  if not p_prompt.needs_second then return true; end if;
  if v_second is null then
    perform workflows.refuse_unless(
      'is missing: this prompt needs the signature of a second person', 'second_actor');
  end if;
  perform workflows.refuse_unless(workflows.name_problem(v_second), 'second_actor');
  if lower(v_second) = lower(p_options ->> 'actor') then
    perform workflows.refuse_unless('must be another person than actor', 'second_actor');
  elsif p_prompt.roles is not null and not exists (
      select from jsonb_array_elements_text(coalesce(p_options -> 'second_roles', '[]')) r
      where r = any (p_prompt.roles)) then
    perform workflows.refuse('WF009',
      jsonb_build_object('field', 'second_roles', 'roles', p_prompt.roles, 'actor', v_second),
      'it may be signed by: ' || array_to_string(p_prompt.roles, ', '));
  end if;
  return true;
end
$$;
comment on function workflows.refuse_signatures(workflows.prompt, jsonb) is
  'Refuses signatures that a prompt does not take.';
