"""A code lets in whom it is for, however it was typed, and says clearly when it is over."""

from dataclasses import replace

import pytest

from learning import cohorts, joining, people, places
from learning.joining import Newcomer
from store.database import Session
from store.errors import Invalid, NotAllowed, NotFound
from store.tables import Cohort, Person
from tests.factories import COURSE, SCHOOL, Clock, a_person

RAHIMA = Newcomer(
    name="০১৭১২-৩৪৫৬৭৮",
    display_name="মোছাঃ রহিমা খাতুন",
    password_hash="$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
    school=SCHOOL,
    gender=None,
    language="bn",
    has_consented=True,
)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return cohorts.create_cohort(session, "ঈশ্বরগঞ্জ, ২য় ব্যাচ", COURSE)


@pytest.fixture
def careful(session: Session) -> Cohort:
    """A cohort that asks for approval."""
    return cohorts.create_cohort(session, "দুঃসাহসী ব্যাচ", COURSE, needs_approval=True)


def test_a_code_can_be_read_aloud(session: Session, cohort: Cohort) -> None:
    codes = {joining.create_code(session, cohort.id).code for _ in range(50)}
    assert len(codes) == 50
    assert not set("".join(codes)) & set("01OIL")
    assert joining.spelled("ABCD2345") == "ABCD-2345"


@pytest.mark.parametrize(
    "typed",
    ["abcd2345", " AB CD-23 45 ", "abcd২৩৪৫", "ABCD–2345", "ＡＢＣＤ２３４５"],
)
def test_a_typed_code_is_forgiven_its_case_spaces_and_digits(typed: str) -> None:
    assert joining.normalise_code(typed) == "ABCD2345"


def test_a_newcomer_is_in_the_cohort_and_a_teacher_at_once(
    session: Session, cohort: Cohort
) -> None:
    code = joining.create_code(session, cohort.id, uses=2, days=30)
    person = joining.join_as_new(session, code.code.lower(), RAHIMA)
    assert person.name == "01712345678"
    assert people.find_by_name(session, "+৮৮০ ১৭১২ ৩৪৫৬৭৮") is person
    assert people.roles_of(session, person.id) == ["teacher"]
    assert cohorts.cohorts_of(session, person.id) == [cohort]
    assert person.consented_at is not None and person.consent_version == joining.CONSENT_VERSION
    assert joining.schools_of(session, *SCHOOL[1:]) == [SCHOOL[0]]
    assert code.uses == 1


def test_a_code_is_over_when_used_up_ended_or_out_of_time(
    session: Session, cohort: Cohort, clock: Clock
) -> None:
    once = joining.create_code(session, cohort.id, uses=1).code
    joining.join_as_new(session, once, RAHIMA)
    ended = joining.create_code(session, cohort.id).code
    joining.end_code(session, ended)
    short = joining.create_code(session, cohort.id, days=2).code
    assert joining.get_invitation(session, short).cohort == cohort.name
    clock.move(days=2)
    for code, problem in (
        (once, "join-code-used-up"),
        (ended, "join-code-ended"),
        (short, "join-code-ended"),
    ):
        with pytest.raises(NotAllowed, match=problem):
            joining.get_invitation(session, code)
        with pytest.raises(NotAllowed, match=problem):
            joining.join_as_new(session, code, replace(RAHIMA, name="02"))
    with pytest.raises(NotFound, match="join-code-unknown"):
        joining.get_invitation(session, "ZZZZ-9999")


def test_nobody_joins_without_consent_or_under_a_taken_name(
    session: Session, cohort: Cohort
) -> None:
    code = joining.create_code(session, cohort.id).code
    with pytest.raises(Invalid, match="consent-needed"):
        joining.join_as_new(session, code, replace(RAHIMA, has_consented=False))
    joining.join_as_new(session, code, RAHIMA)
    with pytest.raises(NotAllowed, match="name-taken"):
        joining.join_as_new(session, code, replace(RAHIMA, name="01712 345678"))


def test_who_waits_for_approval_is_nobody_yet(session: Session, careful: Cohort) -> None:
    code = joining.create_code(session, careful.id).code
    person = joining.join_as_new(session, code, RAHIMA)
    assert people.roles_of(session, person.id) == []
    assert cohorts.cohorts_of(session, person.id) == []
    trainer, stranger = a_person(session, role="trainer", cohort=None), a_person(session)
    cohorts.give_staff(session, careful.id, trainer.id, "trainer")
    ((request, _, asking),) = joining.requests_for(session, trainer)
    assert asking is person
    assert joining.requests_for(session, stranger) == []
    with pytest.raises(NotFound, match="join-request-not-found"):
        joining.settle(session, request.id, accept=True, by=stranger)
    joining.settle(session, request.id, accept=True, by=trainer)
    joining.settle(session, request.id, accept=True, by=trainer)
    assert people.roles_of(session, person.id) == ["teacher"]
    assert cohorts.cohorts_of(session, person.id) == [careful]
    with pytest.raises(NotAllowed, match="join-request-settled"):
        joining.settle(session, request.id, accept=False, by=trainer)


def test_who_was_removed_meanwhile_is_not_let_in(session: Session, careful: Cohort) -> None:
    person = joining.join_as_new(session, joining.create_code(session, careful.id).code, RAHIMA)
    ((request, _),) = joining.requests_of(session, person)
    people.remove_person(session, person.id)
    with pytest.raises(NotFound, match="person-not-found"):
        joining.settle(session, request.id, accept=True)


def test_who_was_refused_stays_outside_and_may_ask_again(session: Session, careful: Cohort) -> None:
    code = joining.create_code(session, careful.id).code
    person = joining.join_as_new(session, code, RAHIMA)
    ((request, _),) = joining.requests_of(session, person)
    joining.settle(session, request.id, accept=False)
    assert people.roles_of(session, person.id) == []
    assert joining.join(session, code, person) is True
    states = [request.state for request, _ in joining.requests_of(session, person)]
    assert states == ["waiting", "refused"]


def test_who_asked_waits_even_if_others_need_no_approval_by_now(
    session: Session, careful: Cohort
) -> None:
    code = joining.create_code(session, careful.id).code
    person = joining.join_as_new(session, code, RAHIMA)
    cohorts.set_approval(session, careful.id, False, by="command")
    assert joining.join(session, code, person) is True
    assert cohorts.cohorts_of(session, person.id) == []


def test_a_teacher_joins_a_second_cohort_once(session: Session, cohort: Cohort) -> None:
    person = a_person(session)
    code = joining.create_code(session, cohort.id)
    assert joining.join(session, code.code, person) is False
    assert cohort in cohorts.cohorts_of(session, person.id)
    with pytest.raises(NotAllowed, match="already-in-cohort"):
        joining.join(session, code.code, person)
    assert code.uses == 1


def test_a_trainer_resets_passwords_of_his_teachers_alone(session: Session) -> None:
    mine, trainer = a_person(session), a_person(session, role="trainer")
    admin = a_person(session, role="administrator", cohort=None)
    theirs, unplaced = a_person(session, cohort="অন্য ব্যাচ"), a_person(session, cohort=None)
    colleague = a_person(session, role="evaluator")
    cohort = cohorts.cohorts_of(session, mine.id)[0]
    cohorts.add_member(session, cohort.id, colleague.id)

    def may(staff: Person) -> list[bool]:
        others = (mine, theirs, unplaced, colleague, trainer, admin)
        return [cohorts.may_reset_password(session, staff, each) for each in others]

    assert may(trainer) == [True, False, False, False, False, False]
    assert may(admin) == [True, True, True, True, True, False]
    assert may(mine) == [False] * 6


def test_a_new_password_signs_out_everywhere(session: Session) -> None:
    from learning import sign_ins

    person = a_person(session)
    token = sign_ins.open_session(session, person.id)
    people.set_password(session, person.id, "$argon2id$", by="command", is_temporary=True)
    assert sign_ins.person_of(session, token) is None
    assert person.password_is_temporary


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("মধুপুর, টাঙ্গাইল", ["মধুপুর, টাঙ্গাইল"]),
        ("madhupur", ["মধুপুর, টাঙ্গাইল"]),
        ("Mirpur", ["মিরপুর, কুষ্টিয়া", "মিরপুর, ঢাকা"]),
        ("মিরপুর,ঢাকা", ["মিরপুর, ঢাকা"]),
        ("আটলান্টিস", []),
        ("", []),
    ],
)
def test_a_typed_place_is_found_in_both_languages(typed: str, found: list[str]) -> None:
    assert [place.label("bn") for place in places.find_places(typed)] == found


def test_every_district_is_there() -> None:
    everywhere = places.all_places()
    assert len({place.district for place in everywhere}) == 64
    assert len({place.district_en for place in everywhere}) == 64
    labels = [place.label(language) for place in everywhere for language in ("bn", "en")]
    assert len(set(labels)) == len(labels)
