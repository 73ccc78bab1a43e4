"""What JSONata does in parallel states, and in the branches of these and of maps: MiniStack leaves it out.

Source: https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html and
https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html
"""

from typing import Any

from ministack.services import stepfunctions

_Result = tuple[Any, str | None]


def install() -> None:
    """Let parallel states have arguments, an output and assignments, and let branches have variables of their own."""
    run_branches, run_machine = stepfunctions._run_parallel_branches, stepfunctions._run_sub_machine

    def run_parallel(state: Any, raw_input: Any, execution: Any, ctx: Any) -> _Result:
        if stepfunctions._state_query_language(state, ctx) != "JSONata":
            result: _Result = run_branches(state, raw_input, execution, ctx)
            return result
        arguments = stepfunctions._apply_jsonata_arguments(state, raw_input, ctx) if "Arguments" in state else raw_input
        results, following = run_branches(state, arguments, execution, ctx)
        output = stepfunctions._apply_jsonata_output(state, raw_input, ctx, result=results, default=results)
        stepfunctions._apply_state_assign(state, raw_input, ctx, result=results)
        return output, following

    def run_apart(states: Any, start_at: Any, input_data: Any, execution: Any, ctx: Any) -> Any:
        # A branch reads the variables of the workflow; what it assigns ends with it, and no other branch sees it.
        return run_machine(
            states, start_at, input_data, execution, {**ctx, "variables": dict(ctx.get("variables", {}))}
        )

    stepfunctions._run_parallel_branches = run_parallel
    stepfunctions._run_sub_machine = run_apart
