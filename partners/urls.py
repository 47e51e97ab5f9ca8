"""Addresses of partners: the directory, what is offered, one's own organisation."""

from django.urls import path

from partners.views import access_journal, account, agreements, break_glass, my_organisation, organisations, programmes
from partners.views import help as help_pages

app_name = "partners"
urlpatterns = [
    path("partenaires/", organisations.organisation_list, name="organisation_list"),
    path("partenaires/nouveau/", organisations.organisation_new, name="organisation_new"),
    path("partenaires/<int:pk>/", organisations.organisation_detail, name="organisation_detail"),
    path("partenaires/<int:pk>/modifier/", organisations.organisation_edit, name="organisation_edit"),
    path("programmes/", programmes.programme_list, name="programme_list"),
    path("programmes/nouveau/", programmes.programme_new, name="programme_new"),
    path("programmes/<int:pk>/", programmes.programme_detail, name="programme_detail"),
    path("programmes/<int:pk>/modifier/", programmes.programme_edit, name="programme_edit"),
    path("conventions/", agreements.agreement_list, name="agreement_list"),
    path("conventions/nouvelle/", agreements.agreement_new, name="agreement_new"),
    path("conventions/<int:pk>/", agreements.agreement_detail, name="agreement_detail"),
    path("conventions/<int:pk>/modifier/", agreements.agreement_edit, name="agreement_edit"),
    path("aide/", help_pages.help_page, name="help_page"),
    path("aide/<slug:slug>/", help_pages.help_topic, name="help_topic"),
    path("mon-organisme/", my_organisation.my_organisation, name="my_organisation"),
    path("mon-organisme/journal/", access_journal.journal_access, name="journal_access"),
    path("mon-organisme/personnes/inviter/", my_organisation.member_invite, name="member_invite"),
    path("mon-organisme/personnes/<int:pk>/", my_organisation.member_detail, name="member_detail"),
    path("mon-organisme/personnes/<int:pk>/role/", my_organisation.member_role, name="member_role"),
    path("mon-organisme/personnes/<int:pk>/sensible/", my_organisation.member_sensitive, name="member_sensitive"),
    path("mon-organisme/personnes/<int:pk>/approuver/", my_organisation.member_approve, name="member_approve"),
    path("mon-organisme/personnes/<int:pk>/refuser/", my_organisation.member_refuse, name="member_refuse"),
    path("mon-organisme/personnes/<int:pk>/relancer/", my_organisation.member_resend, name="member_resend"),
    path("mon-organisme/personnes/<int:pk>/annuler/", my_organisation.member_revoke, name="member_revoke"),
    path("mon-organisme/personnes/<int:pk>/seconds-facteurs/", my_organisation.member_factors, name="member_factors"),
    path("mon-organisme/personnes/<int:pk>/fin/", my_organisation.member_end, name="member_end"),
    path("acces-exceptionnel/", break_glass.break_glass, name="break_glass"),
    path("acces-exceptionnel/<int:pk>/fermer/", break_glass.break_glass_close, name="break_glass_close"),
    path("invitation/<str:token>/", account.invitation, name="invitation"),
]
