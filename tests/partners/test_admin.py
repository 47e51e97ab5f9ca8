"""The platform's own pages."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from learners.models import Sharing
from partners.models import Event, Job, Message

OPEN = sorted(model._meta.label_lower for model in admin.site._registry if model._meta.app_label == "partners")


@pytest.fixture
def platform(client, coline):
    coline.is_staff = coline.is_superuser = True
    coline.save()
    client.force_login(coline)
    return client


def test_no_person_is_ever_in_the_admin():
    assert {model._meta.app_label for model in admin.site._registry} == {"partners"}
    assert not [model for model in admin.site._registry if leads_to_a_person(model)]


def leads_to_a_person(model) -> bool:
    """A key, or a number, of a person: in its columns or in those of its inlines."""
    inlines = getattr(admin.site._registry.get(model), "inlines", ())
    fields = [field for one in (model, *(inline.model for inline in inlines)) for field in one._meta.concrete_fields]
    shown = getattr(admin.site._registry.get(model), "fields", None)
    keys = [f for f in fields if f.remote_field and f.remote_field.model._meta.app_label != "partners"]
    numbers = [f for f in fields if f.name == "learner_id" and (shown is None or f.name in shown)]
    return bool(keys or numbers)


def test_control_a_model_about_persons_is_seen():
    assert leads_to_a_person(Sharing)
    assert leads_to_a_person(Event)


@pytest.mark.parametrize("name", ["password", "email", "is_staff"])
def test_the_platform_takes_no_account_over(platform, theo, name):
    """With somebody's password, e-mail or place one would read persons, and nobody would be told."""
    before = getattr(theo, name)
    asked = {"is_active": "on", "password": "x", "email": "autre@example.org", "is_staff": "on", "first_name": "Autre"}
    inline = {f"memberships-{key}": "0" for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    place = {"memberships-0-organisation": 1, "memberships-0-role": "manager", "memberships-TOTAL_FORMS": "1"}
    platform.post(reverse("admin:partners_user_change", args=[theo.pk]), {**asked, **inline, **place})
    theo.refresh_from_db()
    assert getattr(theo, name) == before
    assert theo.memberships.count() == 1
    assert (
        platform.post(f"/admin/partners/user/{theo.pk}/password/", {"password1": "y" * 20}, follow=True).status_code
        != 500
    )
    theo.refresh_from_db()
    assert theo.check_password("un-mot-de-passe-fictif")
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[theo.pk])


def test_an_account_is_shut_from_there(platform, theo):
    inline = {f"memberships-{key}": "0" for key in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")}
    assert platform.post(reverse("admin:partners_user_change", args=[theo.pk]), inline).status_code == 302
    theo.refresh_from_db()
    assert theo.is_active is False


def test_there_is_one_door(client, coline):
    answer = client.get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer.url) == (302, "/compte/connexion/?next=/admin/")
    client.force_login(coline)
    assert client.post("/admin/login/", {"username": coline.email, "password": "x"}).url.startswith(
        "/compte/connexion/"
    )


@pytest.mark.parametrize("label", OPEN)
def test_each_list_opens(platform, agreement, label):
    app, name = label.split(".")
    assert platform.get(reverse(f"admin:{app}_{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", ["organisation", "user", "programme", "agreement"])
def test_what_the_platform_writes_has_a_form_and_is_never_deleted(platform, agreement, coline, name):
    assert platform.get(reverse(f"admin:partners_{name}_add")).status_code == (403 if name == "user" else 200)
    kept = {"organisation": agreement.provider, "user": coline, "agreement": agreement}
    if name in kept:
        assert platform.get(reverse(f"admin:partners_{name}_change", args=[kept[name].pk])).status_code == 200
        assert platform.get(reverse(f"admin:partners_{name}_delete", args=[kept[name].pk])).status_code == 403


def test_a_message_shows_neither_to_whom_nor_what(platform):
    now = timezone.now()
    message = Message.objects.create(
        key="k", message_id="<k@x>", to="canari@example.org", subject="Canari-sujet", body="Canari-texte",
        purpose="handoff_proposed", send_after=now, learner_id=424242,
    )  # fmt: skip
    page = platform.get(reverse("admin:partners_message_change", args=[message.pk])).content.decode()
    assert "handoff_proposed" in page
    assert not [word for word in ("canari@", "Canari-sujet", "Canari-texte", "424242") if word in page]


@pytest.mark.parametrize("name", ["job", "message", "commune", "referential"])
def test_what_machines_write_is_only_looked_at(platform, name):
    assert platform.get(reverse(f"admin:partners_{name}_add")).status_code == 403


def test_a_job_is_seen_but_not_touched(platform):
    job = Job.objects.create(kind="report", key="1", run_after=timezone.now())
    url = reverse("admin:partners_job_change", args=[job.pk])
    assert platform.get(url).status_code == 200
    assert platform.post(url, {"kind": "other"}).status_code == 403


def test_a_member_who_is_not_of_the_platform_does_not_enter(client, coline):
    client.force_login(coline)
    assert client.get(reverse("admin:index")).status_code == 302
