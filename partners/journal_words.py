"""The journal in words: each verb as a sentence that follows a person's name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Any] = {
    # doors
    "sign_in": _("connexion"),
    "sign_out": _("déconnexion"),
    "sign_in_failed": _("connexion refusée, mot de passe incorrect"),
    "sign_in_blocked": _("connexions bloquées, trop d’essais"),
    "wrong_code": _("connexion refusée, code incorrect"),
    "show_factor": _("a confirmé son identité par son second facteur"),
    "add_factor": _("a ajouté un second facteur"),
    "remove_factor": _("a retiré un second facteur"),
    "renew_codes": _("a refait ses codes de secours"),
    "change_password": _("a changé son mot de passe"),
    "reset_password": _("mot de passe changé par courriel"),
    # people
    "open_account": _("a ouvert un compte"),
    "invite_member": _("a donné une place"),
    "send_invitation": _("a envoyé une invitation"),
    "revoke_invitation": _("a annulé une invitation"),
    "accept_invitation": _("a accepté son invitation"),
    "ask_role": _("a proposé une nouvelle personne responsable"),
    "change_role": _("a changé un rôle"),
    "approve_manager": _("a approuvé une personne responsable"),
    "refuse_manager": _("a refusé une personne responsable"),
    "grant_sensitive": _("a ouvert les profils sensibles"),
    "withdraw_sensitive": _("a fermé les profils sensibles"),
    "end_membership": _("a mis fin à un accès"),
    "reset_factors": _("a retiré les seconds facteurs d’un compte"),
    "open_glass": _("a ouvert un accès exceptionnel"),
    "break_glass": _("a ouvert un accès exceptionnel"),
    "close_glass": _("a fermé un accès exceptionnel"),
    "read_behind_glass": _("a lu une page, par accès exceptionnel"),
    # persons
    "open_file": _("a ouvert un dossier"),
    "close_file": _("a clos un suivi"),
    "gap_alert": _("interruption signalée à qui tient le relais"),
    "correct_learner": _("a corrigé un dossier"),
    "locate": _("quartier établi d’après l’adresse"),
    "reassign": _("a confié une personne à un collègue"),
    "read_sensitive": _("a lu un profil sensible"),
    "edit_sensitive": _("a modifié un profil sensible"),
    "record_situation": _("a noté une situation"),
    "end_situation": _("a noté la fin d’une situation"),
    "confirm_situation": _("a confirmé une situation"),
    "correct_situation": _("a corrigé une situation"),
    "tell_situation": _("a dit où elle en est, par lien personnel"),
    "add_document": _("a ajouté un document"),
    "read_document": _("a ouvert un document"),
    "remove_document": _("a retiré un document"),
    "object": _("s’est opposée à un partage"),
    "ask_call": _("a demandé qu’on l’appelle"),
    "make_link": _("a fait un lien personnel"),
    "open_link": _("a ouvert un lien personnel"),
    "revoke_link": _("a annulé un lien personnel"),
    "ask_training": _("une personne a demandé une formation"),
    "type_request": _("a saisi la demande d’une personne"),
    "take_request": _("a pris en charge une demande directe"),
    "set_request_aside": _("a écarté une demande directe"),
    "take_request_back": _("a repris une demande écartée"),
    "type_for": _("a saisi quelque chose pour une personne"),
    "confirm_typed": _("ce qui a été saisi est exact, dit la personne"),
    "contest_typed": _("ce qui a été saisi n’est pas exact, dit la personne"),
    "mend_typed": _("a corrigé ce qu’une personne contestait"),
    "export_learners": _("a téléchargé une liste de personnes"),
    # handoffs and cohorts
    "open_slot": _("a ouvert un créneau de rendez-vous"),
    "cancel_slot": _("a annulé un créneau de rendez-vous"),
    "invite": _("a invité une personne à un rendez-vous"),
    "invite_to_appointment": _("a donné un rendez-vous à une personne"),
    "move_appointment": _("a déplacé un rendez-vous"),
    "note_appointment": _("a noté ce qu’a donné un rendez-vous"),
    "answer_appointment": _("réponse à une invitation"),
    "record_trial": _("a joint le bilan de l’exercice à une candidature"),
    "place": _("a placé une personne orientée dans une cohorte"),
    "import_referrals": _("a orienté des personnes par une feuille"),
    "export_referrals": _("a téléchargé une liste d’orientations"),
    "export_fairness": _("a téléchargé le dossier d’équité d’une cohorte"),
    "edit_grid": _("a écrit la grille d’évaluation d’un programme"),
    "freeze_grid": _("grille d’évaluation figée pour une cohorte"),
    "open_sheet": _("a ouvert une évaluation"),
    "lock_sheet": _("a verrouillé une évaluation"),
    "abstain_sheet": _("s’est abstenu d’évaluer"),
    "key_sheet": _("a saisi une grille papier"),
    "propose": _("a proposé un relais"),
    "receive": _("a accusé réception d’un relais"),
    "accept": _("a pris le relais"),
    "decline": _("a décliné un relais"),
    "withdraw": _("a retiré un relais proposé"),
    "return": _("relais revenu sans réponse"),
    "vouch": _("a confirmé l’éligibilité d’une candidature"),
    "rule_out": _("a constaté qu’une candidature ne remplit pas les conditions"),
    "reopen": _("a rouvert une candidature"),
    "ask_review": _("a demandé un réexamen"),
    "give_review": _("a confié un réexamen"),
    "uphold_review": _("a maintenu une décision, après réexamen"),
    "change_review": _("a revu une décision, après réexamen"),
    "recruit": _("a ouvert une cohorte aux candidatures"),
    "start": _("a démarré une cohorte"),
    "enter": _("a confirmé une entrée"),
    # partners, files, reports
    "self_check": _("vérification de nuit"),
    "create_organisation": _("a créé un organisme"),
    "edit_organisation": _("a modifié la fiche d’un organisme"),
    "add_partner": _("a ajouté un partenaire"),
    "add_programme": _("a ajouté un programme"),
    "edit_programme": _("a modifié un programme"),
    "add_agreement": _("a ajouté une convention"),
    "edit_agreement": _("a modifié une convention"),
    "import_workbook": _("a importé un classeur"),
    "fill": _("a complété des fiches par un import"),
    "send_import": _("a envoyé un fichier à importer"),
    "check_import": _("fichier à importer vérifié"),
    "confirm_import": _("a demandé un import"),
    "write_import": _("a importé un fichier"),
    "undo_import": _("a annulé un import"),
    "ask_report": _("a demandé un bilan"),
    "freeze_report": _("bilan figé"),
    "cancel": _("a annulé un message"),
    "mark_sent": _("a noté l’envoi d’un message"),
    "keep_back": _("message retenu"),
    "note_failure": _("a vu qu’un message n’est pas arrivé"),
    "bounce": _("message revenu"),
    "read_out": _("a lu un SMS à envoyer à la main"),
    "print_letters": _("a imprimé des lettres"),
    "call_instead": _("personne à appeler, plutôt que de lui écrire"),
}
ROLES: dict[str, Any] = {
    "manager": _("responsable"),
    "adviser": _("conseiller"),
    "trainer": _("formateur"),
    "reader": _("lecteur"),
}
KINDS: dict[str, Any] = {
    "learners.learner": _("personne"),
    "learners.handoff": _("relais"),
    "learners.document": _("document"),
    "cohorts.cohort": _("cohorte"),
    "cohorts.directrequest": _("demande directe"),
    "cohorts.application": _("candidature"),
    "cohorts.appeal": _("réexamen"),
    "cohorts.slot": _("créneau"),
    "cohorts.appointment": _("rendez-vous"),
    "placements.reportrun": _("bilan"),
    "partners.importrun": _("import"),
    "partners.agreement": _("convention"),
    "partners.programme": _("programme"),
    "partners.organisation": _("organisme"),
    "partners.message": _("message"),
}


def sentence(verb: str) -> str:
    """The act in words; an act that has none yet is given by its code."""
    return str(SENTENCES.get(verb, _("acte « %(verb)s »") % {"verb": verb}))


def about(subject_type: str, subject_id: int | None, data: dict[str, Any]) -> str:
    """What an act was about, by its number, and the role it gave."""
    told = []
    if subject_type in KINDS and subject_id is not None:
        told.append(f"{KINDS[subject_type]} n°\u00a0{subject_id}")
    if data.get("role") in ROLES:
        told.append(str(ROLES[data["role"]]))
    return ", ".join(told)
