"""Multi-container: several containers on the same machines, each asked by its name."""

from aws_cdk import App, Stack

import constructs_lib as sm

app = App()
ground = Stack(app, "Ground")  # of its own, because data and network outlive endpoints
store = sm.ArtifactStore(ground, "Store")
network = sm.Network(ground, "Network", key=store.key)
stack = Stack(app, "Serving")
image = sm.ContainerImage.from_dlc("tensorflow-inference", "2.19.0-cpu")
container = sm.Container(image=image, artifact=store.artifact("models/model.tar.gz"))
pca = sm.Container(image=sm.ContainerImage.built_in("pca"), artifact=store.artifact("models/pca.tar.gz"))
model = sm.MultiContainerModel(stack, "Model", containers={"pca": pca, "network": container}, network=network)
variant = sm.ProductionVariant("main", model=model, instance_type=sm.InstanceType("ml.m5.xlarge"), count=2)
sm.MultiContainerEndpoint(stack, "Endpoint", variants=[variant])
app.synth()
