create or replace view workflows.workflow_parameter as
select d.workflow_name, d.workflow_version, p.parameter_no::integer as parameter_no,
  p.field ->> 'name' as parameter_name, p.field ->> 'type' as parameter_type,
  coalesce((p.field ->> 'required')::boolean, false) as is_required,
  nullif(p.field -> 'default', 'null')::text as default_value,
  (p.field ->> 'min')::float8 as minimum, (p.field ->> 'max')::float8 as maximum,
  p.field ->> 'unit' as unit,
  p.field ->> 'enum' as enum_name, (p.field ->> 'enum_version')::integer as enum_version,
  nullif(p.field -> 'choices', 'null')::text as choices, p.field ->> 'description' as description
from workflows.workflow_definition d
cross join lateral jsonb_array_elements(d.parameters) with ordinality p(field, parameter_no);
comment on view workflows.workflow_parameter is 'What workflows take, as they declare it.';
comment on column workflows.workflow_parameter.workflow_name is 'Name of the registered function.';
comment on column workflows.workflow_parameter.workflow_version is 'Its version.';
comment on column workflows.workflow_parameter.parameter_no is 'Its place among the parameters.';
comment on column workflows.workflow_parameter.parameter_name is 'Name of the parameter.';
comment on column workflows.workflow_parameter.parameter_type is
  'text, number, integer, boolean, choice, datetime or any.';
comment on column workflows.workflow_parameter.is_required is 'Whether it must be given.';
comment on column workflows.workflow_parameter.default_value is
  'What it is where it is not given, as JSON.';
comment on column workflows.workflow_parameter.minimum is
  'Least value; of a text, least number of characters.';
comment on column workflows.workflow_parameter.maximum is
  'Greatest value; of a text, greatest number of characters.';
comment on column workflows.workflow_parameter.unit is 'Unit of the value.';
comment on column workflows.workflow_parameter.enum_name is 'The enum that its choices are in.';
comment on column workflows.workflow_parameter.enum_version is
  'Version of the enum; null: the latest active one.';
comment on column workflows.workflow_parameter.choices is 'Its choices as JSON.';
comment on column workflows.workflow_parameter.description is 'What it is for.';
