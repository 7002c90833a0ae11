from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AwardsConfig(AppConfig):
    name = "linli.awards"
    label = "awards"
    verbose_name = _("待遇")

    def ready(self) -> None:
        # Jobs are queued by name, so the names must be there before the first act.
        import_module(f"{self.name}.tasks")
