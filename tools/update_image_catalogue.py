"""Rewrite constructs_lib/containers/catalogue.json from the image data of the PyPI package sagemaker-core.

Run `python tools/update_image_catalogue.py FOLDER` on an unpacked wheel:

    pip download --no-deps --dest wheels sagemaker-core && unzip -d FOLDER wheels/sagemaker_core-*.whl

Only what the library reads is kept: which account serves which algorithm or deep-learning container in which region.
"""

import json
import sys
from pathlib import Path
from typing import Any

# sagemaker-core does not mark which of its files are built-in algorithms, hence this list. XGBoost and scikit-learn
# are left out: their tags follow other rules than `repository:version`.
ALGORITHMS = (
    "blazingtext",
    "factorization-machines",
    "forecasting-deepar",
    "image-classification",
    "ipinsights",
    "kmeans",
    "knn",
    "lda",
    "linear-learner",
    "ntm",
    "object-detection",
    "object2vec",
    "pca",
    "randomcutforest",
    "semantic-segmentation",
    "seq2seq",
)
CATALOGUE = Path(__file__).parent.parent / "constructs_lib" / "containers" / "catalogue.json"


def main(wheel: Path) -> None:
    """Read the unpacked *wheel* and write the catalogue."""
    configs = wheel / "sagemaker" / "core" / "image_uri_config"
    version = next(wheel.glob("sagemaker_core-*.dist-info")).name.removesuffix(".dist-info").rpartition("-")[2]

    def read(name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((configs / f"{name}.json").read_text())
        return content

    newest_pytorch = list(read("pytorch")["training"]["versions"].values())[-1]
    catalogue = {
        "source": f"PyPI sagemaker-core {version} (Apache-2.0), sagemaker/core/image_uri_config",
        # Every deep-learning container of a region comes from one account; PyTorch's newest lists the most regions.
        "deep_learning_containers": newest_pytorch["registries"],
        "algorithms": {name: read(name)["versions"] for name in ALGORITHMS},
    }
    CATALOGUE.write_text(json.dumps(catalogue, indent=1, sort_keys=True) + "\n")
    print(f"wrote {CATALOGUE.name}: {len(ALGORITHMS)} algorithms, sagemaker-core {version}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
