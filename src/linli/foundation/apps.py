from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FoundationConfig(AppConfig):
    name = "linli.foundation"
    label = "foundation"

    def ready(self) -> None:
        from linli.foundation import shelves
        from linli.foundation.data import triggers

        post_migrate.connect(triggers.install_after_migrate, dispatch_uid="linli.triggers")
        # Jobs are queued by name, acts said in words: all must be there before the first act.
        shelves.collect()
