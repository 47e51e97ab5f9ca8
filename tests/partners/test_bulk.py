"""Rows loaded in bulk are rows like any other: same values, same constraints, ids that nobody else gets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from learners.models import Learner, Responsibility, Situation
from partners.bulk import load, load_columns, reserve
from partners.models import Programme
from tests import makers

pytestmark = pytest.mark.django_db


def test_columns_come_back_as_they_went() -> None:
    provider = makers.training_body()
    ids = reserve(Programme, 2)
    load_columns(
        Programme, 2, id=ids, provider_id=provider.pk, title=["Un\tdeux", "« Trois » \\N"], certification="", target_level=["4", ""],
        hours=[Decimal("600.50"), None], occupations=['["M1805"]', "[]"], skills="", neet_required=True,
    )  # fmt: skip
    found = (
        Programme.objects.filter(pk__in=ids).order_by("pk").values_list("title", "hours", "occupations", "target_level")
    )
    assert list(found) == [("Un\tdeux", Decimal("600.50"), ["M1805"], "4"), ("« Trois » \\N", None, [], "")]


def test_dates_and_moments_come_back_as_they_went() -> None:
    someone = makers.learner()
    (pk,) = reserve(Learner, 1)
    written = [field for field in Learner._meta.concrete_fields if not field.generated]
    names = [field.column for field in written]
    row = {field.column: getattr(someone, field.attname) for field in written}
    moment = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
    row |= {"id": pk, "born_on": date(2001, 2, 3), "created_at": moment}
    load(Learner, names, [[row[name] for name in names]])
    loaded = Learner.objects.get(pk=pk)
    assert (loaded.born_on, loaded.created_at) == (date(2001, 2, 3), moment)


def test_reserved_ids_grow_and_are_not_given_again() -> None:
    first = reserve(Programme, 3)
    load_columns(
        Programme, 3, id=first, provider_id=makers.training_body().pk, title="t", certification="", target_level="", hours=None,
        occupations="[]", skills="", neet_required=True,
    )  # fmt: skip
    later = Programme.objects.create(provider=makers.training_body(), title="u")
    assert first == sorted(first)
    assert later.pk not in first
    assert reserve(Programme, 1)[0] > later.pk
    assert reserve(Programme, 0) == []


def test_constraints_hold_for_loaded_rows() -> None:
    learner = makers.learner()
    names = ("id", "learner_id", "kind", "starts_on", "ends_on", "evidence", "employer_name")
    wrong = (reserve(Situation, 1)[0], learner.pk, "cdd", date(2026, 2, 1), date(2026, 1, 1), "", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        load(Situation, names, [wrong])
    second = (reserve(Responsibility, 1)[0], learner.pk, learner.holder_id, date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        load(Responsibility, ("id", "learner_id", "organisation_id", "since"), [second])
