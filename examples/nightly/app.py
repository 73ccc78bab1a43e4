"""Trains each night, registers a model that is good enough, and tells a topic of each night that fails or is missed."""

from aws_cdk import App, Stack
from aws_cdk import aws_events as events

import constructs_lib as sm

app = App()
ground = Stack(app, "Ground")
store = sm.ArtifactStore(ground, "Store")
network = sm.Network(ground, "Network", key=store.key)

nightly = Stack(app, "Nightly")
image = sm.ContainerImage.built_in("image-classification")
train = sm.TrainingJob(
    nightly,
    "Train",
    image=image,
    cluster=sm.Cluster(instance_type=sm.InstanceType("ml.g4dn.xlarge"), count=2, volume_gib=50),
    channels=[
        sm.Channel.from_s3(name, store.location(f"data/{name}"), content_type="application/x-image")
        for name in ("train", "validation", "train_lst", "validation_lst")
    ],
    hyperparameters={"num_classes": 10, "num_training_samples": 40000, "image_shape": "3,224,224"},
    output=store.location("models"),
    network=network,
)
register = sm.RegisterModelStep(
    nightly,
    "Register",
    group=sm.ModelPackageGroup(nightly, "Classifiers"),
    container=sm.Container(image=image, artifact=train.model_artifact),
    content_types=["application/x-image"],
    response_types=["application/json"],
    real_time_types=[sm.InstanceType("ml.g4dn.xlarge")],
)
good_enough = sm.Condition.metric(train, "validation:accuracy") >= 0.9
topic = sm.AlarmTopic(nightly, "Failures", key=store.key)
workflow = sm.TrainingWorkflow(
    nightly,
    "Workflow",
    steps=[
        train,
        sm.Choice(condition=good_enough, then=[register], otherwise=[sm.Fail(cause="the model is not good enough")]),
    ],
    schedule=events.Schedule.cron(minute="0", hour="1"),
    notify_failure=topic,
    key=store.key,
)
workflow.add_alarms(topic)
app.synth()
