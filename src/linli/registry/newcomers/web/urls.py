"""Addresses of the public door and of the requests."""

from django.urls import path

from linli.foundation.screens import navigation
from linli.foundation.screens.records import pages_of
from linli.registry.newcomers.web.views import RequestList, RequestPage, newcomer_ask, reading

navigation.add_tab("residents", "request_list", RequestList.title)

urlpatterns = [
    path("register/", newcomer_ask, name="newcomer_ask"),
    *pages_of(RequestPage, reading, "residents/requests/"),
]
