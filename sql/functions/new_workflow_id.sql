-- RFC 9562 version 7: 48 bits of milliseconds, then random. Ordered in time for people and for the
-- index; nothing relies on that order.
create or replace function workflows.new_workflow_id(p_now timestamptz) returns uuid
language sql volatile
as $$
  select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
      placing substring(int8send((extract(epoch from p_now) * 1000)::bigint) from 3)
      from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$;
comment on function workflows.new_workflow_id(timestamptz) is
  'A new time-ordered uuid (version 7).';
