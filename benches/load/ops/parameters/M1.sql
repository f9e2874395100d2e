-- 256 members of the largest company who refer, each for an opportunity of their own; the candidate is another one each time (M1.fill.sql).
select json_build_object('as', subject, 'company', 'company:' || company_id, 'opportunity', 'opportunity:' || opportunity.id,
  'referrer', 'person:' || person_id, 'candidate', '{{fill}}', 'recommendation', '一緒に働いた三年間、いつも頼りになりました。')
from account join opportunity using (company_id)
where subject like 'bench-member-0-%' and opportunity.title = 'bench ' || subject
order by subject
