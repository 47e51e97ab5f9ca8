"""Addresses of the demonstration alone."""

from django.urls import path

from placements.demo import door

app_name = "demo"
urlpatterns = [path("entrer/", door.enter, name="enter")]
