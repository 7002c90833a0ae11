from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "linli.money.payments"

    def ready(self) -> None:
        # After awards have put their months right in the same act.
        register = import_module("linli.registry.residents.operations").register_follower
        register(import_module(f"{self.name}.operations.following").follow_amendment)
