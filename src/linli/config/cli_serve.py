"""``linli serve`` and ``linli work``: the product over HTTP, and the worker for queued jobs."""

import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from linli.config.keeping import Wanted, keep
from linli.config.privacy import keep_private

ROOT = Path(__file__).resolve().parents[3]
# How often the worker looks whether a day has begun.
_LOOK_SECONDS = 30
# How often the head of the trail is kept elsewhere.
_DROP_SECONDS = 15 * 60
# By this name the worker says that it is alive.
WORKER = "worker"
_DIFFERS = (
    "数据库的定义（表、约束、触发器）与上次升级后不同，不能启动。请先查明是谁改动的；"
    "确认无误后运行 linli audit accept：\n"
    "The database's definitions are not what the last upgrade left: the product does not start. Find out who changed "
    "them; when they are right, run linli audit accept:\n  {}"
)


def prepare() -> None:
    """Bring the database up to date, where it is the kind of database which the settings are for. Raises
    ImproperlyConfigured where it is not, SystemExit when its definitions are not what the last upgrade left.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from linli.config.guard import check_guard
    from linli.foundation.data import definitions

    keep_private(settings.DATA_DIR)
    try:
        call_command("migrate", verbosity=0)
    except definitions.DefinitionsDiffer as found:
        raise SystemExit(_DIFFERS.format("\n  ".join(found.names))) from found
    check_guard()
    call_command("collectstatic", verbosity=0, interactive=False)


def run_serve(*, port: int, beside: Mapping[int, Mapping[str, str]] = MappingProxyType({})) -> int:
    """Serve on loopback until interrupted or told to end, with a worker beside it; either is started again when it
    dies. 0, or 1 when one of them cannot stay alive.

    ``beside``: further installations that are ready to be served, by their port: what differs in their environment.
    Raises SystemExit when something else answers at a port: two servers on one port would answer in turn.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
    sites = {port: {}, **beside}
    for one in sites:
        check_free(one)
    prepare()
    _tell_first_steps()
    # The processes below have connections of their own.
    _let_go()
    # Told to end, all children end too: an orphan would go on answering with old code.
    return keep([each for one, variables in sites.items() for each in _wanted(one, {**environment(), **variables})])


def _let_go() -> None:
    from django.db import connections

    connections.close_all()


def _wanted(port: int, variables: Mapping[str, str]) -> tuple[Wanted, Wanted]:
    """A server and its worker."""
    granian = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
        *("--blocking-threads", "4", "--no-ws", "--log-level", "warning", "linli.config.wsgi:application"),
    ]
    worker = [sys.executable, "-m", "linli.config.cli", "work"]
    return Wanted(f"server {port}", granian, variables), Wanted(f"worker {port}", worker, variables)


def _tell_first_steps() -> None:
    """Nobody can log in to an empty database: say what comes first."""
    from linli.config.first_steps import first_steps

    steps = first_steps()
    if steps:
        sys.stdout.write("尚未就绪，请先完成 · Not ready for work yet, first do:\n")
        sys.stdout.write("".join(f"  {step}\n" for step in steps))
        sys.stdout.flush()


def check_free(port: int) -> None:
    """Raises SystemExit when the port is taken."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise SystemExit(
                f"端口 {port} 已被占用，请换一个：--port {port + 1} · port {port} is taken, choose another"
            )


def run_work() -> int:
    """Run queued jobs as they come, and begin each day: the daily jobs are queued once, whoever works beside us."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from linli.config.guard import check_guard
    from linli.foundation.trail import checks, exports

    keep_private(settings.DATA_DIR)
    check_guard()
    exports.resume()
    checks.resume()
    threading.Thread(target=keep_days, name="days", daemon=True).start()
    call_command("db_worker", "--interval", "2", "--no-startup-delay")
    return 0


def keep_days() -> None:
    """Say that the worker is alive, and begin every day some minutes after midnight, for as long as this process
    lives.
    """
    from django.db import Error, connection

    from linli.foundation.clock import now
    from linli.foundation.data.beats import beat
    from linli.foundation.screens.pages import today
    from linli.foundation.trail import heads
    from linli.foundation.trail.jobs import day_may_begin

    begun: date | None = None
    dropped = 0.0
    while True:
        try:
            beat(WORKER, int(time.time()))
            if today() != begun and day_may_begin(now()):
                begun = begin_today()
            if time.monotonic() - dropped > _DROP_SECONDS:
                dropped = time.monotonic()
                heads.drop(now())
        except OSError:
            logging.getLogger("linli.heads").exception("the head of the trail could not be kept elsewhere")
        except Error:  # the database is away or busy: the day is begun when it is back
            logging.getLogger("linli.days").warning("the day could not be begun yet", exc_info=True)
        connection.close()
        time.sleep(_LOOK_SECONDS)


def begin_today() -> date:
    """Queue the daily jobs unless that was done already; the day."""
    from linli.foundation.clock import now
    from linli.foundation.trail.acts import ActRepeated
    from linli.foundation.trail.jobs import begin_day, day_key
    from linli.kernel.act import SYSTEM, Act

    today = Act(SYSTEM, now())
    with suppress(ActRepeated):
        begin_day(replace(today, key=day_key(today.on)))
    return today.on


def environment() -> dict[str, str]:
    """This process's environment, with our sources on the path."""
    path = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path}
