"""Who may do what to an application. Each rule in prose, then as the roles that hold it.

* Community workers receive applications, answer them, form teams and prepare publications, in their community.
* The community director signs first opinions and posts publications; a second person, never the one who prepared.
* Street officers review, answer objections and decide; who reviewed does not decide.
* Assessors, whatever their role, see and fill the sheet of the assessment that names them, nothing else.
* Applicants withdraw their own application at any time; so does staff on their request.
"""

from collections.abc import Iterable

from linli.aid.assistance.models import Application
from linli.aid.assistance.queries.roles import (
    ANSWER,
    DECIDE,
    POST_PUBLICATION,
    PREPARE_PUBLICATION,
    READ,
    RECEIVE,
    REVIEW,
    SIGN_OPINION,
    TAKE_OBJECTION,
    WITHDRAW,
)
from linli.ground.users.codes import Role
from linli.ground.users.queries import Authority, one_rule
from linli.kernel.errors import DomainError

__all__ = [
    "ANSWER",
    "DECIDE",
    "POST_PUBLICATION",
    "PREPARE_PUBLICATION",
    "READ",
    "RECEIVE",
    "REVIEW",
    "SIGN_OPINION",
    "TAKE_OBJECTION",
    "WITHDRAW",
    "can",
    "check",
]


def _held(
    person: Authority, applications: Application | Iterable[Application], roles: tuple[Role, ...]
) -> DomainError | None:
    """One of the roles is held over the place of every application."""
    rows = [applications] if isinstance(applications, Application) else applications
    return person.unless([application.stamp for application in rows], *roles)


can, check = one_rule(_held)
