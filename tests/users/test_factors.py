"""A second factor: enrolled by its person, taken once, never guessed, lost and begun anew by two administrators."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pyotp
import pytest
from django.conf import LazySettings

from linli.foundation.data.crypto import EnvelopeBroken
from linli.foundation.trail.acts import NotSure, sure_acts
from linli.foundation.trail.models import AuditEntry
from linli.ground.users.codes import AccessKind, AccessState, NoticeKind, Role
from linli.ground.users.models import AccessRequest, AccountNotice, Factor, User
from linli.ground.users.operations import (
    AccessAsked,
    AccessOfClosed,
    AccountNotActive,
    AccountNowhere,
    AlreadySetUp,
    FactorGuessed,
    FactorKnown,
    FactorNameMissing,
    FactorWrong,
    LastAdministrator,
    LastFactor,
    OneIsEnough,
    PasskeyRefused,
    RecoveryNeeded,
    TwoNeeded,
    appoint_security,
    assign,
    close_account,
    confirm_recovery,
    confirm_role,
    create_user,
    end_assignment,
    enrol_passkey,
    enrol_totp,
    hand_out_password,
    propose_recovery,
    propose_role,
    prove,
    refuse_access,
    remove_factor,
    reopen_account,
    withdraw_access,
)
from linli.ground.users.operations import factors as second
from linli.ground.users.operations.assignments import RolesApart
from linli.ground.users.operations.factors import Shown, Whence
from linli.ground.users.queries import NotPermitted, authority_of
from linli.ground.users.queries.factors import active_factors
from linli.ground.users.steps import OwnAccess
from linli.kernel.act import Act
from linli.kernel.steps import SamePerson, StepNotPossible
from tests.conftest import MONDAY, Community, Staff, at, system_act
from tests.passkeys import SITE, Passkey

NOON = datetime(2026, 3, 9, 4, 0, 10, tzinfo=UTC)
OTHER_SECRET = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def by(person: User, day: date = MONDAY, *, sure: bool = True) -> Act:
    return Act(person, at(day), sure=sure)


def code(moment: datetime = NOON, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(moment)


def enrol(person: User, moment: datetime = NOON, secret: str = SECRET) -> Factor:
    return enrol_totp(by(person), secret=secret, code=code(moment, secret), name="手机", moment=moment)


LATER = NOON + timedelta(minutes=2)


def guess(person: User, whence: Whence, times: int) -> None:
    for _time in range(times):
        with pytest.raises((FactorWrong, FactorGuessed)):
            prove(by(person), shown=Shown(code="000000"), moment=LATER, whence=whence)


class TestAuthenticator:
    def test_is_enrolled_by_the_code_that_it_shows(self, staff: Staff):
        row = enrol(staff.clerk)

        assert (active_factors(staff.clerk.pk), SECRET in row.secret) == ([row], False)

    def test_is_not_enrolled_by_another_code(self, staff: Staff):
        with pytest.raises(FactorWrong):
            enrol_totp(by(staff.clerk), secret=SECRET, code="000000", name="手机", moment=NOON)

        assert active_factors(staff.clerk.pk) == []

    @pytest.mark.parametrize("name", ["", " ", "长" * 41])
    def test_has_a_name(self, staff: Staff, name: str):
        with pytest.raises(FactorNameMissing):
            enrol_totp(by(staff.clerk), secret=SECRET, code=code(), name=name, moment=NOON)

    @pytest.mark.parametrize("off", [-30, 0, 30])
    def test_is_taken_within_half_a_minute(self, staff: Staff, off: int):
        enrol(staff.clerk)

        prove(by(staff.clerk), shown=Shown(code=code(LATER + timedelta(seconds=off))), moment=LATER)

        assert AuditEntry.objects.filter(act="users.accept_factor", actor_id=staff.clerk.pk).count() == 1

    @pytest.mark.parametrize("off", [-90, 90])
    def test_is_refused_before_and_after(self, staff: Staff, off: int):
        enrol(staff.clerk)

        with pytest.raises(FactorWrong):
            prove(by(staff.clerk), shown=Shown(code=code(LATER + timedelta(seconds=off))), moment=LATER)

    @pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", " {0}{1} "])
    def test_is_read_however_it_is_typed(self, staff: Staff, typed: str):
        enrol(staff.clerk)
        said = code(LATER)

        prove(by(staff.clerk), shown=Shown(code=typed.format(said[:3], said[3:])), moment=LATER)

    def test_is_taken_once(self, staff: Staff):
        enrol(staff.clerk)
        prove(by(staff.clerk), shown=Shown(code=code(LATER)), moment=LATER)

        with pytest.raises(FactorWrong):
            prove(by(staff.clerk), shown=Shown(code=code(LATER)), moment=LATER)

    def test_that_was_shown_later_makes_an_earlier_one_void(self, staff: Staff):
        """Who read a code over a shoulder does not get in behind a newer one."""
        enrol(staff.clerk)
        prove(by(staff.clerk), shown=Shown(code=code(LATER + timedelta(seconds=30))), moment=LATER)

        with pytest.raises(FactorWrong):
            prove(by(staff.clerk), shown=Shown(code=code(LATER)), moment=LATER)

    def test_of_another_account_is_nothing(self, staff: Staff):
        enrol(staff.clerk)

        with pytest.raises(FactorWrong):
            prove(by(staff.director), shown=Shown(code=code(LATER)), moment=LATER)

    def test_is_guessed_six_times_and_then_not_even_the_right_one_is_taken(self, staff: Staff):
        enrol(staff.clerk)
        for _time in range(6):
            with pytest.raises(FactorWrong):
                prove(by(staff.clerk), shown=Shown(code="000000"), moment=LATER)

        with pytest.raises(FactorGuessed):
            prove(by(staff.clerk), shown=Shown(code=code(LATER)), moment=LATER)

    def test_is_guessed_six_times_from_one_place_without_harm_to_its_person_elsewhere(self, staff: Staff):
        """Who has the password alone would keep its person out, from wherever they sit."""
        enrol(staff.clerk)
        guess(staff.clerk, Whence("203.0.113.1"), 7)

        prove(by(staff.clerk), shown=Shown(code=code(LATER)), moment=LATER, whence=Whence("198.51.100.1"))

    def test_is_guessed_eighteen_times_from_everywhere_but_for_browsers_that_are_known(self, staff: Staff):
        enrol(staff.clerk)
        for place in range(3):
            guess(staff.clerk, Whence(f"203.0.113.{place}"), 7)
        asked = {"shown": Shown(code=code(LATER)), "moment": LATER}

        with pytest.raises(FactorGuessed):
            prove(by(staff.clerk), whence=Whence("198.51.100.1"), **asked)
        prove(by(staff.clerk), whence=Whence("198.51.100.1", "desk"), **asked)

    def test_is_guessed_six_times_in_a_known_browser_too(self, staff: Staff):
        enrol(staff.clerk)
        guess(staff.clerk, Whence("203.0.113.1", "desk"), 6)

        with pytest.raises(FactorGuessed):
            prove(
                by(staff.clerk),
                shown=Shown(code=code(LATER)),
                moment=LATER,
                whence=Whence("198.51.100.1", "desk"),
            )

    def test_of_one_person_that_is_guessed_holds_nobody_else_off(self, staff: Staff):
        enrol(staff.clerk)
        enrol(staff.director)
        guess(staff.clerk, Whence("203.0.113.1"), 7)

        asked = {"shown": Shown(code=code(LATER)), "moment": LATER}
        prove(by(staff.director), whence=Whence("203.0.113.1"), **asked)

    def test_that_is_right_is_no_guess(self, staff: Staff):
        enrol(staff.clerk)

        for time in range(10):
            moment = LATER + timedelta(seconds=40 * time)
            prove(by(staff.clerk), shown=Shown(code=code(moment)), moment=moment)

    def test_secret_in_a_form_is_one_persons(self, staff: Staff):
        sealed = second.pending(SECRET, staff.clerk.pk, NOON)

        assert second.opened(sealed, staff.clerk.pk, LATER) == SECRET
        with pytest.raises(EnvelopeBroken):
            second.opened(sealed, staff.director.pk, LATER)

    @pytest.mark.parametrize(
        "told",
        ["", "v1.x.y", second.seal(SECRET, aad="users_factor|pending:1|secret")],
        ids=["nothing", "no envelope", "without its day"],
    )
    def test_secret_in_a_form_is_one_that_we_sealed(self, told: str):
        with pytest.raises(EnvelopeBroken):
            second.opened(told, 1, LATER)

    def test_secret_in_a_form_lasts_a_day(self, staff: Staff):
        """Who kept one of last year knows what an authenticator of today would show."""
        sealed = second.pending(SECRET, staff.clerk.pk, NOON)
        day = timedelta(days=1)

        assert second.opened(sealed, staff.clerk.pk, NOON + day) == SECRET
        with pytest.raises(EnvelopeBroken):
            second.opened(sealed, staff.clerk.pk, NOON + day + timedelta(seconds=1))

    def test_is_registered_once(self, staff: Staff):
        """Each code would be taken twice: once for each row."""
        enrol(staff.clerk)

        with pytest.raises(FactorKnown):
            enrol(staff.clerk, LATER)
        assert len(active_factors(staff.clerk.pk)) == 1

    def test_that_was_removed_does_not_come_back(self, staff: Staff):
        """It may be the one that was lost; and its last code would be taken again."""
        remove_factor(by(staff.volunteer), factor_id=enrol(staff.volunteer).pk)

        with pytest.raises(FactorKnown):
            enrol(staff.volunteer)

    def test_of_one_person_says_nothing_of_anothers(self, staff: Staff):
        enrol(staff.clerk)

        assert enrol(staff.director).pk

    def test_of_a_closed_account_enrols_nothing(self, staff: Staff):
        """A page that was open when it was closed."""
        User.objects.filter(pk=staff.clerk.pk).update(is_active=False)
        with pytest.raises(NotPermitted):
            enrol(staff.clerk)

    def test_whose_key_is_gone_keeps_nobody_from_enrolling_anew(self, staff: Staff):
        row = enrol(staff.clerk)
        Factor.objects.filter(pk=row.pk).update(secret="v1.gone." + row.secret.rpartition(".")[2])

        assert enrol(staff.clerk, LATER, OTHER_SECRET).pk

    def test_ends_the_sessions_of_who_had_shown_a_password_alone(self, staff: Staff):
        before = staff.clerk.sessions_round
        enrol(staff.clerk)
        first = User.objects.get(pk=staff.clerk.pk).sessions_round
        enrol(staff.clerk, LATER, OTHER_SECRET)

        assert (first, User.objects.get(pk=staff.clerk.pk).sessions_round) == (before + 1, before + 1)

    def test_a_second_one_is_added_by_who_just_showed_the_first(self, staff: Staff):
        enrol(staff.clerk)
        asked = {"secret": OTHER_SECRET, "code": code(LATER, OTHER_SECRET), "name": "另一部", "moment": LATER}

        with pytest.raises(NotSure):
            enrol_totp(by(staff.clerk, sure=False), **asked)
        enrol_totp(by(staff.clerk), **asked)

    def test_is_removed_and_shows_nothing_any_more(self, staff: Staff, settings: LazySettings):
        settings.SECOND_FACTOR = False
        remove_factor(by(staff.clerk), factor_id=enrol(staff.clerk).pk)

        with pytest.raises(FactorWrong):
            prove(by(staff.clerk), shown=Shown(code=code(LATER)), moment=LATER)

    def test_the_last_one_stays_with_who_works_in_an_office(self, staff: Staff):
        row = enrol(staff.clerk)

        with pytest.raises(LastFactor):
            remove_factor(by(staff.clerk), factor_id=row.pk)

    def test_a_volunteer_may_go_without(self, staff: Staff):
        remove_factor(by(staff.volunteer), factor_id=enrol(staff.volunteer).pk)

        assert active_factors(staff.volunteer.pk) == []

    def test_of_somebody_else_is_not_removed(self, staff: Staff):
        row = enrol(staff.clerk)

        with pytest.raises(NotPermitted):
            remove_factor(by(staff.administrator), factor_id=row.pk)

    def test_its_person_is_told_of_each(self, staff: Staff):
        row = enrol(staff.volunteer)
        remove_factor(by(staff.volunteer), factor_id=row.pk)

        kinds = AccountNotice.objects.filter(user=staff.volunteer).order_by("pk").values_list("kind", flat=True)
        assert list(kinds) == [NoticeKind.ENROLLED, NoticeKind.REMOVED]


ASKED_FIRST, ASKED_THEN = "Y2hhbGxlbmdlIG9uZQ", "Y2hhbGxlbmdlIHR3bw"


class TestBrokenEnvelope:
    """An authenticator whose secret did not open shut out the healthy one, and guesses were counted nowhere."""

    @pytest.fixture
    def two(self, staff: Staff) -> tuple[Factor, Factor]:
        return enrol(staff.clerk), enrol(staff.clerk, LATER, OTHER_SECRET)

    @pytest.mark.parametrize("broken", [0, 1])
    def test_shuts_out_no_other_authenticator(self, staff: Staff, two: tuple[Factor, Factor], broken: int):
        Factor.objects.filter(pk=two[broken].pk).update(secret="v1.GONE.AAAA")
        after, secret = LATER + timedelta(minutes=2), (OTHER_SECRET, SECRET)[broken]

        prove(by(staff.clerk), shown=Shown(code=code(after, secret)), moment=after, whence=Whence())

        assert Factor.objects.get(pk=two[1 - broken].pk).counter > two[1 - broken].counter

    def test_shows_nothing_itself_and_guesses_are_counted(self, staff: Staff, two: tuple[Factor, Factor]):
        Factor.objects.update(secret="v1.GONE.AAAA")
        after = LATER + timedelta(minutes=2)

        for _guess in range(6):
            with pytest.raises(FactorWrong):
                prove(by(staff.clerk), shown=Shown(code=code(after)), moment=after, whence=Whence())
        with pytest.raises(FactorGuessed):
            prove(by(staff.clerk), shown=Shown(code=code(after)), moment=after, whence=Whence())


def make_passkey(person: User, key: Passkey, challenge: str = ASKED_FIRST) -> Factor:
    return enrol_passkey(by(person), answer=key.made(challenge), challenge=challenge, site=SITE, name="通行密钥")


def show_passkey(person: User, answer: str, challenge: str) -> None:
    prove(by(person), shown=Shown(passkey=answer, challenge=challenge, site=SITE), moment=LATER)


class TestPasskey:
    def test_is_enrolled_and_shown_by_its_answer_to_what_was_asked(self, staff: Staff):
        key = Passkey()
        row = make_passkey(staff.clerk, key)
        show_passkey(staff.clerk, key.shown(ASKED_THEN), ASKED_THEN)

        assert (row.credential, active_factors(staff.clerk.pk)) == (key.credential.hex(), [row])

    def test_answer_to_another_challenge_is_none(self, staff: Staff):
        key = Passkey()
        make_passkey(staff.clerk, key)

        with pytest.raises(FactorWrong):
            show_passkey(staff.clerk, key.shown(ASKED_FIRST), ASKED_THEN)

    def test_answer_where_nothing_was_asked_is_none(self, staff: Staff):
        """It would be right again and again."""
        key = Passkey()
        make_passkey(staff.clerk, key)

        with pytest.raises(FactorWrong):
            show_passkey(staff.clerk, key.shown(""), "")

    def test_is_not_enrolled_where_nothing_was_asked(self, staff: Staff):
        with pytest.raises(PasskeyRefused):
            make_passkey(staff.clerk, Passkey(), "")

    def test_is_registered_once_whoever_has_it(self, staff: Staff):
        key = Passkey()
        make_passkey(staff.clerk, key)

        for person in (staff.clerk, staff.director):
            with pytest.raises(FactorKnown):
                make_passkey(person, key)


NOTHING = ["", "[" * 20_000, '{"a":' * 4_000, "null", "7", "{}", '{"id": 1}', "\ud800", "\x00", "[" * 20_001]
KEYS: list[dict[int, object]] = [
    {},
    {1: 2},
    {1: 2, 3: -7},
    {1: 2, 3: -7, -1: 9, -2: b"", -3: b""},
    {1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)},
    {1: 9, 3: -7, -1: 1, -2: b"x", -3: b"y"},
    {1: 3, 3: -257},
]


class TestStrangeAnswer:
    """Whatever it breaks in the library that reads it is a refusal."""

    @pytest.mark.parametrize("answer", NOTHING)
    def test_is_no_passkey_that_is_shown(self, staff: Staff, answer: str):
        make_passkey(staff.clerk, Passkey())

        with pytest.raises(FactorWrong):
            show_passkey(staff.clerk, answer, ASKED_THEN)

    @pytest.mark.parametrize("answer", NOTHING)
    def test_is_no_passkey_that_is_enrolled(self, staff: Staff, answer: str):
        with pytest.raises(PasskeyRefused):
            enrol_passkey(by(staff.clerk), answer=answer, challenge=ASKED_FIRST, site=SITE, name="通行密钥")

    @pytest.mark.parametrize("cose", KEYS)
    def test_with_a_key_that_is_none_is_not_enrolled(self, staff: Staff, cose: dict[int, object]):
        with pytest.raises(PasskeyRefused):
            enrol_passkey(
                by(staff.clerk),
                answer=Passkey().made(ASKED_FIRST, cose=cose),
                challenge=ASKED_FIRST,
                site=SITE,
                name="通行密钥",
            )

    def test_with_a_name_longer_than_is_kept_is_not_enrolled(self, staff: Staff):
        with pytest.raises(PasskeyRefused):
            make_passkey(staff.clerk, Passkey(credential=b"x" * 701))

    def test_is_not_even_read_above_twenty_thousand_signs(self, staff: Staff, monkeypatch: pytest.MonkeyPatch):
        key, read = Passkey(), list[str]()
        make_passkey(staff.clerk, key)
        known = second.webauthn.verify_authentication_response
        monkeypatch.setattr(
            second.webauthn,
            "verify_authentication_response",
            lambda **told: (read.append(told["credential"]), known(**told))[1],
        )
        answer = key.shown(ASKED_THEN)
        longer, long = (f'{{"more":"{"x" * (length - len(answer) - 10)}",{answer[1:]}' for length in (20_001, 20_000))
        with pytest.raises(FactorWrong):
            show_passkey(staff.clerk, longer, ASKED_THEN)
        show_passkey(staff.clerk, long, ASKED_THEN)

        assert [len(one) for one in read] == [20_000]

    @pytest.mark.parametrize("broken", ["", "a0", "zz", "a10102"])
    def test_by_a_key_that_was_broken_in_the_table_is_none(self, staff: Staff, broken: str):
        key = Passkey()
        row = make_passkey(staff.clerk, key)
        Factor.objects.filter(pk=row.pk).update(public_key=broken)

        with pytest.raises(FactorWrong):
            show_passkey(staff.clerk, key.shown(ASKED_THEN), ASKED_THEN)


@pytest.fixture
def newcomer(community: Community, db: None) -> User:
    """Somebody who came with a start password and enrolled."""
    user = create_user(system_act(), username="new", name="钱多", area_id=community.street.pk)
    enrol(user)
    return user


ASKED = {"role": Role.FINANCE_MAKER, "valid_from": date(2026, 3, 10), "reason": "接替吴敏"}


class TestRoleGivenByTwo:
    def test_is_given_by_no_one_alone(self, staff: Staff, newcomer: User, community: Community):
        with pytest.raises(TwoNeeded):
            assign(
                by(staff.administrator),
                user_id=newcomer.pk,
                role=Role.FINANCE_MAKER,
                area_id=community.street.pk,
                valid_from=date(2026, 3, 10),
            )

    def test_is_held_only_once_another_agreed(self, staff: Staff, newcomer: User, community: Community):
        row = propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)
        before = authority_of(newcomer, date(2026, 3, 10)).holds(Role.FINANCE_MAKER)
        confirm_role(by(staff.security), request_id=row.pk, note="已当面核实")

        assert (before, authority_of(newcomer, date(2026, 3, 10)).holds(Role.FINANCE_MAKER)) == (False, True)

    def test_begins_no_earlier_than_it_may_when_it_is_decided(self, staff: Staff, newcomer: User, community: Community):
        row = propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)
        row = confirm_role(by(staff.security, date(2026, 3, 20)), request_id=row.pk, note="已当面核实")

        assert row.assignment
        assert row.assignment.valid_from >= date(2026, 3, 20)

    @pytest.mark.parametrize("post", ["administrator", "director", "auditor", "street_officer", "maker"])
    def test_is_decided_by_who_answers_for_security_alone(
        self, staff: Staff, newcomer: User, community: Community, post: str
    ):
        row = propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)

        with pytest.raises(NotPermitted):
            confirm_role(by(getattr(staff, post)), request_id=row.pk, note="好")

    def test_is_not_decided_by_who_asked(self, staff: Staff, newcomer: User, community: Community):
        """Even somebody in whom both roles meet, which the product lets nobody make."""
        assign(
            system_act(),
            user_id=staff.administrator.pk,
            role=Role.SECURITY_ADMINISTRATOR,
            area_id=community.district.pk,
            valid_from=MONDAY,
        )
        row = propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)

        with pytest.raises(SamePerson):
            confirm_role(by(staff.administrator), request_id=row.pk, note="好")

    def test_is_not_decided_on_oneself(self, staff: Staff, community: Community):
        enrol(staff.security)
        asked = {**ASKED, "role": Role.STREET_OFFICER}
        row = propose_role(by(staff.administrator), user_id=staff.security.pk, area_id=community.street.pk, **asked)

        with pytest.raises(OwnAccess):
            confirm_role(by(staff.security), request_id=row.pk, note="好")

    def test_is_given_to_who_has_come_in_person(self, staff: Staff, community: Community):
        """An account whose start password one administrator knows is nobody yet."""
        user = create_user(system_act(), username="nobody", name="无名", area_id=community.street.pk)
        row = propose_role(by(staff.administrator), user_id=user.pk, area_id=community.street.pk, **ASKED)

        with pytest.raises(AccountNotActive):
            confirm_role(by(staff.security), request_id=row.pk, note="好")

    def test_that_one_gives_is_not_asked_for(self, staff: Staff, newcomer: User, community: Community):
        with pytest.raises(OneIsEnough):
            propose_role(
                by(staff.administrator),
                user_id=newcomer.pk,
                area_id=community.community.pk,
                **{**ASKED, "role": Role.COMMUNITY_WORKER},
            )

    def test_is_asked_for_once_at_a_time(self, staff: Staff, newcomer: User, community: Community):
        propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)

        with pytest.raises(AccessAsked):
            propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)

    @pytest.mark.parametrize(
        ("decide", "state"),
        [
            (lambda staff, pk: refuse_access(by(staff.security), request_id=pk, note="本人不知"), AccessState.REFUSED),
            (lambda staff, pk: withdraw_access(by(staff.administrator), request_id=pk), AccessState.WITHDRAWN),
        ],
    )
    def test_refused_or_withdrawn_gives_nothing(
        self,
        staff: Staff,
        newcomer: User,
        community: Community,
        decide: Callable[[Staff, int], object],
        state: AccessState,
    ):
        row = propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)
        decide(staff, row.pk)

        row.refresh_from_db()
        assert (row.state, authority_of(newcomer, date(2026, 4, 1)).held) == (state, ())
        with pytest.raises(StepNotPossible):
            confirm_role(by(staff.security), request_id=row.pk, note="好")

    def test_what_must_not_meet_is_asked_again_when_it_is_decided(
        self, staff: Staff, newcomer: User, community: Community
    ):
        row = propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)
        assign(
            system_act(),
            user_id=newcomer.pk,
            role=Role.FINANCE_CHECKER,
            area_id=community.street.pk,
            valid_from=MONDAY,
        )

        with pytest.raises(RolesApart):
            confirm_role(by(staff.security), request_id=row.pk, note="好")

    def test_its_person_is_told(self, staff: Staff, newcomer: User, community: Community):
        row = propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)
        confirm_role(by(staff.security), request_id=row.pk, note="已当面核实")

        assert AccountNotice.objects.filter(user=newcomer, kind=NoticeKind.ROLE, by_id=staff.security.pk).exists()


def asked_for(staff: Staff, newcomer: User, community: Community) -> list[AccessRequest]:
    """A role for somebody, and that somebody else may begin anew, both asked by one administrator."""
    return [
        propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED),
        propose_recovery(by(staff.administrator), user_id=staff.maker.pk, half="abcd-efgh", reason="手机遗失"),
    ]


def decide(staff: Staff, row: AccessRequest) -> None:
    if row.kind == AccessKind.ROLE:
        confirm_role(by(staff.security), request_id=row.pk, note="好")
    else:
        confirm_recovery(by(staff.security), request_id=row.pk, half="jkmn-pqrs", note="好")


class TestClosedAccount:
    @pytest.mark.parametrize(("whose", "withdrawn"), [("administrator", [0, 1]), ("newcomer", [0]), ("maker", [1])])
    def test_leaves_nothing_that_it_asked_for_or_that_is_asked_for_it(
        self, staff: Staff, newcomer: User, community: Community, whose: str, withdrawn: list[int]
    ):
        rows = asked_for(staff, newcomer, community)
        other = create_user(system_act(), username="second", name="第二人", area_id=community.district.pk)
        assign(
            system_act(),
            user_id=other.pk,
            role=Role.ADMINISTRATOR,
            area_id=community.district.pk,
            valid_from=MONDAY,
        )
        closing = newcomer if whose == "newcomer" else getattr(staff, whose)
        close_account(by(other), user_id=closing.pk, reason="离职")

        now = [AccessRequest.objects.get(pk=row.pk) for row in rows]
        assert [at for at, row in enumerate(now) if row.state == AccessState.WITHDRAWN] == withdrawn
        assert not [row for row in now if row.state == AccessState.WITHDRAWN and row.sealed_half]
        lines = AuditEntry.objects.filter(act="users.close_account", subject__startswith="access:")
        assert lines.count() == len(withdrawn)

    @pytest.mark.parametrize("at", [0, 1])
    @pytest.mark.parametrize("whose", ["user_id", "proposed_by_id"])
    def test_is_let_in_by_nothing_that_still_waits(
        self, staff: Staff, newcomer: User, community: Community, at: int, whose: str
    ):
        """Whatever was left open before closing withdrew it."""
        row = asked_for(staff, newcomer, community)[at]
        User.objects.filter(pk=getattr(row, whose)).update(is_active=False)

        with pytest.raises(AccessOfClosed):
            decide(staff, row)
        refuse_access(by(staff.security), request_id=row.pk, note="已离职")

    def test_that_is_opened_again_has_no_role_that_two_give(self, staff: Staff, newcomer: User, community: Community):
        """One administrator alone would give it back, years later."""
        grant = [(Role.FINANCE_MAKER, MONDAY), (Role.STREET_OFFICER, date(2026, 6, 1)), (Role.VOLUNTEER, MONDAY)]
        for role, since in grant:
            assign(system_act(), user_id=newcomer.pk, role=role, area_id=community.street.pk, valid_from=since)
        close_account(by(staff.administrator), user_id=newcomer.pk, reason="离职")
        reopen_account(by(staff.administrator), user_id=newcomer.pk)

        later = [held.role for day in (MONDAY, date(2026, 7, 1)) for held in authority_of(newcomer, day).held]
        user = User.objects.get(pk=newcomer.pk)
        ended = [entry.note for entry in AuditEntry.objects.filter(act="users.reopen_account") if "ended" in entry.note]
        assert (later, len(ended), user.money_from) == ([Role.VOLUNTEER] * 2, 2, date(2026, 3, 10))

    def test_that_is_opened_again_has_them_when_two_give_them_anew(
        self, staff: Staff, newcomer: User, community: Community
    ):
        close_account(by(staff.administrator), user_id=newcomer.pk, reason="离职")
        reopen_account(by(staff.administrator), user_id=newcomer.pk)
        row = propose_role(by(staff.administrator), user_id=newcomer.pk, area_id=community.street.pk, **ASKED)
        confirm_role(by(staff.security), request_id=row.pk, note="好")

        assert authority_of(newcomer, date(2026, 3, 10)).holds(Role.FINANCE_MAKER)

    def test_tells_its_person_that_it_was_opened_again(self, staff: Staff, newcomer: User):
        close_account(by(staff.administrator), user_id=newcomer.pk, reason="离职")
        reopen_account(by(staff.administrator), user_id=newcomer.pk)

        told = AccountNotice.objects.get(user=newcomer, kind=NoticeKind.REOPENED)
        assert told.by_id == staff.administrator.pk


class TestLastSecurity:
    def test_is_not_taken_from_its_place(self, staff: Staff):
        """Who asks could otherwise end whoever decides."""
        held = staff.security.assignments.get()

        with pytest.raises(LastAdministrator):
            end_assignment(by(staff.administrator), assignment_id=held.pk, valid_until=MONDAY)
        with pytest.raises(LastAdministrator):
            close_account(by(staff.administrator), user_id=staff.security.pk, reason="离职")

    def test_is_appointed_at_the_server_where_nobody_is_left(self, staff: Staff):
        with pytest.raises(AlreadySetUp):
            appoint_security(system_act(), username="second", name="第二人", password="correct horse battery")
        User.objects.filter(pk=staff.security.pk).update(is_active=False)

        assert appoint_security(system_act(), username="second", name="第二人", password="correct horse battery").pk


class TestRecovery:
    def test_takes_two_and_then_both_halves_let_in(self, staff: Staff):
        enrol(staff.maker)
        row = propose_recovery(by(staff.administrator), user_id=staff.maker.pk, half="abcd-efgh", reason="手机遗失")
        before = active_factors(staff.maker.pk)
        confirm_recovery(by(staff.security), request_id=row.pk, half="jkmn-pqrs", note="已当面核实")

        user = User.objects.get(pk=staff.maker.pk)
        row.refresh_from_db()
        halves = [user.check_password(word) for word in ("abcd-efgh", "jkmn-pqrs", "abcd-efgh-jkmn-pqrs")]
        assert (len(before), active_factors(user.pk), halves, user.must_change_password, row.sealed_half) == (
            1,
            [],
            [False, False, True],
            True,
            "",
        )

    def test_of_an_account_without_a_place_is_refused_in_words(self, staff: Staff):
        """Nobody answers for its security: there is no second one to agree."""
        nobody = create_user(system_act(), username="nobody", name="无名")

        with pytest.raises(AccountNowhere):
            propose_recovery(by(staff.administrator), user_id=nobody.pk, half="abcd-efgh", reason="手机遗失")

    def test_ends_every_session_and_lets_money_rest(self, staff: Staff):
        enrol(staff.maker)
        row = propose_recovery(by(staff.administrator), user_id=staff.maker.pk, half="abcd-efgh", reason="手机遗失")
        confirm_recovery(by(staff.security), request_id=row.pk, half="jkmn-pqrs", note="已当面核实")

        user = User.objects.get(pk=staff.maker.pk)
        today, next_day = (authority_of(user, day).holds(Role.FINANCE_MAKER) for day in (MONDAY, user.money_from))
        assert (user.sessions_round, today, next_day) == (2, False, user.money_from is not None)
        told = AuditEntry.objects.filter(act="users.confirm_recovery", subject=f"user:{user.username}").get()
        assert row.number in told.note

    def test_first_half_is_kept_sealed_and_goes_when_it_is_over(self, staff: Staff):
        row = propose_recovery(by(staff.administrator), user_id=staff.maker.pk, half="abcd-efgh", reason="手机遗失")
        kept = row.sealed_half
        withdraw_access(by(staff.administrator), request_id=row.pk)

        row.refresh_from_db()
        assert ("abcd" in kept, bool(kept), row.sealed_half) == (False, True, "")


class TestPasswordHandedOut:
    def test_lets_money_rest_until_the_next_working_day(self, staff: Staff):
        enrol(staff.maker)
        hand_out_password(by(staff.administrator), user_id=staff.maker.pk, password="correct horse battery")

        user = User.objects.get(pk=staff.maker.pk)
        assert (authority_of(user, MONDAY).holds(Role.FINANCE_MAKER), len(active_factors(user.pk))) == (False, 1)

    def test_alone_lets_nobody_into_an_account_whose_role_two_gave(self, staff: Staff):
        """Without a second factor the start password would be all that it takes to come in another's place."""
        with pytest.raises(RecoveryNeeded):
            hand_out_password(by(staff.administrator), user_id=staff.maker.pk, password="correct horse battery")

    def test_its_person_is_told_by_whom(self, staff: Staff):
        enrol(staff.maker)
        hand_out_password(by(staff.administrator), user_id=staff.maker.pk, password="correct horse battery")

        told = AccountNotice.objects.get(user=staff.maker, kind=NoticeKind.PASSWORD)
        assert told.by_id == staff.administrator.pk


def test_what_moves_money_unmasks_or_lets_people_in_is_done_surely():
    assert {
        "assistance.decide_renewals",
        "awards.propose_amount",
        "awards.recalculate",
        "awards.confirm_account",
        "awards.propose_waiver",
        "assistance.grant",
        "ledger.confirm_proposal",
        "ledger.propose_inflow",
        "payments.approve",
        "payments.import_return",
        "payments.propose",
        "payments.release",
        "payments.take_file",
        "residents.add_guardian",
        "residents.add_kinship",
        "residents.end_guardian",
        "residents.link_account",
        "users.allow_looks",
        "users.assign",
        "users.confirm_recovery",
        "users.confirm_role",
        "users.create_user",
        "users.propose_role",
        "users.store_start_password",
    } <= sure_acts()


def test_what_is_done_surely_is_refused_to_who_did_not_just_show(staff: Staff, community: Community):
    with pytest.raises(NotSure):
        create_user(by(staff.administrator, sure=False), username="x", name="某人", area_id=community.street.pk)

    assert not User.objects.filter(username="x").exists()
