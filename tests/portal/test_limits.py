"""Beyond so much in a minute the portal says when to come back, in the one shape of errors."""

import pytest

from hub.portal.limits import COSTS, POSTS, SAVES, Limits, TooMany
from hub.portal.permissions import TABLE
from tests.portal.asking import body, path
from tests.portal.world import WRITE, World


class Clock:
    at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_bucket_fills_up_again_evenly() -> None:
    clock = Clock()
    limits = Limits(clock)
    for _ in range(SAVES):
        limits.take("saves", "রহিমা", SAVES)
    limits.take("saves", "করিম", SAVES)
    with pytest.raises(TooMany) as refused:
        limits.take("saves", "রহিমা", SAVES)
    assert refused.value.facts == {"seconds": 1} and refused.value.retry
    clock.at = 0.5
    limits.take("saves", "রহিমা", SAVES)
    clock.at = 60.5
    for _ in range(SAVES):
        limits.take("saves", "রহিমা", SAVES)


def test_every_limited_route_is_there() -> None:
    assert COSTS.keys() <= TABLE.keys()


def test_the_next_post_of_the_minute_has_to_wait(world: World) -> None:
    route = ("POST", "/api/courses/{course}/{module}/posts")
    client = world.client("teacher")
    sent = body(route, world.ids["teacher"])
    answers = [client.post(path(world, route[1]), headers=WRITE, json=sent) for _ in range(POSTS)]
    assert 429 not in {answer.status_code for answer in answers}
    more = (client.post(path(world, route[1]), headers=WRITE, json=sent) for _ in range(POSTS))
    refused = next(each for each in more if each.status_code == 429)  # some come back meanwhile
    assert refused.json()["code"] == "too-many-requests" and refused.json()["retry"] is True
    assert 1 <= int(refused.headers["retry-after"]) <= 3
    # another person, and reading, go on
    assert client.get("api/home").status_code == 200
    mate = world.client("mate").post(
        path(world, route[1]), headers=WRITE, json=body(route, world.ids["mate"])
    )
    assert mate.status_code != 429
