"""The nine sheets of workbook.md as data: header, field, kind of value, required; and the accepted words."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle import model

# The first word is what a clean workbook holds; the others are promised to mean the same.
SITUATION = {
    "cdi": ["cdi", "CDI"],
    "cdd": ["cdd", "CDD"],
    "temp": ["temp", "intérim"],
    "seasonal": ["seasonal", "saisonnier"],
    "subsidised": ["subsidised", "contrat aidé"],
    "iae": ["iae", "contrat d'insertion (IAE)", "contrat d'insertion"],
    "public": ["public", "emploi public"],
    "apprenticeship": ["apprenticeship", "contrat d'apprentissage"],
    "professionalisation": ["professionalisation", "contrat de professionnalisation"],
    "self_employed": ["self_employed", "création ou reprise d'entreprise"],
    "training_qualifying": ["training_qualifying", "formation qualifiante ou certifiante"],
    "training_other": ["training_other", "autre formation"],
    "school": ["school", "études"],
    "civic_service": ["civic_service", "service civique"],
    "internship": ["internship", "stage"],
    "immersion": ["immersion", "immersion (PMSMP)"],
    "job_seeking": ["job_seeking", "recherche d'emploi"],
    "inactive": ["inactive", "sans activité ni recherche"],
    "unavailable": ["unavailable", "indisponible (santé, maternité, détention…)", "indisponible"],
    "moved_abroad": ["moved_abroad", "parti à l'étranger"],
    "deceased": ["deceased", "décédé"],
}
ORGANISATION = {
    "mission_locale": ["mission_locale", "mission locale"],
    "maison_emploi": ["maison_emploi", "maison de l'emploi"],
    "plie": ["plie", "PLIE"],
    "france_travail": ["france_travail", "France Travail"],
    "cap_emploi": ["cap_emploi", "Cap emploi"],
    "other_prescriber": ["autre_prescripteur", "autre prescripteur", "other_prescriber"],
    "training_body": ["organisme_formation", "organisme de formation", "training_body"],
    "employer": ["employeur", "employer"],
    "funder": ["financeur", "funder"],
}
DECISION = {
    "ineligible": ["inéligible"],
    "admitted": ["admis"],
    "refused": ["refusé"],
    "waiting": ["attente"],
    "withdrawn": ["retiré"],
}
EXIT_REASON = {
    "completed": ["completed", "formation achevée"],
    "job": ["job", "emploi ou alternance"],
    "other_training": ["other_training", "autre formation"],
    "dropout": ["dropout", "abandon"],
    "exclusion": ["exclusion"],
    "health": ["health", "santé"],
    "moved": ["moved", "déménagement"],
    "force_majeure": ["force_majeure", "force majeure"],
    "provider": ["provider", "fait de l'organisme"],
    "other": ["other", "autre"],
    "unknown": ["unknown", "inconnu"],
}
CERTIFICATION = {
    "obtained": ["obtained", "obtenue"],
    "partial": ["partial", "partielle"],
    "failed": ["failed", "échec"],
    "not_presented": ["not_presented", "non présenté"],
    "pending": ["pending", "en attente"],
}
STATUS = {
    "unemployed": ["unemployed", "demandeur d'emploi"],
    "inactive": ["inactive", "inactif"],
    "employed": ["employed", "en emploi"],
}
NATIONALITY = {
    "fr": ["fr", "française"],
    "eu": ["eu", "européenne"],
    "third_country": ["third_country", "hors UE"],
}
EVIDENCE = {
    "declared": ["declared", "déclaré"],
    "third_party": ["third_party", "tiers"],
    "document": ["document"],
    "confirmed": ["confirmed", "confirmé par la personne"],
}
RESULT = {
    "answered": ["answered", "répondu"],
    "proxy": ["proxy", "par un tiers"],
    "unreachable": ["unreachable", "injoignable"],
    "declined": ["declined", "refus"],
}
CHANNEL = {
    "phone": ["phone", "téléphone"],
    "sms": ["sms", "SMS"],
    "email": ["email", "courriel"],
    "post": ["post", "courrier"],
    "adviser": ["adviser", "conseiller"],
}
LEVEL = {"none": ["none", "sans diplôme"], **{str(n): [str(n)] for n in range(2, 9)}}
SEX = {sex: [sex] for sex in "FMX"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its header in a clean file, the field it fills, how its cells are written."""

    header: str
    field: str
    kind: str
    required: bool = False
    words: dict[str, list[str]] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the list of Book it fills, the class of its rows, its columns."""

    name: str
    field: str
    row: type
    columns: tuple[Column, ...]

    def column(self, field: str) -> Column:
        """Return the column of a field; LookupError if there is none."""
        return next(c for c in self.columns if c.field == field)


def _sheet(name: str, field: str, row: type, *columns: Column) -> Sheet:
    return Sheet(name, field, row, columns)


def _c(header: str, field: str, kind: str = "text", words: dict[str, list[str]] | None = None) -> Column:
    required = header.startswith("*")
    return Column(header.lstrip("*"), field, "code" if words else kind, required, words)


SHEETS = (
    _sheet(
        "Organismes",
        "organisations",
        model.Organisation,
        _c("*Référence", "ref", "ref"),
        _c("*Nom", "name"),
        _c("*Type", "kind", words=ORGANISATION),
        _c("SIRET", "siret", "siret"),
        _c("Commune (INSEE)", "commune", "insee"),
        _c("Courriel", "email", "email"),
        _c("Téléphone", "phone", "phone"),
    ),
    _sheet(
        "Programmes",
        "programmes",
        model.Programme,
        _c("*Référence", "ref", "ref"),
        _c("*Intitulé", "title"),
        _c("*Organisme", "organisation", "ref"),
        _c("RNCP", "rncp", "rncp"),
        _c("Niveau visé", "level", words=LEVEL),
        _c("Durée (heures)", "hours", "number"),
        _c("ROME", "rome", "list"),
    ),
    _sheet(
        "Conventions",
        "agreements",
        model.Agreement,
        _c("*Référence", "ref", "ref"),
        _c("*Financeur", "funder", "ref"),
        _c("*Organisme", "organisation", "ref"),
        _c("*Début", "start", "date"),
        _c("*Fin", "end", "date"),
        _c("Nominative (oui/non)", "nominative", "bool"),
        _c("Règles (codes)", "rules", "list"),
        _c("Femmes min %", "min_women", "number"),
        _c("QPV min %", "min_qpv", "number"),
        _c("Bac ou moins min %", "min_bac", "number"),
        _c("NEET moins de 26 ans min %", "min_neet", "number"),
        _c("Sorties positives min %", "min_positive", "number"),
        _c("Règle d'engagement", "commitment_rule", "rule"),
    ),
    _sheet(
        "Cohortes",
        "cohorts",
        model.Cohort,
        _c("*Référence", "ref", "ref"),
        _c("*Programme", "programme", "ref"),
        _c("*Intitulé", "title"),
        _c("*Début", "start", "date"),
        _c("*Fin", "end", "date"),
        _c("*Places", "seats", "integer"),
        _c("Dérogation", "derogation"),
        _c("Conventions", "agreements", "list"),
        _c("Commune (INSEE)", "commune", "insee"),
    ),
    _sheet(
        "Personnes",
        "persons",
        model.Person,
        _c("*Référence", "ref", "ref"),
        _c("*Nom", "last_name"),
        _c("*Prénom", "first_name"),
        _c("Sexe", "sex", words=SEX),
        _c("Date de naissance", "birth", "date"),
        _c("Courriel", "email", "email"),
        _c("Téléphone", "phone", "phone"),
        _c("Canal préféré", "channel", words=CHANNEL),
        _c("Adresse", "address"),
        _c("Code postal", "postcode", "postcode"),
        _c("Commune (INSEE)", "commune", "insee"),
        _c("QPV", "qpv", "qpv"),
        _c("Référent", "holder", "ref"),
    ),
    _sheet(
        "Situations",
        "situations",
        model.Situation,
        _c("*Personne", "person", "ref"),
        _c("*Type", "kind", words=SITUATION),
        _c("*Début", "start", "date"),
        _c("Fin", "end", "date"),
        _c("Fin prévue", "planned_end", "date"),
        _c("Confirmée le", "confirmed", "date"),
        _c("Heures hebdo", "hours", "number"),
        _c("Employeur", "employer"),
        _c("Métier visé (oui/non)", "target_trade", "bool"),
        _c("Preuve", "evidence", words=EVIDENCE),
    ),
    _sheet(
        "Orientations",
        "applications",
        model.Application,
        _c("*Personne", "person", "ref"),
        _c("*Cohorte", "cohort", "ref"),
        _c("Orienté par", "referred_by", "ref"),
        _c("*Date", "date", "date"),
        _c("Décision", "decision", words=DECISION),
        _c("Date de décision", "decided", "date"),
        _c("Motif", "reason"),
    ),
    _sheet(
        "Inscriptions",
        "enrolments",
        model.Enrolment,
        _c("*Personne", "person", "ref"),
        _c("*Cohorte", "cohort", "ref"),
        _c("*Entrée", "entry", "date"),
        _c("Sortie", "exit", "date"),
        _c("Motif de sortie", "reason", words=EXIT_REASON),
        _c("Certification", "certification", words=CERTIFICATION),
        _c("Date de certification", "certified", "date"),
        _c("Heures prévues", "hours_planned", "number"),
        _c("Heures réalisées", "hours_done", "number"),
        _c("Statut à l'entrée", "status", words=STATUS),
        _c("Chômeur depuis", "unemployed_since", "date"),
        _c("En études à l'entrée", "studying", "bool"),
        _c("Niveau", "level", words=LEVEL),
        _c("RQTH", "disabled", "bool3"),
        _c("Nationalité", "nationality", words=NATIONALITY),
        _c("Parents nés à l'étranger", "foreign_parents", "bool3"),
        _c("Sans logement stable", "no_housing", "bool3"),
        _c("Zone rurale", "rural", "bool"),
    ),
    _sheet(
        "Suivis",
        "follow_ups",
        model.FollowUp,
        _c("*Personne", "person", "ref"),
        _c("*Cohorte", "cohort", "ref"),
        _c("*Jalon", "milestone", "integer"),
        _c("*Date", "date", "date"),
        _c("*Résultat", "result", words=RESULT),
        _c("Canal", "channel", words=CHANNEL),
    ),
)
BY_NAME = {sheet.name: sheet for sheet in SHEETS}
