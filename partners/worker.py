"""The worker: takes jobs one after the other, keeps its lease alive, and stops when asked, between two jobs."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from types import FrameType

from django.conf import settings
from django.db import Error, close_old_connections, connection

from partners import jobs

logger = logging.getLogger(__name__)
POLL = 0.05  # seconds between two looks at an empty table: a job never waits for longer
TEND = 5.0  # seconds between two rounds of `jobs.tend`
EX_SOFTWARE = 70


class Worker:
    """One process, one job at a time; run several for more."""

    def __init__(self) -> None:
        self.name = jobs.worker_name()
        self.stopping = threading.Event()
        self.next_round = 0.0

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """Stop after the job in hand."""
        self.stopping.set()

    def run(self, *, until_empty: bool = False) -> None:
        """Work until told to stop (SIGTERM, SIGINT), or until nothing is due."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        heart = threading.Thread(target=self.beat, name="heartbeat", daemon=True)
        heart.start()
        while not self.stopping.is_set():
            worked = self.step()
            if until_empty and not worked:
                break
            if not worked:
                self.stopping.wait(POLL)
        self.stopping.set()
        heart.join(timeout=5)

    def step(self) -> bool:
        """Tend the table when it is time, then run one job if there is one. A database that is away is waited for."""
        try:
            if time.monotonic() >= self.next_round:
                self.next_round = time.monotonic() + TEND
                close_old_connections()
                jobs.tend()
            return jobs.run(worker=self.name)
        except Error as error:
            logger.warning("The database does not answer (%s): waiting.", type(error).__name__)
            connection.close()
            self.stopping.wait(1)
            return False

    def beat(self) -> None:
        """Renew the lease three times before it ends; die if one job lasts beyond every limit, to be restarted."""
        while not self.stopping.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                if jobs.overdue(self.name):
                    logger.critical("A job lasts beyond JOB_LIMIT_SECONDS: this worker ends, another will take over.")
                    os._exit(EX_SOFTWARE)
                jobs.keep(self.name)
            except Error as error:
                logger.warning("No heartbeat: %s", type(error).__name__)
                connection.close()
        connection.close()
