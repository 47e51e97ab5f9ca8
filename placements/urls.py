"""Addresses of placements: home, imports and reports."""

from django.urls import path

from placements.views import continuity, definitions, home, imports, reports, self_check

app_name = "placements"
urlpatterns = [
    path("", home.home, name="home"),
    path("a-faire/<slug:code>/", home.work_list, name="work_list"),
    path("continuite/", continuity.continuity, name="continuity"),
    path("verification/", self_check.self_check, name="self_check"),
    path("definitions/", definitions.definitions, name="definitions"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/nouveau/", imports.import_new, name="import_new"),
    path("imports/modele/", imports.import_blank, name="import_blank"),
    path("imports/<int:pk>/", imports.import_run, name="import_run"),
    path("imports/<int:pk>/importer/", imports.import_confirm, name="import_confirm"),
    path("imports/<int:pk>/annuler/", imports.import_undo, name="import_undo"),
    path("imports/<int:pk>/copie-annotee/", imports.import_annotated, name="import_annotated"),
    path("bilans/", reports.report_list, name="report_list"),
    path("bilans/nouveau/", reports.report_new, name="report_new"),
    path("bilans/<int:pk>/", reports.report_run, name="report_run"),
    path("bilans/<int:pk>/classeur/", reports.report_file, {"kind": "xlsx"}, name="report_xlsx"),
    path("bilans/<int:pk>/document/", reports.report_file, {"kind": "pdf"}, name="report_pdf"),
]
