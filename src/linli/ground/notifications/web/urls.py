"""Addresses of letters."""

from django.urls import path

from linli.ground.notifications.web import views

urlpatterns = [
    path("letters/", views.letter_list, name="letter_list"),
    path("letters/print/", views.letter_print, name="letter_print"),
    path("letters/<str:number>/", views.letter_detail, name="letter_detail"),
    path("letters/<str:number>/pdf/", views.letter_pdf, name="letter_pdf"),
]
