select json_build_object(
  'participations', (select json_agg(json_build_array(participation.state, person_id, note, participation.version)) from participation join engagement_event on engagement_event.id = event_id where title like 'bench %'),
  'going', (select sum(going_count) from engagement_event where title like 'bench %'),
  'changes', (select json_agg(json_build_array(company_id, kind, subject_kind, person_id, fields)) from change))
