"""Acts on applications for assistance. Import them from here."""

from linli.aid.assistance.operations.apply import NewApplication, receive, withdraw
from linli.aid.assistance.operations.assess import Visit, complete, record_visit, sign
from linli.aid.assistance.operations.daily import escalate, recompute_deadlines
from linli.aid.assistance.operations.decide import grant, refuse
from linli.aid.assistance.operations.intake import accept, ask_for_supplement, lapse_overdue, turn_away
from linli.aid.assistance.operations.look_up import look_up
from linli.aid.assistance.operations.objections import answer_objection, take_objection
from linli.aid.assistance.operations.opinion import give_opinion, review
from linli.aid.assistance.operations.papers import PaperRecord, record_papers
from linli.aid.assistance.operations.publication import discard, expire_publications, post, prepare
from linli.aid.assistance.operations.renew import (
    ask_to_reapply,
    confirm_renewals,
    decide_renewals,
    end_renewals,
    open_renewals,
    take_back_confirmations,
)
from linli.aid.assistance.operations.taking_back import take_back
from linli.aid.assistance.operations.team import AssessorKin, change_team, declare_no_kinship, form_team
