"""Asynchronous: a queue for requests that are large or slow; answers lie in the bucket."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
ground = Stack(app, "Ground")  # of its own, because data and network outlive endpoints
store = sm.ArtifactStore(ground, "Store")
network = sm.Network(ground, "Network", key=store.key)
stack = Stack(app, "Serving")
image = sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu")
container = sm.Container(image=image, artifact=store.artifact("models/model.tar.gz"))
model = sm.Model(stack, "Model", container=container, network=network)
variant = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"))
sm.AsyncEndpoint(stack, "Endpoint", variant=variant, inputs=store.location("in"), output=store.location("out"))
app.synth()
