"""Followers are told once, by a real mail server or a push service, whoever is killed or does the work twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civic import modules
from civic.content import Content, parse_content
from civic.following import Follow
from civic.happenings import ANSWER, NEWS, PHASE, RESULT, STALE, Announced, Happening, of_announced
from sync_server.following import telling
from sync_server.following.push import Outcome
from sync_server.following.telling import FIRST_PAUSE, House, Teller
from sync_server.post.carriers import MailboxCarrier, SmtpCarrier
from sync_server.post.round import Round
from sync_server.processes import free_port
from sync_server.storage import Ledger, open_ledger
from sync_server.storage.erasing import Erasure, erase_person
from sync_server.storage.follows import Follower, Follows
from sync_server.storage.happening_tables import happenings, tellings
from sync_server.storage.happenings import Happenings
from sync_server.storage.mails import Mails
from sync_server.storage.moving import people_lines, restore_people
from sync_server.storage.people import People
from sync_server.storage.people_tables import mails
from sync_server.vault import Vault
from sync_server.words import load_words
from tests.civic.news_town import news_files
from tests.civic.town import DAY, MODULES, OPENS, RULES_TOML, SPACE_TOML, TEXTS
from tests.contracts.history import SPACE, rows
from tests.contracts.test_people import at_once, key, link
from tests.modules.example_town import SLUG as NEWS_SLUG
from tests.sync_server.test_post import Sink

SLUG = "filature"
FILES = {
    "space.toml": SPACE_TOML.encode(),
    f"consultations/{SLUG}/consultation.toml": RULES_TOML.encode(),
    **{f"consultations/{SLUG}/{lang}.md": text for lang, text in TEXTS.items()},
}
CONTENT: Content = parse_content(FILES, MODULES)
NEWS_TOWN: Content = parse_content(news_files(), MODULES)
VAULT = Vault(b"v" * 32, b"p" * 32, lambda n: b"r" * n)
WORDS = load_words(modules.HERE)
AT = OPENS + DAY // 2  # noon in UTC, one in the afternoon in Paris
SEVEN = OPENS + DAY + 6 * 3600
SYNC = "https://sync.valbrume.example"


def happening(purpose: str = PHASE, about: str = SLUG, key: str = "", at: int = AT, **facts: str) -> Happening:
    return Happening(key or f"{purpose}:{about}", purpose, about, f"/{SLUG}/", at, at + STALE, facts)


class Service:
    """A push service: whom it was given, and what it says of them next."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, str, str]] = []
        self.says: dict[str, Outcome] = {}

    def tell(self, rows: Sequence[Follower], code: str, path: str, lang: str, now: int) -> list[Outcome]:
        self.told += [(one.id, code, path, lang) for one in rows]
        return [self.says.get(one.id, Outcome.SENT) for one in rows]


class Desk:
    """One town's teller with its post; time passes when we say so."""

    def __init__(self, ledger: Ledger, *, has_mail: bool = True) -> None:
        self.ledger, self.now, self.service, self.asked = ledger, AT, Service(), 0
        self.content: Content | None = CONTENT
        house = House(lambda: WORDS, lambda _: self.service, has_mail, "ville@valbrume.example", "", SYNC)
        self.teller = Teller(ledger, VAULT, house, self.towns, lambda: self.now)

    def towns(self, space: str) -> Content | None:
        self.asked += 1
        return self.content if space == SPACE else None

    def follow(self, follower: str, channel: str, *purposes: str, about: str = SLUG, lang: str = "fr") -> None:
        follow = Follow(SPACE, follower, about, purposes or (PHASE,), channel, AT - 1, lang)
        assert Follows(self.ledger).put(follow, b"sealed" if channel == "push" else None)

    def person(self, number: int, *purposes: str, channel: str = "mail", **more: str) -> str:
        """Somebody known by e-mail, who follows; their id."""
        pid = link(self.ledger, number, f"mark{number}", f"p:{number}").pid
        sealed = VAULT.seal(f"citizen{number}@valbrume.example", "contacts", SPACE, pid)
        with self.ledger.writing() as connection:
            People(self.ledger).keep_contact(connection, SPACE, pid, sealed)
        self.follow(pid, channel, *purposes, **more)
        return pid

    def happens(self, *some: Happening) -> None:
        Happenings(self.ledger).note(SPACE, some)

    def work(self) -> int:
        return sum(self.teller.step() for _ in range(8))

    def letters(self) -> list[list[Any]]:
        """Those in the post, by whom they are for."""
        return sorted(
            (VAULT.open(row[2], "mails", SPACE, row[1]) for row in rows(self.ledger, mails)),
            key=lambda one: str(one[1]),
        )


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    found = Sink()
    controller = Controller(found, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield found, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_letter_says_what_happened_where_to_read_it_and_how_to_stop(desk: Desk, sink: tuple[Sink, str]) -> None:
    desk.person(1, ANSWER, about=f"{SLUG}/item")
    desk.person(2, ANSWER, about=f"{SLUG}/item", lang="en")
    desk.happens(happening(ANSWER, f"{SLUG}/item", number="7", status="study")._replace(path=f"/{SLUG}/7/"))
    assert (desk.work(), desk.work()) == (2, 0)
    postman = Round(Mails(desk.ledger), VAULT, SmtpCarrier(sink[1]), lambda: AT)
    assert [postman.step(), postman.step()] == [2, 0]
    french, english = sorted(sink[0].messages, key=lambda one: str(one["To"]))
    assert (french["To"], french["From"]) == ("citizen1@valbrume.example", "ville@valbrume.example")
    assert plain(str(french["Subject"])) == "La mairie a répondu : La filature"
    assert (english["Content-Language"], english["Auto-Submitted"]) == ("en", "auto-generated")
    stop = dict(french.raw_items())["List-Unsubscribe"]  # as it came: mail programs decode nothing in it
    assert stop.startswith(f"<{SYNC}/unfollow/{SPACE}/")
    assert stop.endswith(">")
    assert french["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    bodies = [one.get_body((kind,)) for one in (french, english) for kind in ("plain", "html")]
    texts = [plain(body.get_content()) for body in bodies if body is not None]
    assert len(texts) == 4
    assert "La mairie a répondu au n° 7 de « La filature »." in texts[0]
    assert "Où il en est : À l’étude." in texts[0]
    assert f"https://participer.valbrume.example/{SLUG}/7/" in texts[0]
    assert stop.strip("<>") in texts[0]
    assert f'<a href="{stop.strip("<>")}">' in texts[1]
    assert f"https://participer.valbrume.example/en/{SLUG}/7/" in texts[2]
    assert "citizen2" not in french.as_string()


def test_nobody_is_told_of_what_they_did_not_choose_and_nothing_twice(desk: Desk) -> None:
    desk.person(1, PHASE)
    desk.person(2, RESULT)
    desk.person(3, PHASE, about="berges")
    desk.follow(key(9).kid, "push", PHASE, lang="en")
    desk.happens(happening())
    assert desk.work() == 2
    desk.happens(happening())
    assert desk.work() == 0
    assert [one[1] for one in desk.letters()] == ["citizen1@valbrume.example"]
    assert desk.service.told == [(key(9).kid, PHASE, f"/en/{SLUG}/", "en")]


def test_who_follows_a_consultation_hears_of_answers_in_it_and_who_follows_both_hears_once(
    desk: Desk, tmp_path: Path
) -> None:
    for number, about in ((1, SLUG), (2, f"{SLUG}/item"), (3, SLUG)):
        desk.person(number, ANSWER, about=about)
    desk.follow("p:3", "mail", ANSWER, about=f"{SLUG}/item")
    desk.happens(happening(ANSWER, f"{SLUG}/item", number="7", status="study"))
    assert desk.teller.step() == 2
    Round(Mails(desk.ledger), VAULT, MailboxCarrier(tmp_path), lambda: AT).step()
    assert desk.work() == 1
    assert [one[1] for one in desk.letters()] == ["citizen1@valbrume.example"]


def test_an_event_that_is_called_off_is_told_at_once_to_who_follows_it_or_the_news_and_minutes_in_the_morning(
    desk: Desk,
) -> None:
    desk.content, slug = NEWS_TOWN, NEWS_SLUG
    off = Announced("x:cancelled:1", AT, f"/{slug}/x/", {"fr": "Le marché"}, "item", "cancelled", 0, is_urgent=True)
    minutes = Announced("x:minutes", AT, f"/{slug}/x/", {"fr": "Le marché"}, "item", "minutes")
    desk.person(1, NEWS, about=slug)
    desk.follow("p:1", "mail", NEWS, about=f"{slug}/item")
    desk.follow(key(9).kid, "push", NEWS, about=slug)
    desk.person(2, PHASE, about=slug)
    desk.happens(*of_announced(NEWS_TOWN.consultations[slug], [off, minutes], AT))
    desk.work()
    (letter,) = desk.letters()
    assert (plain(letter[3]), "« Le marché » est annulé." in plain(letter[4][0])) == ("Annulé : Le marché", True)
    assert [one[0] for one in desk.service.told] == [key(9).kid]
    desk.now = SEVEN
    desk.work()
    assert "Le compte rendu de « Le marché » est en ligne." in plain(" ".join(one[4][0] for one in desk.letters()))
    assert len(desk.service.told) == 2


def test_an_event_of_tonight_that_is_called_off_does_not_wait_for_the_letter_of_the_morning(desk: Desk) -> None:
    desk.content, slug = NEWS_TOWN, NEWS_SLUG
    tonight, later = (
        Announced(name, AT, f"/{slug}/x/", {"fr": name}, "item", "cancelled", until, is_urgent=True)
        for name, until in (("tonight", AT + 3600), ("later", SEVEN + 3600))
    )
    desk.person(1, NEWS, about=slug, channel="digest")
    desk.happens(*of_announced(NEWS_TOWN.consultations[slug], [tonight, later], AT))
    desk.work()
    (letter,) = desk.letters()
    assert "« tonight » est annulé." in plain(letter[4][0])
    assert "later" not in letter[4][0]
    desk.now = SEVEN
    desk.work()
    assert "« later » est annulé." in plain(" ".join(one[4][0] for one in desk.letters()))


def test_a_step_with_nothing_to_do_reads_no_towns_and_asks_one_thing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.person(1)
    asked: list[int] = []
    reading = desk.ledger.reading

    def counted() -> Any:
        asked.append(1)
        return reading()

    monkeypatch.setattr(desk.ledger, "reading", counted)
    monkeypatch.setattr(desk.ledger, "writing", None)
    assert (desk.teller.step(), desk.asked, len(asked)) == (0, 0, 1)


def test_a_day_is_one_letter_at_seven_and_none_where_nothing_happened(desk: Desk) -> None:
    desk.person(1, PHASE, RESULT, NEWS, channel="digest")
    desk.follow("p:1", "digest", PHASE, about="berges")
    desk.happens(happening(), happening(NEWS, at=AT + 1, count="3"), happening(RESULT, at=AT + 2))
    assert (desk.work(), desk.letters()) == (0, [])
    desk.now = SEVEN - 1
    assert (desk.work(), desk.letters()) == (0, [])
    desk.now = SEVEN
    assert (desk.work(), desk.work()) == (1, 0)
    ((_, to, lang, subject, lines, *_),) = desk.letters()
    assert (to, lang, plain(subject)) == ("citizen1@valbrume.example", "fr", "Valbrume : ce qui a changé")
    assert [plain(one).split("\n")[0] for one in lines[:3]] == [
        "« La filature » : vous pouvez participer à partir de maintenant.",
        "3 nouvelles contributions dans « La filature ».",
        "Le résultat de « La filature » est publié.",
    ]
    desk.now = SEVEN + DAY
    assert (desk.work(), len(desk.letters())) == (0, 1)


def test_what_is_new_is_told_once_a_day_by_every_channel(desk: Desk) -> None:
    desk.person(1, NEWS)
    desk.follow(key(9).kid, "push", NEWS)
    desk.happens(happening(NEWS, count="1"))
    assert desk.work() == 0
    desk.now = SEVEN
    assert desk.work() == 2


def test_a_phone_that_is_away_is_tried_again_later_each_time_and_one_that_is_gone_never(desk: Desk) -> None:
    away, gone = key(1).kid, key(2).kid
    desk.service.says = {away: Outcome.LATER, gone: Outcome.GONE}
    for one in (away, gone):
        desk.follow(one, "push")
    desk.happens(happening())
    assert (desk.work(), len(desk.service.told)) == (0, 2)
    desk.now += FIRST_PAUSE
    assert (desk.work(), len(desk.service.told)) == (0, 3)
    desk.now += 2 * FIRST_PAUSE - 1
    assert (desk.work(), len(desk.service.told)) == (0, 3)
    desk.service.says = {}
    desk.now += 1
    assert (desk.work(), len(desk.service.told)) == (1, 4)
    assert rows(desk.ledger, tellings) == []


def test_what_is_of_no_use_any_more_is_told_to_nobody(desk: Desk) -> None:
    desk.service.says = {key(1).kid: Outcome.LATER}
    desk.follow(key(1).kid, "push")
    desk.happens(happening())
    desk.work()
    desk.now = AT + STALE
    assert (desk.work(), len(desk.service.told)) == (0, 1)
    assert rows(desk.ledger, tellings) == []


def test_who_stops_or_is_erased_meanwhile_is_told_nothing(desk: Desk) -> None:
    for number in (1, 2):
        desk.person(number, channel="digest")
    desk.person(3, channel="digest")
    desk.happens(happening())
    desk.work()
    assert len(rows(desk.ledger, tellings)) == 3
    erase_person(desk.ledger, SPACE, Erasure("p:1", "request", AT, frozenset()))
    assert {row[2] for row in rows(desk.ledger, tellings)} == {"p:2", "p:3"}
    Follows(desk.ledger).drop(SPACE, "p:2", SLUG)
    desk.now = SEVEN
    desk.work()
    assert [one[1] for one in desk.letters()] == ["citizen3@valbrume.example"]
    assert rows(desk.ledger, tellings) == []


def test_without_a_mail_server_no_letter_waits(ledger: Ledger) -> None:
    desk = Desk(ledger, has_mail=False)
    desk.person(1)
    desk.happens(happening())
    assert (desk.work(), desk.letters(), rows(ledger, tellings)) == (0, [], [])


def test_what_is_long_told_is_forgotten(desk: Desk) -> None:
    desk.happens(happening(), happening(RESULT, at=AT + 9 * DAY))
    desk.now = AT + 9 * DAY
    desk.work()
    desk.happens(happening(RESULT, key="another", at=desk.now))
    another = Desk(desk.ledger)
    another.now = desk.now
    another.work()
    assert {row[1] for row in rows(desk.ledger, happenings)} == {"result:filature", "another"}


def test_a_town_that_moves_to_another_house_tells_nobody_again(desk: Desk, tmp_path: Path) -> None:
    desk.person(1)
    desk.happens(happening())
    assert desk.work() == 1
    with desk.ledger.reading() as now:
        lines = [*people_lines(now.connection, SPACE)]
    new = Desk(open_ledger(f"sqlite:///{tmp_path}/new.sqlite"))
    restore_people(new.ledger, SPACE, lines)
    new.happens(happening(), happening(RESULT))
    Follows(new.ledger).put(Follow(SPACE, "p:1", SLUG, (PHASE, RESULT), "mail", AT, "fr"), None)
    assert new.work() == 1
    assert [plain(one[3]) for one in new.letters()] == ["Le résultat est là : La filature"]
    new.ledger.close()


def test_two_workers_at_the_same_instant_write_one_letter_each(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PAGE", 3)
    for number in range(8):
        desk.person(number)
    desk.happens(happening())
    told = at_once(2, lambda _: _twin(desk).work())
    assert sum(told) == len(desk.letters()) == len({one[1] for one in desk.letters()}) == 8


class Killed(BaseException):
    """As if the process had ended there."""


STEPS = st.lists(st.sampled_from(["step", "twin", "kill", "hour", "again"]), min_size=1, max_size=14)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, at=st.lists(st.integers(0, 12), min_size=14, max_size=14))
def test_whoever_is_killed_or_doubled_everybody_is_told_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], at: list[int]
) -> None:
    """By letter exactly once; by push once, and once more only where the kill came after sending."""
    ledger = open_ledger(f"sqlite:///{tmp_path_factory.mktemp('telling') / 'preau.sqlite'}")
    patch = pytest.MonkeyPatch()
    patch.setattr(telling, "PAGE", 2)
    patch.setattr(telling, "TOGETHER", 3)
    desk = Desk(ledger)
    people = [desk.person(number, PHASE, ANSWER) for number in range(3)]
    phones = [key(number).kid for number in range(20, 22)]
    for phone in phones:
        desk.follow(phone, "push", PHASE, ANSWER)
    some = [happening(), happening(ANSWER, f"{SLUG}/item", number="7", status="study")]
    desk.happens(*some)
    kills = 0
    for number, step in enumerate(steps):
        if step == "kill":
            kills += _step_killed(desk, at[number])
        elif step == "hour":
            desk.now += 3600
        elif step == "again":
            desk.happens(*some)
        else:
            (desk.teller if step == "step" else _twin(desk).teller).step()
    while Happenings(ledger).to_spread() is not None or rows(ledger, tellings):
        desk.now += 1000
        desk.teller.step()
    letters = Counter((one[1], one[3]) for one in desk.letters())
    assert len(letters) == len(people) * 2
    assert set(letters.values()) == {1}
    pushed = Counter((one[0], one[1]) for one in desk.service.told)
    assert pushed.keys() == {(phone, purpose) for phone in phones for purpose in (PHASE, ANSWER)}
    assert pushed.total() - len(pushed) <= kills * telling.TOGETHER
    assert kills or pushed.total() == len(pushed)
    patch.undo()
    ledger.close()


def _twin(desk: Desk) -> Desk:
    """Another worker on the same database."""
    twin = Desk(desk.ledger)
    twin.now, twin.service = desk.now, desk.service
    return twin


def _step_killed(desk: Desk, after: int) -> int:
    """A step that ends at its transaction number `after`, before it is committed; 1 if it got that far."""
    opened = [0]
    writing = type(desk.ledger).writing

    def dies(ledger: Ledger) -> Any:
        opened[0] += 1
        if opened[0] > after:
            raise Killed
        return writing(ledger)

    patch = pytest.MonkeyPatch()
    patch.setattr(type(desk.ledger), "writing", dies)
    try:
        desk.teller.step()
    except Killed:
        return 1
    finally:
        patch.undo()
    return 0
