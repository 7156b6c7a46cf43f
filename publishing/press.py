"""Runs proofs: checks a course that a Lab sent, makes its pages, or publishes it.

Works in the worker, on a copy of the folder. What a proof is and who may see it is in `proofs`.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from publishing import folders, sources, storing, versions
from publishing.drafts import Draft, both, made_of, manifest_of, sha256
from publishing.findings import Finding
from publishing.folders import FolderRefused
from publishing.proofs import move
from publishing.versions import Publisher
from publishing.work_folder import work_folder
from store import clock
from store.database import Database, Session
from store.errors import Invalid, NotAllowed, PathshalaError
from store.queries import versions as version_queries
from store.queries import writing
from store.tables import Proof, Version

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Press:
    """What runs proofs: publishing, and who may write which course (by person and course)."""

    publisher: Publisher
    may_write: Callable[[Session, str, str], bool]

    @property
    def database(self) -> Database:
        return self.publisher.database


def is_due(database: Database) -> bool:
    """Whether a proof waits."""
    with database.read() as session:
        return writing.oldest_waiting(session) is not None


def run_next(press: Press) -> bool:
    """Do the proof that has waited longest; False if none waits."""
    with press.database.read() as session:
        proof_id = writing.oldest_waiting(session)
    if proof_id is None:
        return False
    if press.database.write(lambda session: writing.take_waiting(session, proof_id)):
        _run(press, proof_id)
    return True


def begin_again(database: Database) -> None:
    """Let what a dead worker had begun wait again; call it when a worker starts."""
    database.write(writing.wait_again)


def _run(press: Press, proof_id: str) -> None:
    with press.database.read() as session:
        proof = session.get_one(Proof, proof_id)
        may = press.may_write(session, proof.person_id, proof.course)

    def say(words: str) -> None:
        press.database.write(lambda session: _note(session, proof_id, words))

    try:
        if not may:
            raise NotAllowed("course-of-another", "This course belongs to another trainer.")
        state, result = "done", _do(press.publisher, proof, say)
    except Invalid as error:
        state, result = "refused", {"modules": [], "findings": error.facts.get("findings", [])}
        if error.code != "publish-refused":
            state, result = "failed", _failure(error)
    except PathshalaError as error:
        state, result = "failed", _failure(error)
    except Exception:  # the worker must live; the trainer must hear of it
        log.exception("proof %s failed", proof_id)
        words = "Something went wrong on the server."
        state, result = "failed", {"message": words, "facts": {}}
    press.database.write(lambda session: _finish(session, proof_id, state, result))


def _do(publisher: Publisher, proof: Proof, say: versions.Say) -> dict[str, Any]:
    publisher.work.mkdir(parents=True, exist_ok=True)
    with work_folder(publisher.work, "proof") as aside:
        folder = aside / "courses" / proof.course
        folder.mkdir(parents=True)
        try:
            files = folders.from_json(proof.files)
            sources.lay_out(publisher.artifacts, files, folder)
        except FolderRefused as error:
            raise Invalid("folder-refused", str(error)) from error
        looked = versions.look(publisher, folder, say=say)
        if looked.course.course != proof.course:
            raise NotAllowed(
                "other-course",
                "course.yml names the course {named}, not {course}.",
                {"named": looked.course.course, "course": proof.course},
            )
        versions.refuse_errors(looked, looked.drafts)
        if proof.wish == "check":
            return _result([], [finding.to_json() for finding in _all_findings(looked)])
        if proof.wish == "publish":
            versions.publish(publisher, folder, by=proof.person_id, say=say)
        return _show(publisher, looked, say)


def _show(publisher: Publisher, looked: versions.Looked, say: versions.Say) -> dict[str, Any]:
    """Make the pages of what is new, and tell of each module what a studio shows."""
    versions.hash_contents(looked)
    known = {
        draft.file.module: storing.find_known(publisher.database, looked.course, draft)
        for draft in looked.drafts
    }
    fresh = [draft for draft in looked.drafts if known[draft.file.module] is None]
    versions.make(publisher, looked, fresh, say)
    say(f"{looked.course.course}: storing")
    storing.keep_files(publisher.artifacts, fresh)

    def store(session: Session) -> None:
        for draft in fresh:
            storing.add_rows(session, draft)

    publisher.database.write(store)
    shown = [
        _module_of_draft(publisher, looked, draft)
        if version is None
        else _module_of(version, draft)
        for draft in looked.drafts
        for version in [known[draft.file.module]]
    ]
    findings = [finding.to_json() for finding in looked.findings]
    findings += [finding for module in shown for finding in module.pop("findings")]
    return _result(shown, findings)


def _module_of(version: Version, draft: Draft) -> dict[str, Any]:
    return _module(draft, version.manifest, version.number, False, version.pages)


def _module_of_draft(publisher: Publisher, looked: versions.Looked, draft: Draft) -> dict[str, Any]:
    with publisher.database.read() as session:
        key = f"{looked.course.course}/{draft.file.module}"
        earlier = version_queries.versions_of(session, key)
    manifest = manifest_of(looked.course, draft, earlier).to_json()
    number = max((version.number for version in earlier), default=0) + 1
    pages = {language: sha256(page.encode()) for language, page in made_of(draft).pages.items()}
    return _module(draft, manifest, number, True, pages)


def _module(
    draft: Draft,
    manifest: Mapping[str, Any],
    number: int,
    is_new: bool,
    pages: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "module": draft.file.module,
        "title": both(draft.file.title),
        "number": number,
        "is_new": is_new,
        "manifest": {
            name: manifest[name]
            for name in ("verdict", "weight", "clips", "components", "languages")
        },
        "pages": dict(pages),
        "findings": list(manifest["findings"]),
    }


def _all_findings(looked: versions.Looked) -> list[Finding]:
    return [*looked.findings, *(each for draft in looked.drafts for each in draft.findings)]


def _result(modules: list[dict[str, Any]], findings: list[dict[str, Any]]) -> dict[str, Any]:
    return {"modules": modules, "findings": findings}


def _failure(error: PathshalaError) -> dict[str, Any]:
    return {"message": error.message, "facts": error.facts}


def _note(session: Session, proof_id: str, words: str) -> None:
    proof = session.get(Proof, proof_id)
    if proof is not None:
        proof.said, proof.moved_at = words[:300], clock.now()


def _finish(session: Session, proof_id: str, state: str, result: dict[str, Any]) -> None:
    proof = session.get(Proof, proof_id)
    if proof is not None:
        proof.result = result
        move(proof, state)
