"""What a run keeps of a report, read back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from placements.actions import stored
from placements.reports.frozen import thaw
from tests.placements import contents


@pytest.mark.parametrize("make", [contents.normal, contents.small, contents.public, contents.nominative])
def test_a_content_read_back_is_the_content_that_was_kept(make):
    content = make()
    assert thaw(stored(content)) == content


def test_a_key_that_this_version_does_not_know_is_left_aside():
    content = contents.small()
    assert thaw({**stored(content), "added_later": 1}) == content


def test_a_missing_key_is_an_error_and_never_a_blank_figure():
    kept = stored(contents.normal())
    del kept["outcomes"][0]["numerator"]
    with pytest.raises(KeyError):
        thaw(kept)


def test_what_was_frozen_before_days_were_charged_is_read_without_them():
    content = contents.normal()
    assert content.charged
    kept = stored(content)
    del kept["charged"]
    assert thaw(kept) == replace(content, charged=())
