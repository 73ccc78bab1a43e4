"""Multi-model: every archive below a prefix, each loaded when it is asked for."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
ground = Stack(app, "Ground")  # of its own, because data and network outlive endpoints
store = sm.ArtifactStore(ground, "Store")
network = sm.Network(ground, "Network", key=store.key)
stack = Stack(app, "Serving")
image = sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu")
container = sm.Container(image=image)
model = sm.MultiModel(stack, "Model", container=container, models=store.location("models"), network=network)
variant = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"), count=2)
sm.MultiModelEndpoint(stack, "Endpoint", variants=[variant])
app.synth()
