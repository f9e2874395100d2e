-- What a PostGraphile user would write for this schema: a view of the alumni, and one function for each write, the way
-- PostGraphile itself recommends for upserts and writes of several rows. In a schema of its own; our server does not see it.
\set ON_ERROR_STOP on
drop schema if exists peer cascade;
create schema peer;

-- With the condition in a view PostgreSQL knows it when it plans, and takes the partial indexes that our server's statements take.
create view peer.alumnus as select * from public.person where standing <> 'EMPLOYEE';

-- The order in which our server lists skills. PostgreSQL puts the function's body into the statement.
create function peer.person_skill_rank(held public.person_skill) returns int language sql immutable as $$
  select case held.level when 'EXPERT' then 0 when 'ADVANCED' then 1 when 'WORKING' then 2 else 3 end $$;

-- Ids in time's order, as our server makes them.
create function peer.new_id() returns uuid language sql volatile as $$
  select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') || '7' || substr(random, 14, 3) || substr(random, 17))::uuid
  from replace(gen_random_uuid()::text, '-', '') as random $$;

-- M1: a referral, its first step, and the change that tells of it.
create function peer.referral_submit(company_id uuid, opportunity_id uuid, referrer_id uuid, candidate_id uuid, recommendation text)
returns public.referral language sql volatile as $$
  with made as (
    insert into public.referral (id, company_id, opportunity_id, referrer_id, candidate_id, candidate_key, stage, recommendation, submitted_at, created_at, updated_at, version)
    values (peer.new_id(), $1, $2, $3, $4, 'person_' || $4, 'SUBMITTED', $5, now(), now(), now(), 1)
    returning *
  ), step as (
    insert into public.referral_step (id, company_id, referral_id, to_stage, actor_id, created_at)
    select peer.new_id(), made.company_id, made.id, made.stage, made.referrer_id, now() from made
  ), told as (
    insert into public.change (company_id, kind, subject_kind, subject_id, person_id, actor_kind, fields, at)
    select made.company_id, 'referral.submitted', 'REFERRAL', made.id, made.candidate_id, 'SYSTEM', '[]', now() from made
  )
  select * from made $$;

-- M2: an answer to an event, the event's count, and the change that tells of it. The event is locked first, so that counts stay right.
create function peer.participation_respond(company_id uuid, event_id uuid, person_id uuid, state text, note text)
returns public.participation language plpgsql volatile as $$
#variable_conflict use_column
declare
  held text;
  answered public.participation;
begin
  perform 1 from public.engagement_event where company_id = $1 and id = $2 for update;
  select state into held from public.participation where company_id = $1 and event_id = $2 and person_id = $3;
  insert into public.participation (id, company_id, event_id, person_id, state, note, responded_at, created_at, updated_at, version)
  values (peer.new_id(), $1, $2, $3, $4, $5, now(), now(), now(), 1)
  on conflict (company_id, event_id, person_id) do update
    set state = excluded.state, note = excluded.note, responded_at = now(), updated_at = now(), version = participation.version + 1
  returning * into answered;
  update public.engagement_event set going_count = going_count + ($4 = 'GOING')::int - coalesce(held = 'GOING', false)::int
  where company_id = $1 and id = $2;
  insert into public.change (company_id, kind, subject_kind, subject_id, person_id, actor_kind, fields, at)
  values ($1, 'participation.responded', 'PARTICIPATION', answered.id, $3, 'SYSTEM', '["state", "note"]', now());
  return answered;
end $$;

-- M3: what an HR system says of workers it named before; a change for each. Everybody sent is known here, so nobody is made:
-- easier than what our server does, which decides on each worker.
create function peer.workers_sync(company_id uuid, source text, workers json) returns int language sql volatile as $$
  with said as materialized (
    select person_id, told.* from json_to_recordset($3) as told (
      "externalId" text, "familyName" text, "givenName" text, "familyNameKana" text, "givenNameKana" text, "personalEmail" text,
      "phone" text, "position" text, "location" text, "startedOn" date)
    join public.external_identity as known on known.company_id = $1 and known.source = $2 and known.external_id = told."externalId"
  ), people as (
    update public.person set family_name = "familyName", given_name = "givenName", family_name_kana = "familyNameKana",
      given_name_kana = "givenNameKana", personal_email = "personalEmail", phone = said.phone, updated_at = now(), version = version + 1
    from said where person.company_id = $1 and person.id = said.person_id
    returning person.id
  ), stints as (
    update public.employment set position = said.position, location = said.location, updated_at = now(), version = version + 1
    from said where employment.company_id = $1 and employment.person_id = said.person_id and employment.started_on = said."startedOn"
  ), told as (
    insert into public.change (company_id, kind, subject_kind, subject_id, person_id, actor_kind, fields, at)
    select $1, 'person.updated', 'PERSON', people.id, people.id, 'SYSTEM', '["phone", "employments"]', now() from people
    returning 1
  )
  select count(*)::int from told $$;

-- For Q6b: what PostgreSQL itself offers for `like '%...%'`. Our server has an index of its own for that.
create extension if not exists pg_trgm;
create index if not exists bench_person_grams on public.person using gin (grams gin_trgm_ops);
analyze public.person;
