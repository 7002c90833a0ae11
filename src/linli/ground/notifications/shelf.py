"""What this room adds to what is shared: the words of its acts in the trail."""

from django.utils.translation import pgettext_lazy

from linli.foundation.trail import words

words.acts.put(
    {
        "notifications.record_delivery": pgettext_lazy("audit", "登记送达"),
    }
)
