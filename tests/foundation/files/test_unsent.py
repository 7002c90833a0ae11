"""Files on their way to an act: theirs who sent them, kept by the act, dropped when nobody takes them."""

import hashlib
import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from linli.foundation.clock import now
from linli.foundation.files import unsent
from linli.foundation.files.unsent import UploadQuotaSpent, check_quota, drop, drop_old, set_aside, settle, touch
from linli.foundation.files.uploads import UploadDamaged, UploadMissing, fetch, store
from tests.foundation.files.builders import png

DATA = png()
KEY = hashlib.sha256(DATA).hexdigest()
DAY = date(2026, 3, 9)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return tmp_path / "uploads"


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


class TestSetAside:
    def test_lies_sealed_for_who_sent_it(self, folder: Path):
        set_aside(DATA, KEY, user_id=7)

        (path,) = files(folder)
        assert path == folder / "unsent" / "7" / KEY
        assert path.stat().st_mode & 0o777 == 0o600
        assert DATA not in path.read_bytes()

    def test_is_nobody_elses(self, folder: Path):
        set_aside(DATA, KEY, user_id=7)

        with pytest.raises(UploadMissing):
            settle([KEY], user_id=8)

    def test_moved_to_another_person_it_does_not_open(self, folder: Path):
        set_aside(DATA, KEY, user_id=7)
        (folder / "unsent" / "7").rename(folder / "unsent" / "8")

        with pytest.raises(UploadDamaged):
            settle([KEY], user_id=8)

    def test_is_no_kept_file(self):
        set_aside(DATA, KEY, user_id=7)

        with pytest.raises(UploadMissing):
            fetch(KEY)

    def test_takes_no_path_for_a_key(self):
        with pytest.raises(UploadMissing):
            set_aside(DATA, "../../x", user_id=7)


class TestSettle:
    def test_keeps_what_was_set_aside(self):
        set_aside(DATA, KEY, user_id=7)
        settle(["", KEY], user_id=7)
        drop([KEY], user_id=7)

        assert fetch(KEY) == DATA

    def test_is_content_with_what_is_kept_already(self):
        settle([store(DATA)], user_id=7)

    def test_refuses_what_is_nowhere(self):
        with pytest.raises(UploadMissing):
            settle([KEY], user_id=7)


class TestDrop:
    def test_leaves_nothing_and_happens_twice(self, folder: Path):
        set_aside(DATA, KEY, user_id=7)
        drop([KEY, ""], user_id=7)
        drop([KEY], user_id=7)

        assert list(files(folder)) == []

    def test_leaves_the_same_file_of_another(self, folder: Path):
        set_aside(DATA, KEY, user_id=7)
        set_aside(DATA, KEY, user_id=8)
        drop([KEY], user_id=7)

        assert [path.parent.name for path in files(folder)] == ["8"]

    def test_by_age_takes_what_no_draft_names_and_what_a_crash_left(self, folder: Path):
        for number, days in ((7, 30), (8, 32)):
            set_aside(DATA, KEY, user_id=number)
            self.aged(folder / "unsent" / str(number) / KEY, days)
        store(DATA)
        kept = folder / KEY[:2] / KEY[2:4] / KEY
        half = kept.with_name(f"{KEY}.0123.part")
        half.write_bytes(b"half")
        for path in (kept, half):
            self.aged(path, 400)
        drop_old(now())

        assert sorted(path.relative_to(folder).parts[:2] for path in files(folder)) == sorted(
            [("unsent", "7"), (KEY[:2], KEY[2:4])]
        )
        assert fetch(KEY) == DATA

    def test_by_age_spares_what_a_draft_was_worked_on_with(self, folder: Path):
        set_aside(DATA, KEY, user_id=7)
        self.aged(folder / "unsent" / "7" / KEY, 32)
        touch([KEY, "0" * 64], user_id=7)
        drop_old(now())

        assert len(list(files(folder))) == 1

    def aged(self, path: Path, days: int) -> None:
        moment = time.time() - days * 24 * 3600
        os.utime(path, (moment, moment))


@pytest.mark.django_db
class TestCheckQuota:
    def test_counts_bytes_by_family_and_day(self):
        for _ in range(20):
            check_quota("household:7", 10 << 20, DAY)
        with pytest.raises(UploadQuotaSpent) as caught:
            check_quota("household:7", 1, DAY, field="paper")

        assert (caught.value.field, "每天最多 200 MB、200 个" in str(caught.value)) == ("paper", True)
        check_quota("household:8", 10 << 20, DAY)
        check_quota("household:7", 10 << 20, date(2026, 3, 10))

    def test_counts_files(self):
        for _ in range(unsent.MAX_FILES):
            check_quota("household:7", 1, DAY)
        with pytest.raises(UploadQuotaSpent):
            check_quota("household:7", 1, DAY)
