"""What was done: append-only, chained, sealed."""

from django.db import models

from linli.foundation.data import triggers

MANY = 100  # lines of one page, or of one act, that somebody looks at twice


class AuditEntry(models.Model):
    """One act, or one page that showed personal data. Chained per area and day by HMAC."""

    chain = models.PositiveBigIntegerField()  # area id; see Stamp.chain
    day = models.DateField()
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor_id = models.PositiveBigIntegerField(null=True)  # users stand above: a plain id
    act = models.CharField(max_length=80)
    subject = models.CharField(max_length=120)
    lines_count = models.PositiveIntegerField(default=0)
    lines_digest = models.CharField(max_length=64)
    note = models.TextField()  # canonical JSON
    rows_digest = models.CharField(max_length=64, default="", db_default="")  # over the act's RowDigests
    mac = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "day", "seq"], name="audit_chain_seq")]
        indexes = [
            models.Index(fields=["subject", "-id"], name="audit_subject"),
            models.Index(fields=["day", "chain"], name="audit_day"),
            models.Index(fields=["actor_id", "day"], name="audit_actor_day"),
            # What an auditor looks at twice: some acts, and pages that showed many at once.
            models.Index(fields=["act", "day", "chain"], name="audit_acts"),
            models.Index(fields=["day", "chain"], condition=models.Q(lines_count__gte=MANY), name="audit_wide"),
            # The first entry of an area's day: one row for each day there is.
            models.Index(fields=["day", "chain"], condition=models.Q(seq=1), name="audit_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.day} #{self.seq} {self.act} {self.subject}"


class AuditSeal(models.Model):
    """The closing of one area's day: how many entries, and the last one's code. Seals form a chain of their own."""

    seq = models.PositiveIntegerField(unique=True)
    chain = models.PositiveBigIntegerField()
    day = models.DateField()
    count = models.PositiveIntegerField()
    head = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    mac = models.CharField(max_length=64)
    signature = models.CharField(max_length=128, default="", db_default="")  # of the last seal of each run

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "day"], name="audit_seal_once")]
        indexes = [models.Index(fields=["day"], name="audit_seal_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.chain}: {self.count}"


class RowDigests(models.Model):
    """The rows of one table as an act left them: ``digests`` are records of 8 bytes of a row's key (big-endian) and
    16 bytes of its digest, in the order of the keys; of a row that was taken out the digest is nought.
    """

    entry_id = models.PositiveBigIntegerField()
    table = models.CharField(max_length=63)
    shape = models.CharField(max_length=32)  # which columns, in whose spelling
    first = models.BigIntegerField()  # keys
    last = models.BigIntegerField()
    digests = models.BinaryField()
    part = models.BigIntegerField(null=True)  # which sixteen keys; none in records of before, which are longer

    class Meta:
        indexes = [
            models.Index(fields=["entry_id", "id"], name="row_digests_entry"),
            models.Index(fields=["table", "id"], name="row_digests_table"),
            models.Index(fields=["table", "part", "id"], name="row_digests_part"),
            models.Index(fields=["table"], condition=models.Q(part=None), name="row_digests_before"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {len(self.digests)}"


class ActKey(models.Model):
    """An idempotency key that took effect, what the form said, and what came of it."""

    key = models.CharField(max_length=64, primary_key=True)
    act = models.CharField(max_length=80)
    actor_id = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()
    said = models.CharField(max_length=64, default="", db_default="")
    outcome = models.TextField(default="null")  # canonical JSON of the keys of what the act returned

    def __str__(self) -> str:
        return f"{self.key} {self.act}"


triggers.register(
    *triggers.append_only("foundation_auditentry"),
    *triggers.append_only("foundation_auditseal"),
    *triggers.append_only("foundation_rowdigests"),
    triggers.never_deleted("foundation_actkey"),
)
