"""The service models that botocore ships, each read once a process, without importing botocore."""

import json
import zlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ._nearest import nearest
from ._shape import Shape

if TYPE_CHECKING:
    from botocore.model import ServiceModel

_GZIP = 31  # zlib's number for a gzip header


@cache
def raw_model(service: str, data_path: str | None = None) -> dict[str, Any]:
    """The content of the service's `service-2.json`: the newest version in the first folder that has one.

    Args:
        service: The name that botocore's data folder gives the service.
        data_path: A botocore data folder to look in first, for a model newer than the installed one.

    Raises:
        ValueError: There is no such service.
    """
    for folder in [*([Path(data_path)] if data_path else []), _installed()]:
        files = sorted(folder.glob(f"{service}/*/service-2.json*"))
        if files:
            model: dict[str, Any] = json.loads(_content(files[-1]))
            return model
    raise ValueError(f"botocore has no service {service}")


@cache
def services() -> frozenset[str]:
    """The names of all services, as botocore's data folder gives them."""
    return frozenset(folder.name for folder in _installed().iterdir() if folder.is_dir())


@cache
def service_of_sdk(joined: str) -> str:
    """The service that the SDK integrations of Step Functions call *joined*: its name without what separates words.

    Itself where botocore has no such service.
    """
    names = (folder.name for folder in _installed().glob(f"{joined[:4]}*"))
    return next((name for name in names if name.replace("-", "") == joined), joined)


def _installed() -> Path:
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        raise ValueError("botocore is not installed; it carries the models of the AWS APIs")
    return Path(spec.origin).parent / "data"


def _content(file: Path) -> bytes:
    content = file.read_bytes()
    return zlib.decompress(content, _GZIP) if file.suffix == ".gz" else content


@cache
def service_model(service: str, data_path: str | None = None) -> "ServiceModel":
    """The model of *service*, as in `sagemaker`, as an object of botocore's.

    Args:
        service: The name that botocore's data folder gives the service.
        data_path: A botocore data folder to look in first, for a model newer than the installed one.
    """
    # Here and not above: this import takes longer than a whole check of a template, which does without.
    from botocore.model import ServiceModel

    return ServiceModel(raw_model(service, data_path), service)


@cache
def request_shape(service: str, operation: str, data_path: str | None = None) -> Shape | None:
    """What the operation takes; None where it takes nothing.

    Raises:
        ValueError: The service has no such operation; the nearest one is named.
    """
    model = raw_model(service, data_path)
    if operation not in model["operations"]:
        close = nearest(operation, model["operations"])
        hint = f"; the nearest is {close}" if close else ""
        raise ValueError(f"{service} has no operation {operation}{hint}")
    taken = model["operations"][operation].get("input")
    return Shape(taken["shape"], model["shapes"]) if taken else None
