"""The starter course: whole, without a finding, published as it is."""

from pathlib import Path

import pytest

from publishing.course_files import CourseFile
from publishing.starter import new_course
from publishing.versions import Publisher, publish
from store.errors import Invalid, NotAllowed


def test_the_starter_is_published_without_a_finding(publisher: Publisher, tmp_path: Path) -> None:
    folder = tmp_path / "my-course"
    assert new_course(folder, {"bn": "আমার ক্লাস", "en": "My class"}) == "my-course"
    (module,) = publish(publisher, folder)
    assert (module.verdict, module.findings) == ("instant", [])


@pytest.mark.parametrize("language", ["bn", "en"])
def test_a_starter_in_one_language_has_that_one_alone(language: str, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    new_course(folder, {language: "১ম শ্রেণি"})
    assert CourseFile.read(folder).languages == (language,)
    other = {"bn": "en", "en": "bn"}[language]
    assert f'"lang": "{other}"' not in (folder / "01-first-module.ipynb").read_text("utf-8")


def test_a_folder_that_is_there_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(NotAllowed, match="folder-exists"):
        new_course(tmp_path / "mine", {})
    assert not list((tmp_path / "mine").iterdir())
    with pytest.raises(Invalid, match="course-name-invalid"):
        new_course(tmp_path / "আমার", {})
