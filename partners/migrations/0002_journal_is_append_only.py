"""The journal refuses to be altered, by whatever way one comes: the ORM, the admin, raw SQL.

Deleting is allowed while the one-row table `partners_journaldoor` holds its row; `partners.journal.purge` puts it
there inside its own transaction, and takes it away. Updating is never allowed. SQLite drops the triggers of a table
that a migration rebuilds: such a migration must run `close` again (a test says when one forgot).
"""

from django.db import migrations

REFUSAL = "the journal is append-only"
DOOR = "CREATE TABLE partners_journaldoor (id smallint PRIMARY KEY CHECK (id = 1))"
SQLITE = [
    f"""CREATE TRIGGER journal_no_update BEFORE UPDATE ON partners_event
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    f"""CREATE TRIGGER journal_no_delete BEFORE DELETE ON partners_event
        WHEN NOT EXISTS (SELECT 1 FROM partners_journaldoor)
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    # INSERT OR REPLACE deletes without firing the trigger above.
    f"""CREATE TRIGGER journal_no_replace BEFORE INSERT ON partners_event
        WHEN EXISTS (SELECT 1 FROM partners_event WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
]
POSTGRESQL = [
    f"""CREATE FUNCTION partners_journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP <> 'UPDATE' AND EXISTS (SELECT 1 FROM partners_journaldoor) THEN RETURN NULL; END IF;
            RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
        END $$""",
    """CREATE TRIGGER journal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON partners_event
       FOR EACH STATEMENT EXECUTE FUNCTION partners_journal_is_append_only()""",
]


def close(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in [DOOR, *statements]:
        schema_editor.execute(statement)


def reopen(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER journal_is_append_only ON partners_event")
        schema_editor.execute("DROP FUNCTION partners_journal_is_append_only()")
    else:
        for name in ("journal_no_update", "journal_no_delete", "journal_no_replace"):
            schema_editor.execute(f"DROP TRIGGER {name}")
    schema_editor.execute("DROP TABLE partners_journaldoor")


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]
    operations = [migrations.RunPython(close, reopen)]
