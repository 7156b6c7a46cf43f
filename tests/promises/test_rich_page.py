"""A page with everything a notebook can hold, on a narrow phone, in the dark, and on paper."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bench.waiting import wait_until
from learning import people
from publishing.versions import publish
from store.database import Session
from tests.portal.serving import Served, served_portal
from tests.publishing.writing import plan, reflection, words, write_course

pytestmark = pytest.mark.journey

WIDE = "| দিন | পাঠ | কতজন | কী হলো | পরের পাঠে |\n|---|---|--:|---|---|\n"
EVERYTHING = f"""# সব আছে

এক কথা।[^১] {"https://example.org/" + "long-" * 30} {"অবিচ্ছেদ্য" * 12}

## তালিকা

1. এক
   - দুই
     1. তিন

- مرحبا بكم في الصف
- أهلا

```python
for child in children_of_the_class: speak_with_a_partner(child, seconds=30, about="a long line")
```

$$\\sum_{{i=0}}^{{n}} i^2 = \\frac{{n(n+1)(2n+1)}}{{6}} = 1 + 4 + 9 + 16 + 25 + 36 + 49 + 64 + 81$$

{WIDE}{"| রবি | ভগ্নাংশ | ২১ | জোড়ায় কথা বলেছে | আবার |" + chr(10)}

{WIDE}{("| সোম | যোগ | ৩৪ | সবাই কথা বলেছে | অপেক্ষা |" + chr(10)) * 30}

[^১]: টীকা।
"""
ANSWER = "পেছনের বেঞ্চে গিয়ে দাঁড়াব। " * 60


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("rich")
    course = write_course(
        folder / "trial", words(EVERYTHING), words("## ভাবুন\n\nকী দেখলেন?"), reflection(), plan()
    )
    with served_portal(folder / "data") as served:
        publish(served.publisher, course)
        yield served


@pytest.fixture
def open_page(served: Served, browser: Browser) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []

    def act(**more: object) -> Page:
        def teacher(session: Session) -> str:
            name = f"teacher{len(contexts)}-{more.get('color_scheme')}"
            known = people.find_by_name(session, name)
            return (
                known
                or people.add_person(
                    session, name=name, password_hash="-", display_name="রহিমা", role="teacher"
                )
            ).id

        context = served.browser_of(browser, served.database.write(teacher), **more)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{served.url}courses/trial/spare-time?lang=bn")
        expect(page.get_by_role("textbox").first).to_be_editable()
        return page

    yield act
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_the_narrowest_phone_and_axe_finds_nothing(
    open_page: Callable[..., Page], axe: Callable[[Page], list[str]], scheme: str
) -> None:
    page = open_page(viewport={"width": 320, "height": 560}, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert axe(page) == []
    long = page.get_by_role("region", name="সারণি ২")
    long.focus()
    page.keyboard.press("End")
    wait_until(lambda: page.evaluate("document.activeElement.scrollTop > 100"), seconds=10)
    head, frame = long.locator("th").first.bounding_box(), long.bounding_box()
    assert head and frame and abs(head["y"] - frame["y"]) < 4, "the head stays in sight"
    item = page.get_by_text("أهلا").bounding_box()
    assert item and item["x"] + item["width"] <= 304, "an Arabic list has its marks on its side"


def test_paper_is_white_and_holds_all_that_was_written(open_page: Callable[..., Page]) -> None:
    page = open_page(color_scheme="dark")
    page.get_by_role("textbox").first.fill(ANSWER)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(30, 39, 48)"
    for part in (".bar", ".places", ".exercise-state", "button"):
        assert page.locator(part).filter(visible=True).count() == 0, part
    box = "[...document.querySelectorAll('textarea')].find((one) => one.value)"
    assert page.evaluate(f"{box}.scrollHeight <= {box}.clientHeight + 2")
    link = "document.querySelector('.page a[href^=http]')"
    assert "example.org" in page.evaluate(f"getComputedStyle({link}, '::after').content")
    frame = "document.querySelector('.scrolling.long')"
    assert page.evaluate(f"{frame}.scrollHeight <= {frame}.clientHeight + 2")
