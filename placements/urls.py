"""Addresses of placements: home and reports."""

from django.urls import path

from placements.views import home, reports

app_name = "placements"
urlpatterns = [
    path("", home.home, name="home"),
    path("bilans/", reports.report_list, name="report_list"),
    path("bilans/nouveau/", reports.report_new, name="report_new"),
    path("bilans/<int:pk>/", reports.report_run, name="report_run"),
    path("bilans/<int:pk>/classeur/", reports.report_file, {"kind": "xlsx"}, name="report_xlsx"),
    path("bilans/<int:pk>/document/", reports.report_file, {"kind": "pdf"}, name="report_pdf"),
]
