from importlib import import_module

from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "linli.aid.assistance"

    def ready(self) -> None:
        vocabulary = import_module("linli.registry.residents.queries.vocabulary")
        vocabulary.register_words(import_module(f"{self.name}.queries.words").fact_words)
