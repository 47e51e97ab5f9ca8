"""The `visible_to` contract: every read starts from the person who reads, and fails closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partners.models import User

M = TypeVar("M", bound=models.Model)


class Unscoped(Exception):
    """A model was read for somebody although it never said who may see it."""


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that must say who sees its rows before anyone can."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The rows `user` may see; none for a visitor or a disabled account.

        Raises Unscoped when the model's own queryset does not define `seen_by`.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.seen_by(user)

    def seen_by(self, user: Any) -> Self:
        raise Unscoped(f"{type(self).__name__} does not say who sees {self.model.__name__}.")
