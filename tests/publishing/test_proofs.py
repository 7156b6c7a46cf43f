"""What a trainer's Lab sends is checked, shown and published; nobody else's files come with it."""

from pathlib import Path
from typing import Any

import pytest

from learning.writers import may_write
from publishing import folders, proofs, sources
from publishing import press as press_room
from publishing.press import Press
from publishing.proofs import Wish
from publishing.versions import Publisher
from store.errors import Invalid, NotFound
from store.queries import writing
from store.queries.modules import find_current
from store.tables import Artifact, Proof
from tests.factories import a_person
from tests.publishing.writing import code, picture, whole, words, write_course


@pytest.fixture
def trainer(publisher: Publisher) -> str:
    return add(publisher, "trainer")


def add(publisher: Publisher, role: str) -> str:
    return publisher.database.write(lambda session: a_person(session, role=role, cohort=None).id)


@pytest.fixture
def press(publisher: Publisher) -> Press:
    return Press(publisher, may_write)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / "lab" / "trial", *whole())


def send(press: Press, person: str, folder: Path, wish: Wish, course: str = "trial") -> Proof:
    """Send what is missing, as a Lab does, and let the worker do it."""
    database, artifacts = press.publisher.database, press.publisher.artifacts
    files = folders.read_folder(folder)
    proof = database.write(lambda session: proofs.send(session, person, course, wish, files, None))
    by_sha = {file.sha256: folder / path for path, file in files.items()}
    for sha in proof.missing:
        artifacts.put(by_sha[sha], sources.SOURCE)
        database.write(lambda session, sha=sha: proofs.receive(session, person, proof.id, sha))
    assert press_room.run_next(press)
    return again(press, proof)


def again(press: Press, proof: Proof) -> Proof:
    with press.database.read() as session:
        return session.get_one(Proof, proof.id)


def rules(proof: Proof) -> list[str]:
    return [finding["rule"] for finding in proof.result["findings"]]


def test_a_check_names_findings_and_makes_nothing(press: Press, trainer: str, folder: Path) -> None:
    proof = send(press, trainer, folder, "check")
    assert (proof.state, rules(proof)) == ("done", [])
    write_course(folder, *whole(), code("def ("))
    proof = send(press, trainer, folder, "check")
    assert (proof.state, rules(proof)) == ("refused", ["syntax"])
    with press.database.read() as session:
        assert find_current(session, "trial/spare-time") is None


def test_a_preview_shows_pages_that_no_teacher_gets(
    press: Press, trainer: str, folder: Path
) -> None:
    (folder / "media").mkdir()
    (folder / "media" / "board.png").write_bytes(picture())
    write_course(folder, *whole(), words("![একটি বোর্ড](media/board.png)"))
    proof = send(press, trainer, folder, "preview")
    assert proof.state == "done", (proof.result, proof.said)
    (module,) = proof.result["modules"]
    assert (module["module"], module["number"], module["is_new"]) == ("spare-time", 1, True)
    assert module["manifest"]["verdict"] == "instant"
    page = press.publisher.artifacts.read(module["pages"]["bn"]).decode()
    assert "প্রিয় সহকর্মী" in page and "media/" in page
    with press.database.read() as session:
        assert find_current(session, "trial/spare-time") is None
        board = folders.read_folder(folder)["media/board.png"].sha256
        assert session.get_one(Artifact, board).media_type == "image/png"


def test_publishing_keeps_the_whole_folder_for_the_next_lab(
    press: Press, trainer: str, folder: Path, tmp_path: Path
) -> None:
    (folder / "notes.txt").write_text("পরের বার", "utf-8")
    proof = send(press, trainer, folder, "publish")
    assert proof.state == "done", proof.result
    assert proof.result["modules"][0]["is_new"] is False
    with press.database.read() as session:
        version = find_current(session, "trial/spare-time")
        assert version is not None and version.created_by == trainer
        source = writing.newest_source(session, "trial")
    assert source is not None
    copied = tmp_path / "copied"
    copied.mkdir()
    sources.lay_out(press.publisher.artifacts, folders.from_json(source.files), copied)
    assert folders.read_folder(copied) == folders.read_folder(folder)


def test_only_what_changed_is_sent_again(press: Press, trainer: str, folder: Path) -> None:
    send(press, trainer, folder, "publish")
    write_course(folder, *whole(), words("আরও এক কথা।"))
    files = folders.read_folder(folder)
    proof = press.database.write(
        lambda session: proofs.send(session, trainer, "trial", "check", files, None)
    )
    assert proof.missing == [files["01-spare-time.ipynb"].sha256]


def test_knowing_a_hash_gives_nobody_the_file(press: Press, trainer: str, folder: Path) -> None:
    send(press, trainer, folder, "publish")
    other = add(press.publisher, "trainer")
    files = folders.read_folder(folder)
    proof = press.database.write(
        lambda session: proofs.send(session, other, "another", "check", files, None)
    )
    assert set(proof.missing) == {file.sha256 for file in files.values()}
    with press.database.read() as session, pytest.raises(NotFound):
        proofs.get(session, trainer, proof.id)


def test_a_course_of_another_trainer_is_refused_even_in_the_worker(
    press: Press, trainer: str, folder: Path
) -> None:
    send(press, trainer, folder, "publish")
    other = add(press.publisher, "trainer")
    proof = send(press, other, folder, "publish")
    assert (proof.state, proof.result["message"]) == (
        "failed",
        "This course belongs to another trainer.",
    )


def test_a_folder_that_names_another_course_is_refused(
    press: Press, trainer: str, folder: Path
) -> None:
    proof = send(press, trainer, folder, "publish", course="something-else")
    assert proof.state == "failed" and proof.result["facts"]["named"] == "trial"


def test_what_a_dead_worker_had_begun_is_done(press: Press, trainer: str, folder: Path) -> None:
    proof = send(press, trainer, folder, "check")

    def unfinished(session: Any) -> None:
        session.get_one(Proof, proof.id).state = "running"

    press.database.write(unfinished)
    assert not press_room.run_next(press)
    press_room.begin_again(press.database)
    assert press_room.run_next(press)
    assert again(press, proof).state == "done"


@pytest.mark.parametrize(
    "path",
    [
        "../up.txt",
        "/etc/passwd",
        "a//b",
        "a/../b",
        ".ssh/key",
        "a\\b",
        "x" * 300,
        "a/\x00",
        "",
        "a/",
    ],
)
def test_a_path_out_of_the_folder_is_refused(press: Press, trainer: str, path: str) -> None:
    file = folders.FileOf("0" * 64, 3)
    files = {"course.yml": file, path: file}
    with pytest.raises(Invalid, match="folder-refused"):
        press.database.write(
            lambda session: proofs.send(session, trainer, "trial", "check", files, None)
        )


def test_a_link_is_no_part_of_a_course(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("গোপন", "utf-8")
    (folder / "secret.txt").symlink_to(tmp_path / "secret")
    (folder / "all").symlink_to(tmp_path)
    assert set(folders.read_folder(folder)) == {"course.yml", "01-spare-time.ipynb"}
