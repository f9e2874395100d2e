-- The first page of each company's directory.
select json_build_object('as', subject, 'company', 'company:' || company_id) from account where subject like 'bench-hr-%' order by subject
