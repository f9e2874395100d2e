-- Makes the benchmark's companies out of the one our own `seed --alumni` filled, and what happens around their people.
-- psql -v alumni=5000 (of each further company) -v events=5000 -v participants=60 (of each event).
-- Everything is computed from row numbers: the same seed makes the same rows.
\set ON_ERROR_STOP on
set synchronous_commit = off;
set work_mem = '128MB';
begin;
-- Without this the benchmark could not take a referral away again: PostgreSQL looks for duplicates of each that goes.
create index bench_referral_by_duplicate_of on referral (company_id, duplicate_of_id) where duplicate_of_id is not null;
-- A new id that keeps the moment of another one, so that it lies in an index where a real one would.
create function pg_temp.copied(id uuid, salt text) returns uuid language sql immutable as $$
  select (left(id::text, 18) || '-a' || left(digits, 3) || '-' || substr(digits, 4, 12))::uuid from md5(salt || id::text) digits $$;
-- A UUIDv7 of a moment.
create function pg_temp.made(at timestamptz, salt text) returns uuid language sql immutable as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || left(digits, 3) || 'a' || substr(digits, 4, 15))::uuid from md5(salt) digits $$;
-- The text form in which the server keeps a candidate: entity/src/ids.rs.
create function pg_temp.typeid(prefix text, id uuid) returns text language sql immutable as $$
  select prefix || '_' || string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', 1 + substring(bits from 3 + 5 * place for 5)::int, 1), '' order by place)
  from (select ('x0' || replace(id::text, '-', ''))::bit(132) as bits) as id, generate_series(0, 25) as place $$;

create temp table origin as select * from company where slug = 'aozora';
-- Every member consents to everything (1023: ten purposes), so that members see the same people as a peer that asks for no consent; what the copies get is said by the
-- column's default while they are made. The ledger behind it is the origin's alone: no operation reads it.
update person set consents = 1023 from origin where company_id = origin.id and standing in ('ACTIVE', 'PAUSED') and consents <> 1023;
alter table person alter consents set default 1023;
create temp table copy on commit drop as
  select k, pg_temp.copied(origin.id, 'company ' || k) as company_id from origin, generate_series(1, 9) as k;
insert into company select company_id, 'bench-' || k, 'ベンチ' || k || '株式会社', description, website, locale, time_zone, currency, created_at, updated_at, version
  from copy, origin;
insert into department select pg_temp.copied(department.id, 'department ' || k), copy.company_id, department.name, department.created_at, department.updated_at, department.version
  from copy, department join origin on origin.id = department.company_id;
insert into skill select pg_temp.copied(skill.id, 'skill ' || k), copy.company_id, skill.name, folded_name, skill.created_at
  from copy, skill join origin on origin.id = skill.company_id;

-- Company k holds the k-th slice of the origin's alumni, with all that hangs on them.
create temp table slice on commit drop as
  select k, copy.company_id, numbered.id as origin_id, pg_temp.copied(numbered.id, 'person ' || k) as id
  from (select person.id, row_number() over (order by person.id) - 1 as n from person join origin on origin.id = company_id
        where standing not in ('EMPLOYEE', 'ERASED')) as numbered
  join copy on copy.k = 1 + n / :alumni;
create index on slice (origin_id);
analyze slice;
-- How a person is ordered and found is copied as the application wrote it.
insert into person (id, company_id, standing, employee_number, family_name, given_name, family_name_kana, given_name_kana,
    family_name_romaji, given_name_romaji, other_name, personal_email, work_email, phone, location, current_employer, current_title,
    headline, biography, links, languages, sort_name, grams, grams_names, grams_other_name, grams_employer, left_on,
    visibility_chosen, seen_by_hr, seen_by_employees, seen_by_alumni, created_at, updated_at, version)
  select slice.id, slice.company_id, standing, employee_number, family_name, given_name, family_name_kana, given_name_kana,
    family_name_romaji, given_name_romaji, other_name, personal_email, work_email, phone, location, current_employer, current_title,
    headline, biography, links, languages, sort_name, grams, grams_names, grams_other_name, grams_employer, left_on,
    visibility_chosen, seen_by_hr, seen_by_employees, seen_by_alumni, created_at, updated_at, version
  from slice join person on person.id = origin_id;
insert into employment (id, company_id, person_id, department_id,
    employment_type, position, location, started_on, last_working_day, ended_at, leave_type, leave_reason, created_at, updated_at, version)
  select pg_temp.copied(employment.id, 'employment ' || k), slice.company_id, slice.id, pg_temp.copied(department_id, 'department ' || k),
    employment_type, position, location, started_on, last_working_day, ended_at, leave_type, leave_reason, created_at, updated_at, version
  from slice join employment on person_id = origin_id;
insert into membership select pg_temp.copied(membership.id, 'membership ' || k), slice.company_id, slice.id, state, invited_at, joined_at, paused_at, ended_at,
    expires_on, created_at, updated_at, version
  from slice join membership on person_id = origin_id;
insert into person_skill select slice.company_id, slice.id, pg_temp.copied(skill_id, 'skill ' || k), level
  from slice join person_skill on person_id = origin_id;
insert into person_intent select slice.company_id, slice.id, intent from slice join person_intent on person_id = origin_id;
analyze company, department, skill, person;

-- Number 0 is the origin, with more than half of all alumni; it has that share of what follows.
create temp table place on commit drop as
  select 0 as number, id as company_id from origin union all select k, company_id from copy;
create temp table alumnus on commit drop as
  select number, person.company_id, person.id as person_id, row_number() over (partition by person.company_id order by person.id) - 1 as n,
    count(*) over (partition by person.company_id) as people
  from person join place using (company_id) where standing not in ('EMPLOYEE', 'ERASED');
create temp table member on commit drop as
  select number, person.company_id, person.id as person_id, row_number() over (partition by person.company_id order by person.id) - 1 as n,
    count(*) over (partition by person.company_id) as people
  from person join place using (company_id) where standing = 'ACTIVE';
create unique index on member (number, n);
analyze alumnus, member;

-- Logins: one of HR in each company, and members who answer (M2) and refer (M1), half of them in the largest.
insert into account (id, company_id, person_id, issuer, subject, roles, external, created_at, updated_at, version)
  select pg_temp.made(timestamptz '2024-01-01', 'hr ' || number), company_id, null, 'alumni-api', 'bench-hr-' || number, '["HR"]', true,
    timestamptz '2024-01-01', timestamptz '2024-01-01', 1
  from place;
insert into account (id, company_id, person_id, issuer, subject, roles, external, created_at, updated_at, version)
  select pg_temp.made(timestamptz '2024-01-01', 'member ' || number || '-' || n), company_id, person_id, 'alumni-api',
    'bench-member-' || number || '-' || n, '[]', false, timestamptz '2024-01-01', timestamptz '2024-01-01', 1
  from member where n < case when number = 0 then 256 else 28 end;

create temp table event on commit drop as
  select g, number, company_id, timestamptz '2022-01-01' + g * interval '8 hours' as starts_at
  from generate_series(1, :events) as g join place on number = case when g % 20 < 11 then 0 else 1 + g % 9 end;
insert into engagement_event select pg_temp.made(starts_at - interval '40 days', 'event ' || g), company_id,
    (array['SEMINAR', 'MEETUP', 'WEBINAR', 'CAREER_TALK'])[1 + g % 4], 'PUBLISHED', '卒業生のつどい ' || g, '卒業した仲間と現役社員が集まります。', null,
    starts_at, starts_at + interval '90 minutes', '会場 ' || g % 40, null, null, 0, 0, null, null, starts_at - interval '40 days', starts_at - interval '40 days', 1
  from event;
-- Those that M2 answers lie far ahead, so that the database stays of use for years.
insert into engagement_event select pg_temp.made(timestamptz '2024-01-01', 'open event ' || subject), company_id, 'MEETUP', 'PUBLISHED', 'bench ' || subject, null, null,
    timestamptz '2090-01-01', timestamptz '2090-01-02', null, null, null, 0, 0, null, null, timestamptz '2024-01-01', timestamptz '2024-01-01', 1
  from account where subject like 'bench-member-%';
-- The session keeps the plan of each foreign key's check, and would keep one made for an empty table.
analyze event, engagement_event;
insert into participation select pg_temp.made(at, 'participation ' || g || ' ' || j), event.company_id, pg_temp.made(starts_at - interval '40 days', 'event ' || g),
    person_id, case when j % 20 < 15 then 'GOING' when j % 20 < 17 then 'MAYBE' else 'DECLINED' end, case when j % 5 = 0 then 'ベジタリアンです' end,
    at, null, null, null, at, at, 1
  from event join (select distinct number, people from member) as size on size.number = event.number
  cross join generate_series(1, :participants) as j
  join member on member.number = event.number and member.n = (g * 7919 + j * 491) % size.people,
    lateral (select starts_at - interval '39 days' + j * interval '1 hour' as at) as answered
  on conflict do nothing;
update engagement_event set going_count = going
  from (select event_id, count(*) as going from participation join event on event_id = pg_temp.made(starts_at - interval '40 days', 'event ' || g) where state = 'GOING' group by 1) as counted
  where id = event_id;

-- Fifty opportunities a company; every alumnus is referred for one of them, once.
insert into opportunity select pg_temp.made(timestamptz '2024-01-01', 'opportunity ' || number || ' ' || g), company_id, 'REHIRE', 'OPEN', 'バックエンドエンジニア ' || g, null, null,
    null, null, '東京', g % 2 = 0, timestamptz '2024-01-01', null, null, timestamptz '2024-01-01', timestamptz '2024-01-01', 1
  from place, generate_series(0, 49) as g;
insert into opportunity select pg_temp.made(timestamptz '2024-01-01', 'open opportunity ' || subject), company_id, 'REHIRE', 'OPEN', 'bench ' || subject, null, null,
    null, null, null, false, timestamptz '2024-01-01', null, null, timestamptz '2024-01-01', timestamptz '2024-01-01', 1
  from account where subject like 'bench-member-%';
create temp table referred on commit drop as
  select alumnus.number, alumnus.company_id, alumnus.n, alumnus.person_id as candidate_id, referrer.person_id as referrer_id, at, pg_temp.made(at, 'referral ' || alumnus.number || ' ' || alumnus.n) as id,
    (array['SUBMITTED', 'SCREENING', 'INTERVIEWING', 'OFFERED', 'HIRED', 'REJECTED'])[1 + alumnus.n / 7 % 6] as stage
  from alumnus
  join member as first on first.number = alumnus.number and first.n = 0
  join member as referrer on referrer.number = alumnus.number and referrer.n = (alumnus.n * 31 + 7) % first.people,
    lateral (select timestamptz '2024-02-01' + alumnus.n * interval '10 minutes' as at) as submitted
  where referrer.person_id <> alumnus.person_id;
analyze opportunity, referred;
insert into referral select id, company_id, pg_temp.made(timestamptz '2024-01-01', 'opportunity ' || number || ' ' || n % 50), referrer_id, candidate_id, null, null,
    pg_temp.typeid('person', candidate_id), stage, null, '一緒に働いた三年間、いつも頼りになりました。', at, case when stage in ('HIRED', 'REJECTED') then at + interval '30 days' end, at, at, 1
  from referred;
analyze referral;
insert into referral_step select pg_temp.made(at, 'step ' || number || ' ' || n), company_id, id, null, 'SUBMITTED', null, referrer_id, at from referred;

alter table person alter consents set default 0;
-- Twenty sets of a thousand workers whom an HR system keeps sending (M3), two sets a company.
create temp table worker on commit drop as
  select set, worker_of.n, place.company_id, pg_temp.made(timestamptz '2024-01-01' + worker_of.n * interval '1 second', 'worker ' || set || ' ' || worker_of.n) as id, alumnus.person_id as like_id
  from generate_series(0, 19) as set join place on number = set % 10, generate_series(0, 999) as worker_of(n)
  join alumnus on alumnus.number = 0 and alumnus.n = worker_of.n % (select people from alumnus where number = 0 limit 1);
-- Only what follows from the names is copied of how they are found: an employer or a title is not.
insert into person (id, company_id, standing, employee_number, family_name, given_name, family_name_kana, given_name_kana,
    family_name_romaji, given_name_romaji, other_name, personal_email, links, languages,
    sort_name, grams, grams_names, grams_other_name, grams_employer, created_at, updated_at, version)
  select worker.id, worker.company_id, 'EMPLOYEE', 'W' || set || '-' || worker.n, family_name, given_name, family_name_kana, given_name_kana,
    family_name_romaji, given_name_romaji, other_name, personal_email, '[]', '[]',
    sort_name, left(grams, grams_other_name), grams_names, grams_other_name, grams_other_name, timestamptz '2024-01-01', timestamptz '2024-01-01', 1
  from worker join person on person.id = like_id;
insert into external_identity (company_id, source, external_id, person_id, created_at)
  select company_id, 'bench', set || '-' || n, id, timestamptz '2024-01-01' from worker;
insert into employment (id, company_id, person_id, employment_type, started_on, created_at, updated_at, version)
  select pg_temp.copied(worker.id, 'stint'), worker.company_id, worker.id, 'REGULAR', date '2020-04-01', timestamptz '2024-01-01', timestamptz '2024-01-01', 1
  from worker;
commit;
