-- An enum: the version asked for, else the latest active one. Null where there is none.
create or replace function workflows.find_enum(p_enum_name text, p_enum_version integer)
returns workflows.parameter_enum
language sql stable
as $$
  select e from workflows.parameter_enum e
  where e.enum_name = p_enum_name and e.status <> 'deleted'
    and (e.enum_version = p_enum_version or p_enum_version is null and e.status = 'active')
  order by e.enum_version desc limit 1
$$;
comment on function workflows.find_enum(text, integer) is 'One version of an enum, or null.';

-- A form with the choices of the enums that its fields name by enum and enum_version, those that
-- are not disabled. versions are the ones that were used, by the reference: Name, or Name:3 where
-- the form names the version. An enum that is missing leaves no choice.
create or replace function workflows.expand_form(
  p_form jsonb, out form jsonb, out versions jsonb)
language plpgsql stable
as $$
begin
  form := p_form;
  versions := jsonb_build_object();
  if p_form is null or not jsonb_path_exists(p_form, '$[*].enum') then return; end if;
  select jsonb_agg(case when f ->> 'enum' is null then f
      else f || jsonb_build_object('choices', jsonb_path_query_array(
        coalesce(e.choices, '[]'), '$[*] ? (!(@.isDisabled == true)).value')) end order by n),
    coalesce(jsonb_object_agg(e.enum_name || coalesce(':' || (f ->> 'enum_version'), ''),
      e.enum_version) filter (where e.enum_name is not null), '{}')
  into form, versions
  from jsonb_array_elements(p_form) with ordinality a(f, n)
  left join lateral workflows.find_enum(
    f ->> 'enum', (f ->> 'enum_version')::numeric::integer) e on true;
end
$$;
comment on function workflows.expand_form(jsonb) is
  'A form with the choices of its enums, and their versions.';
