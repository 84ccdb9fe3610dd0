-- The application's own table. It lives beside the queue, so a transactional step can write to it
-- and record that it has done so in one commit. Nothing here forbids a second row for the same
-- crossing: that none appears is what the demo checks.
create schema plant;

create table plant.alarm (
  alarm_id        bigint generated always as identity primary key,
  measured_at     text not null,
  highest_f       numeric(5, 1) not null,
  mean_f          numeric(5, 1) not null,
  raised_at       timestamptz not null default clock_timestamp(),
  acknowledged_at timestamptz
);
