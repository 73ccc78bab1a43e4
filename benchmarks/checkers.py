"""Compare cfn-lint and the contract as processes on the same templates of this repository.

Run `python benchmarks/checkers.py [ROUNDS]`. The two take turns, so that a change of the machine's speed meets both;
what is printed are medians over the rounds of the processor's time, starts of Python and imports counted. Both have
their modules as bytecode, as an installation leaves them. It measures and asserts nothing.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
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


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    """What the process takes of the processor, which other processes on the machine change little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(rounds: int) -> None:
    """Print a table: one line a template, one for all of them at once."""
    with tempfile.TemporaryDirectory() as folder:
        templates = _synthesized(Path(folder))
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder, "bytecode"))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        lint = str(Path(sys.executable).with_name("cfn-lint"))
        print("| templates | KB | cfn-lint, s | contract, s | ratio |\n|---|---|---|---|---|")
        for files in [*([template] for template in templates), templates]:
            names = [str(file) for file in files]
            commands = (
                [lint, "--regions", "us-east-1", "--", *names],
                [sys.executable, "-m", "constructs_lib.contract", *names],
            )
            # The first round writes the bytecode and is not counted.
            taken = [[_seconds(command, environment) for command in commands] for _ in range(rounds + 1)][1:]
            name = files[0].name.removesuffix(".template.json") if len(files) == 1 else "all at once"
            size = sum(file.stat().st_size for file in files) / 1024
            a, b = (statistics.median(column) for column in zip(*taken, strict=True))
            print(f"| {name} | {size:.0f} | {a:.2f} | {b:.2f} | {a / b:.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
