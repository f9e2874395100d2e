-- 512 events with participants enough for a page.
select json_build_object('as', subject, 'event', 'event:' || engagement_event.id)
from engagement_event join account using (company_id)
where subject like 'bench-hr-%' and (select count(*) from participation where participation.company_id = engagement_event.company_id and event_id = engagement_event.id) > 50
order by md5(engagement_event.id::text) limit 512
