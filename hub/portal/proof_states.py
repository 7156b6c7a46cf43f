"""How far a proof is and what came of it, as the studio and a Lab are told."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel

from hub.portal.studio import Finding, Heaviest, finding_of, heaviest
from hub.portal.texts import Language, say
from publishing.proofs import Wish
from publishing.texts import in_language
from store.tables import Proof


class ProofModule(BaseModel):
    """A module of a proof: the version it is or would be, and what its page weighs."""

    module: str
    title: str
    number: int
    is_new: bool
    verdict: str
    page_bytes: int
    picture_bytes: int
    clip_bytes: int
    heaviest: Heaviest


class ProofFinding(Finding):
    """A finding, and whether it stops publishing."""

    level: Literal["error", "warning"]


class ProofState(BaseModel):
    """How far a proof is: `said` while it runs, `message` if it failed, else what was found."""

    proof: str
    course: str
    wish: Wish
    state: str
    said: str
    message: str
    moved_at: AwareDatetime
    modules: list[ProofModule]
    findings: list[ProofFinding]


def state_of(proof: Proof, language: Language) -> ProofState:
    """Tell of a proof in a reader's language."""
    result = proof.result
    failed = proof.state == "failed"
    return ProofState(
        proof=proof.id,
        course=proof.course,
        wish=proof.wish,  # type: ignore[arg-type] # the database holds it to the three
        state=proof.state,
        said=proof.said,
        message=say(language, result["message"], result["facts"]) if failed else "",
        moved_at=proof.moved_at,
        modules=[_module(each, language) for each in result.get("modules", [])],
        findings=[
            ProofFinding(level=each["level"], **finding_of(each, language).model_dump())
            for each in result.get("findings", [])
        ],
    )


def _module(made: dict[str, Any], language: Language) -> ProofModule:
    manifest = made["manifest"]
    weight = manifest["weight"]
    return ProofModule(
        module=made["module"],
        title=in_language(made["title"], language),
        number=made["number"],
        is_new=made["is_new"],
        verdict=manifest["verdict"],
        page_bytes=max(weight["page_bytes"].values(), default=0),
        picture_bytes=weight["image_bytes"],
        clip_bytes=weight["clip_bytes"],
        heaviest=heaviest(manifest, language),
    )
