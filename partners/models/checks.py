"""Shapes of constraints that several models share, with their French sentence."""

from django.db.models import CheckConstraint, F, Q, TextChoices


def one_of(field: str, choices: type[TextChoices], name: str, sentence: str, *, blank: bool = False) -> CheckConstraint:
    """`field` holds one of the codes of `choices`, or nothing where `blank` allows it."""
    values = [*choices.values, ""] if blank else list(choices.values)
    return CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name, violation_error_message=sentence)


def in_order(first: str, last: str, name: str, sentence: str) -> CheckConstraint:
    """`last`, where known, is not before `first`."""
    condition = Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)})
    return CheckConstraint(condition=condition, name=name, violation_error_message=sentence)
