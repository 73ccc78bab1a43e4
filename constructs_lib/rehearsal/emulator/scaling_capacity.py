"""The capacity that a target scales: instances of a variant, copies of a component, concurrency kept warm."""

from typing import Any

from .records import Record
from .sagemaker import SageMaker
from .scaling_targets import CONCURRENCY, COPIES, SAGEMAKER, VARIANT, Key


def current(sagemaker: SageMaker, key: Key) -> int | None:
    """The capacity at this moment; None where what is scaled is gone or is not SageMaker's."""
    found = _scaled(sagemaker, key)
    if found is None:
        return None
    record, variant = found
    if key[2] == COPIES:
        return int(record.values["RuntimeConfig"]["DesiredCopyCount"])
    if key[2] == CONCURRENCY:
        return int(variant.get("DesiredServerlessConfig", {}).get("ProvisionedConcurrency", 0))
    return int(variant.get("DesiredInstanceCount", 0))


def change(sagemaker: SageMaker, key: Key, capacity: int) -> None:
    """Ask for another capacity, which SageMaker reaches as it does after an update of the caller's own."""
    found = _scaled(sagemaker, key)
    if found is None:
        return
    record, variant = found
    if key[2] == COPIES:
        wanted = {"InferenceComponentName": record.name, "DesiredRuntimeConfig": {"CopyCount": capacity}}
        sagemaker.call("UpdateInferenceComponentRuntimeConfig", wanted)
        return
    name = {"EndpointName": record.name}
    shift: dict[str, Any] = {"VariantName": variant["VariantName"]}
    if key[2] == CONCURRENCY:
        serverless = variant["DesiredServerlessConfig"]
        shift["ServerlessUpdateConfig"] = {
            "MaxConcurrency": serverless["MaxConcurrency"],
            "ProvisionedConcurrency": capacity,
        }
    else:
        shift["DesiredInstanceCount"] = capacity
    sagemaker.call("UpdateEndpointWeightsAndCapacities", {**name, "DesiredWeightsAndCapacities": [shift]})


def _scaled(sagemaker: SageMaker, key: Key) -> tuple[Record, dict[str, Any]] | None:
    parts = key[1].split("/")
    if key[0] != SAGEMAKER:
        return None
    if key[2] == COPIES and len(parts) == 2:
        component = sagemaker.records.get("InferenceComponent", parts[1])
        return (component, {}) if component else None
    if key[2] not in (VARIANT, CONCURRENCY) or len(parts) != 4:
        return None
    endpoint = sagemaker.records.get("Endpoint", parts[1])
    variants = endpoint.values["ProductionVariants"] if endpoint else []
    variant = next((variant for variant in variants if variant["VariantName"] == parts[3]), None)
    return (endpoint, variant) if endpoint and variant is not None else None
