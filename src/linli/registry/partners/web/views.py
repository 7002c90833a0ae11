"""Pages of partners: the list, one agreement with its steps, a new one."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from linli.foundation.screens.acting import ActPage
from linli.foundation.screens.fields import NoteForm
from linli.foundation.screens.filters import Filter
from linli.foundation.screens.listings import Column, Listing, nobody
from linli.foundation.screens.records import Record
from linli.foundation.screens.steps import plainly
from linli.foundation.screens.texts import joined
from linli.ground.users.codes import REGISTRY_ROLES
from linli.ground.users.queries.desks import Desk, pages_for
from linli.registry.partners import operations, queries
from linli.registry.partners.codes import AgreementState, PartnerKind
from linli.registry.partners.models import Agreement
from linli.registry.partners.steps import AGREEMENT, WRITERS
from linli.registry.partners.web.forms import AgreementForm, RenewForm, ReviewForm

reading, writing = pages_for("partners", *REGISTRY_ROLES), pages_for("partners", *WRITERS)


class AgreementList(Listing[Desk, Agreement]):
    """Agreements newest first: by state, kind of partner, and name or number."""

    name = "agreements"
    title = _("共建单位")
    order = ("-pk",)
    adds = (_("登记协议"), "agreement_new")
    asks = queries.agreements
    nothing = (_("还没有共建协议"), _("登记后由另一人签署，到日自动执行。"))
    not_found = _("没有符合条件的协议")

    def promised(self, row: Agreement) -> str:
        return joined(row.promises.all())

    filters = (
        Filter("text", _("查找"), hint=_("单位名称或协议编号")),
        Filter("state", _("状态"), AgreementState.choices),
        Filter("kind", _("单位类别"), PartnerKind.choices),
    )
    columns = (
        Column("number", _("编号"), to="agreement_detail"),
        Column("partner", _("单位名称"), sort=("partner",), phone="title"),
        Column("kind", _("单位类别"), codes=PartnerKind),
        Column("promised", _("约定"), of=promised),
        Column("valid_from", _("开始日期"), "DATE", phone=""),
        Column("valid_until", _("结束日期"), "DATE", sort=("valid_until",), phone=""),
        Column("review_date", _("回顾日期"), "DATE", sort=("review_date",)),
        Column("state", _("状态"), "STATE", codes=AgreementState, phone="state"),
        Column("contact", _("联系部门和电话"), only="excel"),
        Column("purpose", _("共建内容"), only="excel"),
        Column("drafted_by_id", _("登记人"), "HAND", only="excel"),
        Column("signed_by_id", _("签署人"), "HAND", only="excel"),
    )

    # Organisations, no persons.
    reading = nobody


class AgreementPage(Record[Desk, Agreement]):
    """One agreement: what was promised, until when, and the next step."""

    name = "agreement"
    finds = queries.agreement
    listing = AgreementList
    flow = AGREEMENT
    bound = {
        "sign": plainly(operations.sign, "agreement_id"),
        "review": plainly(operations.review, "agreement_id", ReviewForm),
        "renew": plainly(operations.renew, "agreement_id", RenewForm),
        "end": plainly(operations.end, "agreement_id", NoteForm),
    }


class NewAgreement(ActPage[Desk, None]):
    """Write an agreement down."""

    title, done = _("登记共建协议"), _("协议已登记，等待另一人签署")
    form = AgreementForm
    today = "valid_from"
    operation = operations.draft
    leads = "agreement_list"

    def offers(self) -> Mapping[str, Any]:
        return {"community_id": self.desk.places(*WRITERS)}
