"""What managers are told by e-mail of files that were merged, or made two again: never a name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from learners.models import Learner, Merge
from partners import outbox
from partners.models import Membership
from partners.states import Role

NOTICES = {
    "merge": (
        lazy("Deux fiches ont été réunies"),
        lazy("Deux fiches ont été réunies en une seule, parce qu’il s’agit de la même personne."),
    ),
    "undo_merge": (
        lazy("Une réunion de fiches a été défaite"),
        lazy("Une réunion de fiches a été défaite : ce sont de nouveau deux personnes, chacune suivie comme avant."),
    ),
}


def tell_managers(merge: Merge, verb: str, *, by: Any) -> None:
    """Write to the managers of who holds the one file and who held the other, but to whoever did it."""
    kept = Learner._base_manager.get(pk=merge.kept_id)
    holders = {kept.holder_id, merge.before.get("holder")} - {None}
    managers = Membership._base_manager.filter(
        organisation__in=holders, role=Role.MANAGER, active=True, awaiting=False, user__is_active=True
    ).exclude(user=by.pk)
    subject, sentence = NOTICES[verb]
    page = settings.SITE_URL + reverse("learners:merge_list")
    for place in managers.select_related("user", "organisation").order_by("pk"):
        outbox.queue(
            key=f"{verb}-{merge.pk}-{place.pk}",
            purpose=f"file_{verb}",
            to=place.user.email,
            subject=str(subject),
            body=_(
                "Bonjour,\n\n%(what)s\n\nVoyez lesquelles ici :\n%(page)s\n\nCe message ne nomme personne : ouvrez Relais pour savoir de qui il s’agit.\n"
            )
            % {"what": sentence, "page": page},
            organisation=place.organisation,
        )
