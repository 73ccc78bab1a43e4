"""Leaves out images that are too small to be classified."""

import shutil
from pathlib import Path

SMALLEST_BYTES = 100
INPUT, OUTPUT = Path("/opt/ml/processing/input/raw"), Path("/opt/ml/processing/output/ready")


def main() -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    for image in INPUT.rglob("*.jpg"):
        if image.stat().st_size >= SMALLEST_BYTES:
            shutil.copy2(image, OUTPUT / image.name)


if __name__ == "__main__":
    main()
