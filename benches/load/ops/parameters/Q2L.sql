-- The first page of the largest company's directory.
select json_build_object('as', subject, 'company', 'company:' || company_id) from account where subject = 'bench-hr-0'
