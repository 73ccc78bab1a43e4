"""The service models that botocore ships, each read once a process."""

from difflib import get_close_matches
from functools import cache

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel


@cache
def service_model(service: str, data_path: str | None = None) -> ServiceModel:
    """The model of *service*, as in `sagemaker`.

    Args:
        service: The name that botocore's data folder gives the service.
        data_path: A botocore data folder to look in first, for a model newer than the installed one.
    """
    # Loader takes the first file found, so the given folder wins; its usual paths would put the user's own in between.
    folders = [*([data_path] if data_path else []), Loader.BUILTIN_DATA_PATH]
    loader = Loader(extra_search_paths=folders, include_default_search_paths=False)
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


def operation_model(service: str, operation: str, data_path: str | None = None) -> OperationModel:
    """The model of one operation.

    Raises:
        ValueError: The service has no such operation; the nearest one is named.
    """
    model = service_model(service, data_path)
    if operation not in model.operation_names:
        nearest = get_close_matches(operation, model.operation_names, 1)
        hint = f"; the nearest is {nearest[0]}" if nearest else ""
        raise ValueError(f"{service} has no operation {operation}{hint}")
    return model.operation_model(operation)
