"""The pages of help, one per journey: their address, title, what they answer, and their text (a template each)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    """`slug`: its address; `template`: its text; `start`: the name of the page where one does it, if there is one."""

    slug: str
    title: Any  # lazy French
    lead: Any
    template: str
    start: str = ""
    start_label: Any = ""


@dataclass(frozen=True)
class Group:
    title: Any
    topics: tuple[Topic, ...]


GROUPS = (
    Group(
        _("Entrer et travailler à plusieurs"),
        (
            Topic("se-connecter", _("Se connecter"), _("Première connexion, second facteur, appareil perdu."), "partners/help_sign_in.html"),
            Topic("inviter-un-collegue", _("Inviter un collègue, le voir partir"), _("Rôles, approbation d’un responsable, départ."), "partners/help_invite.html", "partners:my_organisation", _("Ouvrir Mon organisme")),
        ),
    ),
    Group(
        _("Suivre les personnes"),
        (
            Topic("savoir-quoi-faire", _("Savoir quoi faire"), _("Chacun dans une seule liste, avec un acte, un nom, une date."), "partners/help_to_do.html", "placements:home", _("Ouvrir À faire")),
            Topic("retrouver-une-personne", _("Retrouver une personne"), _("Chercher, filtrer, exporter ce que l’on voit."), "partners/help_find.html", "learners:learner_list", _("Ouvrir Personnes")),
            Topic("lire-un-parcours", _("Lire un parcours"), _("Le fil, les interruptions, qui tient le relais."), "partners/help_path.html"),
            Topic("suivre-la-continuite", _("Suivre la continuité des parcours"), _("Les jours d’interruption, à qui ils reviennent, et les alertes."), "partners/help_continuity.html", "placements:continuity", _("Ouvrir la continuité")),
            Topic("corriger-un-fait", _("Corriger un fait"), _("Une erreur d’import, une date, une situation."), "partners/help_correct.html"),
            Topic("orienter-une-personne", _("Orienter une personne"), _("Vers une formation, avec son accord, une par une ou par classeur."), "partners/help_refer.html", "cohorts:referral_new", _("Ouvrir Orienter")),
            Topic("trancher-un-doublon", _("Trancher un doublon"), _("Une personne ou deux : réunir deux fiches, ou défaire."), "partners/help_duplicates.html", "learners:duplicate_list", _("Ouvrir Doublons")),
            Topic("passer-le-relais", _("Passer et recevoir un relais"), _("Reçu n’est pas accepté ; le silence revient à quelqu’un."), "partners/help_handoff.html", "learners:handoff_list", _("Ouvrir les relais")),
            Topic("fiabilite-reciproque", _("Lire la fiabilité réciproque"), _("Délais, silences et refus, dans les deux sens."), "partners/help_reliability.html", "learners:reliability", _("Ouvrir la fiabilité réciproque")),
            Topic("partage-et-opposition", _("Partager, et s’opposer au partage"), _("Qui voit quoi, et comment la personne dit non."), "partners/help_sharing.html"),
            Topic("saisir-pour-quelqu-un", _("Saisir pour quelqu’un"), _("Par téléphone ou d’après un papier, avec son accord."), "partners/help_behalf.html", "cohorts:request_new", _("Saisir une demande")),
            Topic("ecrire-aux-personnes", _("Écrire aux personnes"), _("Ce qui part, quand, ce qui est retenu, ce qui n’arrive pas."), "partners/help_messages.html", "learners:message_list", _("Ouvrir Messages")),
            Topic("papier-et-telephone", _("Travailler sur papier ou par téléphone"), _("Les mêmes droits sans écran."), "partners/help_paper.html"),
        ),
    ),
    Group(
        _("Organiser les formations"),
        (
            Topic("demandes-directes", _("Répondre aux demandes directes"), _("Qui demande par soi-même, et qui l’on prend en charge."), "partners/help_requests.html", "cohorts:request_list", _("Ouvrir les demandes")),
            Topic("verifier-les-conditions", _("Vérifier les conditions d’entrée"), _("Rempli, non rempli, à prouver : et c’est vous qui confirmez."), "partners/help_eligibility.html", "cohorts:cohort_list", _("Ouvrir Cohortes")),
            Topic("evaluer-sans-nom", _("Évaluer des candidatures"), _("Des codes, une grille, deux personnes, une abstention."), "partners/help_rating.html", "cohorts:cohort_list", _("Ouvrir Cohortes")),
            Topic("tenir-un-comite", _("Tenir un comité d’admission"), _("Préparer, annoncer, places, liste d’attente, équité."), "partners/help_committee.html", "cohorts:cohort_list", _("Ouvrir Cohortes")),
            Topic("tenir-le-registre", _("Tenir le registre"), _("Calendrier, appel, signatures, papier, fichiers d’un outil, corrections."), "partners/help_register.html", "cohorts:cohort_list", _("Ouvrir Cohortes")),
            Topic("absences-et-sorties", _("Suivre les absences, enregistrer une sortie"), _("L’aide demandée, l’issue, le dernier jour suivi, ce qui suit."), "partners/help_leaving.html", "cohorts:cohort_list", _("Ouvrir Cohortes")),
            Topic("reexamens", _("Répondre à une demande de réexamen"), _("Quelqu’un de nouveau relit, et répond avec des mots."), "partners/help_reviews.html", "cohorts:review_list", _("Ouvrir les réexamens")),
            Topic("donner-un-rendez-vous", _("Donner un rendez-vous"), _("Créneaux, invitations, absences, exercice."), "partners/help_appointments.html", "cohorts:cohort_list", _("Ouvrir Cohortes")),
            Topic("ouvrir-une-cohorte", _("Ouvrir une cohorte"), _("Programme, convention, places, équipe."), "partners/help_cohort.html", "cohorts:cohort_list", _("Ouvrir Cohortes")),
            Topic("ecrire-une-convention", _("Enregistrer une convention"), _("Règles, engagements, noms, dérogations."), "partners/help_agreement.html", "partners:agreement_list", _("Ouvrir Conventions")),
            Topic("ajouter-un-partenaire", _("Ajouter un partenaire"), _("Un organisme ne figure qu’une fois dans l’annuaire."), "partners/help_partner.html", "partners:organisation_list", _("Ouvrir l’annuaire")),
            Topic("importer-un-fichier", _("Importer un fichier"), _("Aperçu, erreurs par cellule, annulation."), "partners/help_import.html", "placements:import_list", _("Ouvrir Imports")),
        ),
    ),
    Group(
        _("Rendre compte"),
        (
            Topic("demander-un-bilan", _("Demander un bilan"), _("Convention, période, calcul, téléchargement."), "partners/help_report.html", "placements:report_list", _("Ouvrir Bilans")),
            Topic("bilan-pedagogique", _("Préparer le bilan pédagogique et financier"), _("Stagiaires et heures des cadres F-1, F-3 et F-4, et ce qui manque."), "partners/help_balance.html"),
            Topic("comprendre-un-taux", _("Comprendre un taux"), _("Numérateur, dénominateur, inconnus, bornes."), "partners/help_rate.html", "placements:definitions", _("Ouvrir les définitions")),
        ),
    ),
)  # fmt: skip
TOPICS = {topic.slug: topic for group in GROUPS for topic in group.topics}
