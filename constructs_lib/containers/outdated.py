"""Images that AWS has ended, or no longer keeps up (TRAPS 39 and 40)."""

from constructs import Construct

from constructs_lib._internal.warnings import warn

# https://aws.github.io/deep-learning-containers/reference/support_policy
_TORCHSERVE = ("pytorch-inference", "pytorch-inference-graviton", "pytorch-inference-arm64")


def ended(field: str, repository: str) -> str | None:
    """A sentence when no machine runs *repository* any more."""
    if not repository.endswith("-eia"):
        return None
    return (
        f"{field} is for Elastic Inference, which has ended, got {repository!r}; use the repository without '-eia' on "
        "a GPU type, or one for Neuron on an Inferentia type"
    )


def warn_if_outdated(scope: Construct, repository: str) -> None:
    """Warn at *scope* when AWS no longer keeps *repository* up."""
    if "mxnet" in repository:
        warn(
            scope,
            f"outdated-image/{repository}",
            f"image {repository} holds MXNet, which is archived and gets no more fixes; PyTorch's images replace it",
        )
    elif repository in _TORCHSERVE:
        warn(
            scope,
            f"outdated-image/{repository}",
            f"image {repository} serves through TorchServe, which is archived; its last images are patched until "
            "the end of June 2026; djl-inference, sagemaker-tritonserver or, for language models, vllm and sglang "
            "replace it",
        )
