"""Proofs: what a trainer's Lab sends to be checked, looked at as a teacher will, or published.

A proof's row is the truth of it: asked (in the studio; the Lab has not heard), sending, waiting,
running, and at last done, refused (with findings) or failed. Running one (`press`) twice is
harmless.
Who may write a course is the caller's to know.
"""

from datetime import timedelta
from typing import Literal

from publishing import folders
from publishing.folders import Files, FolderRefused
from store import clock
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.queries import writing
from store.tables import Proof

Wish = Literal["check", "preview", "publish"]
ASKED_FOR = timedelta(minutes=2)


def ask(session: Session, person_id: str, course: str, wish: Wish) -> Proof:
    """Ask somebody's Lab to send a course; it looks every few seconds."""
    _forget_older(session, person_id, course, wish)
    return _new(session, person_id, course, wish, "asked")


def asked(session: Session, person_id: str) -> list[Proof]:
    """What this Lab is asked to send; what was asked long ago is not wanted any more."""
    since = clock.now() - ASKED_FOR
    return [each for each in writing.asked_of(session, person_id) if each.asked_at > since]


def send(
    session: Session, person_id: str, course: str, wish: Wish, files: Files, proof_id: str | None
) -> Proof:
    """Begin to send a course; `missing` of the proof says which files are wanted.

    Raise Invalid("folder-refused"), and NotFound for an asked proof that is not there.
    """
    try:
        folders.check(files)
    except FolderRefused as error:
        raise Invalid(
            "folder-refused", "The folder was refused: {reason}", {"reason": str(error)}
        ) from error
    if proof_id is None:
        _forget_older(session, person_id, course, wish)
        proof = _new(session, person_id, course, wish, "sending")
    else:
        proof = get(session, person_id, proof_id)
        if (proof.state, proof.course) != ("asked", course):
            raise NotAllowed("proof-not-asked", "This is on its way already.")
    here = _files_at_hand(session, person_id, course)
    proof.files = folders.to_json(files)
    proof.missing = sorted({each.sha256 for each in files.values()} - here)
    move(proof, "sending" if proof.missing else "waiting")
    return proof


def receive(session: Session, person_id: str, proof_id: str, sha: str) -> Proof:
    """Note that a file is here; with the last one the proof waits for the worker."""
    proof = get(session, person_id, proof_id)
    if proof.state == "sending":
        proof.missing = [each for each in proof.missing if each != sha]
        move(proof, "sending" if proof.missing else "waiting")
    return proof


def wants(session: Session, person_id: str, proof_id: str, sha: str) -> int:
    """How many bytes the wanted file has; raise NotFound if it is not wanted."""
    proof = get(session, person_id, proof_id)
    sizes = [
        file.size_bytes for file in folders.from_json(proof.files).values() if file.sha256 == sha
    ]
    if proof.state != "sending" or sha not in proof.missing or not sizes:
        raise NotFound("file-not-wanted", "This file is not wanted.")
    return sizes[0]


def get(session: Session, person_id: str, proof_id: str) -> Proof:
    """A proof of somebody's own; raise NotFound("proof-not-found")."""
    proof = writing.find_proof(session, proof_id, person_id)
    if proof is None:
        raise NotFound("proof-not-found", "There is nothing here, or it is not for you.")
    return proof


def clip_files(session: Session, person_id: str, proof_id: str, clip: str) -> list[str]:
    """The names of the files of a clip that is in somebody's own proof."""
    for module in get(session, person_id, proof_id).result.get("modules", []):
        for each in module["manifest"]["clips"]:
            if each["clip"] == clip:
                return list(each["files"])
    raise NotFound("clip-not-found", "There is no such clip in this module.")


def _new(session: Session, person_id: str, course: str, wish: Wish, state: str) -> Proof:
    now = clock.now()
    proof = Proof(
        person_id=person_id, course=course, wish=wish, state=state, asked_at=now, moved_at=now
    )
    session.add(proof)
    session.flush()
    return proof


def _forget_older(session: Session, person_id: str, course: str, wish: Wish) -> None:
    for proof in writing.proofs_of(session, person_id, course):
        if proof.wish == wish and proof.state not in ("waiting", "running"):
            session.delete(proof)


def _files_at_hand(session: Session, person_id: str, course: str) -> set[str]:
    """Files that this person has sent before, or that this course had: nobody else's."""
    known = [each for each in writing.proofs_of(session, person_id, course)]
    here = {
        file.sha256
        for proof in known
        for file in folders.from_json(proof.files).values()
        if file.sha256 not in proof.missing
    }
    source = writing.newest_source(session, course)
    if source is not None:
        here |= {file.sha256 for file in folders.from_json(source.files).values()}
    return here


def move(proof: Proof, state: str) -> None:
    """Take a proof one step on."""
    proof.state, proof.moved_at = state, clock.now()
