"""The report of a cohort as its trainer gets it: on the screen, and as a file for a spreadsheet."""

import csv
import io
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import select

from hub.portal.spreadsheet import table_file
from learning import answers, sign_ins
from store import clock
from store.database import Session
from store.tables import AuditEntry, Person
from tests.portal.filling import KEY, MODULE
from tests.portal.world import WRITE, World


def report(world: World, **query: str) -> dict:
    address = f"api/studio/cohorts/{world.things['cohort']}/report"
    answer = world.client("trainer").get(address, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def download(world: World, **asked: str) -> httpx.Response:
    address = f"api/studio/cohorts/{world.things['cohort']}/report.csv"
    lang = asked.pop("lang", "bn")
    answer = world.client("trainer").post(address, json=asked, headers=WRITE, params={"lang": lang})
    assert answer.status_code == 200, answer.text
    return answer


def lines(answer: httpx.Response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def begin(world: World, name: str) -> None:
    """Write one answer, and nothing more."""

    def use_case(session: Session) -> None:
        answers.save_answer(
            session,
            person=session.get_one(Person, world.ids[name]),
            module_key=KEY,
            exercise="saw",
            device="phone",
            sequence=90,
            edited_at=clock.now(),
            value="শুরু করলাম",
        )

    world.portal.database.write(use_case)


def test_the_report_says_in_a_sentence_why_and_what_helps(world: World) -> None:
    begin(world, "mate")
    later = clock.now() + timedelta(days=8)
    with clock.use(lambda: later):
        trainer = world.ids["trainer"]  # away for 8 days, so she signed in anew
        open_session = partial(sign_ins.open_session, person_id=trainer)
        world.tokens["trainer"] = world.portal.database.write(open_session)
        found = report(world)
    by_person = {row["person"]["id"]: row for row in found["stuck"]}
    assert by_person.keys() == {world.ids["mate"], world.things["forgetful"]}
    assert by_person[world.things["forgetful"]]["reason"] == "not-started"
    stuck = by_person[world.ids["mate"]]
    assert (stuck["reason"], stuck["days"]) == ("quiet", 8)
    assert stuck["why"] == "শুরু করেছিলেন, তারপর ৮ দিন কিছু করেননি।"
    assert stuck["action"]


def test_the_report_counts_and_names(world: World) -> None:
    found = report(world)
    assert (found["people"], found["lessons_tried"], found["to_mark"]) == (3, 1, 1)
    assert found["totals"] == {"stuck": 0, "not-handed-in": 2, "tried": 1}
    missing = {row["person"]["id"] for row in found["not_handed_in"]}
    assert missing == {world.ids["mate"], world.things["forgetful"]}
    assert [row["person"]["id"] for row in found["tried"]] == [world.ids["teacher"]]
    assert found["genders"] == []  # three people: too few to show
    (figures,) = found["modules"]
    assert (figures["started"], figures["handed_in"], figures["tried"]) == (1, 1, 1)


def test_a_list_says_how_long_it_is_and_gives_as_many_rows_as_asked(world: World) -> None:
    found = report(world, rows="1")
    assert (len(found["members"]), found["people"]) == (1, 3)
    assert (len(found["not_handed_in"]), found["totals"]["not-handed-in"]) == (1, 2)
    assert len(report(world, rows="2")["not_handed_in"]) == 2


def test_one_module_narrows_the_lists(world: World) -> None:
    assert report(world, module=MODULE)["totals"]["tried"] == 1
    assert report(world, module="no-such-module")["totals"]["tried"] == 0


def test_a_file_is_read_by_a_spreadsheet_with_its_bangla(world: World) -> None:
    answer = download(world, list="not-handed-in")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    header, *rows = lines(answer)
    assert ",".join(header) == "name,school,upazila,district,module,title,last_seen_at"
    row = next(row for row in rows if row[0].endswith("(mate)"))
    assert row[:3] == ["রাবেয়া খাতুন (mate)", "দক্ষিণ পাড়া স. প্রা. বি.", "সাভার"]
    assert row[4:] == [MODULE, "জোড়ায় কথা", ""]


def test_a_file_names_nobody_by_sign_in_name_and_keeps_days_readable(world: World) -> None:
    _, row = lines(download(world, list="tried", lang="en"))
    assert row[0] == "রাবেয়া খাতুন (teacher)"
    assert row[-1] == "keep"
    assert "teacher" not in row


def test_the_head_of_a_file_speaks_the_language_if_asked(world: World) -> None:
    header = lines(download(world, list="stuck", header="words"))[0]
    assert header[:3] == ["নাম", "বিদ্যালয়", "উপজেলা"]


def test_a_download_is_kept_in_the_audit(world: World) -> None:
    download(world, list="tried")
    with world.portal.database.read() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.actor, last.action) == (world.ids["trainer"], "download-tried")
    assert last.object == f"cohort/{world.things['cohort']}"


@pytest.mark.parametrize("text", ["=1+1", "+88", "-1", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    written = bytes(table_file("x", ["name"], [[text]]).body).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(written)))[1] == [f"'{text}"]
