CREATE TABLE notice (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL REFERENCES company (id),
    purpose {text} NOT NULL,
    version INTEGER NOT NULL CHECK (version > 1),
    requires_renewal {flag} NOT NULL,
    text_hash {text} NOT NULL,
    effective_from {instant} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_id {id},
    UNIQUE (company_id, id),
    UNIQUE (company_id, purpose, version)
) {strict};

CREATE TABLE notice_text (
    company_id {id} NOT NULL,
    notice_id {id} NOT NULL,
    language {key} NOT NULL,
    title {text} NOT NULL,
    body {text} NOT NULL,
    text_hash {text} NOT NULL,
    PRIMARY KEY (company_id, notice_id, language),
    FOREIGN KEY (company_id, notice_id) REFERENCES notice (company_id, id)
) {strict};

-- Version 1 of a notice is the service's own, which is no row; so an entry names a version always and a notice sometimes.
CREATE TABLE consent (
    id {id} NOT NULL PRIMARY KEY,
    company_id {id} NOT NULL,
    person_id {id} NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    purpose {text} NOT NULL,
    decision {text} NOT NULL,
    notice_id {id},
    notice_version INTEGER,
    language {text},
    text_hash {text},
    channel {text} NOT NULL,
    proof {text},
    actor_kind {text} NOT NULL,
    actor_id {id},
    at {instant} NOT NULL,
    UNIQUE (company_id, id),
    UNIQUE (company_id, person_id, number),
    CHECK (decision IN ('GRANTED', 'WITHDRAWN')),
    CHECK (decision = 'WITHDRAWN' OR (notice_version IS NOT NULL AND language IS NOT NULL AND text_hash IS NOT NULL)),
    FOREIGN KEY (company_id, person_id) REFERENCES person (company_id, id),
    FOREIGN KEY (company_id, notice_id) REFERENCES notice (company_id, id)
) {strict};
CREATE INDEX consent_by_person ON consent (company_id, person_id, purpose, number);

-- What holds now: a bit a purpose, in the order of the words. Nobody said yes before there was anything to say yes to.
ALTER TABLE person ADD COLUMN consents integer NOT NULL DEFAULT 0;
-- Who is shown in the directory: 2 is the bit of DIRECTORY.
CREATE INDEX person_in_directory_by_name ON person (company_id, sort_name, id) WHERE standing = 'ACTIVE' AND (consents & 2) <> 0;

-- Who is a member said yes to that, in whatever words: the one consent that existing rows are evidence of.
INSERT INTO consent (id, company_id, person_id, number, purpose, decision, notice_version, language, text_hash, channel, proof, actor_kind, at)
    SELECT membership.id, membership.company_id, membership.person_id, 1, 'MEMBERSHIP', 'GRANTED', 1, 'und', '', 'IMPORT', 'membership joined before consents were kept', 'SYSTEM', coalesce(joined_at, membership.updated_at)
    FROM membership WHERE state IN ('ACTIVE', 'PAUSED', 'REHIRED');
UPDATE person SET consents = 1 WHERE EXISTS (
    SELECT 1 FROM membership WHERE membership.company_id = person.company_id AND membership.person_id = person.id AND state IN ('ACTIVE', 'PAUSED', 'REHIRED'));
