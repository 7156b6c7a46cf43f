"""What a lost job kept out of the gradebook comes in all the same: rows say what moved."""

from grading import gradebook
from grading.catching_up import catch_up
from grading.gradebook import Gradebook
from tests.factories import Clock, clock

from .conftest import RIGHT, House
from .test_autograde import ASSIGNMENT, total
from .test_marking import give_back, mark

__all__ = ["clock"]


def people(house: House) -> set[str]:
    """Whose submissions the gradebook has."""
    return {person for person, _ in gradebook.totals(house.grading.gradebook_url)}


def test_scores_and_marks_that_no_job_copied_are_copied(published: House) -> None:
    number = published.scored(published.rahima, RIGHT)
    assert people(published) == set()
    assert catch_up(published.grading) is False
    assert total(published, published.rahima.id) == 4
    mark(published, number, "why", 2)
    mark(published, number, "plan", 2)
    give_back(published, number)
    assert total(published, published.rahima.id) == 4
    catch_up(published.grading)
    assert total(published, published.rahima.id) == 8


def test_what_was_copied_is_not_copied_again_until_something_moves(published: House) -> None:
    published.scored(published.salma, RIGHT)
    catch_up(published.grading)
    with Gradebook(published.grading.gradebook_url) as book:
        book.remove_submission(ASSIGNMENT, published.salma.id)
    assert catch_up(published.grading) is False
    assert people(published) == set()
    published.scored(published.rahima, RIGHT)
    catch_up(published.grading)
    assert published.rahima.id in people(published)


def test_many_are_copied_in_parts_and_none_is_forgotten(published: House) -> None:
    for person in (published.rahima, published.salma):
        published.scored(person, RIGHT)
    assert catch_up(published.grading, most=1) is True
    assert catch_up(published.grading, most=1) is False
    assert people(published) == {published.rahima.id, published.salma.id}


def test_one_that_cannot_be_copied_keeps_no_other_away(published: House) -> None:
    published.scored(published.rahima, RIGHT)
    version = published.ask(published.newest)
    release = published.grading.artifacts.path(version.release_sha)
    aside = release.rename(release.with_suffix(".aside"))
    assert catch_up(published.grading) is False
    aside.rename(release)
    published.scored(published.salma, RIGHT)
    catch_up(published.grading)
    assert people(published) == {published.rahima.id, published.salma.id}


def test_one_that_could_not_be_copied_is_tried_again_though_nothing_moves(
    published: House, clock: Clock
) -> None:
    published.scored(published.rahima, RIGHT)
    release = published.grading.artifacts.path(published.ask(published.newest).release_sha)
    aside = release.rename(release.with_suffix(".aside"))
    catch_up(published.grading)
    clock.move(hours=1)
    published.scored(published.salma, RIGHT)
    catch_up(published.grading)
    aside.rename(release)
    clock.move(hours=1)
    catch_up(published.grading)
    assert people(published) == {published.rahima.id, published.salma.id}
