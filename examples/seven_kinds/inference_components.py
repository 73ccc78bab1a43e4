"""Inference components: models that share machines, each with a part of its own."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
store = sm.ArtifactStore(Stack(app, "Ground"), "Store")  # of its own, because data outlives endpoints
stack = Stack(app, "Serving")
image = sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu")
container = sm.Container(image=image, artifact=store.artifact("models/model.tar.gz"))
part = sm.ComponentSpecification(model=container, compute=sm.ComputeRequirements(min_memory_mb=1024))
main = sm.ComponentVariant("main", sm.InstanceType("ml.m5.xlarge"))
sm.InferenceComponentEndpoint(stack, "Endpoint", variant=main, key=store.key).add_component("Model", specification=part)
app.synth()
