-- Where the session comes from, as far as the server can tell: behind a pooler it is the pooler's
-- address.
create or replace function workflows.session_source() returns text
language sql stable
as $$
  select concat_ws(' ', nullif(current_setting('application_name'), ''),
    coalesce(host(inet_client_addr()), 'local'))
$$;
comment on function workflows.session_source() is
  'Application name and client address of the session.';
