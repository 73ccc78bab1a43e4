"""Multi-model: every archive below a prefix, each loaded when it is asked for."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
store = sm.ArtifactStore(Stack(app, "Ground"), "Store")  # of its own, because data outlives endpoints
stack = Stack(app, "Serving")
image = sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu")
container = sm.Container(image=image)
model = sm.MultiModel(stack, "Model", container=container, models=store.location("models"))
variant = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"))
sm.MultiModelEndpoint(stack, "Endpoint", variants=[variant], key=store.key)
app.synth()
