"""Reads of cohorts: the training body sees its own, a funder those it pays for, a prescriber those it refers to."""

from __future__ import annotations

from typing import Any, Self

from django.apps import apps
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from cohorts.access import ASSESSOR, COORDINATOR, UNTOLD
from cohorts.states import ATTENDED, AppealStatus, ApplicationStatus, Decision, ExitReason, RequestStatus
from learners.querysets import OfLearner
from learners.seeing import reach, seen
from partners.blindness import rates, unsealed
from partners.offer_access import programme_bodies
from partners.scoping import ScopedQuerySet
from partners.states import OrganisationKind


class CohortQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """A training body sees its own, its trainers those of their teams; funders and who refers see theirs."""
        mine, teams = user.organisation_ids, reach(user).team
        applications = self.model._meta.get_field("applications").related_model
        links = self.model.agreements.through._base_manager.filter(cohort=OuterRef("pk"))
        referred = applications._base_manager.filter(cohort=OuterRef("pk"), referred_by__in=mine)
        whole = [pk for pk in mine if pk not in teams]
        taught = Q(programme__provider__in=whole)
        if teams:
            taught |= Q(programme__provider__in=teams, pk__in=user.duties.values("cohort"))
        return self.filter(taught | Exists(links.filter(agreement__funder__in=whole)) | Exists(referred))

    def for_list(self) -> Self:
        """With counts of the whole cohort: applications, entries, exits, completions.

        One subquery a count: two joins would multiply applications by entries before counting.
        """
        return (
            self.select_related("programme__provider")
            .annotate(
                applied=self._many("applications"),
                admitted=self._many("applications", decision=Decision.ADMITTED),
                entered=self._many("enrolments"),
                left=self._many("enrolments", exited_on__isnull=False),
                completed=self._many("enrolments", exit_reason=ExitReason.COMPLETED),
            )
            .order_by("-starts_on", "pk")
        )

    def _many(self, relation: str, **those: Any) -> Coalesce:
        rows = self.model._meta.get_field(relation).related_model._base_manager
        found = rows.filter(cohort=OuterRef("pk"), **those).order_by().values("cohort")
        return Coalesce(Subquery(found.annotate(n=Count("pk")).values("n")), 0)


def taught(user: Any, row: str = "") -> Q:
    """Rows of persons in the cohorts of a user's training bodies; of their own teams, for a trainer who is of some.

    `row`: where the learner and the cohort of a row stand, "enrolment__". Readers see figures, not rows; who said no
    to the body is not there, nor whom this user assesses.
    """
    see = reach(user)
    bodies = [] if see.behind_glass else [pk for pk in see.bodies if pk not in see.team]
    provider = f"{row}cohort__programme__provider"
    mine = Q(**{f"{provider}__in": bodies})
    if see.team:
        mine |= Q(**{f"{provider}__in": see.team, f"{row}cohort__in": user.duties.values("cohort")})
    no = apps.get_model("learners", "Sharing")._base_manager.filter(
        learner=OuterRef(f"{row}learner"), organisation=OuterRef(provider), objected_on__isnull=False
    )
    return mine & ~Q(Exists(no)) & unsealed(user, f"{row}learner")


class OfCohort(OfLearner):
    """Rows of a person in a cohort: for who teaches it, and for whoever knows the person by more than a name."""

    def seen_by(self, user: Any) -> Self:
        learners = self.model._meta.get_field("learner").related_model
        return self.filter(taught(user) | Q(learner__in=learners._base_manager.filter(seen(user, known=True))))


class ApplicationQuerySet(OfCohort):
    def untold(self) -> Self:
        """Those on which nothing is announced yet: who assesses them does not see who they are."""
        return self.filter(status__in=UNTOLD)

    def named_to(self, user: Any) -> Self:
        """Those whose person this user may name: they see them, or teach the cohort to which the person is told admitted."""
        learners = self.model._meta.get_field("learner").related_model
        told = Q(status=ApplicationStatus.ANNOUNCED, decision=Decision.ADMITTED)
        return self.filter(Q(learner__in=learners.objects.visible_to(user)) | (taught(user) & told))


class DirectRequestQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """The training body's managers and advisers, and whoever typed it for the person, as long as they work there."""
        mine = Q(typed_by=user.pk, typed_for__in=user.organisation_ids)
        theirs = Q(programme__provider__in=programme_bodies(user)) | mine
        return self.filter(theirs, self._unsealed(user))

    def _unsealed(self, user: Any) -> Q:
        """Not the request of whom this user assesses, nor one for a cohort that they assess which nobody has answered."""
        cohorts = rates(user)
        if not cohorts:
            return Q()
        return unsealed(user, "learner") & ~Q(cohort__in=cohorts, cohort__isnull=False, learner=None)

    def waiting(self) -> Self:
        return self.filter(status=RequestStatus.WAITING)


class EnrolmentQuerySet(OfCohort):
    def left_between(self, start: Any, end: Any) -> Self:
        return self.filter(exited_on__range=(start, end))


class SessionQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Half-days name nobody: they are seen with their cohort."""
        cohorts = apps.get_model("cohorts", "Cohort").objects.visible_to(user)
        return self.filter(cohort__in=cohorts)


class OfEnrolment(ScopedQuerySet[Any]):
    """Rows of an entry that stay among those who teach: the register, the points held, the skills."""

    def seen_by(self, user: Any) -> Self:
        return self.filter(taught(user, "enrolment__"))


class OfTraining(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """What is kept for a whole cohort, with names inside: who teaches it."""
        return self.filter(
            cohort__in=apps.get_model("cohorts", "Cohort").objects.visible_to(user),
            cohort__programme__provider__in=user.organisation_ids,
        )


class AlertQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Who teaches, and who sees the help that was asked."""
        handoffs = apps.get_model("learners", "Handoff").objects.visible_to(user)
        return self.filter(taught(user, "enrolment__") | Q(handoff__in=handoffs))


class AttendanceQuerySet(OfEnrolment):
    def unsigned(self) -> Self:
        """Attended, by the trainer's word, and not signed by the person."""
        return self.filter(mark__in=ATTENDED, signed_at=None)


def led(user: Any, row: str = "cohort") -> Q:
    """Rows of the cohorts whose selection this user leads: see `access.selects`, which says it of one cohort.

    `row`: the column of the cohort, "" for cohorts themselves. Who works in no training body asks the database nothing.
    """
    if not any(one.organisation.kind == OrganisationKind.TRAINING_BODY for one in user.working_for):
        return Q(pk__in=())
    cohort, provider = row or "pk", f"{row}__programme__provider__in" if row else "programme__provider__in"
    teams = apps.get_model("cohorts", "TeamMember")._base_manager.filter(user=user.pk)
    applications = apps.get_model("cohorts", "Application")._base_manager
    coordinated = teams.filter(cohort=OuterRef(cohort), duty=COORDINATOR)
    rated = teams.filter(cohort=OuterRef(cohort), duty=ASSESSOR)
    untold = applications.filter(cohort=OuterRef(cohort), status__in=UNTOLD)
    inside = Q(**{provider: programme_bodies(user)}) | (Q(**{provider: user.organisation_ids}) & Exists(coordinated))
    return inside & ~(Exists(rated) & Exists(untold))


class SlotQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Who leads the selection, and the team of the cohort: a time and a place, no name."""
        teams = apps.get_model("cohorts", "TeamMember")._base_manager.filter(user=user.pk, cohort=OuterRef("cohort"))
        inside = Q(cohort__programme__provider__in=user.organisation_ids)
        return self.filter(led(user) | (inside & Exists(teams)))


class AppointmentQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Who leads the selection; and who knows the person, where they were referred from."""
        learners = apps.get_model("learners", "Learner")._base_manager.filter(seen(user, known=True))
        sent = Q(application__referred_by__in=user.organisation_ids, application__learner__in=learners)
        return self.filter((led(user, "application__cohort") & taught(user, "application__")) | sent)

    def to_come(self, now: Any) -> Self:
        """Planned, and the hour has not come."""
        return self.filter(outcome="", starts_at__gt=now)


class AssessmentQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """One's own; and, once locked, those of the cohorts whose selection one leads."""
        locked = Q(submitted_at__isnull=False)
        return self.filter(Q(assessor=user.pk) | (locked & led(user, "application__cohort")))


class AppealQuerySet(ScopedQuerySet[Any]):
    def seen_by(self, user: Any) -> Self:
        """Who leads the selection, and who was asked to look again."""
        mine = Q(given_to=user.pk, application__cohort__programme__provider__in=user.organisation_ids)
        return self.filter(led(user, "application__cohort") | mine)

    def open(self) -> Self:
        return self.filter(status__in=(AppealStatus.ASKED, AppealStatus.GIVEN))
