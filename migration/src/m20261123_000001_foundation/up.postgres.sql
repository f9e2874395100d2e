-- The company stands in the index beside the letter pairs, so that a search walks one company's entries only.
CREATE INDEX person_by_grams ON person USING gin (array_to_tsvector(string_to_array(grams, ' ') || company_id::text));

CREATE FUNCTION change_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('change', '');
    RETURN NULL;
END $$;
CREATE TRIGGER change_notify AFTER INSERT ON change FOR EACH STATEMENT EXECUTE FUNCTION change_notify();
