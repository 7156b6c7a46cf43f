"""A module as a teacher would get it, before it is published: for the trainer who sent it alone.

The page stands in a frame of the studio. It saves nothing: it is no module yet.
"""

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from hub.portal.guard import content_policy
from hub.portal.shell import Page, render
from hub.portal.visitor import Asking, Here, page_language_of
from publishing import proofs
from publishing.texts import in_language
from store.errors import NotFound

router = APIRouter(include_in_schema=False)


@router.get("/studio/proofs/{proof}/{module}")
def proof_page(
    proof: str, module: str, request: Request, portal: Here, visitor: Asking
) -> Response:
    """The page of a module as it would be."""
    language = page_language_of(request)
    with portal.database.read() as session:
        made = proofs.get(session, visitor.person.id, proof).result.get("modules", [])
    found = next((each for each in made if each["module"] == module), None)
    if found is None:
        raise NotFound("not-found", "There is nothing here, or it is not for you.")
    pages: dict[str, str] = found["pages"]
    sha = pages.get(language) or next(iter(pages.values()))
    title = in_language(found["title"], language)
    page = Page(
        language=language,
        title=title,
        fragment=portal.artifacts.read(sha).decode(),
        about={"kind": "proof", "proof": proof, "language": language},
        components=found["manifest"]["components"],
        bar_title=title,
    )
    html = render(page, request.app.state.builds.current, portal.root)
    return HTMLResponse(html, headers={"Content-Security-Policy": content_policy(within="'self'")})
