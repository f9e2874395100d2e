-- 512 alumni from all over the companies, each asked for by HR of their company.
select json_build_object('as', subject, 'id', 'person:' || person.id)
from person join account using (company_id)
where subject like 'bench-hr-%' and standing not in ('EMPLOYEE', 'ERASED')
order by md5(person.id::text) limit 512
