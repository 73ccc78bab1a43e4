"""Start the embedded AWS on one loopback port and serve until stopped or orphaned."""

import argparse
import asyncio
import os
import signal
import socket
import tempfile
import threading
import time

_LOOPBACK = "127.0.0.1"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="constructs_lib.rehearsal.emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="the loopback port to serve")
    parser.add_argument("--fd", type=int, help="a socket already bound to that port; without it the port is bound here")
    parser.add_argument(
        "--model-data", required=True, help="the botocore data folder whose API models are the contract"
    )
    parser.add_argument("--parent", type=int, help="exit when this process is gone")
    parser.add_argument(
        "--wait-scale", default="0.01", help="how much of each wait of a state machine is really waited"
    )
    return parser.parse_args()


def _configure(port: int, wait_scale: str) -> None:
    """Settle what MiniStack reads from the environment while it is imported."""
    os.environ.update(
        GATEWAY_PORT=str(port),
        MINISTACK_HOST=_LOOPBACK,
        SFN_WAIT_SCALE=wait_scale,
        # Each of these would bind a port of its own, on all addresses.
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
        PERSIST_STATE="0",
        S3_PERSIST="0",
        # MiniStack stops containers that it takes for its own; the machine's Docker is none of our business.
        DOCKER_HOST="unix:///nonexistent",
        # Folders outside the one that the launcher gave.
        S3_DATA_DIR=tempfile.gettempdir(),
        STATE_DIR=tempfile.gettempdir(),
    )


def _exit_with(parent: int) -> None:
    """Take this process and everything it started down when *parent* is gone."""
    born_of_it = os.getppid() == parent

    def watch() -> None:
        while _alive(parent, born_of_it):
            time.sleep(0.3)
        if os.getpgid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def _alive(parent: int, born_of_it: bool) -> bool:
    # A child is handed to another process as soon as its parent ends, even while the parent is a zombie.
    if born_of_it:
        return os.getppid() == parent
    try:
        os.kill(parent, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _bound(port: int) -> int:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((_LOOPBACK, port))
    return listener.detach()


def main() -> None:
    arguments = _arguments()
    if arguments.parent:
        _exit_with(arguments.parent)
    _configure(arguments.port, arguments.wait_scale)

    # Only now: these read the environment as they are imported.
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    from . import hooks

    hooks.check()
    from .server import build

    config = Config()
    # A descriptor and not an address, so that the launcher can hold a free port without a race for it.
    config.bind = [f"fd://{arguments.fd if arguments.fd is not None else _bound(arguments.port)}"]
    config.keep_alive_timeout = 75
    asyncio.run(serve(build(arguments.model_data), config))


if __name__ == "__main__":
    main()
