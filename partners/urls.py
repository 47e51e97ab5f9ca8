"""Addresses of partners: the account."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from partners.forms import SignInForm

app_name = "partners"
urlpatterns = [
    path(
        "connexion/",
        LoginView.as_view(
            template_name="account/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
        ),
        name="sign_in",
    ),
    path("deconnexion/", LogoutView.as_view(), name="sign_out"),
]
