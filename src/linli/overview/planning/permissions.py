"""Who may do what with a plan.

Whoever works for the community, decides about its aid or its money, or audits it, reads its plan. The people of the
community and its street save versions. A street officer or the community's director adopts one.
"""

from linli.ground.users.codes import FINANCE_ROLES, Role
from linli.ground.users.queries import held, one_rule

WRITERS = (Role.COMMUNITY_WORKER, Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
ADOPTERS = (Role.COMMUNITY_DIRECTOR, Role.STREET_OFFICER)
READERS = (*WRITERS, *FINANCE_ROLES, Role.SOCIAL_WORKER, Role.DISTRICT_OFFICER, Role.AUDITOR)


can_save, check_save = one_rule(held("The people of the community and its street keep versions of its plan.", *WRITERS))
can_adopt, check_adopt = one_rule(
    held("The director of the community or an officer of its street puts a version in force.", *ADOPTERS)
)
