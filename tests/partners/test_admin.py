"""The platform's own pages."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from partners.models import Job, Message

OPEN = sorted(model._meta.label_lower for model in admin.site._registry if model._meta.app_label == "partners")


@pytest.fixture
def platform(client, coline):
    coline.is_staff = coline.is_superuser = True
    coline.save()
    client.force_login(coline)
    return client


def test_no_person_is_ever_in_the_admin():
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels <= {"partners", "auth"}


@pytest.mark.parametrize("label", OPEN)
def test_each_list_opens(platform, agreement, label):
    app, name = label.split(".")
    assert platform.get(reverse(f"admin:{app}_{name}_changelist")).status_code == 200


@pytest.mark.parametrize("name", ["organisation", "user", "programme", "agreement"])
def test_what_the_platform_writes_has_a_form_and_is_never_deleted(platform, agreement, coline, name):
    assert platform.get(reverse(f"admin:partners_{name}_add")).status_code == 200
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
