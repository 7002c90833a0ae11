"""How signs that no font has are written on paper."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from linli.foundation.files.print_signs import stated_signs
from linli.foundation.screens.pages import act_of, render_page
from linli.ground.users.queries import names
from linli.registry.residents.operations import state_print_sign
from linli.registry.residents.web.forms import PrintSignForm
from linli.registry.residents.web.views.desk import Desk, attempt, registering


@registering
def print_signs(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is stated, by whom and since when; a new statement counts from now on, for every document."""
    form = PrintSignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _sign = attempt(
            form, lambda: state_print_sign(act_of(request), sign=data["sign"], print_as=data["print_as"])
        )
        if done:
            messages.success(request, gettext("已保存，之后的文书按此写法打印"))
            return redirect("print_signs")
    stated = stated_signs()
    by = names(row.stated_by_id for row in stated)
    rows = [
        (row.sign, f"U+{ord(row.sign):04X}", row.shown, by.get(row.stated_by_id, ""), row.stated_at) for row in stated
    ]
    return render_page(request, "residents/print_signs.html", {"form": form, "rows": rows})
