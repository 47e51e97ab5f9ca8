"""What search looks into: the keys of persons, by groups of three letters, kept apart from their table.

Filing a key costs as much as bringing the person in. So triggers only note who is new or changed in
`learners_search_waiting`, and a job files them by thousands (`learners.finding.file_keys`); until then the search
reads the waiting ones directly. A key that changed, and that of an erased person, leave the index at once.

PostgreSQL needs its extension pg_trgm. Where this account may not create it, search works without its index, slowly:
let an administrator run `CREATE EXTENSION pg_trgm`, then create the index below. SQLite drops the triggers of a table
that a migration rebuilds: such a migration must run `watch` again (a test says when one forgot).
"""

from django.db import Error, migrations, transaction

SQLITE = [
    "CREATE VIRTUAL TABLE learners_search USING fts5(search_key, tokenize='trigram', columnsize=0)",
    "CREATE TABLE learners_search_waiting (id integer PRIMARY KEY)",
]
SQLITE_TRIGGERS = [
    """CREATE TRIGGER learner_new AFTER INSERT ON learners_learner
       BEGIN INSERT OR IGNORE INTO learners_search_waiting VALUES (NEW.id); END""",
    """CREATE TRIGGER learner_renamed AFTER UPDATE OF name_key, phone, email ON learners_learner
       WHEN OLD.search_key IS NOT NEW.search_key
       BEGIN
           DELETE FROM learners_search WHERE rowid = OLD.id;
           INSERT OR IGNORE INTO learners_search_waiting VALUES (NEW.id);
       END""",
    """CREATE TRIGGER learner_gone AFTER DELETE ON learners_learner
       BEGIN
           DELETE FROM learners_search WHERE rowid = OLD.id;
           DELETE FROM learners_search_waiting WHERE id = OLD.id;
       END""",
]
POSTGRESQL = [
    "CREATE TABLE learners_search (id bigint PRIMARY KEY, search_key text NOT NULL)",
    "CREATE TABLE learners_search_waiting (id bigint PRIMARY KEY)",
    """CREATE FUNCTION learners_search_follows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                DELETE FROM learners_search;
                DELETE FROM learners_search_waiting;
            ELSIF TG_OP = 'INSERT' THEN
                INSERT INTO learners_search_waiting SELECT id FROM added ON CONFLICT DO NOTHING;
            ELSE
                DELETE FROM learners_search WHERE id = OLD.id;
                IF TG_OP = 'DELETE' THEN
                    DELETE FROM learners_search_waiting WHERE id = OLD.id;
                ELSE
                    INSERT INTO learners_search_waiting VALUES (NEW.id) ON CONFLICT DO NOTHING;
                END IF;
            END IF;
            RETURN NULL;
        END $$""",
    """CREATE TRIGGER learner_new AFTER INSERT ON learners_learner REFERENCING NEW TABLE AS added
       FOR EACH STATEMENT EXECUTE FUNCTION learners_search_follows()""",
    """CREATE TRIGGER learner_renamed AFTER UPDATE ON learners_learner
       FOR EACH ROW WHEN (OLD.search_key IS DISTINCT FROM NEW.search_key) EXECUTE FUNCTION learners_search_follows()""",
    """CREATE TRIGGER learner_gone AFTER DELETE ON learners_learner
       FOR EACH ROW EXECUTE FUNCTION learners_search_follows()""",
    """CREATE TRIGGER learner_emptied AFTER TRUNCATE ON learners_learner
       FOR EACH STATEMENT EXECUTE FUNCTION learners_search_follows()""",
]
INDEX = "CREATE INDEX learners_search_by_three ON learners_search USING gin (search_key gin_trgm_ops)"
ALREADY_THERE = "INSERT INTO learners_search_waiting SELECT id FROM learners_learner"


def watch(apps, schema_editor):
    run = schema_editor.execute
    if schema_editor.connection.vendor == "sqlite":
        for statement in [*SQLITE, *SQLITE_TRIGGERS]:
            run(statement)
    else:
        for statement in POSTGRESQL:
            run(statement)
        try:
            with transaction.atomic(using=schema_editor.connection.alias):
                run("CREATE EXTENSION IF NOT EXISTS pg_trgm")
                run(INDEX)
        except Error:
            print("\n  La recherche se passera de son index : pg_trgm ne peut pas être créé par ce compte.")  # noqa: T201 -- whoever migrates reads it
    run(ALREADY_THERE)


def unwatch(apps, schema_editor):
    postgresql = schema_editor.connection.vendor == "postgresql"
    for name in ("learner_new", "learner_renamed", "learner_gone", *(["learner_emptied"] if postgresql else [])):
        schema_editor.execute(f"DROP TRIGGER {name}{' ON learners_learner' if postgresql else ''}")
    if postgresql:
        schema_editor.execute("DROP FUNCTION learners_search_follows()")
    schema_editor.execute("DROP TABLE learners_search")
    schema_editor.execute("DROP TABLE learners_search_waiting")


class Migration(migrations.Migration):
    dependencies = [("learners", "0002_house")]
    operations = [migrations.RunPython(watch, unwatch)]
