"""The benchmark runner finds parts, runs them against reference data and keeps their figures."""

import json
from dataclasses import dataclass, field

import pytest


@dataclass
class FakePart:
    name: str
    room: str = "sim"
    figures: dict = field(default_factory=dict)
    expected: dict = field(default_factory=dict)

    def run(self, reference, report):
        report(f"read {reference.name}")
        return self.figures


FACTS = {"machine": "two cores", "commit": "abc", "at": "2026-01-01T00:00:00+00:00", "seconds": 1.0}
SOURCE = """
class Lean:
    name = {name!r}
    room = "sim"
    def run(self, reference, report):
        return {{"lean_rate": 2.0}}

PART = Lean()
"""


def test_parts_are_found_by_room_and_name(bench, tmp_path):
    (tmp_path / "sim_lean.py").write_text(SOURCE.format(name="lean"), encoding="utf-8")
    (tmp_path / "sim_other.py").write_text(SOURCE.format(name="other"), encoding="utf-8")

    assert [part.name for part in bench.discover(tmp_path)] == ["lean", "other"]
    assert [part.name for part in bench.discover(tmp_path, "sim", "lean")] == ["lean"]


def test_an_unknown_part_is_wrong_usage_and_the_message_lists_the_known(bench, tmp_path):
    (tmp_path / "sim_lean.py").write_text(SOURCE.format(name="lean"), encoding="utf-8")

    with pytest.raises(bench.BenchError, match="no benchmark for sim fat; there are: sim_lean") as caught:
        bench.discover(tmp_path, "sim", "fat")
    assert caught.value.status == 2


def test_a_part_in_a_file_of_another_name_is_a_fault_of_ours(bench, tmp_path):
    (tmp_path / "sim_fat.py").write_text(SOURCE.format(name="lean"), encoding="utf-8")

    with pytest.raises(RuntimeError, match=r"sim_fat\.py offers the part 'lean'"):
        bench.discover(tmp_path)


def test_reference_data_is_where_the_variable_says(bench, tmp_path):
    assert bench.find_reference({"SPRINGTIDE_REFERENCE": str(tmp_path)}) == tmp_path.resolve()


def test_without_the_variable_reference_data_is_the_default_folder(bench, tmp_path):
    assert bench.find_reference({}, default=tmp_path) == tmp_path.resolve()


def test_missing_reference_data_is_said_with_the_remedy(bench, tmp_path):
    with pytest.raises(
        bench.BenchError, match=r"SPRINGTIDE_REFERENCE is .*; expected a folder .*; set the variable"
    ) as caught:
        bench.find_reference({}, default=tmp_path / "nowhere")
    assert caught.value.status == 30


def test_figures_of_parts_are_merged_into_one_file(bench, tmp_path):
    path = tmp_path / "build" / "sim.json"
    bench.merge(path, FakePart("lean"), {"lean_rate": 2}, FACTS)
    bench.merge(path, FakePart("chat"), {"chat_rate": 3.5}, FACTS | {"commit": "def"})

    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["figures"] == {"chat_rate": 3.5, "lean_rate": 2.0}
    assert (document["machine"], document["commit"]) == ("two cores", "def")
    assert {name: entry["commit"] for name, entry in document["parts"].items()} == {"lean": "abc", "chat": "def"}


def test_a_new_run_of_a_part_replaces_all_its_figures(bench, tmp_path):
    path = tmp_path / "sim.json"
    bench.merge(path, FakePart("lean"), {"old_name": 1.0, "lean_rate": 1.0}, FACTS)
    bench.merge(path, FakePart("lean"), {"lean_rate": 2.0}, FACTS)

    assert json.loads(path.read_text(encoding="utf-8"))["figures"] == {"lean_rate": 2.0}


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_figure_that_is_not_finite_is_refused_and_the_file_stays(bench, tmp_path, value):
    path = tmp_path / "sim.json"
    bench.merge(path, FakePart("lean"), {"lean_rate": 2.0}, FACTS)
    before = path.read_bytes()

    with pytest.raises(RuntimeError, match="expected a finite figure"):
        bench.merge(path, FakePart("lean"), {"lean_rate": value}, FACTS)
    assert path.read_bytes() == before


def test_two_parts_cannot_report_the_same_figure(bench, tmp_path):
    path = tmp_path / "sim.json"
    bench.merge(path, FakePart("lean"), {"rate": 2.0}, FACTS)

    with pytest.raises(RuntimeError, match="sim_chat reports rate"):
        bench.merge(path, FakePart("chat"), {"rate": 2.0}, FACTS)


def test_a_run_prints_tables_and_figures_and_writes_them(bench, tmp_path):
    told = []
    bench.run_parts([FakePart("lean", figures={"lean_over_naive": 9.25})], tmp_path, tmp_path / "bench", told.append)

    document = json.loads((tmp_path / "bench" / "sim.json").read_text(encoding="utf-8"))
    assert document["figures"] == {"lean_over_naive": 9.25}
    assert document["parts"]["lean"]["seconds"] >= 0
    assert "lean_over_naive = 9.25" in told
    assert f"read {tmp_path.name}" in told


def test_a_figure_that_is_not_what_it_must_be_is_marked_kept_and_returned(bench, tmp_path):
    told = []
    part = FakePart(
        "theory", figures={"outside": 2.0, "floors": 1000.0}, expected={"outside": (0, 0), "floors": (1e3, 1e3)}
    )

    assert bench.run_parts([part], tmp_path, tmp_path / "bench", told.append) == ["outside"]
    assert "outside = 2  OFF: expected 0 to 0" in told
    assert "floors = 1000" in told
    assert json.loads((tmp_path / "bench" / "sim.json").read_text(encoding="utf-8"))["figures"]["outside"] == 2.0


def test_a_figure_that_is_not_what_it_must_be_fails_the_command(bench, tmp_path, monkeypatch, capsys):
    part = FakePart("theory", figures={"outside": 1.0}, expected={"outside": (0, 0)})
    monkeypatch.setattr(bench, "discover", lambda *_: [part])
    monkeypatch.setattr(bench, "find_reference", lambda: tmp_path)
    monkeypatch.setattr(bench, "ROOT", tmp_path)

    assert bench.main([]) == 10
    assert "not what they must be: outside." in capsys.readouterr().err


def test_a_part_cannot_expect_a_figure_it_does_not_report(bench, tmp_path):
    with pytest.raises(RuntimeError, match=r"sim_theory lacks \['outside'\]"):
        bench.run_parts([FakePart("theory", expected={"outside": (0, 0)})], tmp_path, tmp_path / "bench", print)


def test_the_commit_is_unknown_outside_a_checkout(bench, tmp_path):
    assert bench.commit(tmp_path) == "unknown"


def test_every_part_in_the_repository_bears_its_name(bench, root):
    files = [path.stem for room in bench.ROOMS for path in (root / "benchmarks").glob(f"{room}_*.py")]
    parts = bench.discover(root / "benchmarks")

    assert sorted(f"{part.room}_{part.name}" for part in parts) == sorted(files)


def test_a_wrong_part_ends_the_command_with_usage_status(bench, capsys):
    assert bench.main(["--room", "sim", "--only", "no-such-part"]) == 2
    assert "no benchmark for sim no-such-part" in capsys.readouterr().err
