"""The image classifier and the one that may replace it, side by side behind one endpoint."""

from constructs_lib import (
    Canary,
    CapacitySize,
    Container,
    ContainerImage,
    DataCapture,
    HostedEndpoint,
    InstanceType,
    Model,
    ProductionVariant,
    RealTimeEndpoint,
)
from stacks._hosting import HostingStack
from stacks.foundation import FoundationStack
from stacks.settings import Settings


class AbTestingStack(HostingStack):
    """Serves the model of `real_time`, and to a share of the requests the one of `ab_testing.candidate_artifact`.

    All requests and answers are kept, with the variant that gave them, so that the two can be compared. An update goes
    to a tenth of the machines first and is taken back by the endpoint's own alarms.
    """

    summary = "Two image classifiers that share the traffic of one endpoint"

    def _host(self, foundation: FoundationStack, settings: Settings) -> HostedEndpoint:
        store = foundation.store
        share = settings.ab_testing__candidate_percent
        tested = {
            "current": (settings.real_time__model_artifact, 100 - share),
            "candidate": (settings.ab_testing__candidate_artifact, share),
        }
        # Of one machine a canary can move no part.
        fewest = max(2, settings.real_time__instance_count)
        variants = [
            ProductionVariant(
                name,
                model=Model(
                    self,
                    f"{name.capitalize()}Model",
                    container=Container(
                        image=ContainerImage.built_in("image-classification"), artifact=store.artifact(artifact)
                    ),
                    network=foundation.network,
                ),
                instance_type=InstanceType(settings.real_time__instance_type),
                count=fewest,
                weight=weight,
            )
            for name, (artifact, weight) in tested.items()
        ]
        endpoint = RealTimeEndpoint(
            self,
            "Endpoint",
            variants=variants,
            capture=DataCapture(location=store.location("ab-testing/capture")),
            deployment=Canary(CapacitySize.percent(10)),
        )
        for variant in variants:
            endpoint.auto_scale(
                variant.name,
                min_capacity=fewest,
                max_capacity=max(fewest, settings.real_time__max_instance_count),
            ).scale_on_invocations(per_minute=settings.real_time__invocations_per_minute)
        return endpoint
