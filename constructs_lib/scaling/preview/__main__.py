"""`python -m constructs_lib.scaling.preview TEMPLATE --trace FILE.csv --requests-per-instance N` prints a replay."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from constructs_lib.errors import ConfigurationError

from .scaling_preview import DEFAULT_METRIC_DELAY, DEFAULT_START, DEFAULT_START_MINUTES, ScalingPreview
from .traffic_trace import TrafficTrace

WRONG_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the preview.

    Returns:
        0, or 2 where the command line, the template or the trace cannot be used.
    """
    parsed = _parser().parse_args(arguments)
    try:
        _preview(parsed)
    except ConfigurationError as error:
        print(f"scaling preview: {'; '.join(error.problems)}", file=sys.stderr)
        return WRONG_INPUT
    except BrokenPipeError:
        # `… | head`: nobody reads on; without this the interpreter would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m constructs_lib.scaling.preview",
        description="Replay traffic against the scaling policies of a synthesized template; no account needed.",
    )
    parser.add_argument("template", type=Path, help="a JSON template, such as cdk.out/Stack.template.json")
    traffic = parser.add_mutually_exclusive_group(required=True)
    traffic.add_argument("--trace", metavar="FILE.csv", type=Path, help="requests by minute, header minute,requests")
    traffic.add_argument(
        "--daily", metavar="LOW:PEAK", help="a smooth day instead: LOW a minute at 02:00, PEAK at 14:00"
    )
    parser.add_argument("--days", metavar="N", type=int, default=1, help="days of --daily (default: %(default)s)")
    parser.add_argument(
        "--requests-per-instance", metavar="N", type=float, required=True, help="what one machine serves in a minute"
    )
    parser.add_argument("--target", metavar="LOGICAL_ID", help="the scalable target, if there are several")
    parser.add_argument(
        "--parameter", metavar="NAME=VALUE", action="append", default=[], help="a parameter of the template; repeatable"
    )
    parser.add_argument(
        "--start-minutes",
        metavar="N",
        type=int,
        default=DEFAULT_START_MINUTES,
        help="from the order of a machine to its first request (default: %(default)s)",
    )
    parser.add_argument(
        "--metric-delay-minutes",
        metavar="N",
        type=int,
        default=DEFAULT_METRIC_DELAY,
        help="until alarms see a minute (default: %(default)s)",
    )
    parser.add_argument(
        "--seconds-per-request", metavar="S", type=float, help="at full load (default: 60 / --requests-per-instance)"
    )
    parser.add_argument(
        "--full-load-percent",
        metavar="P",
        type=float,
        default=100,
        help="CPU and GPU utilization of a machine at its limit (default: %(default)s)",
    )
    parser.add_argument("--initial-capacity", metavar="N", type=int, help="at the beginning (default: the template's)")
    parser.add_argument(
        "--start", metavar="TIME", default=DEFAULT_START, help="when minute 0 begins, in UTC (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print every minute as JSON instead of a table")
    parser.add_argument(
        "--every-minute", action="store_true", help="a row for every minute, not only where something changes"
    )
    parser.add_argument("--plot", metavar="FILE.png", type=Path, help="draw it, too; needs the extra `preview`")
    return parser


def _preview(parsed: argparse.Namespace) -> None:
    preview = ScalingPreview.from_template(
        parsed.template, target=parsed.target, parameters=dict(map(_parameter, parsed.parameter))
    )
    replay = preview.replay(
        TrafficTrace.from_csv(parsed.trace) if parsed.trace else _daily(parsed.daily, parsed.days),
        requests_per_instance=parsed.requests_per_instance,
        start_minutes=parsed.start_minutes,
        metric_delay_minutes=parsed.metric_delay_minutes,
        seconds_per_request=parsed.seconds_per_request,
        full_load_percent=parsed.full_load_percent,
        initial_capacity=parsed.initial_capacity,
        start=parsed.start,
    )
    if parsed.plot:
        replay.plot(parsed.plot)
    print(
        json.dumps(replay.to_dict(), indent=1) if parsed.json else replay.table(every_minute=parsed.every_minute),
        flush=True,
    )


def _parameter(pair: str) -> tuple[str, str]:
    name, equals, value = pair.partition("=")
    if not equals or not name:
        raise ConfigurationError("the command line", [f"--parameter {pair} is not NAME=VALUE"])
    return name, value


def _daily(text: str, days: int) -> TrafficTrace:
    low, _, peak = text.partition(":")
    try:
        return TrafficTrace.daily(low=float(low), peak=float(peak), days=days)
    except ConfigurationError:
        raise
    except ValueError:
        raise ConfigurationError("the command line", [f"--daily {text} is not LOW:PEAK, such as 5:60"]) from None


if __name__ == "__main__":
    sys.exit(main())
