CREATE VIRTUAL TABLE person_search USING fts5(grams, content = 'person', content_rowid = 'row', tokenize = 'unicode61 remove_diacritics 0');
CREATE TRIGGER person_search_insert AFTER INSERT ON person BEGIN
    INSERT INTO person_search (rowid, grams) VALUES (new.row, new.grams);
END;
CREATE TRIGGER person_search_delete AFTER DELETE ON person BEGIN
    INSERT INTO person_search (person_search, rowid, grams) VALUES ('delete', old.row, old.grams);
END;
CREATE TRIGGER person_search_update AFTER UPDATE OF grams ON person WHEN old.grams IS NOT new.grams BEGIN
    INSERT INTO person_search (person_search, rowid, grams) VALUES ('delete', old.row, old.grams);
    INSERT INTO person_search (rowid, grams) VALUES (new.row, new.grams);
END;
