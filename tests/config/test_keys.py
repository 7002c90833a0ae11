"""The installation's secrets."""

import json

from linli.config.keys import load_keys


class TestLoadKeys:
    def test_makes_them_once(self, tmp_path):
        path = tmp_path / "data" / "keys.json"

        assert load_keys(path) == load_keys(path)

    def test_lets_nobody_else_read_them(self, tmp_path):
        load_keys(tmp_path / "keys.json")

        assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600

    def test_leaves_nothing_else_behind(self, tmp_path):
        load_keys(tmp_path / "keys.json")

        assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]

    def test_two_installations_have_different_ones(self, tmp_path):
        one, other = load_keys(tmp_path / "one.json"), load_keys(tmp_path / "other.json")

        assert not {one.secret, one.audit, one.blind_index} & {other.secret, other.audit, other.blind_index}

    def test_keys_that_another_process_made_first_stand(self, tmp_path, monkeypatch):
        path = tmp_path / "keys.json"
        first = load_keys(path)
        answers = iter([False])
        monkeypatch.setattr("pathlib.Path.exists", lambda _path: next(answers, True))

        assert load_keys(path) == first

    def test_reads_every_key_that_ever_sealed(self, tmp_path):
        path = tmp_path / "keys.json"
        load_keys(path)
        stored = json.loads(path.read_text())
        stored["envelope"]["k2"] = "ab" * 32
        stored["current"] = "k2"
        path.write_text(json.dumps(stored))

        keys = load_keys(path)

        assert (sorted(keys.envelope), keys.current, len(keys.envelope["k2"])) == (["k1", "k2"], "k2", 32)

    def test_those_of_tests_are_never_written(self, tmp_path):
        load_keys(tmp_path / "keys.json", testing=True)

        assert not (tmp_path / "keys.json").exists()
