"""Home is a fitting place for each role."""

from tests.portal.world import World


def test_each_role_finds_what_waits_for_it(world: World) -> None:
    teacher, trainer, evaluator = (
        world.client(name).get("api/home").json() for name in ("teacher", "trainer", "evaluator")
    )
    assert (teacher["takes_courses"], teacher["to_mark"], teacher["published"]) == (
        True,
        None,
        None,
    )
    assert not trainer["takes_courses"] and trainer["to_mark"] is None
    assert trainer["published"] == {"courses": 1, "modules": 1, "findings": 0}
    assert not evaluator["takes_courses"] and evaluator["published"] is None
    queue = world.client("evaluator").get("api/marking").json()["waiting"]
    assert evaluator["to_mark"] == len(queue) > 0
