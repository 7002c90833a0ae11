from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FoundationConfig(AppConfig):
    name = "linli.foundation"
    label = "foundation"

    def ready(self) -> None:
        from linli.foundation.data import triggers

        post_migrate.connect(triggers.install_after_migrate, dispatch_uid="linli.triggers")
        # Jobs are queued by name, so the names must be there before the first act.
        import_module(f"{self.name}.tasks")
