"""A model behind an endpoint that scales: the first stack of the README."""

from aws_cdk import App, Stack

from constructs_lib import (
    ArtifactStore,
    Container,
    ContainerImage,
    InstanceType,
    Model,
    Network,
    ProductionVariant,
    RealTimeEndpoint,
)

app = App()
ground = Stack(app, "Ground")  # its own stack: a network outlives the endpoints in it
store = ArtifactStore(ground, "Store")
network = Network(ground, "Network", key=store.key)

serving = Stack(app, "Serving")
image = ContainerImage.built_in("image-classification")
model = Model(
    serving, "Model", container=Container(image=image, artifact=store.artifact("models/model.tar.gz")), network=network
)
variant = ProductionVariant("main", model=model, instance_type=InstanceType("ml.m5.xlarge"))
endpoint = RealTimeEndpoint(serving, "Endpoint", variants=[variant], key=store.key)
endpoint.auto_scale("main", min_capacity=1, max_capacity=4).scale_on_invocations(per_minute=600)
app.synth()
