from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssistanceConfig(AppConfig):
    name = "linli.aid.assistance"
    label = "assistance"
    verbose_name = _("救助")

    def ready(self) -> None:
        vocabulary = import_module("linli.registry.residents.queries.vocabulary")
        vocabulary.register_words(import_module(f"{self.name}.queries.words").fact_words)
