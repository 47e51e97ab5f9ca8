"""The geocoder asked for real, over HTTP, on this machine: what it answers, how it fails, what never comes out."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from learners import geocoder
from learners.geocoder import NoAnswer, locate
from tests.learners.local_geocoder import Local, collection, feature, running

ADDRESS = ("4 rue des Canaris", "59100", "59512")
HIDDEN = ("Canaris", "canaris", "59512", "59100")


@pytest.fixture
def local(settings) -> Iterator[Local]:
    with running() as server:
        settings.GEOCODER_URL = f"{server.url}/geocodage"
        yield server


def refused() -> NoAnswer:
    with pytest.raises(NoAnswer) as raised:
        locate(ADDRESS)
    return raised.value


def test_an_address_is_asked_and_found(local) -> None:
    local.says(collection(feature(3.17, 50.69)))
    found = locate(ADDRESS)
    assert found is not None
    assert (found.latitude, found.longitude, found.precision) == (50.69, 3.17, "housenumber")
    assert local.asked == [
        ("/geocodage/search/", {
            "q": ["4 rue des Canaris"], "limit": ["1"], "autocomplete": ["0"], "postcode": ["59100"], "citycode": ["59512"],
        })
    ]  # fmt: skip


def test_nothing_found_is_not_a_failure_and_too_little_is_not_asked(local) -> None:
    local.says(collection())
    assert locate(ADDRESS) is None
    assert locate(("4 rue des Canaris", "", "")) is None
    assert len(local.asked) == 1


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_a_status_is_told_by_its_number(local, status) -> None:
    local.status, local.body = status, b"4 rue des Canaris: no"
    assert refused().code == f"geocoder_status_{status}"


@pytest.mark.parametrize("body", [b"", b"<html>4 rue des Canaris</html>", b'{"features": 3}', b"\xff"])
def test_what_is_not_an_answer_is_refused(local, body) -> None:
    local.says(body)
    assert refused().code == "geocoder_unreadable"


def test_a_long_answer_is_not_read_to_its_end(local) -> None:
    whole = b'{"features": []}'
    local.says(whole + b" " * (geocoder.LARGEST - len(whole)))
    assert locate(ADDRESS) is None  # control: just short enough
    local.says(whole + b" " * (geocoder.LARGEST - len(whole) + 1))
    assert refused().code == "geocoder_too_long"


def test_a_redirect_on_the_same_server_is_followed_twice_at_most(local) -> None:
    local.says(collection(feature(3.17, 50.69)))
    local.status, local.location, local.once = 301, "/elsewhere?q=rue", True
    assert locate(ADDRESS) is not None
    assert [path for path, _ in local.asked] == ["/geocodage/search/", "/elsewhere"]
    local.asked.clear()
    local.status, local.once = 302, False
    assert refused().code == "geocoder_redirects"
    assert len(local.asked) == geocoder.HOPS + 1


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_another_server_is_never_told_the_address(local, code) -> None:
    with running() as other:
        other.says(collection(feature(3.17, 50.69)))
        local.status, local.location = code, f"{other.url}/search/?q=4+rue+des+Canaris"
        assert refused().code == "geocoder_redirects"
        assert other.asked == []
    local.location = "file:///etc/passwd"
    assert refused().code == "geocoder_redirects"


def test_the_whole_exchange_is_bounded_not_each_byte(local, monkeypatch) -> None:
    """Bytes come often enough for the limit of the socket; were it the only one, the answer would come in the end."""
    monkeypatch.setattr(geocoder, "SECONDS", 0.5)
    local.says(collection(feature(3.17, 50.69)))
    assert locate(ADDRESS) is not None  # control: at once, it is heard
    local.drip = True
    assert refused().code in ("geocoder_unreachable", "geocoder_unreadable")  # nothing, or the beginning


def test_nobody_there_is_told_so(settings) -> None:
    with running() as gone:
        settings.GEOCODER_URL = gone.url
    assert refused().code == "geocoder_unreachable"


def test_the_address_is_in_no_log_and_in_no_exception(local, settings, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for body, status, location in (
        (b"4 rue des Canaris", 200, ""),
        (b"", 500, ""),
        (b"", 302, "http://127.0.0.1:1/?q=Canaris"),
    ):
        local.body, local.status, local.location = body, status, location
        said.append(refused())
    settings.GEOCODER_URL = "http://127.0.0.1:1"
    said.append(refused())
    for error in said:
        assert error.__context__ is None
        assert not [word for word in HIDDEN if word in repr(error)]
    assert not [word for word in HIDDEN if word in caplog.text]
    assert len(local.asked) == 3  # control: it was really asked, three times
