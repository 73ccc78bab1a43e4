"""What SageMaker tells EventBridge: the changes of the state of its jobs, endpoints and model packages.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
"""

import json
from typing import TYPE_CHECKING, Any

from . import neighbours

if TYPE_CHECKING:
    from .records import Record

# Noun to what the `detail-type` calls it; nouns that are not here change silently.
_NAMES = {
    "Cluster": "HyperPod Cluster",
    "CompilationJob": "Compilation Job",  # sent, though the list of the documentation lacks it
    "Endpoint": "Endpoint",
    "FeatureGroup": "Feature Group",
    "HyperParameterTuningJob": "HyperParameter Tuning Job",
    "Image": "Image",
    "ImageVersion": "Image Version",
    "LabelingJob": "Ground Truth Labeling Job",
    "ModelCard": "Model Card",
    "ModelPackage": "Model Package",
    "MonitoringSchedule": "Monitoring Schedule",
    "NotebookInstance": "Notebook Instance",
    "ProcessingJob": "Processing Job",
    "TrainingJob": "Training Job",
    "TransformJob": "Transform Job",
}
# An endpoint's state is in capitals there, and only there.
_CAPITALS = {"InService": "IN_SERVICE", "OutOfService": "OUT_OF_SERVICE", "RollingBack": "ROLLING_BACK"}


def state_changed(record: "Record") -> None:
    """Send the event of the status that *record* has now, as its Describe shows it."""
    name = _NAMES.get(record.noun.name)
    if name is None:
        return
    status = record.status or ""
    detail = {
        **{member: _in_milliseconds(member, value) for member, value in record.values.items()},
        "Tags": record.tags,
    }
    if record.noun.name == "Endpoint" and record.noun.status_member:
        detail[record.noun.status_member] = _CAPITALS.get(status, status.upper())
    neighbours.put_event(f"SageMaker {name} State Change", json.dumps(detail), record.arn)


def _in_milliseconds(member: str, value: Any) -> Any:
    return int(value * 1000) if member.endswith(("Time", "At")) and isinstance(value, (int, float)) else value
