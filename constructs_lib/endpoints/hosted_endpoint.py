"""The configuration and the endpoint that every kind is made of: what is checked, granted, retained and rolled back."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from constructs_lib._internal.acknowledged import acknowledge
from constructs_lib._internal.api import request_problems
from constructs_lib._internal.checks import is_token, require, unique
from constructs_lib._internal.expressions import runtime_problems
from constructs_lib._internal.names import unique_name, variant_id
from constructs_lib._internal.policies import attach_policy
from constructs_lib._internal.rendering import camel_case
from constructs_lib._internal.statements import Statement
from constructs_lib._internal.warnings import warn
from constructs_lib.compute.outdated import warn_if_outdated
from constructs_lib.endpoints.deployment import Canary, DeploymentPolicy, Fleet, Linear
from constructs_lib.endpoints.hosted import Hosted
from constructs_lib.endpoints.log_group import WritesLogs
from constructs_lib.endpoints.rollback_alarms import UNMADE_ALARMS, own_alarms
from constructs_lib.endpoints.volume_key import volume_key
from constructs_lib.endpoints.watched_endpoint import WatchedEndpoint
from constructs_lib.foundation.s3_location import S3Location

# A minute of metrics comes up to two minutes late, so a shorter bake ends before an alarm can speak.
_LATEST_METRIC_SECONDS = 120


class VariantProperty(StrEnum):
    """What an update may keep as it runs instead of taking it from the template; the values are the API's.

    The API takes `DATA_CAPTURE_CONFIG` and its reference calls it "not currently supported" (untested against a live
    account).

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VariantProperty.html
    """

    DESIRED_INSTANCE_COUNT = "DesiredInstanceCount"
    DESIRED_WEIGHT = "DesiredWeight"
    DATA_CAPTURE_CONFIG = "DataCaptureConfig"


class HostedEndpoint(WatchedEndpoint, WritesLogs):
    """An endpoint with a configuration of its own; the base of every kind.

    A change makes a new configuration, moves the endpoint over, and only then removes the old configuration: the
    endpoint itself is never replaced (TRAPS 1).

    Its name is made of the stack's and its own, known before it is deployed, because the alarms that watch its updates
    must be there before it and name it.
    """

    _resource: sagemaker.CfnEndpoint

    @property
    def endpoint_arn(self) -> str:
        """Its ARN."""
        return self._resource.ref

    def _host(
        self,
        *,
        variants: Sequence[Hosted],
        members: Mapping[str, Any],
        arguments: Mapping[str, str],
        problems: Iterable[str | None] = (),
        writes: Sequence[Statement] = (),
        written: Sequence[S3Location | None] = (),
        key: kms.IKey | None,
        deployment: DeploymentPolicy | None,
        retained: Sequence[VariantProperty] | None,
        endpoint_name: str | None,
    ) -> None:
        """Check everything, then make the configuration and the endpoint.

        Args:
            variants: All variants, the shadow last.
            members: The members of `CreateEndpointConfig` besides variants and key.
            arguments: Path in the request to the user's argument, for the words of errors.
            problems: What the kind itself found wrong.
            writes: What the role of every model writes.
            written: Where the endpoint writes itself, what matters most first; its key is that of the volumes too.
            key: Encrypts the machines' volumes.
            deployment: How updates come about.
            retained: What updates keep.
            endpoint_name: The user's own name.
        """
        require(self, problems)
        types = [kind for variant in variants for kind in variant.instance_types]
        needed = [statement for variant in variants for model in variant.models for statement in model.statements]
        key_arn = key.key_arn if key is not None else volume_key(types, written, needed)
        request = self._request(variants, members, key_arn)
        name = unique_name(self) if endpoint_name is None else endpoint_name
        guardrail = {"DeploymentConfig": deployment.config(UNMADE_ALARMS)} if deployment is not None else {}
        require(
            self,
            unique("names of the variants", [variant.name for variant in variants]),
            runtime_problems("an endpoint", {"EndpointName": name, **request}),
            request_problems("CreateEndpointConfig", {"EndpointConfigName": "unnamed", **request}, arguments),
            request_problems(
                "CreateEndpoint",
                {"EndpointName": name, "EndpointConfigName": "unnamed", **guardrail},
                {"EndpointName": "endpoint_name", **_DEPLOYMENT_ARGUMENTS},
            ),
            *_volume_problems(variants),
            *self._deployment_problems(deployment, variants),
        )
        self._warn(variants, key, deployment)

        self._config = config = sagemaker.CfnEndpointConfig(self, "Config", **camel_case(request))
        if key_arn is None and types and all(kind.has_local_storage for kind in types):
            acknowledge(
                config,
                "SageMakerEndpointConfigurationKMSKeyConfigured",
                "The machines keep data on NVMe disks, which they encrypt by themselves and the API takes no key for.",
            )
        self._let_models_write(config, variants, writes)
        watched = [{"EndpointName": name, "VariantName": variant.name} for variant in variants if not variant.shadow]
        if deployment is not None:
            alarms = own_alarms(self, deployment.rollback, watched, self._half_of_the_longest_answer_ms)
            guardrail = {"DeploymentConfig": deployment.config(alarms)}
        self._resource = sagemaker.CfnEndpoint(
            self,
            "Resource",
            endpoint_name=name,
            endpoint_config_name=config.attr_endpoint_config_name,
            **camel_case(guardrail),
        )
        self._log_group = f"Endpoints/{name}"
        self._targets = Construct(self, "Scaling")
        self._scaling: set[str] = set()
        self._variants = variants
        each = members.get("MetricsConfig", {}).get("MetricPublishFrequencyInSeconds", 60)
        # What only a deployment knows cannot be calculated with in a graph.
        self._published_each = 60 if is_token(each) else each
        self._rollback = deployment.rollback if deployment is not None else None
        self._variant_names = [variant.name for variant in variants]
        self._models = [model for variant in variants for model in variant.models]
        self._retained = retained
        if retained:
            self._retain(retained)
        # As an attribute, like the ARN, so that what uses it waits for the endpoint (TRAPS 5).
        self._name = self._resource.attr_endpoint_name

    def _operator_statements(self) -> tuple[Statement, ...]:
        models = tuple(dict.fromkeys(model.model_arn for model in self._models))
        return (
            *super()._operator_statements(),
            Statement(actions=("sagemaker:DescribeEndpointConfig",), resources=(self._config.ref,)),
            *((Statement(actions=("sagemaker:DescribeModel",), resources=models),) if models else ()),
        )

    def _require_one_target(self, variant: str) -> None:
        """Refuse a second target for *variant*, and a name that is not known yet."""
        if is_token(variant):
            problem = "the name of a variant that scales must be known at synth, because ids are made of it"
        elif variant in self._scaling:
            problem = f"variant {variant!r} scales already; add policies to what the first auto_scale gave"
        else:
            problem = None
        require(self, problem)
        self._scaling.add(variant)

    def _keep_counts(self, variant: str) -> None:
        """Let updates keep the machines of *variant*, which scales; weights and capture go on following the template.

        An update would set them back to the count of the template otherwise (TRAPS 3).
        """
        if self._retained is None:
            self._retain([VariantProperty.DESIRED_INSTANCE_COUNT])
        elif VariantProperty.DESIRED_INSTANCE_COUNT not in self._retained:
            warn(
                self,
                f"update-resets-scaling/{variant}",
                f"retained does not hold VariantProperty.DESIRED_INSTANCE_COUNT, so each update sets the machines of "
                f"{variant} back to the count of the template, whatever its load",
            )

    def _retain(self, retained: Sequence[VariantProperty]) -> None:
        # Set at creation too: the documentation speaks of updates only, and the API takes it for both (untested
        # against a live account).
        self._resource.retain_all_variant_properties = True
        self._resource.exclude_retained_variant_properties = [
            sagemaker.CfnEndpoint.VariantPropertyProperty(variant_property_type=property.value)
            for property in VariantProperty
            if property not in retained
        ]

    def _request(self, variants: Sequence[Hosted], members: Mapping[str, Any], key_arn: str | None) -> dict[str, Any]:
        request: dict[str, Any] = {"ProductionVariants": [dict(v.rendered) for v in variants if not v.shadow]}
        shadows = [dict(variant.rendered) for variant in variants if variant.shadow]
        if shadows:
            request["ShadowProductionVariants"] = shadows
        if key_arn is not None:
            request["KmsKeyId"] = key_arn
        return {**request, **members}

    def _deployment_problems(
        self, deployment: DeploymentPolicy | None, variants: Sequence[Hosted]
    ) -> Iterable[str | None]:
        if deployment is None:
            return
        yield from deployment.problems(Fleet.of("instances", *(variant.count for variant in variants)))
        if len(variants) > 1 and not deployment.takes_several_variants:
            yield (
                f"deployment must not be {type(deployment).__name__} with several variants, got {len(variants)}; "
                "give AllAtOnce(…), Canary(…) or Linear(…) (TRAPS 6)"
            )

    def _warn(self, variants: Sequence[Hosted], key: kms.IKey | None, deployment: DeploymentPolicy | None) -> None:
        for variant in variants:
            for instance_type in variant.instance_types:
                warn_if_outdated(self, instance_type)
            local = [kind.name for kind in variant.instance_types if kind.has_local_storage]
            if key is not None and local:
                warn(
                    self,
                    f"key-covers-no-local-storage/{variant.name}",
                    f"{', '.join(local)} keeps data on NVMe disks, encrypted by the machine and not by the key of the "
                    "endpoint",
                )
        if deployment is None:
            return
        # https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html
        for variant in variants:
            marketplace = any(model.from_marketplace for model in variant.models)
            inf1 = any(kind.family == "inf1" for kind in variant.instance_types)
            if isinstance(deployment, Canary | Linear) and variant.count == 1:
                warn(
                    self,
                    f"traffic-moves-at-once/{variant.name}",
                    f"{variant.name} has one machine at first, of which {type(deployment).__name__} can move no part "
                    "(untested against a live account); have two, or give AllAtOnce(…)",
                )
            if marketplace or inf1:
                warn(
                    self,
                    f"guardrails-do-not-apply/{variant.name}",
                    f"{'containers of the Marketplace' if marketplace else 'ml.inf1 machines'} are updated all at once "
                    "and without a bake, whatever deployment says",
                )
        bake, minutes = deployment.bake_seconds, deployment.rollback.minutes
        if not deployment.rollback.watches_by_itself or is_token(bake) or is_token(minutes):
            return
        shortest = _LATEST_METRIC_SECONDS + 60 * minutes
        if bake < shortest:
            warn(
                self,
                "bake-ends-before-alarms",
                f"wait_seconds is {bake}: the metrics of a minute come late, and a bake below {shortest} seconds may "
                "end before an alarm can take the update back",
            )

    def _let_models_write(
        self, config: sagemaker.CfnEndpointConfig, variants: Sequence[Hosted], writes: Sequence[Statement]
    ) -> None:
        by_role: dict[str, tuple[str, iam.IRole, list[Statement]]] = {}
        for variant in variants:
            statements = [*writes, *variant.writes]
            for index, model in enumerate(variant.models if statements else ()):
                if model.role is None:
                    warn(
                        self,
                        f"role-not-known/{variant.name}",
                        f"variant {variant.name} serves an imported model; let its role write to what the endpoint "
                        "writes to",
                    )
                    continue
                # One policy a role: an account lets a role have ten, and variants often share theirs. A variant whose
                # pools have models of their own may have several roles; a name that CloudFormation fills in is no id.
                id = variant_id(variants.index(variant), variant.name)
                id = f"{id}.{index}" if index else id
                known = by_role.setdefault(model.role.node.path, (id, model.role, []))
                known[2].extend(statements)
        if by_role:
            policies = Construct(self, "Output")
            for name, role, statements in by_role.values():
                config.add_resource_dependency(attach_policy(policies, name, role, statements))


_BLUE_GREEN = "DeploymentConfig.BlueGreenUpdatePolicy"
_ROLLING = "DeploymentConfig.RollingUpdatePolicy"
_DEPLOYMENT_ARGUMENTS = {
    "DeploymentConfig": "deployment",
    "DeploymentConfig.AutoRollbackConfiguration.Alarms": "deployment.rollback.alarm_names",
    _BLUE_GREEN: "deployment",
    f"{_BLUE_GREEN}.TrafficRoutingConfiguration.WaitIntervalInSeconds": "deployment.wait_seconds",
    f"{_BLUE_GREEN}.TrafficRoutingConfiguration.CanarySize.Value": "deployment.size",
    f"{_BLUE_GREEN}.TrafficRoutingConfiguration.LinearStepSize.Value": "deployment.step",
    f"{_BLUE_GREEN}.TerminationWaitInSeconds": "deployment.termination_wait_seconds",
    f"{_BLUE_GREEN}.MaximumExecutionTimeoutInSeconds": "deployment.maximum_execution_timeout_seconds",
    _ROLLING: "deployment",
    f"{_ROLLING}.MaximumBatchSize.Value": "deployment.batch",
    f"{_ROLLING}.RollbackMaximumBatchSize.Value": "deployment.rollback_batch",
    f"{_ROLLING}.WaitIntervalInSeconds": "deployment.wait_seconds",
    f"{_ROLLING}.MaximumExecutionTimeoutInSeconds": "deployment.maximum_execution_timeout_seconds",
}


def _volume_problems(variants: Sequence[Hosted]) -> Iterable[str]:
    for variant in variants:
        size = variant.rendered.get("VolumeSizeInGB")
        local = [kind.name for kind in variant.instance_types if kind.has_local_storage]
        if size is not None and local:
            yield (
                f"volume_size_gib of variant {variant.name!r} has no meaning on {', '.join(local)}, whose disks are "
                f"inside the machine, got {size!r}; leave it out (TRAPS 13)"
            )
