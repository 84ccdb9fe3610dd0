-- In PL/pgSQL, whose plans are kept: as an SQL function it would be planned again in each
-- transaction.
create or replace function workflows.setting_of(p_name text) returns text
language plpgsql stable
as $$
begin
  return (select s.setting_value from workflows.setting s where s.setting_name = p_name);
end
$$;
comment on function workflows.setting_of(text) is 'Value of one setting as text.';
