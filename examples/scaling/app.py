"""Capacity that follows the load, the clock and the queue: a shop's three endpoints.

- `Search` answers at once: by its load, by steps when answers get slow, and with one machine over the weekend.
- `Describe` works through a queue: no machine while the queue is empty.
- `Greet` runs on demand, with containers that are kept warm as far as they are used.

A machine takes 1200 requests a minute here, and is held at half of that. See it before you pay for it with
`python -m constructs_lib.scaling.preview cdk.out/Shop.template.json --daily 200:9000 --requests-per-instance 1200`;
it names the three targets, of which `--target` chooses one.
"""

from aws_cdk import App, Duration, Stack, TimeZone
from aws_cdk.aws_applicationautoscaling import Schedule

import constructs_lib as sm

app = App()
ground = Stack(app, "Ground")
store = sm.ArtifactStore(ground, "Store")
network = sm.Network(ground, "Network", key=store.key)
stack = Stack(app, "Shop")
container = sm.Container(
    image=sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu"),
    artifact=store.artifact("models/model.tar.gz"),
)
model = sm.Model(stack, "Model", container=container, network=network)
machines = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"), count=2)

search = sm.RealTimeEndpoint(stack, "Search", variants=[machines])
by_load = search.auto_scale("main", min_capacity=2, max_capacity=10)
by_load.scale_on_invocations(per_minute=600).scale_on_concurrency(per_instance=8)
by_load.scale_on_steps(
    "SlowAnswers",
    metric=search.metric_model_latency("main", period=Duration.minutes(1)),
    threshold=400_000,  # microseconds
    steps=[sm.StepAdjustment(change=1, to_breach=400_000), sm.StepAdjustment(change=3, from_breach=400_000)],
)
by_load.scale_on_schedule(
    "WeekendBegins",
    schedule=Schedule.cron(week_day="FRI", hour="20", minute="0"),
    min_capacity=1,
    max_capacity=1,
    time_zone=TimeZone.EUROPE_ZURICH,
)
by_load.scale_on_schedule(
    "WeekendEnds",
    schedule=Schedule.cron(week_day="MON", hour="6", minute="0"),
    min_capacity=2,
    max_capacity=10,
    time_zone=TimeZone.EUROPE_ZURICH,
)

describe = sm.AsyncEndpoint(
    stack,
    "Describe",
    variant=sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge")),
    inputs=store.location("describe/in"),
    output=store.location("describe/out"),
)
describe.auto_scale(min_capacity=0, max_capacity=5).scale_on_backlog(per_instance=4)

on_demand = sm.Model(stack, "OnDemand", container=container, network_isolation=False)
greet = sm.ServerlessEndpoint(
    stack,
    "Greet",
    variant=sm.ServerlessVariant(
        "main", model=on_demand, memory_mb=2048, max_concurrency=20, provisioned_concurrency=1
    ),
)
greet.auto_scale(min_capacity=1, max_capacity=10).scale_on_utilization(percent=70)
app.synth()
