"""Pages stay light, and no request leaves our own origin."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from bench.visits import PHONE, Phone, Visit
from tests.conftest import SignIn, Stack
from tests.journeys.acting import newcomer

pytestmark = pytest.mark.journey

MODULE = "courses/active-learning/pair-talk"
MODULE_BYTES, MODULE_REQUESTS = 220_000, 20
SIGN_IN_BYTES = 60_000


@pytest.fixture
def visitor(
    stack: Stack, browser: Browser, context: BrowserContext, sign_in: SignIn
) -> Iterator[BrowserContext]:
    """Somebody new, signed in, on a phone that has nothing of ours yet."""
    sign_in(context.new_page(), newcomer(stack))
    phone = browser.new_context(viewport=PHONE)
    phone.add_cookies(context.cookies())  # type: ignore[arg-type]
    yield phone
    phone.close()


def first_visit(
    context: BrowserContext, address: str, *, exercise: bool, is_kept: bool = True
) -> Visit:
    phone = Phone(context, poor=False)
    visit = phone.visit(address, exercise=exercise, kept=is_kept)
    phone.page.close()
    return visit


@pytest.mark.parametrize("language", ["bn", "en"])
def test_a_first_visit_to_a_module_keeps_to_its_budget(
    stack: Stack, visitor: BrowserContext, language: str
) -> None:
    visit = first_visit(visitor, f"{stack.portal_url}{MODULE}?lang={language}", exercise=True)
    assert visit.bytes <= MODULE_BYTES, visit.heaviest()
    assert visit.requests <= MODULE_REQUESTS, visit.heaviest()
    assert visit.foreign == []


@pytest.mark.parametrize(
    "path", ["", "courses", "courses/active-learning", "library", "people/me", "waiting"]
)
def test_no_page_outweighs_a_module(stack: Stack, visitor: BrowserContext, path: str) -> None:
    visit = first_visit(visitor, stack.portal_url + path, exercise=False)
    assert visit.bytes <= MODULE_BYTES, visit.heaviest()
    assert visit.requests <= MODULE_REQUESTS, visit.heaviest()
    assert visit.foreign == []


def test_signing_in_is_light(stack: Stack, context: BrowserContext) -> None:
    visit = first_visit(context, stack.portal_url, exercise=False, is_kept=False)
    assert visit.bytes <= SIGN_IN_BYTES, visit.heaviest()
    assert visit.foreign == []
