"""The list of people behind a report, provable and unreadable: frozen with it, so that persons are proved and not only totals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils.crypto import salted_hmac

from placements.models import EnrolmentFacts
from placements.reports.frame import Frame, applications


def evidence(frame: Frame) -> bytes:
    """The sorted list, in RFC 8785 form, of the enrolments behind the report with their facts under pseudonyms.

    Behind it: every enrolment, in the agreement, of anyone who entered, left or applied in the period.
    The pseudonyms are keyed by agreement, so that two recipients cannot link their lists.
    """
    return b"[" + b",".join(sorted(_proofs(frame))) + b"]"


def _proofs(frame: Frame) -> Iterator[bytes]:
    names = [field.attname for field in EnrolmentFacts._meta.concrete_fields if field.attname not in IDENTITY]
    salt = f"relais.evidence.{frame.agreement.pk}"
    moved = Q(learner__in=frame.facts.filter(frame.left | frame.entered).values("learner"))
    behind = frame.facts.filter(moved | Q(learner__in=applications(frame).values("learner")))
    for pk, learner, *values in behind.order_by().values_list("enrolment_id", "learner_id", *names).iterator(5_000):
        proof = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in zip(names, values, strict=True)
        }
        proof["enrolment"] = _pseudonym(salt, f"enrolment {pk}")
        proof["person"] = _pseudonym(salt, f"person {learner}")
        # Words, whole numbers, true, false and null only: for these the standard encoder writes the RFC 8785 form.
        yield json.dumps(proof, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


IDENTITY = frozenset({"enrolment_id", "learner_id", "cohort_id"})


def _pseudonym(salt: str, value: str) -> str:
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()
