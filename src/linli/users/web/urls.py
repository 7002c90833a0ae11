"""Addresses of accounts."""

from django.urls import path

from linli.users.web import views

urlpatterns = [
    path("log-in/", views.log_in, name="log_in"),
    path("log-out/", views.log_out, name="log_out"),
    path("preferences/", views.preferences, name="preferences"),
]
