"""Signing in: light, in two languages, calm when something is wrong, and on our own origin."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

LIMIT_BYTES = 60_000
LABELS = {
    "bn": ("ফোন বা আইডি", "পাসওয়ার্ড", "পাসওয়ার্ড দেখান", "লগইন করুন"),
    "en": ("Phone or ID", "Password", "Show password", "Sign in"),
}


def open_page(page: Page, stack: Any, language: str) -> None:
    page.goto(f"{stack.url}/hub/login?lang={language}&next=/services/portal/courses")


@pytest.mark.journey
@pytest.mark.parametrize("language", ["bn", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_light_readable_and_on_our_own_origin(
    stack: Any, browser: Browser, axe: Callable[[Page], list[str]], language: str, scheme: Any
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, color_scheme=scheme)
    page = context.new_page()
    weights: dict[str, int] = {}
    errors: list[str] = []
    page.on("response", lambda r: weights.__setitem__(r.url, len(r.body())))
    page.on("console", lambda message: errors.append(message.text))
    open_page(page, stack, language)
    name, password, show, button = LABELS[language]
    expect(page.get_by_role("textbox", name=name, exact=True)).to_be_focused()
    expect(page.get_by_role("textbox", name=password, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=show, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=button, exact=True)).to_be_in_viewport()
    assert page.locator("html").get_attribute("lang") == language
    assert sum(weights.values()) <= LIMIT_BYTES, weights
    assert {urlsplit(url).netloc for url in weights} == {urlsplit(stack.url).netloc}
    assert errors == []
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


@pytest.mark.journey
def test_a_wrong_password_says_so_calmly_and_keeps_the_typed_name(
    stack: Any, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    open_page(page, stack, "bn")
    name, password, show, button = LABELS["bn"]
    page.get_by_role("textbox", name=name).fill("রহিমা-নেই")
    secret = page.get_by_role("textbox", name=password)
    secret.fill("ভুল শব্দ")
    page.get_by_role("button", name=show, exact=True).click()
    expect(secret).to_have_attribute("type", "text")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("মিলছে না")
    expect(page.get_by_role("textbox", name=name)).to_have_value("রহিমা-নেই")
    expect(page.get_by_role("textbox", name=password)).to_be_focused()
    assert axe(page) == []


@pytest.mark.journey
def test_the_chosen_language_is_remembered_and_goes_along(
    stack: Any, page: Page, sign_in: Callable[..., None]
) -> None:
    open_page(page, stack, "bn")
    page.get_by_role("link", name="English").click()
    page.goto(f"{stack.url}/hub/login")
    assert page.locator("html").get_attribute("lang") == "en"
    sign_in(page, "teacher3", "en")
    assert page.locator("html").get_attribute("lang") == "en"


@pytest.fixture
def outsider(stack: Any) -> httpx.Client:
    return httpx.Client(base_url=stack.url, headers={"Sec-Fetch-Mode": "navigate"}, timeout=30)


def post(
    client: httpx.Client, name: str, password: str, next_url: str = "", **more: Any
) -> httpx.Response:
    page = client.get("/hub/login", params={"next": next_url})
    token = re.search('name="_xsrf" value="([^"]+)"', page.text)
    assert token is not None
    form = {"username": name, "password": password, "_xsrf": token[1]}
    return client.post("/hub/login", params={"next": next_url}, data=form, **more)


@pytest.mark.parametrize(
    "next_url",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "\\\\evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "http:evil.example",
        "https://evil.example\\@127.0.0.1/",
    ],
)
def test_the_way_back_stays_on_our_origin(
    stack: Any, outsider: httpx.Client, next_url: str
) -> None:
    answer = post(outsider, "teacher2", stack.password, next_url)
    assert answer.status_code == 302
    landing = httpx.URL(stack.url).join(answer.headers["location"])
    assert landing.host == "127.0.0.1" and landing.port == stack.port
    assert answer.headers["location"].startswith("/") and "\\" not in answer.headers["location"]


def test_a_link_into_a_module_survives_signing_in(stack: Any, outsider: httpx.Client) -> None:
    wanted = "/services/portal/courses/active-learning/pair-talk?lang=en"
    answer = post(outsider, "teacher2", stack.password, wanted)
    assert answer.headers["location"] == wanted


def test_unknown_names_and_wrong_passwords_get_the_same_answer(outsider: httpx.Client) -> None:
    pages = [post(outsider, name, "ভুল শব্দ") for name in ("teacher2", "নেই-এমন-কেউ")]
    assert {page.status_code for page in pages} == {403}
    problems = {re.search('role="alert">([^<]+)', page.text)[1] for page in pages}  # type: ignore[index]
    assert len(problems) == 1


def test_the_eleventh_failure_has_to_wait(stack: Any, outsider: httpx.Client) -> None:
    codes = [post(outsider, "অনেক-ভুল", f"ভুল শব্দ {n}").status_code for n in range(11)]
    assert codes == [403] * 10 + [429]
    assert post(outsider, "teacher2", stack.password).status_code == 302


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-Ip"])
def test_an_address_that_a_browser_claims_buys_no_more_tries(
    outsider: httpx.Client, header: str
) -> None:
    codes = []
    for number in range(11):
        outsider.headers[header] = f"203.0.113.{number}"
        codes.append(post(outsider, f"চালাক-{header}", "ভুল শব্দ").status_code)
    assert codes == [403] * 10 + [429]


def test_the_log_of_the_hub_names_nobody(stack: Any, outsider: httpx.Client) -> None:
    assert post(outsider, "গোপন-নাম", "ভুল শব্দ").status_code == 403
    assert post(outsider, "teacher2", stack.password).status_code == 302
    outsider.get("/user/গোপন-নাম/lab", follow_redirects=True)
    outsider.get("/hub/spawn/গোপন-নাম", follow_redirects=True)
    log = stack.log("hub")
    assert "SignInHandler" in log
    for words in ("teacher2", "গোপন", "%E0%A6%97", "xsrf cookie for"):
        assert words not in log


@pytest.mark.parametrize("name", ["ক" * 65, "ক" * 6_000, "/etc/passwd", "..", "a\x00b", " "])
def test_names_that_cannot_be_are_refused_like_any_other(outsider: httpx.Client, name: str) -> None:
    assert post(outsider, name, "ভুল শব্দ").status_code == 403


def test_a_form_without_its_token_is_refused_and_can_be_sent_again(
    outsider: httpx.Client,
) -> None:
    answer = outsider.post("/hub/login", data={"username": "teacher", "password": "ভুল শব্দ"})
    assert answer.status_code == 403
    assert "আরেকবার লগইন করুন" in answer.text and 'value="teacher"' in answer.text


def test_the_hubs_own_pages_lead_to_the_portal(stack: Any, client_for: Any) -> None:
    client = client_for("teacher")
    for path in ("/", "/hub/", "/hub/home", "/hub/token", "/hub/accept-share?code=x"):
        answer = client.get(stack.url + path, follow_redirects=True)
        assert answer.url.path == "/services/portal/", path


@pytest.mark.parametrize("path", ["/hub/login", "/hub/pathshala/form.js"])
def test_nothing_of_the_pages_may_be_sniffed_or_framed(outsider: httpx.Client, path: str) -> None:
    headers = outsider.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    if path == "/hub/login":
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
