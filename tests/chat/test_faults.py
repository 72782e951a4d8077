"""
T20: people write while lines break and double what they carry, the server is killed, Redis goes and
comes, tabs reload; twenty people where all is proved.

At the end the database, every page that stayed open and a fresh one say the same.
"""

import asyncio
import os
import random
import time
from itertools import pairwise
from statistics import quantiles

import pytest
from sqlalchemy import update

from clinicweb.accounts.models import Account
from clinicweb.chat.models import COLLEAGUES, WITH_PATIENT
from clinicweb.core import db
from clinicweb.core.viewer import PRACTITIONER
from tests.accounts.helped import clinic_file
from tests.booking.crowd import SETTINGS, gather
from tests.chat.faulty_line import FaultyLine
from tests.chat.screen import Browser, Screen
from tests.chat.world import messages, open_between

CLINIC = '[chat]\nis_on = true\nopens = "always"\nmessages_per_minute = 100000\n'
FULL = os.environ.get("PROVE") == "full"
PAIRS, GROUP = (10, 5) if FULL else (4, 3)
MESSAGES, KILLS = (2000, 20) if FULL else (100, 2)
# Before anything goes wrong.
HEALTHY = 20
PATIENCE_SECONDS = 1200 if FULL else 240


def make_clinicians(members):
    ids = [one.viewer.account_id for one in members]
    with db.current().writing() as session:
        session.execute(
            update(Account).where(Account.id.in_(ids)).values(roles=PRACTITIONER, patient_id=None)
        )


class World:
    """Patients with a clinician each, some of whom talk among colleagues, too."""

    def __init__(self, server, redis, chance):
        self.server, self.redis, self.chance = server, redis, chance
        people = gather(2 * PAIRS)
        make_clinicians(people[PAIRS:])
        self.line = FaultyLine(server.port, chance)
        browsers = [Browser(one) for one in people]
        self.screens = []
        for number in range(PAIRS):
            pair = [browsers[number], browsers[PAIRS + number]]
            self._seat(pair, WITH_PATIENT)
        self._seat(browsers[PAIRS : PAIRS + GROUP], COLLEAGUES)
        # Another device of one who writes, and another tab of another.
        first, second = self.screens[:2]
        self.writers = list(self.screens)
        self.screens.append(self._screen(Browser(first.browser.member), first.conversation))
        self.screens.append(self._screen(second.browser, second.conversation))
        self.written, self.sent_at = {id(screen): [] for screen in self.writers}, {}

    def _seat(self, browsers, kind):
        conversation = open_between([one.member for one in browsers], kind)
        self.screens += [self._screen(one, conversation) for one in browsers]

    def _screen(self, browser, conversation):
        return Screen(self.server, self.line, browser, conversation)

    @property
    def sent(self):
        return sum(map(len, self.written.values()))

    @property
    def is_settled(self):
        if any(screen.waiting for screen in self.screens):
            return False
        counts = {one.conversation: 0 for one in self.screens}
        for screen in self.writers:
            counts[screen.conversation] += len(self.written[id(screen)])
        return all(len(screen.rows) >= counts[screen.conversation] for screen in self.screens)

    async def run(self):
        """All that happens; returns how long it took after the last fault until all agreed."""
        await self.line.start()
        for screen in self.screens:
            screen.open()
        await until(lambda: all(screen.socket for screen in self.screens))
        for number in range(HEALTHY):
            self._say(number)
            await asyncio.sleep(0.1)
        await until(lambda: self.is_settled)
        self.line.is_bad = True
        await self._go_wrong()
        self.line.is_bad = False
        began = time.monotonic()
        await until(lambda: self.is_settled)
        await asyncio.sleep(0.5)  # what is doubled may come later
        for screen in self.screens:
            screen.close()
        await self.line.stop()
        return time.monotonic() - began

    async def _go_wrong(self):
        talking = asyncio.create_task(self._talk())
        for number in range(KILLS):
            enough = HEALTHY + MESSAGES * (number + 1) / (KILLS + 1)
            await until(lambda enough=enough: self.sent >= enough)
            if self.redis and number % 2 == 0:
                await asyncio.to_thread(self.redis.kill)
            await asyncio.to_thread(self.server.kill)
            await asyncio.to_thread(self.server.start)
            if self.redis and not self.redis.is_ready():
                await asyncio.to_thread(self.redis.start)
        await talking

    async def _talk(self):
        """Everybody in turn, faster than they can be answered; each now and then loses the line."""
        for number in range(HEALTHY, HEALTHY + MESSAGES):
            self._say(number)
            await asyncio.sleep(self.chance.random() * 0.1)
            if self.chance.random() < 0.05:
                self.chance.choice(self.screens).reload()
            if self.chance.random() < 0.05:
                self.line.cut_some(0.2)

    def _say(self, number):
        screen = self.writers[number % len(self.writers)]
        text = f"{number % len(self.writers)}-{number}"
        self.written[id(screen)].append(text)
        self.sent_at[text] = time.monotonic()
        screen.write(text)

    def late(self, numbers):
        """
        p95 of the seconds until a message of *numbers* stood on each screen, counted from when it
        was written and both its writer's line and the screen's were there (again).
        """
        found = []
        for screen in self.screens:
            for text, at in screen.shown_at.items():
                who, number = map(int, text.split("-"))
                ready = (one.ready_before(at) for one in (screen, self.writers[who]))
                if number in numbers:
                    found.append(at - max(self.sent_at[text], *ready))
        return quantiles(found, n=20)[-1]


async def until(is_so):
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end, "it never came"
        await asyncio.sleep(0.05)


@pytest.fixture
def world(serve, clinic, tmp_path, request):
    """On SQLite in one process, on PostgreSQL with Redis in two."""
    settings = SETTINGS | {"DATABASE_URL": clinic.url, "CLINIC": clinic_file(tmp_path, CLINIC)}
    redis = None
    if not clinic.url.startswith("sqlite"):
        redis = request.getfixturevalue("redis_server")
        settings["REDIS_URL"] = redis.url
    return World(serve(**settings), redis, random.Random(20))  # noqa: S311  the same each time


def inversions(texts):
    """How often somebody's later message stands before an earlier one."""
    numbers = {}
    for text in texts:
        who, number = text.split("-")
        numbers.setdefault(who, []).append(int(number))
    return sum(a > b for found in numbers.values() for a, b in pairwise(found))


def test_whatever_breaks_every_screen_shows_each_message_once_and_in_order(world, record_property):
    seconds = asyncio.run(world.run())

    gaps = doubled = turned = 0
    for conversation in {screen.conversation for screen in world.screens}:
        stored = [text for _number, text in messages(conversation)]
        wanted = {
            text
            for screen in world.writers
            if screen.conversation == conversation
            for text in world.written[id(screen)]
        }
        gaps += len(wanted - set(stored))
        doubled += len(stored) - len(set(stored))
        turned += inversions(stored)
        for screen in world.screens:
            if screen.conversation == conversation:
                assert screen.transcript() == stored
                assert screen.refusals == []
    for name, value in {
        "messages": world.sent, "screens": len(world.screens), "kills": KILLS,
        "cuts": world.line.cuts, "doubled": world.line.doubled,
        "loads": sum(screen.loads for screen in world.screens),
        "gaps": gaps, "duplicates": doubled, "inversions": turned,
    }.items():  # fmt: skip
        record_property(name, value)
    healthy = world.late(range(HEALTHY))
    back = world.late(range(HEALTHY, HEALTHY + MESSAGES))
    record_property("healthy_p95_ms", round(1000 * healthy))
    record_property("after_reconnect_p95_seconds", round(back, 2))
    record_property("agreed_after_seconds", round(seconds, 2))
    assert (gaps, doubled, turned) == (0, 0, 0)
    assert world.sent == HEALTHY + MESSAGES
    assert world.line.cuts > 0
    assert world.line.doubled > 0
    # On a machine that does much else these say how busy it is.
    if FULL:
        assert healthy <= 0.3
        assert back <= 2
