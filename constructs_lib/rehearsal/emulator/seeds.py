"""Objects that a bucket holds from the moment CloudFormation has created it."""

import json
from pathlib import Path
from threading import Lock

from . import neighbours

# Stack name, then logical id of the bucket, then object key: the file.
_Seeds = dict[str, dict[str, dict[str, str]]]

_lock = Lock()
_seeds: _Seeds = {}


def remember(seeds: _Seeds) -> None:
    """Keep *seeds* for the buckets to come; what was kept for other buckets stays."""
    with _lock:
        for stack, buckets in seeds.items():
            _seeds.setdefault(stack, {}).update(buckets)


def plant(stack: str, logical_id: str, bucket: str) -> None:
    """Put into *bucket* what was asked for it."""
    with _lock:
        files = dict(_seeds.get(stack, {}).get(logical_id, {}))
    for key, file in files.items():
        neighbours.put_object(bucket, key, Path(file).read_bytes())


def from_json(body: bytes) -> _Seeds:
    """Read the body of `PUT /_rehearsal/objects`."""
    seeds: _Seeds = json.loads(body)
    return seeds
