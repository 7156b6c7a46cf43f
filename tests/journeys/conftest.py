"""A teacher of a file's own, and her phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.conftest import SignIn, Stack
from tests.journeys.acting import Actor, newcomer, someone


@pytest.fixture(scope="module")
def her_id(stack: Stack) -> str:
    """With what a teacher signs in whom no other file knows."""
    return newcomer(stack)


@pytest.fixture
def her_phone(stack: Stack, browser: Browser, sign_in: SignIn, her_id: str) -> Iterator[Actor]:
    """A new phone on which she has signed in, in Bangla."""
    actor = someone(browser, sign_in, stack, her_id, "bn")
    yield actor
    actor.page.context.close()
