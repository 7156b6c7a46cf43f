"""Row S14 of the bar: whatever is asked of the API, by whomever, it answers; never a 5xx.

Requests are made from the API's own description, half of them against it; known names stand in
many addresses, so that they reach what lies behind the doors. `make test` asks some hundreds,
`make bar` ten thousand.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.bar.figures import record
from tests.portal.asking import known_things
from tests.portal.filling import PEOPLE
from tests.portal.world import ROOT, WRITE, World, a_portal

ACTORS = (None, *PEOPLE)
QUICK, ALL = 120, 10_000
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_portal(tmp_path_factory.mktemp("portal"), patience=1000) as world:
        yield world


def ask_anything(world: World, cases: int) -> Counter[tuple[str | None, int]]:
    """Ask so many things, by all actors in turn; count who got which status."""
    described = schemathesis.openapi.from_dict(world.app.openapi())
    operations = [result.ok() for result in described.get_all_operations()]
    known = known_things(world)
    clients = {actor: world.client(actor) for actor in ACTORS}
    statuses: Counter[tuple[str | None, int]] = Counter()

    @settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        actor = data.draw(st.sampled_from(ACTORS))
        operation = data.draw(st.sampled_from(operations))
        case = data.draw(operation.as_strategy(generation_mode=data.draw(st.sampled_from(MODES))))
        for name in case.path_parameters or {}:
            if name in known and data.draw(st.booleans()):
                case.path_parameters[name] = known[name]
        answer = clients[actor].request(**request_of(case))
        statuses[actor, answer.status_code] += 1
        assert answer.status_code < 500, (case.as_curl_command(), answer.text)
        if answer.status_code >= 400:
            assert {"code", "message", "facts", "retry"} == set(answer.json()), answer.text

    ask()
    return statuses


def request_of(case: Any) -> dict[str, Any]:
    sent = case.as_transport_kwargs(base_url=ROOT.rstrip("/"))
    sent["headers"] = {**dict(sent.get("headers") or {}), **WRITE}
    cookies = sent.pop("cookies", None) or {}
    if cookies:
        sent["headers"]["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return sent


def test_some_requests_of_any_kind_get_an_answer(world: World) -> None:
    assert ask_anything(world, QUICK).total() >= QUICK


@pytest.mark.bar
@pytest.mark.timeout(3600)
def test_ten_thousand_requests_of_any_kind_get_an_answer(world: World) -> None:
    statuses = ask_anything(world, ALL)
    record("S14", f"{statuses.total()} requests, none answered by a 5xx")
    assert {actor for actor, status in statuses if status == 200} >= set(PEOPLE)
