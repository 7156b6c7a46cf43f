"""Says whether the portal lives, whether it can serve, and whether the whole house does.

Three questions, for three who ask: a supervisor, which starts anew what is not `alive`; a load
balancer, which sends people elsewhere; and whoever is woken up when not all is `whole`. Strangers
learn no more than yes or no. The measures, for administrators and their programs, say the rest.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel

from hub.portal.measures import Measures
from hub.portal.visitor import Here
from store.errors import Unavailable
from store.queries import pages as addresses

router = APIRouter()


class Health(BaseModel):
    """`ready` is true, or there is an error in its place."""

    ready: bool


class Alive(BaseModel):
    """`alive` is true, or there is no answer."""

    alive: bool


@router.get("/health")
def health(portal: Here) -> Health:
    """Answer once the database answers."""
    with portal.database.read() as session:
        addresses.find_by_route(session, "")
    return Health(ready=True)


@router.get("/health/alive")
async def alive() -> Alive:
    """Answer, and ask nobody: not even a database that is away makes this process a dead one."""
    return Alive(alive=True)


@router.get("/health/whole")
def whole(portal: Here) -> Health:
    """Answer while every part is well: the Hub, the worker, live pages, and copies if any."""
    if not all(portal.parts.states().values()):
        raise Unavailable("not-whole", "A part of the server is away. Try again in a minute.")
    return health(portal)


async def _measures(request: Request) -> Measures:
    measures: Measures = request.app.state.measures
    return measures


@router.get("/metrics", response_class=Response)
def metrics(measures: Annotated[Measures, Depends(_measures)]) -> Response:
    """Everything that is measured, in Prometheus's text format."""
    return Response(measures.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
