"""Compare cfn-lint and the contract as processes on the same templates of this repository.

Run `python benchmarks/checkers.py [ROUNDS]`. The two take turns, so that a change of the machine's speed meets both;
what is printed are medians over the rounds, starts of Python and imports counted. It measures and asserts nothing.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


def _synthesized(folder: Path) -> list[Path]:
    """The templates of the repository's own app."""
    code = (
        "import json, sys; from pathlib import Path; from aws_cdk import App; from app import build;"
        "app = App(context=json.loads(Path('cdk.json').read_text())['context'], outdir=sys.argv[1]);"
        "build(app); app.synth()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CDK_VALIDATION": "false"}
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, env=environment, check=True)
    return sorted(folder.glob("*.template.json"))


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main(rounds: int) -> None:
    """Print a table: one line a template, one for all of them at once."""
    with tempfile.TemporaryDirectory() as folder:
        templates = _synthesized(Path(folder))
        lint = str(Path(sys.executable).with_name("cfn-lint"))
        print("| templates | KB | cfn-lint, s | contract, s | ratio |\n|---|---|---|---|---|")
        for files in [*([template] for template in templates), templates]:
            names = [str(file) for file in files]
            ours, theirs = [], []
            for _ in range(rounds):
                theirs.append(_seconds([lint, "--regions", "us-east-1", "--", *names]))
                ours.append(_seconds([sys.executable, "-m", "constructs_lib.contract", *names]))
            name = files[0].name.removesuffix(".template.json") if len(files) == 1 else "all at once"
            size = sum(file.stat().st_size for file in files) / 1024
            a, b = statistics.median(theirs), statistics.median(ours)
            print(f"| {name} | {size:.0f} | {a:.2f} | {b:.2f} | {a / b:.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
