from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class FoundationConfig(AppConfig):
    name = "linli.foundation"
    label = "foundation"

    def ready(self) -> None:
        from linli.foundation import shelves
        from linli.foundation.data import definitions, statistics, touched
        from linli.foundation.screens import fields  # noqa: F401 - says what its words are before any form is made
        from linli.foundation.trail import upgrading

        pre_migrate.connect(definitions.check_before_migrate, sender=self, dispatch_uid="linli.definitions.before")
        pre_migrate.connect(upgrading.check_rows_before_migrate, sender=self, dispatch_uid="linli.digests.before")
        post_migrate.connect(definitions.keep_after_migrate, sender=self, dispatch_uid="linli.definitions")
        post_migrate.connect(upgrading.digest_after_migrate, sender=self, dispatch_uid="linli.digests")
        post_migrate.connect(statistics.analyse_after_migrate, sender=self, dispatch_uid="linli.statistics")
        touched.register_all()
        # Jobs are queued by name, acts said in words: all must be there before the first act.
        shelves.collect()
