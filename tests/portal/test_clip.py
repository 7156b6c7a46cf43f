"""A clip in a real browser: three sizes, sound only, saving data, keys, transcript, no network."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from bench.waiting import wait_until
from learning import answers, people
from publishing.versions import publish
from store.database import Session
from tests.portal.serving import Served, served_portal
from tests.publishing.phone import record
from tests.publishing.writing import code, words, write_course

KEY = "trial/spare-time"
SECONDS = 40
CAPTIONS = "WEBVTT\n\n" + "\n\n".join(
    f"00:{at:02}.000 --> 00:{at + 4:02}.000\n{said}"
    for at, said in zip(
        range(0, SECONDS, 5),
        ("পাশের জনকে বলো", "কে আগে বলবে?", "দুঃখ পেলে কী করো", "উদ্বৃত্ত কত") * 2,
        strict=True,
    )
)
CLIP = """Clip("media/class.mp4", {"bn": "নাসরিন আপার ক্লাস", "en": "Nasrin Apa's class"},
     captions={"bn": "media/bn.vtt"}, context={"class_size": "৬০ জন"})"""


@dataclass(frozen=True)
class Watching:
    """A teacher at the page with the clip."""

    page: Page
    served: Served
    person: str
    asked: list[str]

    @property
    def time(self) -> float:
        return float(self.film("film => film.currentTime"))

    def film(self, does: str) -> object:
        return self.page.locator("video").evaluate(does)

    def wait_until_film(self, is_so: str) -> None:
        wait_until(lambda: bool(self.film(is_so)), seconds=20)

    def playing(self) -> str:
        """The file that plays now."""
        return str(self.film("film => new URL(film.currentSrc).pathname.split('/').at(-1)"))

    def open(self, more: str = "") -> None:
        self.page.goto(f"{self.served.url}courses/{KEY}?lang=bn{more}")
        expect(self.page.locator(".clip-play")).to_be_visible()

    def play(self) -> None:
        self.page.locator(".clip-poster").click()
        self.wait_until_film("film => film.readyState >= 3 && !film.paused")

    def seen(self, name: str) -> None:
        """Keep a picture of the screen for whoever asks for it."""
        if folder := os.environ.get("SCREENSHOTS"):
            self.page.screenshot(path=f"{folder}/clip-{name}.png")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, str]]:
    folder = tmp_path_factory.mktemp("clip")
    course = write_course(
        folder / "course",
        words("# জোড়ায় কথা\n\nনাসরিন আপা কতক্ষণ অপেক্ষা করেন?", "bn"),
        words("# Pair talk\n\nHow long does Nasrin Apa wait?", "en"),
        code("from pathshala import Clip"),
        code(CLIP),
        *(words(f"আরও লেখা {number}।\n\n" * 12) for number in range(3)),
    )
    (course / "media").mkdir()
    record(course / "media" / "class.mp4", SECONDS, (640, 480))
    (course / "media" / "bn.vtt").write_text(CAPTIONS)
    with served_portal(folder) as portal:
        publish(portal.publisher, course)

        def add(session: Session) -> str:
            return people.add_person(
                session,
                name="rahima",
                password_hash="-",
                display_name="রহিমা খাতুন",
                role="teacher",
                school=("চরফ্যাশন সপ্রাবি", "চরফ্যাশন", "ভোলা"),
            ).id

        yield portal, portal.database.write(add)


@pytest.fixture
def watching(served: tuple[Served, str], browser: Browser) -> Iterator[Callable[..., Watching]]:
    portal, person = served
    contexts = []

    def act() -> Watching:
        context = portal.browser_of(browser, person)
        contexts.append(context)
        page = context.new_page()
        asked: list[str] = []

        def note(request: Request) -> None:
            asked.append(request.url.removeprefix(portal.url).split("?")[0])

        page.on("request", note)
        return Watching(page, portal, person, asked)

    yield act
    for context in contexts:
        context.close()


def test_a_clip_in_three_sizes_and_as_sound_goes_on_at_the_same_second(
    watching: Callable[[], Watching],
) -> None:
    here = watching()
    here.open()
    button = here.page.get_by_role("button", name="ভিডিও চালান (০:৪০")
    usual = button.inner_text()
    here.seen("before")
    expect(here.page.get_by_label("ছবির মান")).to_have_value("240")
    sizes = here.page.get_by_label("ছবির মান").locator("option")
    expect(sizes).to_have_count(3)
    expect(sizes.first).to_contain_text("১৪৪পি, ")
    here.page.get_by_label("ছবির মান").select_option("480")
    assert button.inner_text() != usual, "the label follows the size"
    assert not [each for each in here.asked if each.endswith((".mp4", ".m4a"))]

    here.play()
    first = here.playing()
    here.wait_until_film("film => film.currentTime > 2")
    here.seen("playing")
    here.page.keyboard.press("ArrowRight")
    here.wait_until_film("film => film.currentTime > 11 && !film.seeking")
    at = here.time
    here.page.get_by_label("ছবির মান").select_option("144")
    here.wait_until_film("film => film.readyState >= 3 && !film.paused")
    assert here.playing() != first and at - 1 <= here.time < at + 8
    assert here.film("film => film.videoHeight") == 144

    at = here.time
    here.page.get_by_role("button", name="শুধু অডিও").click()
    here.wait_until_film("film => film.readyState >= 3 && !film.paused")
    assert here.playing().endswith(".m4a") and at - 1 <= here.time < at + 8
    here.seen("sound")
    heard_from = here.time
    here.wait_until_film(f"film => film.currentTime > {heard_from + 2}")
    here.film("film => film.pause()")
    stopped = here.time

    def kept() -> list[list[float]]:
        with here.served.database.read() as session:
            known = answers.clips_of(session, here.person, KEY)
        [watched] = known.values()
        return list(watched["ranges"])

    wait_until(lambda: kept()[-1][1] == pytest.approx(stopped, abs=1), seconds=20)
    seconds = sum(end - start for start, end in kept())
    assert seconds == pytest.approx(stopped - 10, abs=2), "seen and heard seconds count alike"

    again = watching()
    again.open()
    expect(again.page.get_by_role("status").filter(has_text="থেমেছিলেন")).to_be_visible()
    again.play()
    assert again.time >= stopped - 1


def test_who_saves_data_gets_the_smallest_size_first(watching: Callable[[], Watching]) -> None:
    here = watching()
    here.page.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {saveData: true}})"
    )
    here.open()
    expect(here.page.get_by_label("ছবির মান")).to_have_value("144")
    expect(here.page.get_by_text("ডেটা বাঁচানো হচ্ছে")).to_be_visible()
    here.seen("saver")
    here.page.get_by_label("ছবির মান").select_option("240")
    here.page.evaluate("localStorage.setItem('pathshala-data', 'off')")
    here.open()
    expect(here.page.get_by_label("ছবির মান")).to_have_value("240")


def test_keys_captions_and_a_line_of_the_transcript(watching: Callable[[], Watching]) -> None:
    here = watching()
    here.open("&t=12")
    here.play()
    assert 12 <= here.time < 16
    showing = "film => film.textTracks[0].mode"
    assert here.film(showing) == "showing"
    here.page.keyboard.press("c")
    assert here.film(showing) == "hidden"
    here.page.keyboard.press("ArrowLeft")
    here.wait_until_film("film => film.currentTime < 8 && !film.seeking")
    here.page.keyboard.press("f")
    wait_until(
        lambda: here.page.evaluate("document.fullscreenElement?.tagName") == "VIDEO", seconds=5
    )
    here.page.keyboard.press("f")
    wait_until(lambda: here.page.evaluate("document.fullscreenElement") is None, seconds=5)
    here.page.get_by_label("গতি").select_option("1.5")
    assert here.film("film => film.playbackRate") == 1.5
    here.page.get_by_role("button", name="লিখিত রূপ").click()
    here.page.get_by_role("searchbox", name="লিখিত রূপে খুঁজুন").fill("উদ্বৃত্ত")
    lines = here.page.locator(".transcript-line")
    expect(lines).to_have_count(2)
    lines.last.click()
    here.wait_until_film("film => film.currentTime >= 35 && !film.seeking")
    here.seen("transcript")
    expect(here.page.locator("video")).to_be_in_viewport(ratio=0.9)
    here.page.locator(".clip-poster, video").first.focus()
    here.page.keyboard.press(" ")
    here.wait_until_film("film => film.paused")


def test_without_a_network_it_says_so_and_goes_on_later(watching: Callable[[], Watching]) -> None:
    here = watching()
    here.open()
    here.page.context.set_offline(True)
    here.page.locator(".clip-poster").click()
    status = here.page.locator(".clip-status")
    expect(status).to_contain_text("নেটওয়ার্ক নেই")
    expect(here.page.get_by_role("button", name="আবার চেষ্টা করুন")).to_be_visible()
    here.seen("offline")
    here.page.context.set_offline(False)
    here.wait_until_film("film => film.readyState >= 3 && !film.paused")
    expect(status).not_to_contain_text("নেটওয়ার্ক নেই")
