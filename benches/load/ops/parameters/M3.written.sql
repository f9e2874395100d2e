select json_build_object(
  'people', (select json_agg(json_build_array(phone, count)) from (select phone, count(*) from person join external_identity on person_id = id where source = 'bench' group by 1) as counted),
  'stints', (select json_agg(json_build_array(position, location, count)) from (select position, location, count(*) from employment join external_identity using (company_id, person_id) where source = 'bench' group by 1, 2) as counted),
  'changes', (select json_agg(json_build_array(company_id, kind, subject_kind, count)) from (select company_id, kind, subject_kind, count(*) from change group by 1, 2, 3) as counted))
