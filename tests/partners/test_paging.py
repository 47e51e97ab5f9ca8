"""Lists by pages."""

from __future__ import annotations

import pytest

from partners.models import Agreement
from partners.paging import page_of
from tests.makers import agreement as make_agreement


@pytest.fixture
def rows(body, funder):
    for _ in range(7):
        make_agreement(body, funder)
    return Agreement.objects.all()


def test_pages_together_are_the_whole_list_in_order(rows):
    found = [row.pk for number in "123" for row in page_of(rows, number, per_page=3).object_list]
    assert found == list(rows.values_list("pk", flat=True))


@pytest.mark.parametrize(("asked", "given"), [(None, 1), ("deux", 1), ("0", 3), ("99", 3), ("2", 2)])
def test_a_number_out_of_bounds_gives_the_nearest_page(rows, asked, given):
    assert page_of(rows, asked, per_page=3).number == given


def test_an_empty_list_is_one_empty_page(rows):
    page = page_of(rows.none(), "1")
    assert (page.object_list, page.paginator.num_pages) == ([], 1)
