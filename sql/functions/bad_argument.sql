-- Names the field of a bad argument, for enqueue_many as an answer and for the others as an error.
create or replace function workflows.bad_argument(p_field text, p_problem text) returns jsonb
language sql immutable
as $$select jsonb_build_object('field', p_field, 'problem', p_problem)$$;
comment on function workflows.bad_argument(text, text) is
  'Detail of a WF002: the field and what is wrong with it.';
