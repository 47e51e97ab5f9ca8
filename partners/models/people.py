"""Professionals and the organisations they work for."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q

from partners.blindness import assesses
from partners.models.checks import one_of
from partners.nir import no_nir
from partners.querysets import MembershipQuerySet
from partners.states import Role


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)


class User(AbstractBaseUser, PermissionsMixin):
    """A professional, known by e-mail. Rights come from memberships, never from the account itself."""

    email = models.EmailField("courriel", unique=True)
    first_name = models.CharField("prénom", max_length=100, validators=[no_nir])
    last_name = models.CharField("nom", max_length=100, validators=[no_nir])
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("administration de la plateforme", default=False)
    date_joined = models.DateTimeField("créé le", auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["first_name", "last_name"]
    objects = UserManager()

    class Meta:
        verbose_name = "utilisateur"
        ordering = ("last_name", "first_name")

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @cached_property
    def working_for(self) -> list[Membership]:
        """Active memberships that nobody still has to approve, read once per request.

        Each says, as `assesses`, whether this user rates applicants: `partners.blindness` then asks whose.
        """
        works = self.memberships.filter(active=True, awaiting=False).select_related("organisation")
        return list(works.annotate(assesses=assesses("user")))

    @property
    def organisation_ids(self) -> list[int]:
        return [membership.organisation_id for membership in self.working_for]

    @property
    def managed_ids(self) -> list[int]:
        """Organisations whose every person this user may see, as their manager."""
        return [membership.organisation_id for membership in self.working_for if membership.role == Role.MANAGER]


class Membership(models.Model):
    """A user's place in an organisation; deactivated, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name="utilisateur")
    organisation = models.ForeignKey(
        "partners.Organisation", on_delete=models.PROTECT, related_name="memberships", verbose_name="organisme"
    )
    role = models.CharField("rôle", max_length=10, choices=Role.choices)
    active = models.BooleanField("actif", default=True)
    # A new manager has no right before another manager, or the platform, approves; who asked is kept to approve otherwise.
    awaiting = models.BooleanField("attend une approbation", default=False)
    asked_by = models.ForeignKey(
        User, verbose_name="demandé par", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reads_sensitive = models.BooleanField("lit les profils sensibles", default=False)
    since = models.DateField("depuis", auto_now_add=True)
    until = models.DateField("jusqu’au", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "appartenance"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(active=True),
                name="membership_once",
                violation_error_message="Cette personne fait déjà partie de l’organisme.",
            ),
            one_of("role", Role, "membership_role_known", "Ce rôle n’existe pas."),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"
