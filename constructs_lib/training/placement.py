"""Where on UltraServers the machines of a job go."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from constructs_lib._internal.checks import require
from constructs_lib._internal.kinds import field_problems


@dataclass(frozen=True, kw_only=True, slots=True)
class UltraServer:
    """Some of a job's machines on one UltraServer.

    Attributes:
        instance_count: How many of the machines.
        ultra_server_id: Which UltraServer; None lets SageMaker choose one.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PlacementSpecification.html
    """

    instance_count: int
    ultra_server_id: str | None = None

    def __post_init__(self) -> None:
        require("UltraServer", field_problems(self))

    def render(self) -> dict[str, Any]:
        """The member of `PlacementSpecifications`."""
        chosen = {} if self.ultra_server_id is None else {"UltraServerId": self.ultra_server_id}
        return {**chosen, "InstanceCount": self.instance_count}


@dataclass(frozen=True, kw_only=True, slots=True)
class InstancePlacement:
    """Where on UltraServers the machines go; for UltraServer capacity only.

    Attributes:
        ultra_servers: How the machines are spread, at most 10 entries; empty leaves it to SageMaker.
        share_with_other_jobs: Whether other jobs may use the same UltraServers; None means no.

    Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InstancePlacementConfig.html
    """

    ultra_servers: Sequence[UltraServer] = ()
    share_with_other_jobs: bool | None = None

    def __post_init__(self) -> None:
        require("InstancePlacement", field_problems(self))
        object.__setattr__(self, "ultra_servers", tuple(self.ultra_servers))

    def render(self) -> dict[str, Any]:
        """The `InstancePlacementConfig` member."""
        config: dict[str, Any] = {}
        if self.share_with_other_jobs is not None:
            config["EnableMultipleJobs"] = self.share_with_other_jobs
        if self.ultra_servers:
            config["PlacementSpecifications"] = [server.render() for server in self.ultra_servers]
        return config
