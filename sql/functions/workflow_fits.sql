-- Which columns of a workflow go together: a status allows a few states, an ended one has its time,
-- and so has a held one. As a function because the server reads a check anew for each statement,
-- and this one as a list of pairs costs more than inserting the row.
create or replace function workflows.workflow_fits(
  p_status text, p_state text, p_ended_at timestamptz, p_held_at timestamptz) returns boolean
language plpgsql immutable
as $$
begin
  -- what is enqueued, before the rest is made ready for a statement of one row
  if p_status = 'ENQUEUED' and p_state = 'IDLE' then
    return p_held_at is null and p_ended_at is null;
  end if;
  return (p_held_at is not null) = (p_status = 'HELD')
    and (p_ended_at is not null)
      = (p_status in ('SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED'))
    and case
      when p_status in ('ENQUEUED', 'DELAYED', 'BLOCKED') then p_state in (
        'IDLE', 'RUNNING', 'HOLDING', 'PAUSING', 'RESUMING', 'STOPPING', 'ABORTING')
      when p_status = 'RUNNING' then p_state in ('STARTING', 'RUNNING', 'HOLDING', 'PAUSING',
        'RESUMING', 'STOPPING', 'ABORTING', 'CANCELLING')
      when p_status = 'WAITING' then p_state = 'RUNNING'
      when p_status = 'HELD' then p_state in ('HELD', 'PAUSED')
      when p_status = 'SUCCESS' then p_state = 'COMPLETE'
      when p_status in ('ERROR', 'CANCELLED', 'STOPPED', 'ABORTED') then p_state = p_status
      else false end;
end
$$;
comment on function workflows.workflow_fits(text, text, timestamptz, timestamptz) is
  'Whether status, state and times of a workflow go together.';
