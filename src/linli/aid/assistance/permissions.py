"""Who reads cases and records papers; whose each step of a case, a publication, an objection and a yearly review is,
stands in ``steps``.

* Community workers and social workers record papers of their community; so does a family of its own case.
* Assessors, whatever their role, see and fill the sheet of the assessment that names them, nothing else.
* Applicants withdraw their own application at any time.
* Whoever works on cases, answers for them or audits them reads them in their places.
"""

from linli.aid.assistance.models import Application
from linli.aid.assistance.steps import CASE
from linli.ground.users.codes import REGISTRY_ROLES, Role
from linli.ground.users.queries import Authority, one_rule
from linli.kernel.errors import DomainError

RECEIVE = CASE.step("receive").roles
# Who may know the families of a place may know what they applied for.
READ = REGISTRY_ROLES


def _act_as_staff(person: Authority, application: Application, roles: tuple[Role, ...]) -> DomainError | None:
    """One of the roles is held over the place of the application; otherwise it is the family's own hand."""
    return person.unless(application.stamp, *roles)


can_act_as_staff, check_act_as_staff = one_rule(_act_as_staff)
