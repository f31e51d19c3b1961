"""On PostgreSQL an index of every two neighbouring characters of an issue's words (see issues.search).

The pairs stand in a table of their own, so that a change of status does not touch the index. A trigger keeps them, and
so they hold whoever writes. SQLite goes without: reading its few thousand issues is quick.
"""

from typing import Any

from django.db import migrations

FORWARDS = """
CREATE FUNCTION issues_pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT array_agg(pair) FROM (
    SELECT substr(upper(words), place, 2) AS pair FROM generate_series(1, length(words) - 1) AS place
) AS pairs
$$;
CREATE TABLE issues_words (issue_id bigint PRIMARY KEY, pairs text[]);
INSERT INTO issues_words
SELECT id, issues_pairs(concat_ws(chr(10), title, original_text, place, code)) FROM issues_issue;
CREATE INDEX issues_words_pairs ON issues_words USING gin (pairs) WITH (gin_pending_list_limit = 256);
CREATE FUNCTION issues_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO issues_words
    VALUES (NEW.id, issues_pairs(concat_ws(chr(10), NEW.title, NEW.original_text, NEW.place, NEW.code)))
    ON CONFLICT (issue_id) DO UPDATE SET pairs = excluded.pairs;
    RETURN NULL;
END $$;
CREATE FUNCTION issues_forget_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM issues_words WHERE issue_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER issues_new_words AFTER INSERT ON issues_issue
FOR EACH ROW EXECUTE FUNCTION issues_keep_words();
CREATE TRIGGER issues_other_words AFTER UPDATE OF title, original_text, place, code ON issues_issue
FOR EACH ROW WHEN (
    (OLD.title, OLD.original_text, OLD.place, OLD.code) IS DISTINCT FROM (NEW.title, NEW.original_text, NEW.place, NEW.code)
) EXECUTE FUNCTION issues_keep_words();
CREATE TRIGGER issues_no_words AFTER DELETE ON issues_issue
FOR EACH ROW EXECUTE FUNCTION issues_forget_words();
"""
BACKWARDS = """
DROP TRIGGER issues_new_words ON issues_issue;
DROP TRIGGER issues_other_words ON issues_issue;
DROP TRIGGER issues_no_words ON issues_issue;
DROP FUNCTION issues_keep_words();
DROP FUNCTION issues_forget_words();
DROP TABLE issues_words;
DROP FUNCTION issues_pairs(text);
"""


def index(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FORWARDS)


def remove(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(BACKWARDS)


class Migration(migrations.Migration):
    dependencies = [("issues", "0005_what_residents_said_to_promises")]
    operations = [migrations.RunPython(index, remove)]
