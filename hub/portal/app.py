"""Puts the portal together: routes, who may, the one shape of errors, the guard before it all.

`create_app` is given everything (`Portal`); it reads no setting and starts nothing.
"""

from anyio import CapacityLimiter
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import APIRoute
from pydantic import JsonValue

from hub.portal import (
    answers,
    checks,
    comments,
    complaints,
    courses,
    errors,
    hand_ins,
    health,
    joining,
    kept,
    lab,
    library,
    live,
    marking,
    media,
    pages,
    people,
    permissions,
    pictures,
    portfolio,
    posts,
    proof_pages,
    reports,
    sign_in,
    studio,
    texts,
    writing,
)
from hub.portal.compress import PackedJson
from hub.portal.guard import Guard
from hub.portal.measures import Measures
from hub.portal.noting import Noting
from hub.portal.portal import HubClient, Portal
from hub.portal.shell import Builds
from hub.portal.visitor import admit

__all__ = ["HubClient", "Portal", "create_app"]


def create_app(portal: Portal) -> FastAPI:
    """Return the portal as an ASGI application; raise SystemExit if a route has no rule."""
    app = FastAPI(
        title="Pathshala",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        separate_input_output_schemas=False,
        dependencies=[Depends(admit)],
        generate_unique_id_function=_name,
        responses={422: {"model": errors.Failure}, "default": {"model": errors.Failure}},
    )
    app.state.portal = portal
    app.state.builds = Builds(portal.frontend)
    app.state.shelf = pages.Shelf()
    app.state.static = {}
    app.state.photos = CapacityLimiter(pictures.AT_ONCE)
    app.state.exports = CapacityLimiter(people.EXPORTS_AT_ONCE)
    app.state.live_paths = {}
    texts.catalogue()
    for room in (media, answers):  # a request tries route by route: most ask for these
        app.include_router(room.router)
    for room in (people, courses, checks, hand_ins, marking, studio, reports, joining):
        app.include_router(room.router)
    for room in (posts, pictures, library, comments, complaints, portfolio, live, writing, lab):
        app.include_router(room.router)
    app.include_router(joining.doors)
    for room in (health, sign_in, kept, pages, proof_pages):
        app.include_router(room.router)
    app.include_router(_description(app))
    errors.install(app)
    app.state.measures = Measures(portal)
    app.add_middleware(PackedJson)
    app.add_middleware(Guard, portal=portal)
    app.add_middleware(Noting, measures=app.state.measures)
    permissions.check_table(app)
    return app


def _description(app: FastAPI) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/api/openapi.json")
    def openapi() -> dict[str, JsonValue]:
        """What the API is, for programs."""
        description: dict[str, JsonValue] = app.openapi()
        return description

    return router


def _name(route: APIRoute) -> str:
    return route.name
