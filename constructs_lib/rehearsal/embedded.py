"""The embedded AWS as a process that one `with` block starts and ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

import botocore
import botocore.session
from boto3.session import Session
from botocore.config import Config

from constructs_lib.errors import ConfigurationError

MINISTACK_VERSION = "1.5.33"
_LOOPBACK = "127.0.0.1"
_START_SECONDS = 60
_STOP_SECONDS = 5
_LOG_LINES = 40
# What a role of an app is asked with its own credentials for.
_RUNTIMES = ("sagemaker-runtime", "sagemaker-featurestore-runtime")
# The folder of this package goes last, so that the emulator's own botocore is the one imported.
_BOOTSTRAP = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module('constructs_lib.rehearsal.emulator', run_name='__main__', alter_sys=True)"
)
# A proxy of the machine must not see, or refuse, what goes to loopback.
_open = build_opener(ProxyHandler({})).open


class EmbeddedAws:
    """An AWS of one account and region on a free loopback port, alive inside the `with` block.

    Attributes:
        endpoint_url: Where it listens, as in `http://127.0.0.1:40123`; known once started.

    Raises:
        ConfigurationError: The emulator is not installed.
        RuntimeError: It did not start; the end of its log is in the message.
    """

    def __init__(self, *, folder: Path, account: str = "123456789012", region: str = "us-east-1") -> None:
        """Prepare it; nothing runs yet.

        Args:
            folder: An existing folder of the caller's, where everything that it writes goes.
            account: Twelve digits.
            region: The region that `environment` and `client` use.
        """
        self.endpoint_url = ""
        self.account = account
        self.region = region
        self._folder = folder.resolve()
        self._log_file = self._folder / "emulator.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._clients: dict[str, Any] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
            self._wait_until_healthy()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def environment(self) -> dict[str, str]:
        """The environment for a command that is to see this AWS and no other: the whole of it, not additions."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_HOME"))}
        return inherited | {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            # MiniStack takes an access key of twelve digits for the account.
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            # No file of the user's: a profile there would win over the endpoint.
            "AWS_CONFIG_FILE": str(self._folder / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self._folder / "no-credentials"),
            # The CDK CLI remembers accounts by access key in its home.
            "CDK_HOME": str(self._folder / "cdk-home"),
            "NO_PROXY": f"{_LOOPBACK},localhost",
            "no_proxy": f"{_LOOPBACK},localhost",
        }

    def client(self, service: str) -> Any:
        """A boto3 client of this AWS; the same one each time."""
        if service not in self._clients:
            self._clients[service] = self._session().client(
                service, endpoint_url=self.endpoint_url, config=Config(proxies={})
            )
        return self._clients[service]

    def seed(self, objects: Mapping[str, Mapping[str, Mapping[str, Path]]]) -> None:
        """Say what each bucket of a stack holds as soon as CloudFormation has created it.

        Args:
            objects: Stack name, then logical id of the bucket, then object key: the file to put there.
        """
        body = {
            stack: {
                bucket: {key: str(file.resolve()) for key, file in files.items()} for bucket, files in buckets.items()
            }
            for stack, buckets in objects.items()
        }
        self._call("PUT", "/_rehearsal/objects", body)

    def resources(self) -> dict[str, str]:
        """Each resource type that CloudFormation has made, with `created` or, where it does nothing, `accepted`."""
        answer = self._call("GET", "/_rehearsal/resources")
        return {str(kind): str(how) for kind, how in answer.items()}

    def fire(self, arn: str) -> bool:
        """Let the time of a scheduled EventBridge rule, or of a schedule, come now.

        Returns:
            False if there is none with this ARN.
        """
        return bool(self._call("PUT", "/_rehearsal/fire", {"arn": arn})["fired"])

    def deliveries(self) -> dict[str, list[dict[str, str]]]:
        """What rules and schedules sent to their targets: `delivered` and, with the reason, `undelivered`.

        Each event has the ARNs `rule` and `target`, and the `event` by its `detail-type`.
        """
        answer: dict[str, list[dict[str, str]]] = self._call("GET", "/_rehearsal/deliveries")
        return answer

    def access(self) -> list[dict[str, Any]]:
        """Each role of a template with the `requests` that it made while it was at work, and their answers."""
        answer = self._call("PUT", "/_rehearsal/access", {"account": self.account, "region": self.region})
        return list(answer["roles"])

    def probes(self, role: str, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """What *role* would be answered to each of *requests*; none of them is done or kept.

        Args:
            role: Its ARN.
            requests: Each with `action`, `resource` and, as condition keys, `keys`.
        """
        asked = [{"role": role, **request} for request in requests]
        body = {"account": self.account, "region": self.region, "probes": asked}
        return list(self._call("PUT", "/_rehearsal/probes", body)["decisions"])

    def acting_as(self, role: str) -> "EmbeddedAws":
        """The same AWS, whose endpoints and feature groups are asked with credentials of *role*."""
        return _ActingAs(self, role, folder=self._folder)

    def log(self) -> str:
        """The last lines that the emulator wrote."""
        if not self._log_file.exists():
            return ""
        return "\n".join(self._log_file.read_text(errors="replace").splitlines()[-_LOG_LINES:])

    def _start(self) -> None:
        interpreter = _interpreter()
        home, temporary = self._folder / "home", self._folder / "tmp"
        for place in (home, temporary):
            place.mkdir(parents=True, exist_ok=True)
        # The socket is bound here and handed down: nobody can take the port in between.
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener, self._log_file.open("wb") as log:
            listener.bind((_LOOPBACK, 0))
            port = listener.getsockname()[1]
            command = [str(interpreter), "-I", "-c", _BOOTSTRAP, str(Path(__file__).resolve().parents[2])]
            command += ["--port", str(port), "--fd", str(listener.fileno()), "--parent", str(os.getpid())]
            command += ["--model-data", str(Path(botocore.__file__).parent / "data")]
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                env={"PATH": os.environ.get("PATH", ""), "HOME": str(home), "TMPDIR": str(temporary), "LANG": "C.UTF-8"}
                | {"PYTHONUNBUFFERED": "1", "LOG_LEVEL": "INFO", "MINISTACK_REGION": self.region},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=(listener.fileno(),),
                start_new_session=True,
            )
        self.endpoint_url = f"http://{_LOOPBACK}:{port}"

    def _wait_until_healthy(self) -> None:
        process = self._process
        deadline = time.monotonic() + _START_SECONDS
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            try:
                self._call("GET", "/_rehearsal/resources")
                return
            except (URLError, OSError):
                time.sleep(0.05)
        code = process.poll() if process is not None else None
        how = f"ended with code {code}" if code is not None else f"did not answer within {_START_SECONDS} s"
        raise RuntimeError(f"the embedded AWS {how} as it started; its log ends:\n{self.log()}")

    def _stop(self) -> None:
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        process, self._process = self._process, None
        if process is None:
            return
        # The whole group: the emulator starts processes of its own for Lambda functions.
        for stop in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, stop)
            except (ProcessLookupError, PermissionError):  # the latter is how macOS says that all of them are gone
                break
            try:
                process.wait(_STOP_SECONDS if stop is signal.SIGTERM else None)
            except subprocess.TimeoutExpired:
                continue
        process.wait()

    def _session(self) -> Session:
        # Where each setting is read from: not the user's files, and not the environment, which may name a profile.
        nowhere = dict.fromkeys(("config_file", "credentials_file"), (None, None, os.devnull, None))
        core = botocore.session.Session(session_vars={"profile": (None, None, None, None), **nowhere})
        return Session(
            aws_access_key_id=self.account,
            aws_secret_access_key="rehearsal",  # noqa: S106 -- no secret, since the embedded AWS checks no signature
            region_name=self.region,
            botocore_session=core,
        )

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.endpoint_url + path, data, {"Content-Type": "application/json"}, method=method)  # noqa: S310 -- since ours
        with _open(request, timeout=10) as answer:
            content = answer.read()
        return dict(json.loads(content)) if content else {}


class _ActingAs(EmbeddedAws):
    def __init__(self, aws: EmbeddedAws, role: str, *, folder: Path) -> None:
        super().__init__(folder=folder, account=aws.account, region=aws.region)
        self.endpoint_url = aws.endpoint_url
        self._aws = aws
        self._role = role

    def client(self, service: str) -> Any:
        if service not in _RUNTIMES:
            return self._aws.client(service)
        if service not in self._clients:
            # Whoever may assume the role, the embedded AWS gives it out: what the role may do is the question.
            got = self._aws.client("sts").assume_role(RoleArn=self._role, RoleSessionName="rehearsal")["Credentials"]
            self._clients[service] = self._session().client(
                service,
                endpoint_url=self.endpoint_url,
                config=Config(proxies={}),
                aws_access_key_id=got["AccessKeyId"],
                aws_secret_access_key=got["SecretAccessKey"],
                aws_session_token=got["SessionToken"],
            )
        return self._clients[service]


def _interpreter() -> Path:
    """The Python that has the emulator: this one, or that of the environment made beside it."""
    try:
        here = metadata.version("ministack")
    except metadata.PackageNotFoundError:
        here = None
    if here == MINISTACK_VERSION:
        return Path(sys.executable)
    beside = Path(sys.prefix) / "emulator" / "bin" / "python"
    if beside.exists():
        return beside
    found = f"ministack {here} is installed" if here else "ministack is not installed"
    raise ConfigurationError(
        "The rehearsal",
        [
            f"needs ministack {MINISTACK_VERSION}, but {found}; install the package with "
            f"its extra `rehearsal` (`pip install ministack=={MINISTACK_VERSION}`), or, to keep its botocore apart "
            "from yours, with "
            f"`python -m venv {beside.parents[1]} && {beside} -m pip install ministack=={MINISTACK_VERSION}`"
        ],
    )
