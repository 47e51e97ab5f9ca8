"""Access behind glass: a reason, a second factor, an hour at most, told, journalled, and nothing written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from learners.access import sights
from learners.models import Learner
from partners.break_glass import close_glass, open_glass, open_of
from partners.lifecycle import Refused
from partners.models import BreakGlass, Event, Message, User
from partners.states import Role
from tests.makers import learner, member, second_factor

pytestmark = pytest.mark.django_db
REASON = "Vérifier un import signalé par la responsable"
PATH = "/acces-exceptionnel/"


@pytest.fixture
def pia(db) -> User:
    made = User.objects.create_user(
        "pia@example.org", "un-mot-de-passe-fictif", first_name="Pia", last_name="Fictive", is_staff=True
    )
    second_factor(made)
    return made


@pytest.fixture
def held(mission_locale, amina):
    return learner(mission_locale, by=amina, last_name="Derriere-la-vitre")


@pytest.fixture
def staff(pia, monkeypatch) -> Client:
    """Signed in, and the second factor just shown."""
    monkeypatch.setattr("partners.views.my_organisation.has_fresh_factor", lambda request: True)
    client = Client()
    client.force_login(pia)
    return client


def opened(pia, mission_locale, **more) -> BreakGlass:
    return open_glass(organisation=mission_locale, reason=REASON, by=pia, **more)


def test_without_it_the_platform_sees_nobody(staff, pia, held):
    assert not Learner.objects.visible_to(pia).exists()
    assert staff.get(f"/personnes/{held.pk}/").status_code == 404


def test_it_opens_one_organisation_to_read_and_not_to_write(staff, pia, mission_locale, held):
    elsewhere = learner()
    answer = staff.post(PATH, {"organisation": mission_locale.pk, "reason": REASON})
    assert answer.status_code == 302
    page = staff.get(f"/personnes/{held.pk}/").content.decode()
    assert "Derriere-la-vitre" in page
    assert "Fermer maintenant" in page
    [glass] = BreakGlass.objects.all()
    assert f"jusqu’à {timezone.localtime(glass.ends_at):%H:%M}" in page
    assert staff.get(f"/personnes/{elsewhere.pk}/").status_code == 404
    assert not sights(pia, [held])[held.pk].write
    assert not sights(pia, [held])[held.pk].sensitive
    for act in ("modifier", "situations/nouvelle", "documents/nouveau", "lien"):
        assert staff.get(f"/personnes/{held.pk}/{act}/").status_code == 403, act
        assert staff.post(f"/personnes/{held.pk}/{act}/", {"last_name": "X"}).status_code == 403, act


def test_it_needs_a_second_factor_just_shown(pia, mission_locale):
    client = Client()
    client.force_login(pia)
    answer = client.post(PATH, {"organisation": mission_locale.pk, "reason": REASON})
    assert answer.status_code == 302
    assert answer.url.startswith("/compte/")
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize(
    "reason", ["", "trop court", "                          x", "Vérifier le dossier 2 85 12 75 116 001 23"]
)
def test_a_reason_is_written_and_names_no_social_security_number(staff, pia, mission_locale, reason):
    assert staff.post(PATH, {"organisation": mission_locale.pk, "reason": reason}).status_code == 422
    with pytest.raises((Refused, ValidationError)):
        open_glass(organisation=mission_locale, reason=reason, by=pia)
    assert not BreakGlass.objects.exists()


def test_it_lasts_an_hour_at_most_and_closes_by_itself(staff, pia, mission_locale, held):
    with pytest.raises(PermissionDenied):
        opened(pia, mission_locale, lasting=timedelta(minutes=61))
    glass = opened(pia, mission_locale)
    assert glass.ends_at - glass.starts_at == timedelta(minutes=60)
    assert staff.get(f"/personnes/{held.pk}/").status_code == 200
    now = timezone.now()
    BreakGlass.objects.filter(pk=glass.pk).update(
        starts_at=now - timedelta(minutes=60), ends_at=now - timedelta(seconds=1)
    )
    assert staff.get(f"/personnes/{held.pk}/").status_code == 404
    assert open_of(pia) is None


def test_one_at_a_time_and_closed_by_who_opened_it(staff, pia, mission_locale, body, held):
    glass = opened(pia, mission_locale)
    with pytest.raises(Refused):
        opened(pia, body)
    with pytest.raises(PermissionDenied):
        close_glass(glass=glass, by=member(mission_locale, Role.MANAGER))
    assert staff.post(f"{PATH}{glass.pk}/fermer/").status_code == 302
    assert staff.get(f"/personnes/{held.pk}/").status_code == 404
    assert not close_glass(glass=glass, by=pia)
    assert Event.objects.filter(verb="close_glass").count() == 1
    assert opened(pia, body)


def test_every_manager_is_told_at_once_and_reads_why_and_what_was_read(staff, pia, mission_locale, amina, held):
    bosses = [member(mission_locale, Role.MANAGER) for _ in range(2)]
    opened(pia, mission_locale)
    told = Message.objects.filter(purpose="break_glass")
    assert {message.to for message in told} == {boss.email for boss in bosses}
    assert not [message for message in told if "Derriere" in message.body or message.send_after > timezone.now()]
    staff.get(f"/personnes/{held.pk}/")
    boss = Client()
    boss.force_login(bosses[0])
    page = boss.get(PATH).content.decode()
    assert REASON in page
    assert "1 page" in page
    assert "Vos dossiers sont ouverts à la plateforme" in boss.get("/mon-organisme/").content.decode()
    assert boss.post(PATH, {"organisation": mission_locale.pk, "reason": REASON}).status_code == 403
    other = Client()
    other.force_login(amina)
    assert other.get(PATH).status_code == 403


def test_each_page_read_is_in_the_journal_of_the_organisation(staff, pia, mission_locale, held):
    staff.get("/")
    assert not Event.objects.filter(verb="read_behind_glass").exists()
    opened(pia, mission_locale)
    staff.get(f"/personnes/{held.pk}/")
    staff.get("/personnes/")
    lines = Event.objects.filter(verb="read_behind_glass").order_by("pk")
    assert [(one.learner_id, one.data["page"]) for one in lines] == [
        (held.pk, "learner_detail"),
        (None, "learner_list"),
    ]
    assert {(one.actor_id, one.organisation_id) for one in lines} == {(pia.pk, mission_locale.pk)}


def test_control_without_the_clock_an_old_access_would_still_show(pia, mission_locale, held, monkeypatch):
    opened(pia, mission_locale)
    now = timezone.now()
    BreakGlass.objects.update(starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=2))
    assert not Learner.objects.visible_to(pia).exists()
    monkeypatch.setattr("partners.querysets.BreakGlassQuerySet.open", lambda self, now: self)
    assert Learner.objects.visible_to(User.objects.get(pk=pia.pk)).exists()


def test_only_the_staff_opens(coline, mission_locale):
    with pytest.raises(PermissionDenied):
        opened(coline, mission_locale)
