"""Who is here, who learns with whom, which browser is whose."""

import unicodedata

import pytest

from learning import cohorts, people, sign_ins
from store import audit
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.tables import Module, SignedIn
from tests.factories import MODULE, OTHER_SCHOOL, Clock, a_person, a_version, asking

COMPOSED = "\u09af\u09bc\u09cb"  # য় and ো in the letters of Unicode's normal form
DECOMPOSED = "\u09df\u09c7\u09be"  # the same as other keyboards write it


def test_a_name_is_the_same_on_every_keyboard(session: Session) -> None:
    person = a_person(session, name=DECOMPOSED)
    assert person.name == unicodedata.normalize("NFC", COMPOSED)
    assert people.find_by_name(session, f" {COMPOSED} ") == person
    with pytest.raises(NotAllowed) as taken:
        a_person(session, name=COMPOSED)
    assert taken.value.code == "name-taken"


@pytest.mark.parametrize("name", ["", "  ", "ক" * 65, "two words", "../up", "a\x00b", "a\nb", "🙂"])
def test_what_is_no_name_is_invalid(session: Session, name: str) -> None:
    with pytest.raises(Invalid):
        a_person(session, name=name)
    assert people.find_by_name(session, name) is None


@pytest.mark.parametrize("name", ["র‍্যাঙ্ক", "ক" * 64, "teacher2", "rina.begum@school-7"])
def test_names_in_any_script_are_welcome(session: Session, name: str) -> None:
    assert a_person(session, name=name).name == name


@pytest.mark.parametrize(
    "facts", [{"role": "king"}, {"language": "fr"}, {"gender": "unknown"}, {"role": "Teacher"}]
)
def test_what_is_not_on_the_list_is_invalid(session: Session, facts: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        a_person(session, **facts)  # type: ignore[arg-type]


def test_gender_and_school_may_be_left_out(session: Session) -> None:
    person = a_person(session, school=None)
    assert (person.gender, person.school) == (None, None)


def test_a_school_is_kept_once(session: Session) -> None:
    assert a_person(session).school_id == a_person(session).school_id


def test_a_removed_person_has_no_access_and_no_heir(session: Session) -> None:
    person = a_person(session, name="রিনা")
    token = sign_ins.open_session(session, person.id)
    people.remove_person(session, person.id)

    assert sign_ins.person_of(session, token) is None
    assert people.roles_of(session, person.id) == []
    assert people.find_by_name(session, "রিনা") is None
    with pytest.raises(NotFound):
        people.get_person(session, person.id)
    assert a_person(session, name="রিনা").id != person.id


def test_giving_access_leaves_a_trail(session: Session) -> None:
    a_person(session, role="evaluator")
    assert audit.find_break(session) is None
    assert [person.display_name for person in people.list_people(session)]


def test_colleagues_are_of_the_same_school_or_cohort(session: Session) -> None:
    me = a_person(session, cohort="ব্যাচ ১")
    near = a_person(session, cohort=None, display_name="ক্ষমা, রানী")
    together = a_person(session, cohort="ব্যাচ ১", school=OTHER_SCHOOL, display_name="জ্যোৎস্না")
    a_person(session, cohort="ব্যাচ ২", school=OTHER_SCHOOL)
    gone = a_person(session, cohort="ব্যাচ ১")
    people.remove_person(session, gone.id)

    assert {person.id for person in people.colleagues(session, me)} == {near.id, together.id}
    assert people.colleagues(session, me, "জ্যোৎ") == [together]
    assert people.colleagues(session, me, "%") == []
    assert cohorts.share_cohort(session, me.id, together.id)
    assert not cohorts.share_cohort(session, me.id, near.id)


def test_joining_a_cohort_twice_changes_nothing(session: Session) -> None:
    person = a_person(session, cohort="ব্যাচ ১")
    cohort = cohorts.cohorts_of(session, person.id)[0]
    cohorts.add_member(session, cohort.id, person.id)
    assert [each.name for each in cohorts.cohorts_of(session, person.id)] == ["ব্যাচ ১"]
    assert cohorts.ensure_cohort(session, "ব্যাচ ১", cohort.course).id == cohort.id


def test_a_token_is_kept_only_as_its_hash(session: Session) -> None:
    person = a_person(session)
    token = sign_ins.open_session(session, person.id)
    session.flush()
    kept = session.get(SignedIn, sign_ins._hash(token))
    assert kept is not None and token not in kept.token_hash
    assert sign_ins.person_of(session, token) == person
    assert sign_ins.person_of(session, token + "x") is None
    assert sign_ins.person_of(session, "\ud800") is None


@pytest.mark.parametrize(("role", "hours"), [("teacher", 14 * 24), ("evaluator", 12)])
def test_an_idle_browser_is_signed_out(
    session: Session, clock: Clock, role: str, hours: int
) -> None:
    person = a_person(session, role=role)
    token = sign_ins.open_session(session, person.id)
    clock.move(hours=hours - 1)
    visit = sign_ins.find_visit(session, token)
    assert visit is not None and visit.is_due and visit.roles == [role]
    sign_ins.mark_seen(session, token)
    clock.move(hours=hours - 1)
    assert sign_ins.person_of(session, token) == person
    clock.move(hours=2)
    assert sign_ins.person_of(session, token) is None


def test_one_question_tells_who_asks_and_whether_the_module_is_taught(session: Session) -> None:
    a_version(session)
    house = "pathshala-pages/home"
    a_version(session, house)
    session.get_one(Module, house).route = ""
    a_version(session, "pairs/hidden")
    session.get_one(Module, "pairs/hidden").current_version_id = None
    session.flush()
    teacher, evaluator = a_person(session), a_person(session, role="evaluator")
    for person in (teacher, evaluator):
        token = sign_ins.open_session(session, person.id)
        session.flush()
        for module, is_taught in ((MODULE, True), (house, False), ("pairs/hidden", False)):
            with asking(session) as asked:
                visit = sign_ins.find_visit(session, token, module)
            assert visit is not None and visit.person == person
            assert visit.is_taught is is_taught and len(asked) == 1
        for nothing in ("pairs/none", None):
            visit = sign_ins.find_visit(session, token, nothing)
            assert visit is not None and not visit.is_taught


def test_signing_out_ends_one_browser(session: Session) -> None:
    person = a_person(session)
    here, there = (sign_ins.open_session(session, person.id) for _ in range(2))
    sign_ins.close_session(session, here)
    sign_ins.close_session(session, here)
    assert sign_ins.person_of(session, here) is None
    assert sign_ins.person_of(session, there) == person
