-- A gateway commits in a call of its own, and a transactional step after its record: one that dies
-- before it must not keep locked what the call has locked. Until this transaction ends, the server
-- ends a session that is idle in it for longer than a lease.
create or replace function workflows.limit_open_transaction(p_lease_seconds float8) returns text
language plpgsql volatile
as $$
begin
  return set_config('idle_in_transaction_session_timeout',
    ceil(p_lease_seconds * 1000)::integer::text, true);
end
$$;
comment on function workflows.limit_open_transaction(float8) is
  'Lets the server end a session that leaves this transaction open for longer than a lease.';
