"""The loop: one minute of traffic, its metrics, the alarms, and what the policies make of them."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ._alarms import Alarm, State
from ._metrics import METRICS, Datapoint, Kind, Load, ServiceModel, dimensions_of, publish
from ._policies import Plan, StepScaling, TargetTracking
from ._template import MOST_CAPACITY

# The alarms that a target tracking policy makes for itself; observed, not documented:
# https://github.com/hashicorp/terraform-provider-aws/issues/42553 (3 of 3 datapoints of 60 seconds) and
# https://github.com/aws-samples/amazon-aurora-labs-for-mysql/issues/3 (15 datapoints for scaling in).
OUT_DATAPOINTS = 3
IN_MINUTES = 15
# "Typically more than 10% lower" than the target:
# https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
IN_SHARE = 0.9
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ReplayMinute:
    """What happened in one minute.

    Attributes:
        minute: Its number, from 0.
        time: When it begins, in UTC.
        requests: That arrived.
        capacity: Machines that are wanted, those that still start among them.
        in_service: Machines that serve.
        utilization: Share of what the machines in service could serve, 0 to 1.
        served: Requests that were served.
        failed: Requests that nobody could take: throttled by a machine at its limit, or sent to none at all.
        on_demand: Requests beyond provisioned concurrency.
        backlog: Requests that wait at its end (asynchronous endpoints).
        minimum: The lower limit then.
        maximum: The upper limit then.
        events: What changed the capacity or its limits, in words.
    """

    minute: int
    time: datetime
    requests: float
    capacity: int
    in_service: int
    utilization: float
    served: float
    failed: float
    on_demand: float
    backlog: float
    minimum: int
    maximum: int
    events: tuple[str, ...]


@dataclass(slots=True)
class _Wish:
    """What one policy asks for."""

    policy: TargetTracking | StepScaling
    capacity: int
    why: str


@dataclass(slots=True)
class _OutCooldown:
    """The latest scale-out of a policy: what it started from, and until when its cooldown lasts."""

    base: int = 0
    until: float = -1.0


@dataclass(slots=True)
class Simulation:
    """The state of one target while traffic passes.

    Attributes:
        plan: What scales it.
        model: How a machine works.
        origin: When minute 0 begins, in UTC.
        start_minutes: From the order of a machine to its first request.
        delay: Minutes until a datapoint is seen.
        capacity: Machines that are wanted.
    """

    plan: Plan
    model: ServiceModel
    origin: datetime
    start_minutes: int
    delay: int
    capacity: int
    _ready: dict[int, int] = field(init=False)
    _low: int = field(init=False)
    _high: int = field(init=False)
    _backlog: float = 0.0
    _in_until: float = -1.0
    _out: dict[str, _OutCooldown] = field(default_factory=dict)
    _states: dict[str, State] = field(default_factory=dict)
    _history: dict[str, list[Datapoint | None]] = field(init=False)
    _serving: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        # The first minute of service, and how many machines have it; those of the beginning serve at once.
        self._ready = {0: self.capacity}
        self._low, self._high = self.plan.minimum, self.plan.maximum
        self._history = {name: [] for name in METRICS if dimensions_of(self.model.kind, name)}

    def run(self, requests: Iterable[float]) -> list[ReplayMinute]:
        """Replay all minutes."""
        minutes: list[ReplayMinute] = []
        decided: list[str] = []
        for minute, arriving in enumerate(requests):
            # What was decided at the end of the minute before shows in this one.
            events = decided + self._scheduled(minute)
            load, on_demand = self._serve(minute, arriving)
            publish(self._history, load, self.model)
            self._serving.append(load.in_service)
            minutes.append(
                ReplayMinute(
                    minute,
                    self.origin + timedelta(minutes=minute),
                    arriving,
                    self.capacity,
                    load.in_service,
                    load.utilization,
                    load.served,
                    load.failed,
                    on_demand,
                    load.backlog,
                    self._low,
                    self._high,
                    tuple(events),
                )
            )
            decided = self._decide(minute + 1)
        return minutes

    def _serve(self, minute: int, arriving: float) -> tuple[Load, float]:
        in_service = sum(count for ready, count in self._ready.items() if ready <= minute)
        room = in_service * self.model.requests_per_instance
        waiting = arriving + self._backlog
        served = min(waiting, room)
        left = waiting - served
        failed = on_demand = 0.0
        if self.model.kind is Kind.ASYNCHRONOUS:
            self._backlog = left
        elif self.model.kind is Kind.SERVERLESS:
            on_demand = left
        else:
            failed = left
        utilization = served / room if room else 0.0
        return Load(arriving, in_service, served, failed, self._backlog, utilization), on_demand

    def _scheduled(self, minute: int) -> list[str]:
        moment = self.origin + timedelta(minutes=minute)
        events = []
        for action in self.plan.actions:
            if not action.schedule.fires(moment):
                continue
            low = self._low if action.minimum is None else action.minimum
            high = self._high if action.maximum is None else action.maximum
            if low > high:
                events.append(f"{action.name} fails: a minimum of {low} is above the maximum of {high}")
                continue
            self._low, self._high = low, high
            events.append(f"{action.name} sets {low} to {high}")
            # A scheduled action waits for no cooldown.
            wanted = min(max(self.capacity, low), high)
            if wanted != self.capacity:
                events.append(f"{self.capacity} to {wanted} by {action.name}")
                self._resize(wanted, minute)
        return events

    def _resize(self, capacity: int, now: int) -> int:
        """Order or remove machines; returns the minute in which the last one that starts is in service."""
        if capacity > self.capacity:
            ready = now + self.start_minutes
            self._ready[ready] = self._ready.get(ready, 0) + capacity - self.capacity
        left, self._ready = capacity, dict(sorted(self._ready.items()))
        for ready, count in list(self._ready.items()):
            # Those that still start go first.
            self._ready[ready] = min(count, left)
            left -= self._ready[ready]
        self._ready = {ready: count for ready, count in self._ready.items() if count}
        self.capacity = capacity
        return max([now, *self._ready])

    def _decide(self, now: int) -> list[str]:
        """Evaluate all alarms at the end of a minute, when *now* begins, and act on them."""
        newest = now - 1 - self.delay
        if newest < 0:
            return []
        # A metric per machine speaks of the machines of its own minute.
        in_service = self._serving[newest]
        out: list[_Wish] = []
        inwards: list[_Wish] = []
        tracking_in: list[_Wish | None] = []
        for policy in self.plan.tracking:
            wish = self._tracked(policy, now, newest, in_service)
            if wish is not None and wish.capacity > self.capacity:
                out.append(wish)
            if policy.scales_in:
                tracking_in.append(wish if wish is not None and wish.capacity < self.capacity else None)
        # Target tracking removes machines only if all policies that may are ready to.
        inwards += [wish for wish in tracking_in if wish is not None] if None not in tracking_in else []
        for stepping in self.plan.stepping:
            for wish in self._stepped(stepping, now, newest):
                (out if wish.capacity > self.capacity else inwards).append(wish)
        return self._act(out, inwards, now, in_service)

    def _act(self, out: list[_Wish], inwards: list[_Wish], now: int, in_service: int) -> list[str]:
        before = self.capacity
        if out:
            wish = max(out, key=lambda each: each.capacity)
            wanted = min(wish.capacity, self._high)
            if wanted <= before or not self.plan.scales_out:
                return []
            base = before if isinstance(wish.policy, StepScaling) else in_service
            cooldown = self._out.setdefault(wish.policy.name, _OutCooldown())
            if isinstance(wish.policy, TargetTracking) or now >= cooldown.until:
                cooldown.base = base
            minutes = wish.policy.cooldown if isinstance(wish.policy, StepScaling) else wish.policy.out_cooldown
            # A cooldown begins when the activity is complete: when the last machine is in service.
            cooldown.until = self._resize(wanted, now) + minutes
            self._in_until = -1.0  # scaling out ends the cooldown of scaling in
            return [f"{before} to {wanted} by {wish.policy.name}: {wish.why}"]
        if inwards and now >= self._in_until and self.plan.scales_in:
            wish = max(inwards, key=lambda each: each.capacity)
            wanted = max(wish.capacity, self._low)
            if wanted >= before:
                return []
            self._resize(wanted, now)
            minutes = wish.policy.cooldown if isinstance(wish.policy, StepScaling) else wish.policy.in_cooldown
            self._in_until = now + minutes
            return [f"{before} to {wanted} by {wish.policy.name}: {wish.why}"]
        return []

    def _tracked(self, policy: TargetTracking, now: int, newest: int, in_service: int) -> _Wish | None:
        value = policy.read(self._history, newest, policy.period)
        if value is None:
            return None
        if value > policy.target:
            minutes = math.ceil(OUT_DATAPOINTS * policy.period / 60)
            if not self._all(policy, newest, minutes, lambda each: each > policy.target):
                return None
            cooldown = self._out.get(policy.name)
            # In the cooldown, what the last scale-out added counts as part of what this one asks for.
            base = cooldown.base if cooldown is not None and now < cooldown.until else in_service
            wanted = _proportional(base, value, policy.target)
            # What is above its target never removes a machine, though those that start may be more than it asks for.
            if wanted <= self.capacity:
                return None
            return _Wish(policy, wanted, f"{policy.metric} {value:g} above {policy.target:g}")
        bound = policy.target * IN_SHARE
        if value < bound and self._all(policy, newest, IN_MINUTES, lambda each: each < bound):
            why = f"{policy.metric} {value:g} below {bound:g} for {IN_MINUTES} minutes"
            return _Wish(policy, _proportional(in_service, value, policy.target), why)
        return None

    def _all(self, policy: TargetTracking, newest: int, minutes: int, fits: Callable[[float], bool]) -> bool:
        """Whether each of the last minutes has a datapoint, and all of them fit."""
        # A period of several minutes slides with the minutes; one below a minute has the value of its minute.
        if newest - minutes + 1 < 0:
            return False
        values = (policy.read(self._history, minute, policy.period) for minute in range(newest, newest - minutes, -1))
        return all(value is not None and fits(value) for value in values)

    def _stepped(self, policy: StepScaling, now: int, newest: int) -> Iterable[_Wish]:
        cooldown = self._out.get(policy.name)
        for alarm in policy.alarms:
            values = alarm.values(self._history, newest)
            self._states[alarm.name] = state = self._state(alarm, values, newest)
            # An alarm calls its policy once a minute for as long as it lasts.
            if state is not State.ALARM:
                continue
            base = cooldown.base if cooldown is not None and now < cooldown.until else self.capacity
            wanted = policy.wanted(base, alarm, values)
            if wanted is not None and wanted < base:
                # Only what was added counts from the base; what goes is taken from what is there.
                wanted = policy.wanted(self.capacity, alarm, values)
            elif wanted is not None and base < self.capacity:
                # A step no larger than the one before asks for less than there is: it removes nothing.
                wanted = max(wanted, self.capacity)
            if wanted is not None and wanted != self.capacity:
                yield _Wish(policy, wanted, f"{alarm.name} in ALARM, {alarm.metric} {_shown(values)}")

    def _state(self, alarm: Alarm, values: list[float | None], newest: int) -> State:
        # Nothing is known of the time before the trace: it is not what an alarm may call missing.
        if alarm.missing == "breaching" and (newest + 1) * 60 < alarm.periods * alarm.period:
            return State.INSUFFICIENT_DATA
        return alarm.state(values, self._states.get(alarm.name, State.INSUFFICIENT_DATA))


def _proportional(base: int, value: float, target: float) -> int:
    # A target near zero asks for more than any number can say.
    return math.ceil(min(max(base * value / target, 0.0), MOST_CAPACITY) - _ROUNDING)


def _shown(values: list[float | None]) -> str:
    newest = next((value for value in values if value is not None), None)
    return "without data" if newest is None else f"{newest:g}"
