"""The daemon's clocks: what repeats goes by the monotonic one, digests by the calendar."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from aggregator.daemon.digest_times import DigestTimes
from aggregator.daemon.jobs import Jobs
from aggregator.publish.schedule import is_due, last_due, next_due
from aggregator.settings import DigestSettings

ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/New_York")
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


async def ended(jobs: Jobs) -> None:
    await asyncio.wait_for(asyncio.gather(*jobs.tasks), 10)


def test_a_job_that_fails_runs_again_and_stops_no_other():
    async def scene() -> list[str]:
        stop, ran = asyncio.Event(), []
        jobs = Jobs(stop)

        async def failing() -> None:
            ran.append("failing")
            raise OSError("no room")

        async def good() -> None:
            ran.append("good")
            if ran.count("failing") > 2 and ran.count("good") > 2:
                stop.set()

        jobs.every("failing", 0.001, failing)
        jobs.every("good", 0.001, good, wait=True)
        await ended(jobs)
        return ran

    ran = asyncio.run(scene())
    assert ran[0] == "failing" and ran.count("failing") > 2


@pytest.mark.parametrize("year", [1996, 2056])
def test_jobs_go_on_when_the_wall_clock_jumps_by_thirty_years(year):
    async def scene(traveller: time_machine.Traveller) -> int:
        stop, ran = asyncio.Event(), []
        jobs = Jobs(stop)

        async def work() -> None:
            ran.append(time.time())
            if len(ran) == 2:
                traveller.move_to(datetime(year, 1, 1, tzinfo=UTC))
            if len(ran) == 5:
                stop.set()

        jobs.every("work", 0.001, work)
        await ended(jobs)
        return len(ran)

    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC)) as traveller:
        assert asyncio.run(scene(traveller)) == 5


def test_digests_are_planned_anew_after_a_jump_without_a_list_of_missed_runs():
    digests = [
        DigestSettings(name="hourly", every="hourly"),
        DigestSettings(name="daily", every="daily", at="07:00"),
    ]

    async def scene() -> list[datetime]:
        async def due() -> None:
            pass

        times = DigestTimes(due)
        times.start(digests, now=datetime(1996, 1, 1, tzinfo=UTC), zone=UTC)
        times.plan(digests, now=datetime(2126, 1, 1, 6, 30, tzinfo=UTC), zone=UTC)
        found = times.times()
        times.stop()
        return found

    assert asyncio.run(scene()) == [datetime(2126, 1, 1, 7, tzinfo=UTC)] * 2


@given(
    MOMENTS,
    st.sampled_from(ZONES),
    st.sampled_from(("hourly", "daily", "weekly")),
    st.sampled_from(("00:00", "02:30", "07:00", "23:59")),
)
def test_the_next_time_is_the_first_at_which_a_digest_is_due(now, name, every, at):
    digest, zone = DigestSettings(name="d", every=every, at=at), ZoneInfo(name)
    following = next_due(digest, now=now, zone=zone)
    last = last_due(digest, now=now, zone=zone)
    assert last <= now < following
    assert is_due(digest, last=now, now=following, zone=zone)
    assert not is_due(digest, last=now, now=following - timedelta(seconds=1), zone=zone)
