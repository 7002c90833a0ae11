"""Settings of a demonstration never run over people who are not invented, nor a demonstration as if it were real."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def check_guard() -> None:
    """Compare the settings with what the database says of itself (``foundation.data.demonstration``).

    Raises ImproperlyConfigured when a setting for demonstrations or for development is set over any other database, and
    when a demonstration's database is to be started without ``LINLI_DEMO``.
    """
    from linli.foundation.data.demonstration import is_demonstration

    invented = is_demonstration()
    said = _said()
    if said and not invented:
        names = "、".join(said)
        raise ImproperlyConfigured(
            f"这个数据库不是演示用的，设了 {names} 就不能启动。请去掉这些设置；要看演示，请运行 linli demo · "
            f"this database is not a demonstration's: it is not started with {', '.join(said)}. "
            "Leave them out; linli demo makes a demonstration"
        )
    if invented and not settings.DEMO:
        raise ImproperlyConfigured(
            "这个数据库是演示用的，其中的人和钱都是虚构的，不能作为正式数据库启动。正式使用请另设空的 LINLI_DATA · "
            "this database is a demonstration's, its people and money are invented: it is not started as a real one. "
            "Give an empty LINLI_DATA to begin in earnest"
        )


def _said() -> list[str]:
    """The dangerous settings that are set, by their variables."""
    found = {
        "LINLI_DEMO": settings.DEMO,
        "LINLI_TODAY": settings.DEMO_TODAY,
        "LINLI_DEMO_OTHER": settings.DEMO_OTHER,
        "LINLI_DEBUG": settings.DEBUG,
    }
    return [name for name, value in found.items() if value]
