"""The chain's head row, and triggers that refuse to change or delete an event."""

from typing import Any

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION core_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'events are append-only'; END $$;
CREATE TRIGGER core_event_append_only BEFORE UPDATE OR DELETE ON core_event
FOR EACH ROW EXECUTE FUNCTION core_event_refuse();
"""
SQLITE = [
    "CREATE TRIGGER core_event_no_update BEFORE UPDATE ON core_event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER core_event_no_delete BEFORE DELETE ON core_event BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
]


def protect(apps: Any, schema_editor: Any) -> None:
    apps.get_model("core", "ChainHead").objects.get_or_create(pk=1)
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unprotect(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER core_event_append_only ON core_event")
        schema_editor.execute("DROP FUNCTION core_event_refuse()")
        return
    for name in ("core_event_no_update", "core_event_no_delete"):
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
