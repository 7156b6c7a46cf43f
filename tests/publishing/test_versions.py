"""A course goes in as a whole: versions count content, routes and shelves follow `course.yml`."""

import json
from pathlib import Path

import pytest

from publishing.versions import Publisher, publish
from store.errors import Invalid
from store.queries.modules import taught
from store.tables import Artifact, Course, Module, Rubric, Version
from tests.publishing.published import current, refused
from tests.publishing.writing import code, reflection, words, write_course, write_notebook


def test_the_same_content_makes_nothing_new(publisher: Publisher, tmp_path: Path) -> None:
    path = write_course(tmp_path / "trial", reflection()) / "01-spare-time.ipynb"
    publish(publisher, path.parent)
    opened = json.loads(path.read_text())  # and saved in JupyterLab
    opened["metadata"]["language_info"]["version"] = "3.13"
    opened["cells"][0]["metadata"]["collapsed"] = True
    path.write_text(json.dumps(opened))
    [again] = publish(publisher, path.parent)
    assert (again.number, again.is_new) == (1, False)

    write_notebook(path, reflection(), words("নতুন কথা"))
    [changed] = publish(publisher, path.parent)
    assert (changed.number, changed.is_new) == (2, True)
    assert current(publisher).structure == 1  # prose alone: marks stay comparable

    write_notebook(path, reflection(), code("1/0"))
    assert refused(publisher, path.parent) == [(2, "cell-failed")]
    assert current(publisher).number == 2  # a refused course changes nothing

    write_notebook(path, reflection())
    [back] = publish(publisher, path.parent)
    assert (back.number, back.is_new) == (1, False) and current(publisher).number == 1


def test_changed_points_are_a_new_structure(publisher: Publisher, tmp_path: Path) -> None:
    path = write_course(tmp_path / "trial", reflection(points=4)) / "01-spare-time.ipynb"
    publish(publisher, path)
    write_notebook(path, reflection(points=5))
    publish(publisher, path)
    assert current(publisher).structure == 2
    assert current(publisher).manifest["assignment"] == "trial.spare-time.s2"
    write_notebook(path, reflection(points=4), words("কথা"))
    publish(publisher, path)
    assert (current(publisher).number, current(publisher).structure) == (3, 1)


def test_a_dry_run_stores_nothing(publisher: Publisher, tmp_path: Path) -> None:
    [tried] = publish(publisher, write_course(tmp_path / "trial", reflection()), dry_run=True)
    assert (tried.number, tried.verdict, tried.is_new) == (1, "instant", True)
    with publisher.database.read() as session:
        for table in (Course, Module, Version, Artifact, Rubric):
            assert session.query(table).count() == 0
    assert not list(publisher.artifacts.root.rglob("*.*"))


def test_pages_of_the_house_get_their_route(publisher: Publisher, tmp_path: Path) -> None:
    entry = {"notebook": "01-spare-time.ipynb", "title": "হোম", "route": ""}
    folder = write_course(
        tmp_path / "pages",
        code("from pathshala import Home\nHome()"),
        course="pathshala-pages",
        modules=None,
        pages=[entry],
    )
    [published] = publish(publisher, folder)
    assert published.findings == []
    with publisher.database.read() as session:
        module = session.get(Module, "pathshala-pages/spare-time")
    assert module is not None and module.route == ""


def test_two_pages_never_stand_at_one_route(publisher: Publisher, tmp_path: Path) -> None:
    page = {"notebook": "01-spare-time.ipynb", "title": "ক", "route": "courses"}
    other = {"notebook": "02-other.ipynb", "title": "খ", "route": "library"}
    first = write_course(tmp_path / "one", words("ক"), course="one", pages=[page], modules=None)
    publish(publisher, first)
    second = write_course(tmp_path / "two", words("খ"), course="two", pages=[page], modules=None)
    assert refused(publisher, second) == [(None, "route-taken")]
    twice = [page, {**other, "route": "courses"}]
    write_course(second, words("খ"), course="two", pages=twice, modules=None)
    assert refused(publisher, second) == [(None, "course-file")]

    write_notebook(first / "02-other.ipynb", words("খ"))
    write_course(first, words("ক"), course="one", pages=[page, other], modules=None)
    publish(publisher, first)
    swapped = [{**page, "route": "library"}, {**other, "route": "courses"}]
    write_course(first, words("ক"), course="one", pages=swapped, modules=None)
    publish(publisher, first)
    with publisher.database.read() as session:
        routes = {module.module: module.route for module in session.query(Module)}
    assert routes == {"spare-time": "library", "other": "courses"}


def test_a_module_that_left_the_course_is_on_no_shelf(publisher: Publisher, tmp_path: Path) -> None:
    entries = [
        {"notebook": "01-spare-time.ipynb", "title": "ক"},
        {"notebook": "02-other.ipynb", "title": "খ"},
    ]
    folder = write_course(tmp_path / "trial", words("ক"), modules=entries)
    write_notebook(folder / "02-other.ipynb", words("খ"))
    publish(publisher, folder)

    def on_the_shelf() -> list[str]:
        with publisher.database.read() as session:
            return [module.module for _, module, _ in taught(session)]

    assert on_the_shelf() == ["spare-time", "other"]
    write_course(folder, words("ক"), modules=entries[:1])
    publish(publisher, folder)
    assert on_the_shelf() == ["spare-time"]
    write_course(folder, words("ক"), modules=entries)
    assert [each.is_new for each in publish(publisher, folder)] == [False, False]
    assert on_the_shelf() == ["spare-time", "other"]


def test_a_folder_of_courses_and_a_single_notebook_publish(
    publisher: Publisher, tmp_path: Path
) -> None:
    write_course(tmp_path / "courses" / "one", words("ক"), course="one")
    two = write_course(tmp_path / "courses" / "two", words("খ"), course="two")
    published = publish(publisher, tmp_path / "courses")
    assert [(each.course, each.is_new) for each in published] == [("one", True), ("two", True)]
    [again] = publish(publisher, two / "01-spare-time.ipynb")
    assert not again.is_new
    with pytest.raises(Invalid):
        publish(publisher, tmp_path / "data")
