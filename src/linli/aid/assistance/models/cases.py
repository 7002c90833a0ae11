"""The case: application, papers, clocks, answer, assessment, opinion, publication, objection, decision, events."""

from django.db import models
from django.db.models import F, Q

from linli.aid.assistance.codes import (
    AnswerKind,
    ApplicationState,
    AssessorCapacity,
    Channel,
    ClockKind,
    EscalationLevel,
    EventKind,
    ObjectionState,
    PaperState,
    Proposal,
    PublicationState,
    RenewalMethod,
    RenewalState,
)
from linli.aid.assistance.steps import CASE, OBJECTION, PUBLICATION, RENEWAL
from linli.foundation.data import sealed, tallies, triggers
from linli.foundation.data.scope import AreaStamped, indexes_by_place
from linli.foundation.data.tallies import Family


class Application(AreaStamped):
    """One 救助申请表: a household asks, for the groups it claims."""

    number = models.CharField(max_length=24, unique=True)
    pack_version = models.ForeignKey("policies.PackVersion", on_delete=models.PROTECT)
    household = models.ForeignKey("residents.Household", on_delete=models.PROTECT)
    applicant = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, related_name="applications")
    proxy = models.ForeignKey(
        "residents.Resident", on_delete=models.PROTECT, null=True, related_name="proxied_applications"
    )
    groups = models.CharField(max_length=200)  # comma-separated group codes of the pack, in the pack's order
    statement = models.TextField(blank=True)  # the applicant's own words
    channel = models.CharField(max_length=12, choices=Channel.choices)
    identified_how = models.CharField(max_length=24)  # identification code of the pack
    identified_by = models.CharField(max_length=60, blank=True)
    received_date = models.DateField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey("users.User", on_delete=models.PROTECT)
    state = models.CharField(max_length=20, choices=ApplicationState.choices)
    state_since = models.DateField()
    round = models.PositiveSmallIntegerField(default=1)  # 2 after an upheld objection, and so on
    version = models.PositiveIntegerField(default=1)  # grows with every change, so that a stale form is noticed

    class Meta:
        indexes = [
            *indexes_by_place("application", "state", "-id"),
            *indexes_by_place("applications", "-id"),
            models.Index(fields=["household", "-id"], name="application_household"),
            models.Index(fields=["state", "id"], name="application_state"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def group_codes(self) -> list[str]:
        """The claimed groups."""
        return self.groups.split(",") if self.groups else []

    @property
    def subject(self) -> str:
        """Business key for audit, letters and determinations."""
        return f"application:{self.number}"


class Paper(models.Model):
    """One demanded paper 证明材料 and what is known of it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="papers")
    code = models.CharField(max_length=40)
    because_of = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=PaperState.choices)
    issued_date = models.DateField(null=True)
    expires_date = models.DateField(null=True)
    promised_date = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)  # which government data shows it, or what was promised
    file_key = models.CharField(max_length=80, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_type = models.CharField(max_length=40, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("users.User", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="paper_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"


class Clock(models.Model):
    """A statutory time limit on an application; see rules.clocks."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=12, choices=ClockKind.choices)
    working_days = models.PositiveSmallIntegerField()
    calendar_days = models.BooleanField(default=False)  # the pack counts this limit in calendar days
    used_days = models.SmallIntegerField(default=0)
    extended_days = models.PositiveSmallIntegerField(default=0)  # of publication, which do not count
    started_date = models.DateField()
    due_date = models.DateField()
    provisional = models.BooleanField(default=False)
    paused_date = models.DateField(null=True)
    finished_date = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "kind"], name="clock_once")]
        indexes = [models.Index(fields=["due_date"], condition=Q(finished_date__isnull=True), name="clock_open_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_date}"


class Escalation(models.Model):
    """Somebody was told that time runs out; once per clock and level."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="escalations")
    level = models.CharField(max_length=12, choices=EscalationLevel.choices)
    raised_date = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clock", "level"], name="escalation_once")]

    def __str__(self) -> str:
        return f"{self.level} {self.raised_date}"


class IntakeAnswer(models.Model):
    """What the applicant was told within the intake time: accepted, refused, or the ONE list of what is missing."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=12, choices=AnswerKind.choices)
    answered_date = models.DateField()
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey("users.User", on_delete=models.PROTECT)
    reason = models.CharField(max_length=400, blank=True)
    missing = models.CharField(max_length=400, blank=True)  # comma-separated paper codes
    lapses_date = models.DateField(null=True)  # last day to bring them

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "kind"], name="answer_once")]

    def __str__(self) -> str:
        return self.kind


class Assessment(models.Model):
    """One home visit by three different people, and the report that comes of it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="assessments")
    round = models.PositiveSmallIntegerField()
    formed_date = models.DateField()
    visited_date = models.DateField(null=True)
    members = models.TextField(blank=True)  # comma-separated numbers of those whom the visit described
    observed = models.TextField(blank=True)  # canonical JSON: facts seen at home {member number or "": {code: value}}
    needs = models.TextField(blank=True)
    observations = models.TextField(blank=True)
    departures = models.TextField(blank=True)  # canonical JSON list of rules.results.Departure, signed with the sheet
    written_by = models.ForeignKey("users.User", on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(null=True)
    earlier = models.TextField(blank=True)  # canonical JSON: what somebody else had written, changed by the last writer
    completed_date = models.DateField(null=True)
    determination = models.ForeignKey("policies.Determination", on_delete=models.PROTECT, null=True)
    results = models.TextField(blank=True)  # canonical JSON list of rules.results.ProgrammeResult
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "round"], name="assessment_round_once")]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.round}"


class Assessor(models.Model):
    """One of the three: declares no kinship, signs, may dissent."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="assessors")
    user = models.ForeignKey("users.User", on_delete=models.PROTECT)
    capacity = models.CharField(max_length=20, choices=AssessorCapacity.choices)
    declared_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    dissent = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "user"], name="assessor_three_people"),
            models.UniqueConstraint(fields=["assessment", "capacity"], name="assessor_three_kinds"),
        ]
        indexes = [models.Index(fields=["user", "signed_at"], name="assessor_user")]

    def __str__(self) -> str:
        return f"{self.capacity} {self.user_id}"


class FirstOpinion(models.Model):
    """初审意见, signed by the community director; the street's review of it stands on the same row."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="opinions")
    round = models.PositiveSmallIntegerField()
    sequence = models.PositiveSmallIntegerField(default=1)  # 2 when the street sent the first one back
    proposal = models.CharField(max_length=8, choices=Proposal.choices)
    text = models.CharField(max_length=400, blank=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey("users.User", on_delete=models.PROTECT, related_name="signed_opinions")
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey("users.User", on_delete=models.PROTECT, null=True, related_name="reviewed_opinions")
    agreed = models.BooleanField(null=True)
    review_text = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "round", "sequence"], name="opinion_once"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("signed_by")), name="opinion_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.round} {self.proposal}"


class Publication(AreaStamped):
    """公示: masked rows of proposed grants, posted by another person than the one who prepared them."""

    number = models.CharField(max_length=24, unique=True)
    pack_version = models.ForeignKey("policies.PackVersion", on_delete=models.PROTECT)
    columns = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=PublicationState.choices)
    days = models.PositiveSmallIntegerField()
    prepared_at = models.DateTimeField()
    prepared_by = models.ForeignKey("users.User", on_delete=models.PROTECT, related_name="prepared_publications")
    posted_date = models.DateField(null=True)
    posted_by = models.ForeignKey("users.User", on_delete=models.PROTECT, null=True, related_name="posted_publications")
    last_date = models.DateField(null=True)  # last day of the publication
    expires_date = models.DateField(null=True)  # from this day on the page is gone
    proof_key = models.CharField(max_length=80, blank=True)  # photograph of the notice board
    proof_note = models.CharField(max_length=200, blank=True)
    token = models.CharField(max_length=32, unique=True)  # address of the public page

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(posted_by__isnull=True) | ~Q(posted_by=F("prepared_by")), name="publication_two_people"
            ),
        ]
        indexes = [*indexes_by_place("publication", "state", "-id"), *indexes_by_place("publications", "-id")]

    def __str__(self) -> str:
        return self.number


class PublicationEntry(models.Model):
    """One published row. ``row`` holds only the masked columns; it never changes."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="entries")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="publication_entries")
    round = models.PositiveSmallIntegerField()
    row = models.TextField()  # canonical JSON {column: text}

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "round", "publication"], name="publication_entry_once")
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.application_id}"


class Objection(AreaStamped):
    """异议 against a published proposal: it blocks the decision until answered."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="objections")
    round = models.PositiveSmallIntegerField()
    received_date = models.DateField()
    objector_envelope = models.TextField(blank=True)  # who objects is nobody's business; empty when anonymous
    row_key = models.CharField(max_length=32)
    content = models.TextField()
    state = models.CharField(max_length=12, choices=ObjectionState.choices)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey("users.User", on_delete=models.PROTECT, null=True)
    answer = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["application", "state"], name="objection_application")]

    def __str__(self) -> str:
        return str(self.application)

    @property
    def is_rechecked(self) -> bool:
        """Whether the family was visited again since."""
        later = self.application.assessments.filter(round__gt=self.round, completed_date__isnull=False)
        return later.exists()


class Decision(models.Model):
    """The street's decision, once per application, by another officer than the reviewer."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="decision")
    kind = models.CharField(max_length=8, choices=Proposal.choices)
    reviewed_by = models.ForeignKey("users.User", on_delete=models.PROTECT, related_name="decisions_reviewed")
    decided_by = models.ForeignKey("users.User", on_delete=models.PROTECT, related_name="decisions")
    decided_date = models.DateField()
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)
    determination = models.ForeignKey("policies.Determination", on_delete=models.PROTECT)
    results = models.TextField()  # canonical JSON, as the assessment's

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(decided_by=F("reviewed_by")), name="decision_other_officer"),
        ]
        indexes = [models.Index(fields=["decided_date"], name="decision_date")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class Recognition(AreaStamped):
    """A person or household recognised as recipient 救助对象 of a group, from a decision on."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="recognitions")
    group = models.CharField(max_length=40)
    unit_key = models.CharField(max_length=24)
    household = models.ForeignKey("residents.Household", on_delete=models.PROTECT)
    resident = models.ForeignKey("residents.Resident", on_delete=models.PROTECT, null=True)
    valid_from = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["group", "unit_key"], name="recognition_unit")]
        constraints = [models.UniqueConstraint(fields=["decision", "group", "unit_key"], name="recognition_once")]

    def __str__(self) -> str:
        return f"{self.group} {self.unit_key}"


class ApplicationEvent(models.Model):
    """The timeline 经过 of an application: one row per thing that happened."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    at = models.DateTimeField()
    by_id = models.PositiveBigIntegerField()  # 0: the product itself
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        indexes = [models.Index(fields=["application", "id"], name="event_application")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind}"


class Renewal(AreaStamped):
    """The yearly review 年度复核 of what one application was granted, before it runs out on ``until_date``."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="renewals")
    until_date = models.DateField()  # the first day that the awards no longer cover
    state = models.CharField(max_length=10, choices=RenewalState.choices, default=RenewalState.OPEN)
    opened_date = models.DateField()
    due_date = models.DateField()  # decided and told by this day
    checked_date = models.DateField(null=True)
    method = models.CharField(max_length=10, choices=RenewalMethod.choices, blank=True)
    note = models.CharField(max_length=400, blank=True)
    confirmed_by = models.ForeignKey("users.User", on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    determination = models.ForeignKey("policies.Determination", on_delete=models.PROTECT, null=True)
    results = models.TextField(default="[]")  # canonical JSON: what each award comes to, as confirmed
    decided_by = models.ForeignKey("users.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)  # why it ends or is applied for anew

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "until_date"], name="renewal_once"),
            models.CheckConstraint(
                condition=~Q(state=RenewalState.RENEWED)
                | (Q(confirmed_by__isnull=False, decided_by__isnull=False) & ~Q(decided_by=F("confirmed_by"))),
                name="renewal_two_people",
            ),
        ]
        indexes = [
            models.Index(fields=["community_id", "state", "due_date"], name="renewal_community"),
            models.Index(fields=["street_id", "state", "due_date"], name="renewal_street"),
            models.Index(fields=["district_id", "state", "due_date"], name="renewal_district"),
        ]

    def __str__(self) -> str:
        return str(self.application)


tallies.count(
    Family(10, "assistance_assessment", "application_id"),
    Family(11, "assistance_firstopinion", "application_id"),
    Family(12, "assistance_publicationentry", "application_id"),
    Family(13, "assistance_objection", "application_id"),
)
# A sheet without its three seats is closed by nobody: they are found, and not counted.
tallies.find(Family(0, "assistance_assessor", "application_id", through="assistance_assessment", key="assessment_id"))

triggers.register(
    *triggers.steps(CASE),
    *triggers.steps(PUBLICATION),
    *triggers.steps(OBJECTION),
    *triggers.steps(RENEWAL),
    triggers.never_deleted("assistance_application"),
    triggers.never_deleted("assistance_paper"),
    triggers.never_deleted("assistance_clock"),
    triggers.never_deleted("assistance_assessment"),
    triggers.never_deleted("assistance_assessor"),
    triggers.never_deleted("assistance_firstopinion"),
    triggers.never_deleted("assistance_publication"),
    triggers.never_deleted("assistance_objection"),
    triggers.never_deleted("assistance_renewal"),
    *triggers.append_only("assistance_intakeanswer"),
    *triggers.append_only("assistance_publicationentry"),
    *triggers.append_only("assistance_decision"),
    *triggers.append_only("assistance_recognition"),
    *triggers.append_only("assistance_applicationevent"),
    *triggers.append_only("assistance_escalation"),
)

sealed.holds_envelopes("assistance_objection", "objector_envelope")
