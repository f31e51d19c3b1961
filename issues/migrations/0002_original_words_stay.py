"""A trigger that refuses to change the resident's words once an issue has been submitted."""

from typing import Any

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION issues_words_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the original words of a submitted issue cannot change'; END $$;
CREATE TRIGGER issues_words_stay BEFORE UPDATE OF original_text ON issues_issue
FOR EACH ROW WHEN (OLD.code IS NOT NULL AND OLD.original_text IS DISTINCT FROM NEW.original_text)
EXECUTE FUNCTION issues_words_stay();
"""
SQLITE = """
CREATE TRIGGER issues_words_stay BEFORE UPDATE OF original_text ON issues_issue
WHEN OLD.code IS NOT NULL AND OLD.original_text IS NOT NEW.original_text
BEGIN SELECT RAISE(ABORT, 'the original words of a submitted issue cannot change'); END
"""


def protect(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def unprotect(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER issues_words_stay ON issues_issue")
        schema_editor.execute("DROP FUNCTION issues_words_stay()")
    else:
        schema_editor.execute("DROP TRIGGER issues_words_stay")


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
