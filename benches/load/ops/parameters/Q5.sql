-- Pages from row 50,000 of the largest company's directory on (at a smaller scale, from the same share of it on).
with directory as (select count(*) as people from person join account using (company_id) where subject = 'bench-hr-0' and standing <> 'EMPLOYEE')
select json_build_object('as', subject, 'company', 'company:' || company_id, 'row', greatest(0, least(50000, people * 9 / 10, people - 320)) + page * 20)
from directory, account cross join generate_series(0, 15) as page where subject = 'bench-hr-0' order by page
