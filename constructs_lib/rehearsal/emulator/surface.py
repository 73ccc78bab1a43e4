"""The rehearsal's own paths, on the same port and in front of MiniStack."""

import json
from dataclasses import asdict
from typing import Any

from ministack.core.responses import request_scope

from . import deliveries, flow_logs, ledger, permissions, requests, seeds

_PREFIX = "/_rehearsal/"


def with_rehearsal_paths(app: Any) -> Any:
    """*app*, with the paths of `_answer` answered before it."""

    async def surface(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_PREFIX):
            await app(scope, receive, send)
            return
        status, answer = _answer(scope["method"], scope["path"].removeprefix(_PREFIX), await _body(receive))
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    return surface


def _answer(method: str, name: str, body: bytes) -> tuple[int, object]:
    match method, name:
        case "GET", "resources":
            return 200, ledger.types()
        case "GET", "deliveries":
            return 200, deliveries.so_far()
        case "PUT", "access":
            return 200, {"roles": _access(json.loads(body))}
        case "PUT", "probes":
            return 200, {"decisions": _probed(json.loads(body))}
        case "PUT", "fire":
            arn = json.loads(body)["arn"]
            return 200, {"fired": deliveries.fire(arn)}
        case "PUT", "objects":
            seeds.remember(seeds.from_json(body))
            return 200, {}
    return 404, {"message": f"no such path: {method} {_PREFIX}{name}"}


def _access(body: dict[str, Any]) -> list[dict[str, Any]]:
    """What each role asked for; what works by itself and has not worked yet does so now."""
    with request_scope(body["account"], body["region"]):
        flow_logs.write()
    return requests.so_far()


def _probed(body: dict[str, Any]) -> list[object]:
    """What each of the requests in *body* would be answered; none of them is kept, and none is done."""
    with request_scope(body["account"], body["region"]):
        return [
            asdict(permissions.decide(probe["role"], probe["action"], probe["resource"], probe["keys"]))
            for probe in body["probes"]
        ]


async def _body(receive: Any) -> bytes:
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)
