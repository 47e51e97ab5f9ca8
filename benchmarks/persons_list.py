"""The list of persons, filters on, at 10,000 and 1,000,000 persons, for who sees all of them, 200 or 30.

Limit: a bare view that runs `SELECT 1` behind the same middleware. Peer: Django's Paginator over the same condition.
`--people N` for the large base.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.ground import ground
from benchmarks.timing import say, timed

FAMILIES = [
    "martin",
    "bernard",
    "dubois",
    "thomas",
    "robert",
    "richard",
    "petit",
    "durand",
    "leroy",
    "moreau",
    "simon",
    "laurent",
    "lefebvre",
    "michel",
    "garcia",
    "david",
    "bertrand",
    "roux",
    "vincent",
    "fournier",
    "morel",
    "girard",
    "andre",
    "lefevre",
    "mercier",
    "dupont",
    "lambert",
    "bonnet",
    "francois",
    "martinez",
    "legrand",
    "garnier",
    "faure",
    "rousseau",
    "blanc",
    "guerin",
    "muller",
    "henry",
    "roussel",
    "nicolas",
    "perrin",
    "morin",
    "mathieu",
    "clement",
    "gauthier",
    "dumont",
    "lopez",
    "fontaine",
    "chevalier",
]
FIRST = [
    "lea",
    "emma",
    "chloe",
    "manon",
    "ines",
    "sarah",
    "lucas",
    "hugo",
    "theo",
    "nathan",
    "enzo",
    "louis",
    "yanis",
    "adam",
    "rayan",
    "mohamed",
    "sofia",
    "lina",
    "amel",
    "karim",
]
ENDS = ["ac", "er", "in", "on", "ot", "eau", "ier", "ard", "et", "el", "is", "as", "u", "y", "o"]


def people(count: int, first: int, holder: int, names: random.Random) -> list[tuple]:
    rows = []
    for pk in range(first, first + count):
        last, given = names.choice(FAMILIES) + names.choice(ENDS) + names.choice(ENDS), names.choice(FIRST)
        born, inside = f"{names.randrange(1995, 2009)}-{names.randrange(1, 13):02}-15", names.random() < 0.4
        rows.append((
            pk, last.capitalize(), given.capitalize(), f"{last} {given}", "F", born, f"{given}.{last}{pk % 97}@example.org",
            f"+336{pk % 10**8:08}", "", "", "", "59350", "in" if inside else "out", "QN05980M" if inside else "",
            "2024" if inside else "", "declared", "4", holder, "", "2026-11-01 08:00:00+00:00",
        ))  # fmt: skip
    return rows


COLUMNS = [
    "id",
    "last_name",
    "first_name",
    "name_key",
    "sex",
    "born_on",
    "email",
    "phone",
    "channel",
    "address",
    "postcode",
    "commune",
    "district_status",
    "district",
    "district_list",
    "district_method",
    "level",
    "holder_id",
    "closed_reason",
    "created_at",
]


def populate(count: int) -> dict[str, object]:
    """`count` persons at one organisation, 200 at another, 30 of which have an adviser; 15 in a cohort."""
    from django.db import connection

    from learners.finding import file_keys
    from learners.models import Learner, Responsibility, Situation
    from partners.bulk import load
    from tests import makers

    large, small = makers.organisation(), makers.organisation()
    users = {
        "who manages all": makers.member(large, "manager"),
        "who manages 200": makers.member(small, "manager"),
        "who follows 30": makers.member(small),
    }
    names, adviser = random.Random(7), users["who follows 30"].pk
    for start in range(0, count + 200, 50_000):
        slice_ = [
            row
            for holder, size, first in ((large.pk, count, 1), (small.pk, 200, count + 1))
            for row in people(max(0, min(size, start + 50_000 - first + 1) - max(0, start - first + 1)),
                              max(first, start + 1), holder, names)
        ]  # fmt: skip
        load(Learner, COLUMNS, slice_)
        load(
            Responsibility,
            ["learner_id", "organisation_id", "user_id", "since"],
            [(row[0], row[-3], adviser if count < row[0] <= count + 30 else None, "2026-01-05") for row in slice_],
        )
        stays = [
            (row[0], "internship", "2026-01-05", f"2026-{names.randrange(6, 12):02}-10" if row[0] % 3 else None, "", "")
            for row in slice_
        ]
        load(Situation, ["learner_id", "kind", "starts_on", "ends_on", "employer_name", "evidence"], stays)
    file_keys()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return users


def measure(users: dict, count: int, times: int) -> float:
    """Print a line a page; the median of the page of filters for who manages all."""
    from django.conf import settings
    from django.contrib.auth.decorators import login_not_required
    from django.core.paginator import Paginator
    from django.db import connection
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import path

    import config.urls
    from learners.models import Learner

    @login_not_required
    def bare(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return HttpResponse(str(cursor.fetchone()[0]))

    settings.ALLOWED_HOSTS = ["testserver"]
    if not any(getattr(one, "name", "") == "bare" for one in config.urls.urlpatterns):
        config.urls.urlpatterns.append(path("bare/", bare, name="bare"))
    client = Client()
    floor = timed(lambda: client.get("/bare/"), times=15)
    say(f"bare view, {count:,} persons", floor)
    watched = 0.0
    for who, user in users.items():
        client.force_login(user)
        mark = Learner.objects.visible_to(user).order_by("name_key", "pk")
        offset = min(250_000, mark[:300_000].count() // 2)
        middle = mark.values_list("pk", flat=True)[offset]
        queries = {
            "page 1": "", "filters": "?etat=suivi&qpv=in&age=18-25", "stuck": "?depuis=15", "common name": "?q=martin",
            "name and phone": "?q=lea+06+00+01+23", "rare name": "?q=gauthierardac+sofia", "two letters": "?q=mu",
            "page in the middle": f"?apres={middle}", "mine": "?referent=moi",
        }  # fmt: skip
        for what, query in queries.items():
            assert client.get(f"/personnes/{query}").status_code == 200
            took = timed(lambda query=query: client.get(f"/personnes/{query}"), times=times)
            say(f"  {who}: {what}", took, peer=floor, goal="≤ 40 × bare")
            if (who, what) == ("who manages all", "filters"):
                watched = took
        rows = Learner.objects.visible_to(user).filter(district_status="in", closed_on=None).select_related("holder")
        peer = timed(lambda rows=rows: list(Paginator(rows.order_by("name_key", "pk"), 50).page(1)), times=3)
        say(f"  {who}: peer, Paginator alone, without a template", peer, peer=floor)
    return watched


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=1_000_000)
    asked.add_argument("--times", type=int, default=7)
    asked.add_argument("--only", action="store_true", help="one base, of that size")
    options = asked.parse_args()
    if not options.only:  # a process a base: Django is set up once
        for count in (10_000, options.people):
            once = [sys.executable, __file__, "--only", "--people", str(count), "--times", str(options.times)]
            subprocess.run(once, check=True)
        return
    with ground():
        measure(populate(options.people), options.people, options.times)


if __name__ == "__main__":
    main()
