-- Parts of names in the largest company. `run` is the same text in the form in which the column `grams` holds words: their letter pairs.
select json_build_object('as', subject, 'company', 'company:' || company_id, 'search', part,
  'run', (select string_agg(substr(part, place, 2), ' ' order by place) from generate_series(1, length(part) - 1) as place))
from account cross join unnest(array['yama', 'やま', 'moto', 'もと', 'さき', 'kawa', '田中', 'suke', 'ひろ', 'sato', '藤', 'なかむら', 'aka', 'みず', 'shi', '太郎']) as part
where subject = 'bench-hr-0' and length(part) > 1 order by part
