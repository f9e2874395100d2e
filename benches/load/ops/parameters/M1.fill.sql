-- Members of the same company who refer nobody.
select '"person:' || person.id || '"' from person join account as hr using (company_id)
where hr.subject = 'bench-hr-0' and standing = 'ACTIVE' and not exists (select from account where account.person_id = person.id)
order by person.id
