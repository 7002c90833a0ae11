"""What of cases is kept beside them: whose turn they are, time limits that run, how many there are (docs/adr/0042)."""

from django.db import models
from django.db.models import Q

from linli.aid.assistance.codes import CLOSED_STATES, ApplicationState, ClockKind
from linli.aid.assistance.models.cases import Application, Assessment, Clock
from linli.foundation.data import touched, triggers
from linli.foundation.data.marks import Mark, marked
from linli.foundation.data.scope import AreaStamped, indexes_by_place
from linli.foundation.data.sums import PLACE, Summed


class Turn(AreaStamped):
    """One thing that waits at a case, kept where a list is entered by it: ``queries.turns`` says what and for whom."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="turns", db_index=False)
    code = models.CharField(max_length=32)
    user_id = models.PositiveBigIntegerField(default=0)  # whose alone it is; 0: of whoever holds a role of the code
    barred = models.CharField(max_length=60, blank=True)  # ids between commas of who took an earlier step
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    due_date = models.DateField()
    calendar_days = models.BooleanField(default=False)  # as its clock counts

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code", "user_id"], name="turn_once")]
        indexes = [
            *indexes_by_place("turn", "code", "due_date", "application"),
            models.Index(fields=["user_id", "code", "due_date", "application"], name="turn_person"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.code}"


class Reckoning(Mark):
    """A case whose turns do not hold for good: reckoned for ``day``, or touched since."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="reckoning")

    def __str__(self) -> str:
        return f"{self.application_id} {self.day}"


def _marked(table: str, case: str) -> list[triggers.Trigger]:
    """Whatever is written into the table, the cases that the condition finds by NEW are reckoned anew."""
    cases = f"SELECT a.id FROM assistance_application a WHERE {case}"
    return marked(table, cases, marks="assistance_reckoning", column="application_id", name="turn")


_OF_FAMILY = f"a.state NOT IN {tuple(map(str, CLOSED_STATES))} AND a.household_id"
_LIVES_IN = "(SELECT m.household_id FROM residents_membership m WHERE m.resident_id = NEW.{})"
# What the workflow asks of a case (``queries.steps``), and what ``queries.standing`` looks at in the register.
TURNED_BY = {
    "assistance_application": "a.id = NEW.id",
    "assistance_paper": "a.id = NEW.application_id",
    "assistance_clock": "a.id = NEW.application_id",
    "assistance_escalation": "a.id = (SELECT c.application_id FROM assistance_clock c WHERE c.id = NEW.clock_id)",
    "assistance_assessment": "a.id = NEW.application_id",
    "assistance_assessor": (
        "a.id = (SELECT v.application_id FROM assistance_assessment v WHERE v.id = NEW.assessment_id)"
    ),
    "assistance_firstopinion": "a.id = NEW.application_id",
    "assistance_publicationentry": "a.id = NEW.application_id",
    "assistance_publication": (
        "a.id IN (SELECT e.application_id FROM assistance_publicationentry e WHERE e.publication_id = NEW.id)"
    ),
    "assistance_objection": "a.id = NEW.application_id",
    "residents_household": f"{_OF_FAMILY} = NEW.id",
    "residents_membership": f"{_OF_FAMILY} = NEW.household_id",
    "residents_resident": f"{_OF_FAMILY} IN {_LIVES_IN.format('id')}",
    "residents_circumstance": (
        f"{_OF_FAMILY} IN (SELECT NEW.household_id UNION ALL {_LIVES_IN.format('resident_id')[1:]}"
    ),
}


# --- Time limits that run, and how many cases there are: kept by the database (docs/adr/0044) ------


class Running(AreaStamped):
    """A time limit of an open case that is not over, ``paused`` while it stands still. Entered by place and day."""

    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="running")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="running")
    pack_version_id = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=ClockKind.choices)
    due_date = models.DateField()
    paused = models.BooleanField()

    class Meta:
        indexes = indexes_by_place("running", "paused", "due_date", "application", "kind", "pack_version_id")

    def __str__(self) -> str:
        return f"{self.application_id} {self.kind} {self.due_date}"


class RunningSum(AreaStamped):
    """How many time limits run in a place, by the law that they rest on, kind and last day; none is no row."""

    pack_version_id = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=12, choices=ClockKind.choices)
    due_date = models.DateField()
    paused = models.BooleanField()
    number = models.BigIntegerField()

    class Meta:
        indexes = [
            *indexes_by_place("running_sum", "paused", "due_date"),
            models.Index(fields=["number"], condition=Q(number=0), name="running_sum_none"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["due_date", "paused", "kind", "pack_version_id", *reversed(PLACE)], name="running_sum"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_date}: {self.number}"


class Claim(AreaStamped):
    """One group that an application claims: its column of groups, a row for each, entered by place and group."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="claims", db_index=False)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "code"], name="claim_once")]
        indexes = indexes_by_place("claim", "code", "-application")

    def __str__(self) -> str:
        return f"{self.application_id} {self.code}"


class ApplicationSum(AreaStamped):
    """How many applications a place has, by state and the law that they rest on."""

    pack_version_id = models.PositiveBigIntegerField()
    state = models.CharField(max_length=20, choices=ApplicationState.choices)
    number = models.BigIntegerField()

    class Meta:
        indexes = indexes_by_place("application_sum", "state")
        constraints = [
            models.UniqueConstraint(fields=["state", "pack_version_id", *reversed(PLACE)], name="application_sum")
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.number}"


APPLICATION_SUMS = Summed(
    "assistance_application_sums",
    "assistance_application",
    "assistance_applicationsum",
    ("pack_version_id", "state", *PLACE),
    fen="",
)
RUNNING_SUMS = Summed(
    "assistance_running_sums",
    "assistance_running",
    "assistance_runningsum",
    ("pack_version_id", "kind", "due_date", "paused", *PLACE),
    fen="",
    none_goes=True,
)
_MOVED = " OR ".join(f"COALESCE(NEW.{one}, 0) <> COALESCE(OLD.{one}, 0)" for one in PLACE)
_IS_OPEN = f"a.state NOT IN {tuple(map(str, CLOSED_STATES))}"


def _after(name: str, table: str, event: str, sqlite: str, postgres: str, when: str) -> triggers.Trigger:
    said = f"IF {when} THEN {postgres} END IF;" if when else postgres
    return triggers.Trigger(name, table, f"AFTER {event}", sqlite, f"{said} RETURN NULL;", sqlite_when=when)


def _runs(table: str, event: str, limits: str, when: str = "") -> triggers.Trigger:
    """Whatever is written into the table, the time limits that the condition finds by NEW run or do not."""
    places = ",".join(f"a.{one}" for one in PLACE)
    text = (
        f"DELETE FROM assistance_running WHERE {limits.format('clock_id', 'application_id')}; INSERT INTO "
        f"assistance_running (clock_id, application_id, pack_version_id, kind, due_date, paused, {','.join(PLACE)}) "
        f"SELECT c.id, a.id, a.pack_version_id, c.kind, c.due_date, c.paused_date IS NOT NULL, {places} "
        "FROM assistance_clock c JOIN assistance_application a ON a.id = c.application_id "
        f"WHERE {limits.format('c.id', 'c.application_id')} AND {_IS_OPEN} AND c.finished_date IS NULL;"
    )
    name = f"{table}_runs_{'new' if event == 'INSERT' else 'else'}"
    return _after(name, table, event, text, text, when)


_CLAIMS = (
    "DELETE FROM assistance_claim WHERE application_id = NEW.id; "
    f"INSERT INTO assistance_claim (application_id, code, {','.join(PLACE)}) "
    f"SELECT NEW.id, g.value, {','.join(f'NEW.{one}' for one in PLACE)} FROM {{}} WHERE g.value <> '';"
)


def _claims(event: str, when: str = "") -> triggers.Trigger:
    """The groups of the application, a row for each."""
    name = f"assistance_application_claims_{'new' if event == 'INSERT' else 'else'}"
    sqlite = _CLAIMS.format("""json_each('["' || replace(NEW.groups, ',', '","') || '"]') g""")
    postgres = _CLAIMS.format("unnest(string_to_array(NEW.groups, ',')) AS g(value)")
    return _after(name, "assistance_application", event, sqlite, postgres, when)


for _table in ("turn", "reckoning", "running", "runningsum", "claim", "applicationsum"):
    touched.excuse(f"assistance_{_table}", "kept out of the cases, and reckoned anew by the invariants")
triggers.register(
    _claims("INSERT"),
    _claims("UPDATE", f"NEW.groups <> OLD.groups OR {_MOVED}"),
    *(one for table, case in TURNED_BY.items() for one in _marked(table, case)),
    triggers.never_deleted("assistance_applicationsum"),
    *APPLICATION_SUMS.triggers(),
    *RUNNING_SUMS.triggers(deleted=True),
    _runs("assistance_clock", "INSERT", "{0} = NEW.id"),
    _runs("assistance_clock", "UPDATE", "{0} = NEW.id"),
    _runs("assistance_application", "UPDATE", "{1} = NEW.id", f"NEW.state <> OLD.state OR {_MOVED}"),
)
