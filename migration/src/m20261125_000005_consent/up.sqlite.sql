-- An entry stays as it was written. Erasing a person is the one way out: once their standing is ERASED, their entries may go, or lose their proof.
CREATE TRIGGER consent_stays BEFORE UPDATE ON consent
WHEN NOT (new.proof IS NULL AND new.id IS old.id AND new.company_id IS old.company_id AND new.person_id IS old.person_id AND new.number IS old.number AND new.purpose IS old.purpose
    AND new.decision IS old.decision AND new.notice_id IS old.notice_id AND new.notice_version IS old.notice_version AND new.language IS old.language
    AND new.text_hash IS old.text_hash AND new.channel IS old.channel AND new.actor_kind IS old.actor_kind AND new.actor_id IS old.actor_id AND new.at IS old.at
    AND EXISTS (SELECT 1 FROM person WHERE company_id = old.company_id AND id = old.person_id AND standing = 'ERASED'))
BEGIN
    SELECT RAISE(ABORT, 'the consent ledger is append-only');
END;
CREATE TRIGGER consent_stays_whole BEFORE DELETE ON consent
WHEN NOT EXISTS (SELECT 1 FROM person WHERE company_id = old.company_id AND id = old.person_id AND standing = 'ERASED')
BEGIN
    SELECT RAISE(ABORT, 'the consent ledger is append-only');
END;

-- What was shown to people stays as it was shown.
CREATE TRIGGER notice_stays BEFORE UPDATE ON notice BEGIN
    SELECT RAISE(ABORT, 'a published notice stays as it is');
END;
CREATE TRIGGER notice_stays_whole BEFORE DELETE ON notice BEGIN
    SELECT RAISE(ABORT, 'a published notice stays as it is');
END;
CREATE TRIGGER notice_text_stays BEFORE UPDATE ON notice_text BEGIN
    SELECT RAISE(ABORT, 'a published notice stays as it is');
END;
CREATE TRIGGER notice_text_stays_whole BEFORE DELETE ON notice_text BEGIN
    SELECT RAISE(ABORT, 'a published notice stays as it is');
END;
