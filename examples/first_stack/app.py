"""A model behind an endpoint that scales: the first stack of the README."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
ground = Stack(app, "Ground")  # of its own, because a network outlives the endpoints in it
store = sm.ArtifactStore(ground, "Store")
network = sm.Network(ground, "Network", key=store.key)

serving = Stack(app, "Serving")
image = sm.ContainerImage.built_in("image-classification")
container = sm.Container(image=image, artifact=store.artifact("models/model.tar.gz"))
model = sm.Model(serving, "Model", container=container, network=network)
variant = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"))
endpoint = sm.RealTimeEndpoint(serving, "Endpoint", variants=[variant])
endpoint.auto_scale("main", min_capacity=1, max_capacity=4).scale_on_invocations(per_minute=600)
app.synth()
