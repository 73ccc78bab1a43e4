"""An endpoint whose containers work one after the other."""

from constructs_lib.contract.published_metrics import EndpointKind
from constructs_lib.endpoints.endpoint_metrics import PipelineMetrics
from constructs_lib.endpoints.instance_endpoint import InstanceEndpoint
from constructs_lib.models.composition import ModelKind


class InferencePipelineEndpoint(InstanceEndpoint, PipelineMetrics):
    """Variants with a `PipelineModel`: the answer of one container is the request of the next.

    The arguments are those of `RealTimeEndpoint`, without a shadow: AWS has none for several containers (TRAPS 24).

    Source: https://docs.aws.amazon.com/sagemaker/latest/dg/inference-pipeline-real-time.html
    """

    _kind = EndpointKind.PIPELINE
    _serves = ModelKind.PIPELINE
    _takes_shadow = False
