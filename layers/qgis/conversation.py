"""The talk with the QGIS process: requests, answers, time-outs, and starting it again."""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any

from layers.qgis.errors import (
    QgisCrashError,
    QgisError,
    QgisRequestError,
    QgisTimeoutError,
)
from layers.qgis.frames import FramePool
from layers.qgis.layer_spec import LayerProblem
from layers.qgis.pending import DRAWING, IN_BACKGROUND, Pending, Scene
from layers.qgis.process import WorkerProcess
from layers.qgis.remote import server_of
from layers.qgis.trouble import LayerTroubles
from layers.qgis.worker import messages

if TYPE_CHECKING:
    from layers.qgis.credentials import CredentialStore
    from layers.qgis.discovery import QgisInstallation
    from layers.qgis.layer_spec import LayerSpec

FRUITLESS_STARTS = 3
Restarted = Callable[[str, tuple[LayerProblem, ...]], None]


class Conversation:
    """Keeps one QGIS process at work; safe to use from any thread.

    Parameters
    ----------
    installation : QgisInstallation
        Which QGIS to start.
    start_timeout_s, open_timeout_s : float
        How long QGIS may take to start, and to open one layer.
    on_restart : callable or None
        Told in a helper thread why QGIS was started again, with the layers left out since.
    credentials : CredentialStore
        Names and passwords for the servers of layers.
    """

    def __init__(
        self,
        installation: QgisInstallation,
        *,
        start_timeout_s: float,
        open_timeout_s: float,
        on_restart: Restarted | None,
        credentials: CredentialStore,
    ) -> None:
        self._credentials = credentials
        self.pool = FramePool()
        self.scene: Scene | None = None
        self.restarts = 0
        self._installation = installation
        self._start_timeout_s = start_timeout_s
        self._open_timeout_s = open_timeout_s
        self._on_restart = on_restart
        self._change = threading.Condition()
        self._ids = itertools.count(1)
        self._pending: dict[int, Pending] = {}
        self._troubles = LayerTroubles()
        self._refused: dict[str, LayerProblem] = {}
        self._worker: WorkerProcess | None = None
        self._spawned_at = 0.0
        self._ready = False
        self._exit_code: int | None = None
        self._killed_for = ""
        self._fruitless = 0
        self._idle_since = 0.0
        self._closing = False
        self._failure: QgisError | None = None
        self._supervisor = threading.Thread(
            target=self._supervise, name="qgis-supervise", daemon=True
        )

    # --- what the engine calls

    def start(self) -> None:
        """Start QGIS and wait until it answers.

        Raises
        ------
        QgisCrashError
            It did not start; the message holds the end of its log.
        """
        with self._change:
            self._spawn()
            self._supervisor.start()
            self._change.wait_for(lambda: self._ready or self._failure is not None)
            if self._failure is not None:
                raise self._failure

    def submit(self, pending: Pending) -> None:
        """Send a request; its future tells the rest.

        Raises
        ------
        QgisError
            The conversation is over.
        """
        with self._change:
            if self._failure is not None:
                raise self._failure
            self._pending[pending.request_id] = pending
            self._send(pending)
            self._change.notify_all()
        pending.future.add_done_callback(lambda _f: self._on_future_done(pending))

    def next_id(self) -> int:
        """Return an id for a request."""
        return next(self._ids)

    def problems(self) -> tuple[LayerProblem, ...]:
        """Return the layers of the scene that are not on the map, and why."""
        with self._change:
            return self._problems(self.scene)

    def forgive(self, layer_ids: tuple[str, ...]) -> None:
        """Give layers that were left out another chance."""
        with self._change:
            self._troubles.forgive(layer_ids)

    def status(self) -> tuple[str, int | None, str]:
        """Return state, process id and the end of the log."""
        with self._change:
            worker = self._worker
            if self._failure is not None:
                return "stopped", None, worker.log_tail() if worker else ""
            state = "ready" if self._ready else "starting"
            return state, worker.pid if worker else None, worker.log_tail() if worker else ""

    def close(self) -> None:
        """End QGIS, the threads and the shared memory; waiting requests fail."""
        with self._change:
            if self._closing:
                return
            self._closing = True
            busy = any(p.began_at is not None for p in self._pending.values())
            self._failure = self._failure or QgisError("The QGIS engine was closed.")
            worker = self._worker
            self._change.notify_all()
        if self._supervisor.ident is not None:
            self._supervisor.join()
        if worker is not None:
            if busy:
                worker.kill()
            worker.close()
        with self._change:
            left = list(self._pending.values())
            self._pending.clear()
        for pending in left:
            pending.fail(QgisError("The QGIS engine was closed before it answered."))
        self.pool.close()

    # --- sending

    def _send(self, pending: Pending) -> None:
        args, limit_s = pending.args, pending.timeout_s
        if pending.scene is not None:
            allowed = self._troubles.allowed(pending.scene.specs)
            args = pending.scene.to_message(
                [self._credentials.described(spec) for spec in allowed], list(pending.reopen)
            )
            limit_s += self._open_timeout_s * len(allowed)
        if self._worker is not None:
            self._worker.send(
                {
                    "id": pending.request_id,
                    "op": pending.op,
                    "args": args,
                    "timeout_s": limit_s,
                }
            )

    def _on_future_done(self, pending: Pending) -> None:
        if not pending.future.cancelled():
            return
        with self._change:
            if pending.request_id in self._pending and self._worker is not None:
                self._worker.send(
                    {
                        "id": 0,
                        "op": messages.CANCEL,
                        "args": {"request_id": pending.request_id},
                    }
                )

    def _spawn(self) -> None:
        self._ready = False
        self._exit_code = None
        self._killed_for = ""
        self._spawned_at = monotonic()
        self._worker = WorkerProcess(self._installation, self._on_message, self._on_exit)

    # --- receiving, in the reader thread of the process

    def _on_message(self, worker: WorkerProcess, message: dict[str, Any]) -> None:
        with self._change:
            if worker is not self._worker:
                return
            if message.get("event") == messages.READY:
                self._ready = True
                self._change.notify_all()
                return
            pending = self._pending.get(message["id"])
            if pending is None:
                return
            if "event" in message:
                pending.note(message["event"], message.get("layer_id", ""), monotonic())
                self._change.notify_all()
                return
            self._note_answer(pending, message)
        if message.get("late"):
            pending.fail(self._too_slow(pending))
        elif "error" in message:
            pending.fail(QgisRequestError(str(message["error"])))
        else:
            pending.resolve(message["result"])
        if pending.block is not None:
            self.pool.give_back(pending.block)

    def _note_answer(self, pending: Pending, message: dict[str, Any]) -> None:
        del self._pending[pending.request_id]
        self._fruitless = 0
        if pending.op not in IN_BACKGROUND:
            self._idle_since = monotonic()
        elif pending.op in DRAWING and "result" in message:
            self._troubles.drawn(self._shown(pending))
        if pending.scene is not None and "result" in message:
            self._settle(pending.scene, message["result"])

    def _on_exit(self, worker: WorkerProcess, code: int) -> None:
        with self._change:
            if worker is self._worker:
                self._exit_code = code
                self._change.notify_all()

    def _settle(self, scene: Scene, result: dict[str, Any]) -> None:
        """Make a scene that QGIS shows the one to restore; add what is left out to ."""
        self.scene = scene
        self._refused = {p["layer_id"]: LayerProblem(**p) for p in result["problems"]}
        result["problems"] = [asdict(problem) for problem in self._problems(scene)]

    def _problems(self, scene: Scene | None) -> tuple[LayerProblem, ...]:
        if scene is None:
            return ()
        left_out = {p.layer_id: p for p in self._troubles.problems(scene.specs)}
        known = {**self._refused, **left_out}
        return tuple(known[s.layer_id] for s in scene.specs if s.layer_id in known)

    def _shown(self, pending: Pending) -> list[str]:
        asked = pending.args.get("layer_ids")
        if isinstance(asked, list):
            return asked
        return [s.layer_id for s in self.scene.specs if s.visible] if self.scene else []

    # --- watching, in the supervisor thread

    def _supervise(self) -> None:
        while True:
            failed: list[tuple[Pending, Exception]] = []
            notice = ""
            with self._change:
                if self._exit_code is None and not self._closing:
                    self._change.wait(self._kill_if_late())
                if self._closing:
                    return
                if self._exit_code is not None:
                    notice = self._reason()
                    failed = self._recover(notice)
                over = self._failure is not None
            for pending, error in failed:
                pending.fail(error)
                if pending.block is not None:
                    self.pool.give_back(pending.block)
            if notice and not over and self._on_restart is not None:
                self._on_restart(notice, self.problems())
            if over:
                return

    def _kill_if_late(self) -> float | None:
        """Kill the process if something took too long; return the time to the next check."""
        worker = self._worker
        if worker is None or self._killed_for:
            return None
        if self._ready:
            first, latest = self._next_deadline()
            reason = "a request took too long"
        else:
            first, latest = self._spawned_at + self._start_timeout_s, None
            reason = f"it did not start within {self._start_timeout_s:g} s"
        left = first - monotonic()
        if left > 0:
            return min(left, threading.TIMEOUT_MAX)
        if latest is not None:
            latest.timed_out = True
        self._killed_for = reason
        worker.kill()
        return None

    def _next_deadline(self) -> tuple[float, Pending | None]:
        """Return when the first running request is late, and which one it is."""
        running = [p for p in self._pending.values() if p.began_at is not None]
        in_front = [p for p in running if p.op not in IN_BACKGROUND]
        latest = min(in_front or running, key=self._deadline, default=None)
        return (math.inf, None) if latest is None else (self._deadline(latest), latest)

    def _deadline(self, pending: Pending) -> float:
        began = pending.began_at or 0.0
        if pending.opening:
            return began + self._open_timeout_s
        if pending.op in IN_BACKGROUND:  # answers only come while nothing holds the main thread
            began = max(began, self._idle_since)
        return began + pending.timeout_s

    def _reason(self) -> str:
        if self._killed_for:
            return f"QGIS was stopped because {self._killed_for}."
        return f"QGIS ended unexpectedly (code {self._exit_code})."

    def _recover(self, reason: str) -> list[tuple[Pending, Exception]]:
        """Start QGIS again with the same layers; returns the requests that failed, with why."""
        self._fruitless += 1
        waiting: list[Pending] = []
        failed: list[tuple[Pending, Exception]] = []
        for pending in self._pending.values():
            if pending.restoring and not pending.opening:
                continue
            if pending.future.cancelled():
                failed.append((pending, QgisError("cancelled")))
            elif self._may_go_again(pending):
                waiting.append(pending)
            else:
                failed.append((pending, self._error_of(pending, reason)))
        self._pending.clear()
        if self._fruitless > FRUITLESS_STARTS:
            self._give_up(reason)
            failure = self._failure or QgisCrashError(reason)
            self._change.notify_all()
            return [*failed, *((p, failure) for p in waiting)]
        self._spawn()
        self.restarts += 1
        if self.scene is not None and not any(p.restoring for p in waiting):
            waiting.insert(0, self._restoration(self.scene))
        for pending in waiting:
            pending.rewind()
            self._pending[pending.request_id] = pending
            self._send(pending)
        return failed

    def _restoration(self, scene: Scene) -> Pending:
        return Pending(
            self.next_id(),
            messages.SET_LAYERS,
            {},
            self._open_timeout_s,
            lambda result: result,
            scene=scene,
            restoring=True,
        )

    def _may_go_again(self, pending: Pending) -> bool:
        """Return whether a request is sent again; marks the layers that were in work."""
        if pending.began_at is None:
            return True
        if self._killed_for and not pending.timed_out:
            return True  # another one hung
        scene = pending.scene or self.scene
        for layer in scene.named(pending.suspects()) if scene else []:
            if pending.opening:
                what = (
                    f"did not open within {self._open_timeout_s:g} s"
                    if pending.timed_out
                    else "made QGIS crash when it was opened"
                )
                self._troubles.leave_out(layer, _left_out_reason(layer, what))
                self._fruitless = 0
            elif pending.timed_out:
                what = "hung twice while it was drawn"
                self._troubles.strike(layer, _left_out_reason(layer, what))
        return bool(pending.opening) and pending.scene is not None

    def _error_of(self, pending: Pending, reason: str) -> QgisError:
        scene = pending.scene or self.scene
        named = [s.name for s in scene.named(pending.suspects())] if scene else []
        at_work = f" It was drawing: {', '.join(named)}." if named else ""
        if pending.timed_out:
            return QgisTimeoutError(
                f"QGIS gave no answer to {pending.op!r} within {pending.timeout_s:g} s and was "
                f"started again with the same layers.{at_work} A layer that hangs twice is "
                "left out; check whether its file or server can be reached."
            )
        return QgisCrashError(
            f"{reason} It was started again with the same layers; the request {pending.op!r} "
            f"failed and may be repeated.{at_work}{self._log_end()}"
        )

    def _too_slow(self, pending: Pending) -> QgisTimeoutError:
        return QgisTimeoutError(
            f"QGIS did not finish {pending.op!r} within {pending.timeout_s:g} s and stopped; "
            "zoom in, or switch off layers that take long to draw."
        )

    def _give_up(self, reason: str) -> None:
        self._failure = QgisCrashError(
            f"{reason} It could not be kept running after {FRUITLESS_STARTS} new starts. Run "
            f"landbridge doctor, or reinstall QGIS ({self._installation.python})."
            f"{self._log_end()}"
        )

    def _log_end(self) -> str:
        tail = self._worker.log_tail(6).strip() if self._worker else ""
        return f" The end of its log: {tail}" if tail else ""


def _left_out_reason(layer: LayerSpec, what: str) -> str:
    where = server_of(layer.provider, layer.source) or layer.source.partition("|")[0]
    return (
        f"{where} {what}, so the map goes on without it. Check whether the file or server can "
        "be reached, then refresh the layer."
    )
