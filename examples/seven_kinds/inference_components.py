"""Inference components: models that share machines, each with a part of its own."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
ground = Stack(app, "Ground")  # of its own, because data and network outlive endpoints
store = sm.ArtifactStore(ground, "Store")
network = sm.Network(ground, "Network", key=store.key)
stack = Stack(app, "Serving")
image = sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu")
container = sm.Container(image=image, artifact=store.artifact("models/model.tar.gz"))
part = sm.ComponentSpecification(model=container, compute=sm.ComputeRequirements(min_memory_mb=1024))
cpu = sm.ComponentVariant("main", sm.InstanceType("ml.m5.xlarge"), count=2)
sm.InferenceComponentEndpoint(stack, "Endpoint", variant=cpu, network=network).add_component("Part", specification=part)
app.synth()
