-- The first two letters of frequent readings, in the largest company.
select json_build_object('as', 'bench-hr-0', 'company', 'company:' || company_id, 'prefix', left(sort_name, 2))
from person join account using (company_id) where subject = 'bench-hr-0' and standing <> 'EMPLOYEE'
group by company_id, left(sort_name, 2) having count(*) > 50 order by md5(left(sort_name, 2)) limit 32
