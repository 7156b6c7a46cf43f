"""Says whether the portal lives and can reach what it keeps; tells nothing else."""

from fastapi import APIRouter
from pydantic import BaseModel

from hub.portal.visitor import Here
from store.queries import pages as addresses

router = APIRouter()


class Health(BaseModel):
    """`ready` is true, or there is an error in its place."""

    ready: bool


@router.get("/health")
def health(portal: Here) -> Health:
    """Answer once the database answers."""
    with portal.database.read() as session:
        addresses.find_by_route(session, "")
    return Health(ready=True)
