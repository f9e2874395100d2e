-- Every tenant table carries company_id, and points at others by (company_id, id): no row can point into another company.

CREATE TABLE company (
    id {id} NOT NULL PRIMARY KEY,
    slug {key} NOT NULL UNIQUE,
    name {text} NOT NULL,
    description {text},
    website {text},
    locale {text} NOT NULL,
    time_zone {text} NOT NULL,
    currency {text} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL
) {strict};

CREATE TABLE department (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL REFERENCES company (id),
    name {key} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (company_id, id),
    UNIQUE (company_id, name)
) {strict};

-- SQLite's text search points at rows by number; `{row}` gives it one that VACUUM keeps.
CREATE TABLE person (
    {row}
    company_id {id} NOT NULL REFERENCES company (id),
    standing {text} NOT NULL,
    employee_number {text},
    family_name {text} NOT NULL,
    given_name {text} NOT NULL,
    family_name_kana {text},
    given_name_kana {text},
    family_name_romaji {text},
    given_name_romaji {text},
    other_name {text},
    personal_email {text},
    work_email {text},
    phone {text},
    location {text},
    current_employer {text},
    current_title {text},
    headline {text},
    biography {text},
    links {json} NOT NULL,
    languages {json} NOT NULL,
    sort_name {key} NOT NULL,
    grams {text} NOT NULL,
    left_on {day},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (company_id, id),
    CHECK (standing = 'EMPLOYEE' OR left_on IS NOT NULL)
) {strict};

CREATE INDEX person_alumni_by_name ON person (company_id, sort_name, id) WHERE standing <> 'EMPLOYEE';
CREATE INDEX person_alumni_by_left_on ON person (company_id, left_on, id) WHERE standing <> 'EMPLOYEE';
CREATE INDEX person_by_standing_and_name ON person (company_id, standing, sort_name, id);
CREATE INDEX person_by_standing_and_left_on ON person (company_id, standing, left_on, id);

CREATE TABLE external_identity (
    company_id {id} NOT NULL,
    source {key} NOT NULL,
    external_id {key} NOT NULL,
    person_id {id} NOT NULL,
    created_at {instant} NOT NULL,
    PRIMARY KEY (company_id, source, external_id),
    FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
) {strict};
CREATE INDEX external_identity_by_person ON external_identity (company_id, person_id);

CREATE TABLE employment (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL,
    person_id {id} NOT NULL,
    department_id {id},
    employment_type {text} NOT NULL,
    position {text},
    location {text},
    started_on {day} NOT NULL,
    last_working_day {day},
    leave_type {text},
    leave_reason {text},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (company_id, id),
    UNIQUE (company_id, person_id, started_on),
    CHECK (last_working_day IS NULL OR last_working_day >= started_on),
    FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id),
    FOREIGN KEY (company_id, department_id) REFERENCES department (company_id, id)
) {strict};
CREATE INDEX employment_by_department ON employment (company_id, department_id, person_id);

CREATE TABLE membership (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL,
    person_id {id} NOT NULL,
    state {text} NOT NULL,
    invited_at {instant},
    joined_at {instant},
    paused_at {instant},
    ended_at {instant},
    expires_on {day},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (company_id, id),
    UNIQUE (company_id, person_id),
    FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
) {strict};

CREATE TABLE skill (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL REFERENCES company (id),
    name {text} NOT NULL,
    folded_name {key} NOT NULL,
    created_at {instant} NOT NULL,
    UNIQUE (company_id, id),
    UNIQUE (company_id, folded_name)
) {strict};

CREATE TABLE person_skill (
    company_id {id} NOT NULL,
    person_id {id} NOT NULL,
    skill_id {id} NOT NULL,
    level {text} NOT NULL,
    PRIMARY KEY (company_id, person_id, skill_id),
    FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id),
    FOREIGN KEY (company_id, skill_id) REFERENCES skill (company_id, id)
) {strict};
CREATE INDEX person_skill_by_skill ON person_skill (company_id, skill_id, person_id);

CREATE TABLE person_intent (
    company_id {id} NOT NULL,
    person_id {id} NOT NULL,
    intent {text} NOT NULL,
    PRIMARY KEY (company_id, person_id, intent),
    FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
) {strict};
CREATE INDEX person_intent_by_intent ON person_intent (company_id, intent, person_id);

CREATE TABLE account (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} REFERENCES company (id),
    person_id {id},
    issuer {key} NOT NULL,
    subject {key} NOT NULL,
    roles {json} NOT NULL,
    disabled_at {instant},
    created_at {instant} NOT NULL,
    UNIQUE (issuer, subject),
    FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
) {strict};
CREATE INDEX account_by_company ON account (company_id, id);

CREATE TABLE api_key (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL REFERENCES company (id),
    name {text} NOT NULL,
    lookup {key} NOT NULL UNIQUE,
    hash {bytes} NOT NULL,
    scopes {json} NOT NULL,
    expires_at {instant},
    revoked_at {instant},
    created_at {instant} NOT NULL,
    UNIQUE (company_id, id)
) {strict};

CREATE TABLE engagement_event (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL REFERENCES company (id),
    kind {text} NOT NULL,
    state {text} NOT NULL,
    title {text} NOT NULL,
    summary {text},
    description {text},
    starts_at {instant} NOT NULL,
    ends_at {instant} NOT NULL,
    venue {text},
    online_url {text},
    capacity INTEGER CHECK (capacity > 0),
    going_count INTEGER NOT NULL CHECK (going_count >= 0),
    waiting_count INTEGER NOT NULL CHECK (waiting_count >= 0),
    host_id {id},
    cancelled_reason {text},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (company_id, id),
    FOREIGN KEY (company_id, host_id) REFERENCES person (company_id, id)
) {strict};
CREATE INDEX engagement_event_by_start ON engagement_event (company_id, starts_at, id);
CREATE INDEX engagement_event_by_state_and_start ON engagement_event (company_id, state, starts_at, id);

CREATE TABLE participation (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL,
    event_id {id} NOT NULL,
    person_id {id} NOT NULL,
    state {text} NOT NULL,
    note {text},
    responded_at {instant} NOT NULL,
    waiting_since {instant},
    promoted_at {instant},
    checked_in_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (company_id, id),
    UNIQUE (company_id, event_id, person_id),
    CHECK ((state = 'WAITING') = (waiting_since IS NOT NULL)),
    FOREIGN KEY (company_id, event_id) REFERENCES engagement_event (company_id, id),
    FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id)
) {strict};
CREATE INDEX participation_by_event ON participation (company_id, event_id, id);
CREATE INDEX participation_by_event_and_state ON participation (company_id, event_id, state, id);
CREATE INDEX participation_by_person ON participation (company_id, person_id, id);
CREATE INDEX participation_waiting ON participation (company_id, event_id, waiting_since, id) WHERE state = 'WAITING';

CREATE TABLE opportunity (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL REFERENCES company (id),
    kind {text} NOT NULL,
    state {text} NOT NULL,
    title {text} NOT NULL,
    summary {text},
    description {text},
    department_id {id},
    contact_id {id},
    location {text},
    remote {flag} NOT NULL,
    opened_at {instant},
    closes_on {day},
    closed_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (company_id, id),
    FOREIGN KEY (company_id, department_id) REFERENCES department (company_id, id),
    FOREIGN KEY (company_id, contact_id) REFERENCES person (company_id, id)
) {strict};
CREATE INDEX opportunity_by_state ON opportunity (company_id, state, id);
CREATE INDEX opportunity_by_department ON opportunity (company_id, department_id, id);

CREATE TABLE referral (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL,
    opportunity_id {id} NOT NULL,
    referrer_id {id} NOT NULL,
    candidate_id {id},
    candidate_name {text},
    candidate_email {text},
    candidate_key {key} NOT NULL,
    stage {text} NOT NULL,
    duplicate_of_id {id},
    recommendation {text},
    submitted_at {instant} NOT NULL,
    closed_at {instant},
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (company_id, id),
    CHECK (candidate_id IS NOT NULL OR candidate_name IS NOT NULL),
    CHECK ((stage = 'DUPLICATE') = (duplicate_of_id IS NOT NULL)),
    FOREIGN KEY (company_id, opportunity_id) REFERENCES opportunity (company_id, id),
    FOREIGN KEY (company_id, referrer_id) REFERENCES person (company_id, id),
    FOREIGN KEY (company_id, candidate_id) REFERENCES person (company_id, id),
    FOREIGN KEY (company_id, duplicate_of_id) REFERENCES referral (company_id, id)
) {strict};
CREATE UNIQUE INDEX referral_once ON referral (company_id, opportunity_id, candidate_key) WHERE stage NOT IN ('DUPLICATE', 'WITHDRAWN');
CREATE INDEX referral_by_stage ON referral (company_id, stage, id);
CREATE INDEX referral_by_opportunity ON referral (company_id, opportunity_id, id);
CREATE INDEX referral_by_referrer ON referral (company_id, referrer_id, id);
CREATE INDEX referral_by_candidate ON referral (company_id, candidate_id, id);

CREATE TABLE referral_step (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL,
    referral_id {id} NOT NULL,
    from_stage {text},
    to_stage {text} NOT NULL,
    note {text},
    actor_id {id},
    created_at {instant} NOT NULL,
    UNIQUE (company_id, id),
    FOREIGN KEY (company_id, referral_id) REFERENCES referral (company_id, id),
    FOREIGN KEY (company_id, actor_id) REFERENCES person (company_id, id)
) {strict};
CREATE INDEX referral_step_by_referral ON referral_step (company_id, referral_id, id);

CREATE TABLE change (
    seq {sequence},
    transaction_id {transaction},
    company_id {id} NOT NULL REFERENCES company (id),
    kind {text} NOT NULL,
    subject_kind {text} NOT NULL,
    subject_id {id} NOT NULL,
    person_id {id},
    actor_kind {text} NOT NULL,
    actor_id {id},
    fields {json} NOT NULL,
    request_id {text},
    at {instant} NOT NULL
) {strict};
CREATE INDEX change_in_order ON change (company_id, transaction_id, seq);
CREATE INDEX change_by_subject ON change (company_id, subject_id, seq);
