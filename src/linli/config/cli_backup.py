"""``linli backup FOLDER`` and ``linli restore FOLDER --into DATA``: all that an installation is, but for its keys.

A backup is made beside its folder and takes its name when it is whole: what was killed in the middle is called
``.NAME.unfinished-…`` and has no manifest. Exit codes: 0 done, 1 it could not be finished or is not whole, 2 unusable.
"""

import base64
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from linli.config.cli_serve import environment
from linli.config.copying import all_below, copy_file, digest_of, sync, write_new
from linli.config.database import database_settings

DONE, UNFINISHED, UNUSABLE = 0, 1, 2
MANIFEST: Final = "manifest.json"
HEAD: Final = "head.json"
# The database within a backup, by its kind; the names of PostgreSQL's own tools for the second.
_COPIES: Final = {"sqlite": "linli.sqlite3", "postgresql": "linli.pgdump"}
_FOLDERS: Final = ("uploads", "packs")
# All sealing and opening; what signs the seals, which may be another account's; what everybody checks them with.
_KEYS: Final = ("keys.json", "seal.key", "seal.key.pub")
_STEP: Final = 1 << 20
# So many of what stands in the way are named.
_NAMED: Final = 20
_SECOND: Final = 1.0


class Unusable(Exception):
    """What was asked for cannot be done with these folders; the text says why, in both languages."""


class Unfinished(Exception):
    """It was begun and could not be finished; nothing is left that looks whole."""


def run_backup(*, folder: Path, keys: Path | None) -> int:
    """Copy database, uploads and packs into a new folder while the product runs, with how far the trail goes; with
    ``keys`` the keys into that file, which must lie elsewhere.
    """
    from linli.config.cli_audit import NO_DATABASE, _database_is_there, _no_database

    if not _database_is_there():
        _no_database(as_json=False)
        return NO_DATABASE
    return _ended(lambda: _backup(folder.absolute(), keys.absolute() if keys else None))


def run_restore(*, folder: Path, data: Path, keys: Path) -> int:
    """Make of a backup an installation in an empty folder, in which nobody is logged in, and verify it; PostgreSQL into
    the empty database that ``LINLI_DATABASE`` names.
    """
    return _ended(lambda: _restore(folder.absolute(), data.absolute(), keys.absolute()))


def _ended(work: Callable[[], int]) -> int:
    os.umask(0o077)
    try:
        return work()
    except Unusable as why:
        sys.stderr.write(f"{why}\n")
        return UNUSABLE
    except (Unfinished, OSError, sqlite3.Error) as why:
        sys.stderr.write(f"没有完成，什么也没有留下 · not finished, nothing is left of it: {why}\n")
        return UNFINISHED


# --- backup ---------------------------------------------------------------------------------------------------


def _backup(folder: Path, keys: Path | None) -> int:
    from django.conf import settings

    from linli.foundation.clock import now
    from linli.foundation.data import sealed
    from linli.foundation.files import uploads

    _check_empty(folder)
    if keys is not None:
        _check_elsewhere(keys, folder)
    kind = _kind(settings.DATABASES["default"])
    trees = dict(zip(_FOLDERS, (Path(settings.UPLOADS_DIR), settings.DATA_DIR / "packs"), strict=True))
    _check_plain(trees)
    with _aside(folder) as made:
        # Said before the copy begins: whatever is written meanwhile may be in the copy, and no less than this.
        write_new(made / HEAD, _head())
        _copy_database(kind, settings.DATABASES["default"], made / _COPIES[kind])
        digests = {name: digest_of(made / name) for name in (HEAD, _COPIES[kind])}
        # After the database: a file is kept before the act that names it, and never taken away.
        for name, source in trees.items():
            digests |= _copy_tree(source, made, name)
        manifest = {
            "database": kind,
            "files": digests,
            "keys": sorted({*sealed.key_ids(), *uploads.key_ids()}),
            "made": now().isoformat(),
            "version": 1,
        }
        write_new(made / MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode())
        if keys is not None:
            _write_keys(keys)
    _tell_of_keys(keys)
    _say(f"备份完成，{len(digests)} 个文件 · backed up, {len(digests)} files: {folder}")
    return DONE


def _head() -> bytes:
    """How far the trail goes, signed; only the newest seal where the key of the seals is another account's."""
    from linli.foundation.trail import audit, heads

    try:
        return json.dumps(heads.newest(), ensure_ascii=False, indent=1, sort_keys=True).encode()
    except PermissionError:
        return audit.head().encode()


def _copy_database(kind: str, settings: Mapping[str, Any], target: Path) -> None:
    if kind == "sqlite":
        _copy_sqlite(Path(str(settings["NAME"])), target)
    else:
        _run_tool("pg_dump", settings, ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"], target)
    sync(target)


def _copy_sqlite(source: Path, target: Path) -> None:
    """One read transaction from beginning to end: who writes meanwhile does not wait, and does not make it begin anew,
    as each write does with ``.backup``.
    """
    connection = sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=90)
    size = source.stat().st_size
    try:
        with _telling(lambda: f"数据库 · database {_megabytes(_size(target))} / {_megabytes(size)}") as tell:
            connection.set_progress_handler(tell, 100_000)
            connection.execute("VACUUM INTO ?", [str(target)])
    finally:
        connection.close()


def _run_tool(tool: str, settings: Mapping[str, Any], arguments: list[str], watched: Path) -> None:
    """Run a tool of PostgreSQL's. Raises Unusable when it is not installed, Unfinished with what it said."""
    from psycopg.conninfo import make_conninfo

    program = shutil.which(tool)
    if program is None:
        raise Unusable(
            f"找不到 {tool}：请安装与服务器同版本的 PostgreSQL 客户端程序，并放入 PATH · "
            f"{tool} was not found: install PostgreSQL's client programs of the server's version and put them on PATH"
        )
    names = {"dbname": "NAME", "user": "USER", "host": "HOST", "port": "PORT"}
    where = {key: str(settings[name]) for key, name in names.items() if settings.get(name)}
    # The password goes by the environment: arguments are seen by everybody on the machine.
    secret = {"PGPASSWORD": str(settings["PASSWORD"])} if settings.get("PASSWORD") else {}
    command = [program, f"--dbname={make_conninfo('', **where, **settings.get('OPTIONS', {}))}", *arguments]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, **secret}) as process,
        _telling(lambda: f"数据库 · database {_megabytes(_size(watched))}") as tell,
    ):
        while process.poll() is None:
            tell()
            time.sleep(_SECOND / 10)
        said.seek(0)
        if process.returncode:
            raise Unfinished(f"{tool}: {said.read(2_000).decode(errors='replace').strip()}")


def _check_plain(trees: Mapping[str, Path]) -> None:
    """Raises Unusable with the names of what is no file and no folder: a link may lead anywhere, and what it leads to
    would be missing from the backup.
    """
    strange = [
        f"{name}/{place}" for name, source in trees.items() for place, _path, plain in all_below(source) if not plain
    ]
    if strange:
        more = f" … ({len(strange)})" if len(strange) > _NAMED else ""
        raise Unusable(
            f"既不是文件也不是文件夹，没有备份。请把链接指向的内容移到原处，其他的请删除 · "
            f"neither file nor folder, nothing was backed up: move what links lead to into their place, delete others: "
            f"{', '.join(strange[:_NAMED])}{more}"
        )


def _copy_tree(source: Path, made: Path, name: str) -> dict[str, str]:
    """Every file below, with its digest; what is still being written, or goes meanwhile, is left out. Raises Unfinished
    for what is no file and came meanwhile.
    """
    digests: dict[str, str] = {}
    with _telling(lambda: f"{name} · {len(digests)}") as tell:
        for relative, path, plain in all_below(source):
            place = f"{name}/{relative}"
            if not plain:
                raise Unfinished(f"{place}: 既不是文件也不是文件夹 · neither file nor folder")
            if path.suffix == ".part":
                continue
            try:
                digests[place] = copy_file(path, made / place)
            except FileNotFoundError:
                continue
            tell()
    return digests


def _write_keys(file: Path) -> None:
    from django.conf import settings

    seal = Path(settings.SEAL_KEY)
    places = (settings.DATA_DIR / "keys.json", seal, seal.with_name(f"{seal.name}.pub"))
    kept = dict(zip(_KEYS, places, strict=True))
    told = {
        name: base64.b64encode(path.read_bytes()).decode() for name, path in kept.items() if os.access(path, os.R_OK)
    }
    if "seal.key" not in told:
        _say(f"封存私钥不由本账号保管，请另行备份 · the key of the seals is another account's, keep it too: {seal}")
    write_new(file, json.dumps(told, indent=1, sort_keys=True).encode())


def _tell_of_keys(keys: Path | None) -> None:
    if keys is None:
        _say(
            "密钥不在备份里：没有密钥就打不开备份。请用 --keys 写到别处单独保管 · "
            "the keys are not in it, and without them it cannot be opened: keep them elsewhere with --keys FILE"
        )
    else:
        _say(f"密钥已写入，请与备份分开保管 · the keys, to be kept apart from the backup: {keys}")


# --- restore --------------------------------------------------------------------------------------------------


def _restore(folder: Path, data: Path, keys: Path) -> int:
    manifest = _manifest(folder)
    secrets = _keys(keys)
    _check_opens(secrets["keys.json"], manifest.get("keys", []), keys)
    _check_empty(data)
    kind = manifest["database"]
    database = _database_for(kind, data)
    with _aside(data) as made:
        _copy_whole(folder, manifest["files"], made)
        for name, content in secrets.items():
            write_new(made / name, content)
        if kind == "postgresql":
            _run_tool(
                "pg_restore",
                database_settings(database),
                ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(made / _COPIES[kind])],
                made / _COPIES[kind],
            )
            (made / _COPIES[kind]).unlink()
        _log_out_everybody(made, database if kind == "postgresql" else _database_for(kind, made))
        head = (made / HEAD).read_bytes()
        (made / HEAD).unlink()
    _say(f"已恢复，所有人须重新登录；正在核验 · restored, everybody logs in anew; being verified: {data}")
    return _verify(data, database, head)


def _log_out_everybody(data: Path, database: str) -> None:
    """Who was logged in when the backup was made may have been logged out since, and nobody would know: the sessions
    are no evidence, and go before anybody can use them. Raises Unfinished.
    """
    command = [sys.executable, "-c", "from linli.config.cli_backup import log_out_everybody as run; run()"]
    done = subprocess.run(command, env=_environment_of(data, database), stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise Unfinished(done.stderr[-2_000:].decode(errors="replace").strip())


def log_out_everybody() -> None:
    """In a process of its own, since the database that was restored is not the one of who restores."""
    import django

    django.setup()
    from linli.ground.users.operations.sessions import drop_every_session

    drop_every_session()


def _environment_of(data: Path, database: str) -> dict[str, str]:
    """This process's environment, but for whose data it is."""
    beside = {"LINLI_DATA": str(data), "LINLI_DATABASE": database, "LINLI_SEAL_KEY": str(data / "seal.key")}
    return {**environment(), "DJANGO_SETTINGS_MODULE": "linli.config.settings", **beside}


def _manifest(folder: Path) -> dict[str, Any]:
    """What the backup says of itself. Raises Unusable for anything that is no whole backup."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        files = manifest["files"]
        known = manifest["version"] == 1 and manifest["database"] in _COPIES
        safe = all(isinstance(name, str) and _is_inside(name) for name in files)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unusable(f"不是完整的备份 · no whole backup: {folder} ({error})") from error
    if not known or not safe or _COPIES[manifest["database"]] not in files or HEAD not in files:
        raise Unusable(f"不是完整的备份 · no whole backup: {folder}")
    return dict(manifest)


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return ".." not in parts and "" not in parts and "\\" not in name


def _keys(file: Path) -> dict[str, bytes]:
    try:
        told = json.loads(file.read_bytes())
        found = {name: base64.b64decode(told[name], validate=True) for name in _KEYS if name in told}
    except (OSError, ValueError, TypeError) as error:
        raise Unusable(f"无法作为密钥文件读取 · cannot be read as a file of keys: {file} ({error})") from error
    if "keys.json" not in found:
        raise Unusable(f"无法作为密钥文件读取 · cannot be read as a file of keys: {file}")
    return found


def _check_opens(content: bytes, named: list[str], file: Path) -> None:
    """Raises Unusable with the ids of keys that the backup needs and the file lacks; older backups name none, and the
    verification tells them.
    """
    try:
        lacking = sorted(set(named) - set(json.loads(content)["envelope"]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unusable(f"无法作为密钥文件读取 · cannot be read as a file of keys: {file} ({error})") from error
    if lacking:
        raise Unusable(
            f"密钥文件比备份旧，缺少密钥 {'、'.join(lacking)}，其加密的内容打不开 · "
            f"the file of keys is older than the backup and lacks keys, nothing of theirs would open: "
            f"{', '.join(lacking)} ({file})"
        )


def _database_for(kind: str, data: Path) -> str:
    """The address of the database that is made. Raises Unusable when it is of another kind, or not empty."""
    if kind == "sqlite":
        return f"sqlite:///{data / _COPIES[kind]}"
    url = os.environ.get("LINLI_DATABASE", "")
    if not url.startswith("postgres"):
        raise Unusable(
            "备份来自 PostgreSQL：请用 LINLI_DATABASE 指定一个空的 PostgreSQL 数据库 · "
            "the backup is of PostgreSQL: name an empty PostgreSQL database by LINLI_DATABASE"
        )
    import psycopg

    settings = database_settings(url)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    where = {key: settings[name] for key, name in names.items() if settings[name]}
    try:
        with psycopg.connect(**where, **settings["OPTIONS"]) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
                "WHERE n.nspname = ANY (current_schemas(false))"
            ).fetchone()
    except psycopg.OperationalError as error:
        raise Unusable(f"连不上数据库 · the database cannot be reached: {error}") from error
    if row is None or row[0]:
        raise Unusable("LINLI_DATABASE 指定的数据库不是空的 · the database named by LINLI_DATABASE is not empty")
    return url


def _copy_whole(folder: Path, digests: Mapping[str, str], made: Path) -> None:
    """Copy every file of the manifest. Raises Unusable by name for what is missing, altered or not of it."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    strange, missing = there - {MANIFEST, *digests}, set(digests) - there
    for name in sorted(strange):
        raise Unusable(f"备份里多出一个文件 · a file that is not of the backup: {name}")
    for name in sorted(missing):
        raise Unusable(f"备份里缺少一个文件 · a file of the backup is missing: {name}")
    with _telling(lambda: f"{len(digests)} 个文件 · files") as tell:
        for name, digest in digests.items():
            if copy_file(folder / name, made / name) != digest:
                raise Unusable(f"备份里的文件被改动 · a file of the backup was altered: {name}")
            tell()


def _verify(data: Path, database: str, head: bytes) -> int:
    """``linli audit verify`` over what was made, which must go as far as the head of the backup."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(head)
        file.flush()
        known = ["--head", file.name] if head else []
        command = [sys.executable, "-m", "linli.config.cli", "audit", "verify", *known]
        return subprocess.run(command, env=_environment_of(data, database), check=False).returncode


# --- both -----------------------------------------------------------------------------------------------------


class _aside:  # noqa: N801 - used like a function
    """A folder beside the one that is to be: it takes its name at the end, and goes when anything is refused."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Path:
        self._folder.parent.mkdir(parents=True, exist_ok=True)
        made = tempfile.mkdtemp(prefix=f".{self._folder.name}.unfinished-", dir=self._folder.parent)
        self._made = Path(made)
        return self._made

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if error is None:
                for place in self._made.rglob("*"):
                    if place.is_dir():
                        sync(place)
                sync(self._made)
                # An empty folder of that name gives way.
                self._made.replace(self._folder)
                sync(self._folder.parent)
        finally:
            shutil.rmtree(self._made, ignore_errors=True)


class _telling:  # noqa: N801 - used like a function
    """Says where the work stands, at most once a second; ``tell`` gives 0, by which SQLite goes on."""

    def __init__(self, words: Callable[[], str]) -> None:
        self._words, self._last = words, time.monotonic()

    def __enter__(self) -> Callable[[], int]:
        return self._tell

    def _tell(self) -> int:
        if time.monotonic() - self._last >= _SECOND:
            self._last = time.monotonic()
            _say(self._words())
        return 0

    def __exit__(self, *_ended: object) -> None:
        pass


def _kind(settings: Mapping[str, Any]) -> str:
    return "postgresql" if "postgresql" in settings["ENGINE"] else "sqlite"


def _check_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Unusable(f"不是空的文件夹，没有动它 · not an empty folder, nothing was touched: {folder}")


def _check_elsewhere(keys: Path, folder: Path) -> None:
    if keys.resolve().is_relative_to(folder.resolve()):
        raise Unusable(f"密钥不能放进备份里 · the keys must not lie in the backup: {keys}")
    if keys.exists():
        raise Unusable(f"文件已存在，没有改写 · the file is there already and was not overwritten: {keys}")
    if not keys.parent.is_dir():
        raise Unusable(f"没有这个文件夹 · there is no such folder: {keys.parent}")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _megabytes(size: int) -> str:
    return f"{size / _STEP:.1f} MB"


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()
