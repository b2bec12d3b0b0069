import pytest

from scenarios import PlanningError
from scheduler.exchange import remove_parts, replacing, write_text


def test_a_file_is_replaced_in_one_step(tmp_path):
    file = tmp_path / "deep" / "page.html"
    write_text(file, "old")
    with replacing(file) as part:
        part.write_text("new", encoding="utf-8")
        assert file.read_text(encoding="utf-8") == "old"

    assert file.read_text(encoding="utf-8") == "new"
    assert list(file.parent.iterdir()) == [file]


def test_a_writer_that_fails_leaves_the_file_as_it_was(tmp_path):
    file = tmp_path / "page.html"
    write_text(file, "old")

    def fail_half_way():
        with replacing(file) as part:
            part.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()

    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(PlanningError, match="cannot be written"):
        write_text(tmp_path / "file" / "page.html", "x")


def test_what_the_killed_left_half_written_is_removed_and_nothing_else(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".brief.html.123.part").write_text("ha", encoding="utf-8")
    (tmp_path / "run" / "brief.html").write_text("whole", encoding="utf-8")

    assert remove_parts(tmp_path) == 1
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["brief.html"]
