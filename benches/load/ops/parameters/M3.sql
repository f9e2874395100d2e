-- Twenty sets of a thousand workers, first with one text in phone and position and later with another, so that every call changes every row.
select json_build_object('as', account.subject, 'company', 'company:' || company_id, 'source', 'bench', 'workers', json_agg(json_build_object(
  'externalId', external_id, 'familyName', family_name, 'givenName', given_name, 'familyNameKana', family_name_kana, 'givenNameKana', given_name_kana,
  'personalEmail', personal_email, 'phone', '+81 90-0000-100' || turn, 'position', (array['エンジニア', 'チームリーダー'])[turn], 'location', '東京',
  'startedOn', '2020-04-01') order by external_id))
from external_identity join person using (company_id) join account using (company_id) cross join generate_series(1, 2) as turn
where source = 'bench' and person.id = external_identity.person_id and account.subject like 'bench-hr-%'
group by account.subject, company_id, split_part(external_id, '-', 1), turn
order by turn, split_part(external_id, '-', 1)::int
