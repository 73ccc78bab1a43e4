"""Serverless: nothing runs and nothing costs between requests."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
ground = Stack(app, "Ground")  # of its own, because data and network outlive endpoints
store = sm.ArtifactStore(ground, "Store")
network = sm.Network(ground, "Network", key=store.key)
stack = Stack(app, "Serving")
image = sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu")
container = sm.Container(image=image, artifact=store.artifact("models/model.tar.gz"))
model = sm.Model(stack, "Model", container=container, network_isolation=False)
variant = sm.ServerlessVariant("main", model=model, memory_mb=4096, max_concurrency=10)
sm.ServerlessEndpoint(stack, "Endpoint", variant=variant)
app.synth()
