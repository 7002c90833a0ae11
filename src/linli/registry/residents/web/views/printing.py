"""How signs that no font has are written on paper."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext

from linli.foundation.files.print_signs import stated_signs
from linli.foundation.screens.acting import act_page, filled
from linli.foundation.screens.heads import Head
from linli.ground.users.queries import names
from linli.ground.users.queries.desks import Desk
from linli.registry.residents.operations import state_print_sign
from linli.registry.residents.web.forms import PrintSignForm
from linli.registry.residents.web.views.desk import registering


@registering
def print_signs(request: HttpRequest, _desk: Desk) -> HttpResponse:
    """What is stated, by whom and since when; a new statement counts from now on, for every document."""
    form, stated = filled(request, PrintSignForm), stated_signs()
    by = names(row.stated_by_id for row in stated)
    rows = [
        (row.sign, f"U+{ord(row.sign):04X}", row.shown, by.get(row.stated_by_id, ""), row.stated_at) for row in stated
    ]
    lead = gettext("打印字库中没有的字，在文书上按这里的写法打印；档案中的姓名不变。")
    return act_page(
        request,
        form,
        lambda act: state_print_sign(act, **form.cleaned_data),
        head=Head(gettext("打印写法"), lead),
        submit=gettext("保存"),
        done=gettext("已保存，之后的文书按此写法打印"),
        to=reverse("print_signs"),
        back=reverse("resident_list"),
        template="residents/print_signs.html",
        context={"rows": rows},
    )
