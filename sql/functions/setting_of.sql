create or replace function workflows.setting_of(p_name text) returns text
language sql stable
as 'select s.setting_value from workflows.setting s where s.setting_name = p_name';
comment on function workflows.setting_of(text) is 'Value of one setting as text.';
