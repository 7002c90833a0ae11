"""Which packs are in force, what they determined, and the years' working-day tables."""

from django.db import models

from linli.foundation.data import triggers


class PackVersion(models.Model):
    """One installed version of a scheme. Its files are kept under their digest and never change."""

    scheme = models.CharField(max_length=60)
    version = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    valid_from = models.DateField()
    installed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "version"], name="pack_version_once")]
        indexes = [models.Index(fields=["scheme", "-valid_from"], name="pack_in_force")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.version}"


class Determination(models.Model):
    """What the rules said about a case on a day: facts, trace and result as canonical JSON, replayable to the byte."""

    subject = models.CharField(max_length=80)  # business key: "application:JZ-2026-0001"
    pack_version = models.ForeignKey(PackVersion, on_delete=models.PROTECT)
    on = models.DateField()
    document = models.TextField()
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject", "-id"], name="determination_subject")]

    def __str__(self) -> str:
        return f"{self.subject} {self.on}"


class WorkingDayYear(models.Model):
    """The published working-day table of one year. A correction in mid-season is a new row; the newest counts."""

    year = models.PositiveSmallIntegerField()
    off_weekdays = models.TextField()  # canonical JSON list of ISO dates
    work_weekends = models.TextField()
    source = models.CharField(max_length=200)
    loaded_at = models.DateTimeField()
    loaded_by_id = models.PositiveBigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["year", "-id"], name="working_day_year")]

    def __str__(self) -> str:
        return f"{self.year}: {self.source}"


triggers.register(
    *triggers.append_only("policies_packversion"),
    *triggers.append_only("policies_determination"),
    *triggers.append_only("policies_workingdayyear"),
)
