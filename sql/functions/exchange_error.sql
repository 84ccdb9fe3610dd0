create or replace function workflows.exchange_error(p_class text, p_message text) returns json
language sql immutable
as $$
  select json_build_object('status', 'ERROR',
    'error', json_build_object('class', p_class, 'message', p_message, 'traceback', ''))
$$;
comment on function workflows.exchange_error(text, text) is
  'An error that is recorded of a step, as the class that the workflow sees.';
