"""Triggers that refuse to change the text of a rule set at any time, and anything of it once it is approved."""

from typing import Any

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION assessment_rules_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'a rule set does not change: write a new version'; END $$;
CREATE TRIGGER assessment_rules_stay BEFORE UPDATE ON assessment_ruleset FOR EACH ROW
WHEN (OLD.body IS DISTINCT FROM NEW.body OR OLD.sha256 <> NEW.sha256 OR OLD.year <> NEW.year OR OLD.number <> NEW.number
      OR OLD.status = 'approved')
EXECUTE FUNCTION assessment_rules_stay();
"""
SQLITE = """
CREATE TRIGGER assessment_rules_stay BEFORE UPDATE ON assessment_ruleset
WHEN OLD.body IS NOT NEW.body OR OLD.sha256 <> NEW.sha256 OR OLD.year <> NEW.year OR OLD.number <> NEW.number
     OR OLD.status = 'approved'
BEGIN SELECT RAISE(ABORT, 'a rule set does not change: write a new version'); END
"""


def protect(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE)


def unprotect(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER assessment_rules_stay ON assessment_ruleset")
        schema_editor.execute("DROP FUNCTION assessment_rules_stay()")
    else:
        schema_editor.execute("DROP TRIGGER assessment_rules_stay")


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_surveys_rules_and_scores")]
    operations = [migrations.RunPython(protect, unprotect)]
