"""Who may do what to an application. Each rule in prose, then as the roles that hold it.

* Community workers receive applications, answer them, form teams and prepare publications, in their community.
* The community director signs first opinions and posts publications; a second person, never the one who prepared.
* Street officers review, answer objections and decide; who reviewed does not decide.
* Assessors, whatever their role, see and fill the sheet of the assessment that names them, nothing else.
* Applicants withdraw their own application at any time; so does staff on their request.
"""

from collections.abc import Iterable

from linli.assistance.models import Application
from linli.users.codes import Role
from linli.users.queries import Authority

RECEIVE = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER)
ANSWER = (Role.COMMUNITY_WORKER,)
SIGN_OPINION = (Role.COMMUNITY_DIRECTOR,)
PREPARE_PUBLICATION = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR)
POST_PUBLICATION = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
TAKE_OBJECTION = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
REVIEW = (Role.STREET_OFFICER,)
DECIDE = (Role.STREET_OFFICER,)
WITHDRAW = (Role.COMMUNITY_WORKER, Role.SOCIAL_WORKER, Role.COMMUNITY_DIRECTOR)
READ = (
    Role.COMMUNITY_WORKER,
    Role.SOCIAL_WORKER,
    Role.COMMUNITY_DIRECTOR,
    Role.STREET_OFFICER,
    Role.DISTRICT_OFFICER,
    Role.AUDITOR,
)


def can(authority: Authority, application: Application, roles: tuple[Role, ...]) -> bool:
    """Whether one of the roles is held over the application's place."""
    return authority.may(application.stamp, *roles)


def check(authority: Authority, applications: Iterable[Application], roles: tuple[Role, ...]) -> None:
    """Raises NotPermitted unless one of the roles is held over the place of every application."""
    authority.check([application.stamp for application in applications], *roles)
