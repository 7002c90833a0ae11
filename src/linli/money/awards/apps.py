from importlib import import_module

from django.apps import AppConfig


class AwardsConfig(AppConfig):
    name = "linli.money.awards"

    def ready(self) -> None:
        # A correction of a death or a move puts right what it did to awards, in its own act.
        register = import_module("linli.registry.residents.operations").register_follower
        register(import_module(f"{self.name}.operations.following").follow_amendment)
