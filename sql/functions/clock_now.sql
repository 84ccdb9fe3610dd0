-- The one clock. Every function reads it once, into a variable; only tests replace it.
create or replace function workflows.clock_now() returns timestamptz
language sql volatile
as 'select clock_timestamp()';
comment on function workflows.clock_now() is
  'The database clock that every due, expiry and ordering decision uses.';
