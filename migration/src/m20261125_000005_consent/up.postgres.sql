-- An entry stays as it was written. Erasing a person is the one way out: once their standing is ERASED, their entries may go, or lose their proof.
CREATE FUNCTION consent_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' OR NOT EXISTS (SELECT 1 FROM person WHERE company_id = OLD.company_id AND id = OLD.person_id AND standing = 'ERASED') THEN
        RAISE EXCEPTION 'the consent ledger is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    OLD.proof := NULL;
    IF NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'the consent ledger is append-only' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER consent_stays BEFORE UPDATE OR DELETE ON consent FOR EACH ROW EXECUTE FUNCTION consent_stays();
CREATE TRIGGER consent_stays_whole BEFORE TRUNCATE ON consent FOR EACH STATEMENT EXECUTE FUNCTION consent_stays();

-- What was shown to people stays as it was shown.
CREATE FUNCTION notice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published notice stays as it is' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER notice_stays BEFORE UPDATE OR DELETE ON notice FOR EACH ROW EXECUTE FUNCTION notice_stays();
CREATE TRIGGER notice_stays_whole BEFORE TRUNCATE ON notice FOR EACH STATEMENT EXECUTE FUNCTION notice_stays();
CREATE TRIGGER notice_text_stays BEFORE UPDATE OR DELETE ON notice_text FOR EACH ROW EXECUTE FUNCTION notice_stays();
CREATE TRIGGER notice_text_stays_whole BEFORE TRUNCATE ON notice_text FOR EACH STATEMENT EXECUTE FUNCTION notice_stays();
