"""Addresses of cohorts."""

from django.urls import path

from cohorts import views

app_name = "cohorts"
urlpatterns = [path("", views.cohort_list, name="cohort_list")]
