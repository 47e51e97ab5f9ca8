"""The list of persons: who is on it, found how, page by page, at what cost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import chain

import pytest
import time_machine
from django.urls import reverse

from learners.actions import close_file, refer
from learners.models import Learner, Sharing, Situation
from learners.states import Closing, Kind, Scope
from partners.states import Role
from tests.makers import cohort, enrolment, learner, member, training_body

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
LIST = "/personnes/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(f"{TODAY}T10:00:00+01:00", tick=False):
        yield


@pytest.fixture
def pascale(mission_locale):
    """Manager of the mission locale."""
    return member(mission_locale, Role.MANAGER)


def names(client, user, query="", **headers) -> list[str]:
    client.force_login(user)
    answer = client.get(f"{LIST}{query}", headers=headers)
    assert answer.status_code == 200
    page = answer.content.decode()
    return [
        re.sub(r"\s+", " ", name)
        for name in re.findall(r'<th scope="row"[^>]*><a id="p\d+" href="/personnes/\d+/">([^<]*)</a>', page)
    ]


def situation(of, kind=Kind.INTERNSHIP, start=-60, end: int | None = -10):
    ends_on = None if end is None else TODAY + timedelta(days=end)
    return Situation.objects.create(learner=of, kind=kind, starts_on=TODAY + timedelta(days=start), ends_on=ends_on)


# --- who -------------------------------------------------------------------------------------------------------
def test_each_sees_theirs_in_the_order_of_names(client, mission_locale, amina, pascale, sam):
    learner(mission_locale, by=amina, last_name="Zola", first_name="Ana")
    learner(mission_locale, by=amina, last_name="Élu", first_name="Bea")
    learner(mission_locale, by=pascale, last_name="Miro", first_name="Cléo")
    assert names(client, amina) == ["Élu Bea", "Zola Ana"]
    assert names(client, pascale) == ["Élu Bea", "Miro Cléo", "Zola Ana"]
    assert names(client, sam) == []


def test_a_visitor_signs_in_first(client):
    assert client.get(LIST).status_code == 302


# --- filters ----------------------------------------------------------------------------------------------------
@pytest.fixture
def crowd(mission_locale, amina, pascale, body):
    """Five persons, each found by something else."""
    made = {
        "Active": learner(
            mission_locale, by=amina, last_name="Active", born_on=date(2008, 1, 1), district_status="out"
        ),
        "Bloquee": learner(
            mission_locale,
            by=amina,
            last_name="Bloquee",
            born_on=date(2000, 1, 1),
            district_status="in",
            district="QN05980M",
        ),
        "Close": learner(mission_locale, by=amina, last_name="Close"),
        "Direct": learner(
            mission_locale, last_name="Direct", born_on=None, phone="+33612345678", email="d.irect@example.org"
        ),
        "Entree": learner(mission_locale, by=pascale, last_name="Entree", born_on=date(1994, 1, 1)),
    }
    situation(made["Active"], Kind.CDI, end=None)
    situation(made["Bloquee"], end=-15)
    close_file(learner=made["Close"], by=pascale, reason=Closing.MOVED_AWAY)
    group = cohort(body, title="Dev Web Trame 3")
    refer(learner=made["Entree"], sender=mission_locale, receiver=body, on=TODAY - timedelta(days=60))
    enrolment(made["Entree"], group, entered_on=TODAY - timedelta(days=30))
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("etat=suivi", "Active Bloquee Direct Entree"),
        ("etat=clos", "Close"),
        ("etat=formation", "Entree"),
        ("depuis=7", "Bloquee"),
        ("depuis=15", "Bloquee"),
        ("depuis=30", ""),
        ("depuis=jamais", "Direct"),
        ("tient=val+fictif", "Active Bloquee Direct Entree"),
        ("tient=ailleurs", ""),
        ("referent=moi", "Entree"),
        ("referent=personne", "Direct"),
        ("age=18-25", "Close"),
        ("age=16-17", ""),
        ("age=26-29", "Bloquee"),
        ("age=30", "Entree"),
        ("age=0", "Direct"),
        ("qpv=in", "Bloquee"),
        ("qpv=out", "Active"),
        ("qpv=inconnu", "Close Direct Entree"),
        ("motif=moved_away", "Close"),
        ("q=BLOQU%C3%89E", "Bloquee"),
        ("q=06+12+34", "Direct"),
        ("q=%2B33612345678", "Direct"),
        ("q=irect%40EX", "Direct"),
        ("q=sacha+entr", "Entree"),
        ("q=ac", "Active"),
        ("q=sacha&etat=suivi&qpv=in", "Bloquee"),
        ("q=absente", ""),
        ("q=+", "Active Bloquee Close Direct Entree"),
    ],
)
def test_each_filter_keeps_those_it_says(client, pascale, crowd, query, found, monkeypatch):
    if "age=18-25" in query:
        Learner.objects.filter(pk=crowd["Close"].pk).update(born_on=date(2005, 11, 23))
        Learner.objects.filter(pk=crowd["Active"].pk).update(born_on=date(2010, 11, 24))
    expected = [f"{name} Sacha" for name in found.split()]
    assert names(client, pascale, f"?{query}") == expected
    monkeypatch.setattr("learners.listing.FEW", 0)  # the other way to the same page
    assert names(client, pascale, f"?{query}") == expected


def test_a_cohort_is_found_by_words_or_number_among_those_one_sees(client, pascale, crowd, body, monkeypatch):
    foreign = enrolment(crowd["Active"], cohort(training_body(), title="Cohorte étrangère")).cohort
    mine = crowd["Entree"].enrolments.get().cohort
    for few in (2_000, 0):
        monkeypatch.setattr("learners.listing.FEW", few)
        coline = member(body, Role.MANAGER)
        assert names(client, coline, "?cohorte=trame") == ["Entree Sacha"]
        assert names(client, coline, f"?cohorte={mine.pk}") == ["Entree Sacha"]
        for typed in ("étrangère", foreign.pk):
            assert names(client, pascale, f"?cohorte={typed}") == []


def test_a_filter_that_means_nothing_lists_nobody_and_says_so(client, pascale, crowd):
    client.force_login(pascale)
    for query in ("age=12", "etat=tous", "depuis=1e999999", "referent=1", "motif=' OR 1=1"):
        page = client.get(f"{LIST}?{query}").content.decode()
        assert "Un filtre n’est pas compris." in page, query
        assert "Active" not in page


HOSTILE = [
    "1e999999",
    "a" * 10_000,
    "\0",
    "%00",
    "{{7*7}}",
    "' OR 1=1 --",
    "[",
    "\\",
    "%",
    "_",
    "٣",
    "²",
    "9" * 40,
    "-1",
    "\ud7ff",
    "🦊",
]


@pytest.mark.parametrize(
    "name",
    ["q", "etat", "depuis", "cohorte", "tient", "referent", "age", "qpv", "motif", "apres", "avant", "tri", "compte"],
)
def test_no_address_breaks_the_page(client, pascale, crowd, name, monkeypatch):
    client.force_login(pascale)
    for few in (2_000, 0):
        monkeypatch.setattr("learners.listing.FEW", few)
        for value in HOSTILE:
            assert client.get(LIST, {name: value}).status_code == 200, value


def test_chips_each_remove_their_own_filter(client, pascale, crowd):
    client.force_login(pascale)
    page = client.get(f"{LIST}?etat=suivi&qpv=in&inconnu=1").content.decode()
    chips = {words: query for query, words in re.findall(r'class="chip" href="\?([^"]*)">([^<]*)<', page)}
    assert chips == {"Suivi : en cours": "qpv=in", "Quartier prioritaire : oui": "etat=suivi"}
    assert "Tout voir" in page


def test_names_are_completed_with_cohorts_one_sees(client, pascale, crowd, body):
    cohort(training_body(), title="Trame étrangère")
    client.force_login(member(body, Role.MANAGER))
    url = reverse("learners:learner_choices", args=["cohortes"])
    assert client.get(url, {"cohorte": "trame"}).content.decode().strip() == '<option value="Dev Web Trame 3"></option>'
    assert (
        "Numérique"
        in client.get(reverse("learners:learner_choices", args=["organismes"]), {"tient": "numer"}).content.decode()
    )


# --- what is masked -----------------------------------------------------------------------------------------------
def test_who_may_know_the_name_alone_sees_and_finds_by_the_name_alone(client, crowd, body):
    person = crowd["Direct"]
    Learner.objects.filter(pk=person.pk).update(district_status="in", district="QN05980M")
    coline = member(body, Role.MANAGER)
    shared = Sharing.objects.create(
        learner=person, organisation=body, scope=Scope.IDENTITY, basis="referral", since=TODAY
    )
    Sharing.objects.filter(learner=crowd["Entree"]).delete()
    crowd["Entree"].enrolments.all().delete()
    queries = (
        "q=06+12+34",
        "q=irect%40ex",
        "qpv=in",
        "age=0",
        "referent=personne",
        "etat=suivi",
        "tient=val",
        "depuis=jamais",
    )
    assert names(client, coline, "?q=direct") == ["Direct Sacha"]
    page = client.get(LIST).content.decode()
    assert "Identité seulement" in page
    assert "Mission locale du Val" not in page
    for query in queries:
        assert names(client, coline, f"?{query}") == [], query
    shared.scope = Scope.PATH  # the control: with the path, each of them finds
    shared.save()
    for query in queries:
        assert names(client, coline, f"?{query}") == ["Direct Sacha"], query


# --- pages ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("few", [2_000, 0])
def test_pages_go_there_and_back_without_a_gap_nor_a_double(client, mission_locale, pascale, monkeypatch, few):
    monkeypatch.setattr("learners.listing.FEW", few)
    monkeypatch.setattr("learners.listing.PER_PAGE", 3)
    for number in range(8):
        learner(mission_locale, last_name=f"N{number // 3}", first_name="Sacha")  # equal names: the id tells them apart
    client.force_login(pascale)
    pages, query = [], ""
    while True:
        page = client.get(f"{LIST}{query}").content.decode()
        pages.append(re.findall(r'href="/personnes/(\d+)/"', page))
        if not (found := re.search(r'rel="next" href="(\?apres=\d+)"', page)):
            break
        query = found[1]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert list(chain(*pages)) == [
        str(pk) for pk in Learner.objects.order_by("name_key", "pk").values_list("pk", flat=True)
    ]
    back = re.search(r'rel="prev" href="(\?avant=\d+)"', page)[1]
    assert re.findall(r'href="/personnes/(\d+)/"', client.get(f"{LIST}{back}").content.decode()) == pages[1]
    assert 'rel="prev"' not in client.get(LIST).content.decode()


@pytest.mark.parametrize("few", [2_000, 0])
def test_a_page_after_somebody_one_does_not_see_is_the_first(client, mission_locale, pascale, monkeypatch, few):
    monkeypatch.setattr("learners.listing.FEW", few)
    learner(mission_locale, last_name="Aime")
    stranger = learner(last_name="Moyen")
    learner(mission_locale, last_name="Zola")
    assert names(client, pascale, f"?apres={stranger.pk}") == ["Aime Sacha", "Zola Sacha"]


def test_beyond_a_thousand_the_number_is_told_when_asked(client, mission_locale, pascale, monkeypatch):
    monkeypatch.setattr("learners.listing.FEW", 0)
    monkeypatch.setattr("learners.listing.PER_PAGE", 2)
    monkeypatch.setattr("learners.listing.COUNTED", 3)
    for _ in range(5):
        learner(mission_locale)
    client.force_login(pascale)
    assert "1 000 + personnes" in client.get(LIST).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    assert "5 personnes" in client.get(f"{LIST}?compte=exact").content.decode().replace("\xa0", " ")


# --- cost -------------------------------------------------------------------------------------------------------
def _many(mission_locale, amina, body, count):
    for number in range(count):
        one = learner(mission_locale, by=amina, last_name=f"Nom{number:04}", commune="59350", phone=f"+336{number:08}")
        situation(one, end=-20)
        if number % 3 == 0:
            enrolment(one, cohort(body, title=f"Cohorte {number}"), exited_on=TODAY - timedelta(days=40))


@pytest.mark.parametrize("query", ["", "?q=nom&etat=suivi&depuis=7", "?referent=moi", "?cohorte=cohorte", "?avant=%s"])
@pytest.mark.parametrize("few", [2_000, 0])
def test_a_page_costs_the_same_at_ten_and_at_a_hundred(
    client, mission_locale, amina, pascale, body, django_assert_max_num_queries, query, few, monkeypatch
):
    monkeypatch.setattr("learners.listing.FEW", few)
    monkeypatch.setattr("learners.listing.PER_PAGE", 8)
    client.force_login(pascale)
    client.get(LIST)
    counts, made = [], []
    real = Learner.from_db.__func__
    for count in (10, 90):
        _many(mission_locale, amina, body, count)
        address = (
            query % Learner.objects.order_by("-name_key").values_list("pk", flat=True)[0] if "%s" in query else query
        )
        made.clear()
        with monkeypatch.context() as patched:
            patched.setattr(Learner, "from_db", classmethod(lambda cls, *a: made.append(1) or real(cls, *a)))
            with django_assert_max_num_queries(16) as queries:
                client.get(f"{LIST}{address}")
        counts.append((len(queries), len(made)))
    assert counts[0] == counts[1], [q["sql"][:200] for q in queries]
    assert counts[0][0] <= 12, [q["sql"][:200] for q in queries]


def test_a_full_page_and_a_fragment_weigh_little(client, mission_locale, amina, body):
    _many(mission_locale, amina, body, 60)
    client.force_login(amina)
    whole = client.get(LIST).content
    part = client.get(LIST, headers={"HX-Request": "true"}).content
    assert len(whole) <= 60_000
    assert len(part) <= 20 * 1024
    assert b"<html" in whole and b"<html" not in part
    assert part.decode()[:200].strip() and part.strip().split(b"\n")[0] in whole
