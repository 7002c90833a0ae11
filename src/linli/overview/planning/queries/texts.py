"""Words of plan against actual, in both languages: the demonstration prints them without a request."""

from linli.kernel.bilingual import Text

RECIPIENTS = Text("领取", "recipients")
OPENING = Text("年初在册", "opening caseload")
RECEIVED = Text("到账", "received")
RECOGNISED = Text("已认定", "recognised")
APPLICATIONS = Text("救助申请", "Applications")
ANSWERED = Text("{label}在 {days} {unit}内", "{label} within {days} {unit}")
DAYS = {"WORKING_DAYS": Text("个工作日", "working days"), "DAYS": Text("日", "days")}

NOTE_NOT_YET = Text("尚未建设：系统还没有这类记录", "Not yet: the product keeps no such records so far")
NOTE_UNITS = Text("至少发放过一次的不重复领取数", "Paid at least once, each counted once")
NOTE_OPENING = Text("自首个发放月起享受待遇", "With an award from the first paid month on")
NOTE_HOUSEHOLDS = Text(
    "已认定的不重复户数；各类人群会重叠，不能相加",
    "Households recognised, each counted once; groups overlap and are never added up",
)
NOTE_GROUP = Text(
    "已认定 {persons} 人、涉及 {households} 户；各类人群会重叠，不能相加",
    "{persons} people in {households} households recognised; groups overlap and are never added up",
)
NOTE_PAID = Text("银行已付讫的金额", "What the bank has paid")
NOTE_RECEIVED = Text("已到账的金额", "What was received")
NOTE_ANSWERED = Text(
    "已答复或已到期 {due} 件，其中按时 {timely} 件", "{timely} of {due} that were answered or fell due were in time"
)
NOTE_BY_STATE = Text("其中批准 {granted} 件", "{granted} of them granted")
