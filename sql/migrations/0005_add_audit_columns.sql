-- What was and what is, and where an order came from. Columns without a default: no row is written,
-- and the lock is a moment.

-- Has more arguments now; without parentheses, since it stands only where 0001 was released.
-- squawk-ignore ban-drop-function
drop function if exists workflows.audit_change;

alter table workflows.audit
  add column source text,
  add column old_value text,
  add column new_value text,
  add column second_actor text;
