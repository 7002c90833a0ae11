"""Addresses of letters."""

from django.urls import path

from linli.foundation.screens.desks import page_of
from linli.ground.notifications.web import views
from linli.ground.notifications.web.lists import LetterList
from linli.ground.notifications.web.views import reading

urlpatterns = [
    path("letters/", page_of(LetterList, reading), name="letter_list"),
    path("letters/print/", views.letter_print, name="letter_print"),
    path("letters/<str:number>/", page_of(views.LetterPage, reading), name="letter_detail"),
    path("letters/<str:number>/undo/", page_of(views.UndoDeliveryPage, reading), name="letter_undo"),
    path("letters/<str:number>/pdf/", views.letter_pdf, name="letter_pdf"),
]
