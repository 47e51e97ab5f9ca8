"""Addresses of cohorts, and of what leads to them."""

from django.urls import path

from cohorts.views import cohorts, enrolments, entries, public, referral_files, referral_list, referrals, requests

app_name = "cohorts"
urlpatterns = [
    path("cohortes/", cohorts.cohort_list, name="cohort_list"),
    path("cohortes/nouvelle/", cohorts.cohort_new, name="cohort_new"),
    path("cohortes/candidatures/<int:pk>/entree/", entries.entry_confirm, name="entry_confirm"),
    path("cohortes/inscriptions/<int:pk>/", enrolments.enrolment_edit, name="enrolment_edit"),
    path("cohortes/<int:pk>/", cohorts.cohort_detail, name="cohort_detail"),
    path("cohortes/<int:pk>/modifier/", cohorts.cohort_edit, name="cohort_edit"),
    path("orienter/", referrals.referral_new, name="referral_new"),
    path("orienter/suivi/", referral_list.referral_list, name="referral_list"),
    path("orienter/suivi/classeur/", referral_list.referral_export, name="referral_export"),
    path("orienter/fiche/", referrals.referral_blank, name="referral_blank"),
    path("orienter/<int:pk>/", referrals.referral_sent, name="referral_sent"),
    path("orienter/<int:pk>/fiche/", referrals.referral_sheet, name="referral_sheet"),
    path("orienter/<int:pk>/cohorte/", referrals.referral_place, name="referral_place"),
    path("orienter/classeur/", referral_files.referral_file_new, name="referral_file_new"),
    path("orienter/classeur/modele/", referral_files.referral_file_blank, name="referral_file_blank"),
    path("orienter/classeur/<int:pk>/", referral_files.referral_file, name="referral_file"),
    path("orienter/classeur/<int:pk>/erreurs/", referral_files.referral_file_annotated, name="referral_file_annotated"),
    path("formations/", public.training_list, name="training_list"),
    path("formations/<int:pk>/", public.training_detail, name="training_detail"),
    path("formations/<int:pk>/candidater/", public.apply, name="apply"),
    path("formations/<int:pk>/etre-rappele/", public.call, name="call"),
    path("formations/<int:pk>/formulaire/", public.paper_form, name="paper_form"),
    path("formations/programmes/<int:pk>/etre-rappele/", public.call_programme, name="call_programme"),
    path("formations/ma-demande/", public.own_request, name="own_request"),
    path("formations/ma-demande/avis/", public.own_request_say, name="own_request_say"),
    path("formations/ma-demande/fermer/", public.own_request_leave, name="own_request_leave"),
    path("demandes/", requests.request_list, name="request_list"),
    path("demandes/saisir/", requests.request_new, name="request_new"),
    path("demandes/<int:pk>/", requests.request_detail, name="request_detail"),
    path("demandes/<int:pk>/prendre/", requests.request_take, name="request_take"),
    path("demandes/<int:pk>/ecarter/", requests.request_aside, name="request_aside"),
    path("demandes/<int:pk>/reprendre/", requests.request_back, name="request_back"),
]
