-- Members, each with an event of their own, who say yes, and when all have said so no: every call writes.
select json_build_object('as', subject, 'company', 'company:' || company_id, 'event', 'event:' || engagement_event.id,
  'person', 'person:' || person_id, 'answer', answer, 'note', note)
from account join engagement_event using (company_id) cross join (values ('GOING', 'ベジタリアンです'), ('DECLINED', '出張と重なりました')) as said (answer, note)
where subject like 'bench-member-%' and engagement_event.title = 'bench ' || subject
order by answer desc, md5(subject)
