"""First import of 100,000 persons, with everything the product does, against a tuned django-import-export and the bare load.

    uv run python benchmarks/import_persons.py [--persons 100000] [--peer 10000] [--rounds 5]

The base is thrown away: a file of its own on SQLite, `…_bench` beside the base that DATABASE_URL names on PostgreSQL.
- product: `import_workbook` of the workbook, file to commit; then the same file again.
- bare: the same rows in the same tables, ready, by COPY or executemany, in one transaction.
- django-import-export: the sheet read by its own XLSX format, bulk, cached instances and foreign keys, skip_diff; on fewer rows (--peer),
  for it is linear and slow; its time is scaled up.
Each round starts from an empty base. Peak memory is that of a process that does the product's import alone.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.bench_base import prepared

BASE = prepared("import_persons")

from django.db import connection, transaction
from import_export import fields, resources, widgets
from import_export.formats.base_formats import XLSX
from import_export.instance_loaders import CachedInstanceLoader

from benchmarks.measuring import medians, peak_mb, ratio, show
from benchmarks.persons_file import write
from learners.identity import name_key
from learners.models import Learner, LearnerReference, Responsibility
from partners.bulk import load
from partners.models import Organisation, OrganisationReference
from partners.spreadsheet import LARGE
from placements.intake import bring_in

TABLES = (Responsibility, LearnerReference, Learner, OrganisationReference, Organisation)


class CachedForeignKey(widgets.ForeignKeyWidget):
    """The organisations, read once."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if not hasattr(self, "known"):
            self.known = {
                reference.code: reference.organisation
                for reference in OrganisationReference.objects.select_related("organisation")
            }
        return self.known.get(value)


class PersonResource(resources.ModelResource):
    """One row, one Learner, found again by its phone: the tuned peer, without the product's checks nor its references."""

    last_name = fields.Field("last_name", "Nom")
    first_name = fields.Field("first_name", "Prénom")
    sex = fields.Field("sex", "Sexe")
    born_on = fields.Field("born_on", "Date de naissance", widget=widgets.DateWidget())
    email = fields.Field("email", "Courriel")
    phone = fields.Field("phone", "Téléphone")
    channel = fields.Field("channel", "Canal préféré")
    address = fields.Field("address", "Adresse")
    postcode = fields.Field("postcode", "Code postal")
    commune = fields.Field("commune", "Commune (INSEE)")
    referent = fields.Field("referent", "Référent", widget=CachedForeignKey(Organisation))

    class Meta:
        model = Learner
        fields = (
            "last_name",
            "first_name",
            "sex",
            "born_on",
            "email",
            "phone",
            "channel",
            "address",
            "postcode",
            "commune",
            "referent",
        )
        import_id_fields = ("phone",)
        instance_loader_class = CachedInstanceLoader
        use_bulk = True
        batch_size = 2_000
        skip_unchanged = True
        skip_diff = True
        use_transactions = True

    def before_save_instance(self, instance: Learner, row: Any, **kwargs: Any) -> None:
        instance.holder = instance.referent
        instance.email = instance.email or ""
        instance.name_key = name_key(instance.last_name, instance.first_name)


def emptied() -> None:
    with connection.cursor() as cursor:
        for model in (*TABLES,):
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def product(path: Path) -> None:
    outcome = bring_in(path, limits=LARGE)
    assert not outcome.problems.errors, outcome.problems.errors[:3]


def again(path: Path) -> None:
    outcome = bring_in(path, limits=LARGE)
    assert not any(outcome.written.values())


def ready() -> list[tuple[Any, list[str], list[Any]]]:
    """What the product wrote, as rows in the order of the tables."""
    found = []
    for model in reversed(TABLES):
        columns = [field.column for field in model._meta.concrete_fields]
        names = [field.attname for field in model._meta.concrete_fields]
        found.append((model, columns, list(model._base_manager.order_by("pk").values_list(*names))))
    return found


def bare(rows: list[tuple[Any, list[str], list[Any]]]) -> None:
    with transaction.atomic():
        for model, columns, values in rows:
            load(model, columns, values)


def peer(path: Path) -> None:
    product_of_organisations()
    # As its users do: the sheet is read by its own XLSX format.
    data = XLSX().create_dataset(path.read_bytes())
    result = PersonResource().import_data(data, raise_errors=True)
    assert result.totals["new"] == len(data)


def product_of_organisations() -> None:
    for number, kind in enumerate(("mission_locale", "maison_emploi")):
        made = Organisation.objects.create(kind=kind, name=f"Organisme {number}")
        OrganisationReference.objects.create(code=f"ORG-{number}", organisation=made)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--persons", type=int, default=100_000)
    options.add_argument("--peer", type=int, default=10_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.alone:
        product(asked.alone)
        print(peak_mb())
        return
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / "persons.xlsx", asked.persons, lives=False)
        small = write(Path(folder) / "fewer.xlsx", asked.peer, lives=False, only="Personnes")
        memory = subprocess.run(
            [sys.executable, __file__, "--alone", str(path)],
            env=os.environ | {"BENCH_BASE": BASE},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        rows = ready()
        variants = {
            "product, first time": lambda: product(path),
            "bare load of the ready rows": lambda: bare(rows),
            f"django-import-export, {asked.peer:,} rows": lambda: peer(small),
        }
        found = medians(variants, asked.rounds, before=emptied)
        emptied()
        product(path)
        found |= medians({"product, same file again": lambda: again(path)}, asked.rounds)
    scaled = found[f"django-import-export, {asked.peer:,} rows"] * asked.persons / asked.peer
    found["django-import-export, scaled"] = scaled
    show(found)
    first = found["product, first time"]
    ratio("django-import-export / product", scaled / first, 8, most=False)
    ratio("product / bare load", first / found["bare load of the ready rows"], 4, most=True)
    ratio("again / first time", found["product, same file again"] / first, 0.8, most=True)
    ratio("peak memory (MB)", float(memory.split()[-1]), 450, most=True)


if __name__ == "__main__":
    main()
