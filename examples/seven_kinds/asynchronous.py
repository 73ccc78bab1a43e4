"""Asynchronous: a queue for requests that are large or slow; answers lie in the bucket."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
store = sm.ArtifactStore(Stack(app, "Ground"), "Store")  # of its own, because data outlives endpoints
stack = Stack(app, "Serving")
image = sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu")
container = sm.Container(image=image, artifact=store.artifact("models/model.tar.gz"))
model = sm.Model(stack, "Model", container=container)
variant = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"))
requests, answers = store.location("in"), store.location("out")
sm.AsyncEndpoint(stack, "Endpoint", variant=variant, inputs=requests, output=answers, key=store.key)
app.synth()
