"""An endpoint that answers while the caller waits."""

from constructs_lib.contract.published_metrics import EndpointKind
from constructs_lib.endpoints.endpoint_metrics import RealTimeMetrics
from constructs_lib.endpoints.instance_endpoint import InstanceEndpoint
from constructs_lib.models.composition import ModelKind


class RealTimeEndpoint(InstanceEndpoint, RealTimeMetrics):
    """One to ten variants behind one name, each with a model of one container.

    A change of the variants makes a new configuration, moves the endpoint over without a pause, and only then removes
    the old configuration: the endpoint itself is never replaced (TRAPS 1).

    Args:
        scope: The parent construct.
        id: The id in it.
        variants: One to ten, with names of their own.
        shadow_variant: Gets copies of the requests of the one variant; its answers are thrown away. Not with models of
            the Marketplace or ml.inf1 machines (TRAPS 24).
        key: Encrypts the machines' volumes. None takes the key of `capture`, or else that of the first weights.
            Types with NVMe storage have no volume of that kind: None gives no key there, and one that is given is
            accepted and covers nothing, which is a warning (TRAPS 13). Whoever deploys makes a grant on the key
            (`kms:CreateGrant`, TRAPS 14): its policy must let IAM decide, as keys of the CDK do, or name the role.
        capture: Keeps requests and answers; None keeps none.
        deployment: How an update reaches the machines: `AllAtOnce`, `Canary`, `Linear` or `Rolling`, taken back by the
            endpoint's own alarms. None is SageMaker's own: all at once, and no alarm.
        retained: What an update keeps as it runs instead of taking it from the template. None keeps the machines of
            variants that scale, and nothing else (TRAPS 3).
        metrics: Finer metrics; None publishes the usual ones each minute.
        explainer_config: The members of `ExplainerConfig`, passed on as they are; Clarify is closed to new customers,
            which is a warning.
        endpoint_name: Letters, digits and dashes, at most 63; None makes one of the stack's name and the path, the
            same at each synth. Another name is another endpoint.

    Raises:
        ConfigurationError: SageMaker would refuse the configuration; all problems are listed.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
    """

    _kind = EndpointKind.REAL_TIME
    _serves = ModelKind.SINGLE
