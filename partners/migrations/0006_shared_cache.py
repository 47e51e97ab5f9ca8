"""The table of the cache that all processes share: codes already used, tries counted."""

from django.core.management import call_command
from django.db import migrations

TABLE = "relais_cache"


def make(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE IF EXISTS {schema_editor.quote_name(TABLE)}")


class Migration(migrations.Migration):
    dependencies = [("partners", "0005_agreement_size_derogation")]
    operations = [migrations.RunPython(make, drop)]
