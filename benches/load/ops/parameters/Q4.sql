-- Each company's referrals in each stage.
select json_build_object('as', subject, 'company', 'company:' || company_id, 'stage', stage)
from account cross join unnest(array['SUBMITTED', 'SCREENING', 'INTERVIEWING', 'OFFERED', 'HIRED', 'REJECTED']) as stage
where subject like 'bench-hr-%' order by md5(subject || stage)
