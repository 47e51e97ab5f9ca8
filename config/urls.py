"""Addresses of the site: one line an app, sign-in, and the platform's own pages."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

# The platform's pages have no door of their own: theirs would ask for no second factor.
to_sign_in = login_not_required(RedirectView.as_view(pattern_name="account_login", query_string=True))
to_password = RedirectView.as_view(pattern_name="account_change_password")

urlpatterns = [
    path("", include("placements.urls")),
    path("", include("partners.urls")),
    path("", include("learners.urls")),
    path("", include("cohorts.urls")),
    path("compte/", include("config.account_urls")),
    path("admin/login/", to_sign_in),
    path("admin/password_change/", to_password),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demonstration/", include("placements.demo.urls")))
