"""Addresses of the site: one line an app, and the platform's own pages."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("placements.urls")),
    path("", include("partners.urls")),
    path("cohortes/", include("cohorts.urls")),
    path("admin/", admin.site.urls),
]
