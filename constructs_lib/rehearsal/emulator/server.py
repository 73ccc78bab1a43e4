"""MiniStack's application with our services in it and the rehearsal's own paths in front."""

from functools import partial
from typing import Any

from ministack import app
from ministack.core import router

from . import (
    alarms,
    branches,
    cloudformation,
    control_callers,
    deliveries,
    permissions,
    scaling_policies,
    sessions,
    states,
)
from . import jobs as jobs  # importing these three registers what they hold
from . import kinds as kinds
from . import rules as rules
from .api import Answer, Handler, json_handler
from .autoscaling import AutoScaling
from .feature_store.runtime import is_record_call, record_handler
from .fsx import Fsx
from .runtime import is_invocation, runtime_handler
from .sagemaker import SageMaker
from .surface import with_rehearsal_paths


def build(model_data: str) -> Any:
    """The ASGI application to serve.

    Args:
        model_data: The botocore data folder whose API models are the contract.
    """
    sagemaker = SageMaker(model_data)
    autoscaling = AutoScaling(sagemaker, model_data)
    fsx = Fsx(model_data)
    control = json_handler(sagemaker, partial(control_callers.require_allowed, sagemaker))
    runtime = runtime_handler(sagemaker, model_data)
    records = record_handler(sagemaker, model_data)

    async def by_path(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Answer:
        # All three services sign as `sagemaker`; only the control plane's requests go to the root.
        handler = runtime if is_invocation(path) else records if is_record_call(path) else control
        return await handler(method, path, headers, body, query)

    _serve("sagemaker", by_path, "SageMaker.")
    _serve("application-autoscaling", json_handler(autoscaling), "AnyScaleFrontendService.")
    _serve("fsx", json_handler(fsx), "AWSSimbaAPIService_v20180301.")
    cloudformation.install(sagemaker, autoscaling, fsx)
    permissions.install()
    sessions.install()
    states.install(sagemaker)
    branches.install()
    deliveries.install()
    alarms.install(lambda arn, alarm, value: scaling_policies.act(sagemaker, arn, alarm, value), deliveries.may_tell)
    return with_rehearsal_paths(app.app)


def _serve(name: str, handler: Handler, target_prefix: str) -> None:
    app.SERVICE_REGISTRY[name] = {"module": name}
    app.SERVICE_HANDLERS[name] = handler
    router.SERVICE_PATTERNS[name] = {"target_prefixes": [target_prefix]}
