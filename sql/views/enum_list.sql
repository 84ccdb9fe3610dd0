create or replace view workflows.enum_list as
select e.enum_name, e.enum_version, e.status, array_to_string(array(
    select coalesce(c ->> 'label', c ->> 'value') from jsonb_array_elements(e.choices) c), ', ')
    as labels,
  e.choices::text as choices, e.description, e.created_by, e.created_at
from workflows.parameter_enum e where e.status <> 'deleted';
comment on view workflows.enum_list is 'Lists of choices that forms and parameters refer to.';
comment on column workflows.enum_list.enum_name is 'Name of the enum.';
comment on column workflows.enum_list.enum_version is 'Its version.';
comment on column workflows.enum_list.status is 'active or obsolete.';
comment on column workflows.enum_list.labels is 'What a person reads.';
comment on column workflows.enum_list.choices is 'Label, value and isDisabled of each, as JSON.';
comment on column workflows.enum_list.description is 'What it is for.';
comment on column workflows.enum_list.created_by is 'Who saved it.';
comment on column workflows.enum_list.created_at is 'When it was saved.';
