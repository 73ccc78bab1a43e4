"""The places where MiniStack takes our services in, checked before anything is built on them."""

import inspect
from importlib import import_module

# Module, name, and the parameters that we count on; no parameters for what is no function.
_POINTS: tuple[tuple[str, str, tuple[str, ...] | None], ...] = (
    ("ministack.app", "app", ("scope", "receive", "send")),
    ("ministack.app", "SERVICE_REGISTRY", None),
    ("ministack.app", "SERVICE_HANDLERS", None),
    ("ministack.core.router", "SERVICE_PATTERNS", None),
    ("ministack.core.router", "extract_access_key_id", ("headers", "query_params")),
    (
        "ministack.core.iam_actions",
        "extract_iam_action",
        ("service", "method", "path", "headers", "body", "query_params"),
    ),
    (
        "ministack.core.iam_actions",
        "extract_resource_arn",
        ("service", "method", "path", "headers", "body", "query_params", "region", "account_id"),
    ),
    ("ministack.core.iam_actions", "s3_service_context", ("iam_action", "query_params", "path", "headers")),
    (
        "ministack.core.iam_actions",
        "s3_additional_checks",
        ("method", "path", "headers", "body", "query_params"),
    ),
    ("ministack.core.iam_actions", "access_denied_response", None),
    ("ministack.core.responses", "get_account_id", ()),
    ("ministack.core.responses", "get_region", ()),
    ("ministack.core.responses", "request_scope", ("account_id", "region")),
    ("ministack.core.iam_evaluator", "evaluate", ("ctx", "policies", "limits")),
    (
        "ministack.core.iam_evaluator",
        "combine_resource_policy",
        ("identity", "ctx", "policy", "owner_account", "required", "limits"),
    ),
    (
        "ministack.core.iam_evaluator",
        "evaluate_resource_policy",
        ("doc", "ctx", "service", "named_only", "direct_only"),
    ),
    ("ministack.core.iam_evaluator", "_permissions_boundary", ("store", "name", "account_id")),
    ("ministack.core.iam_evaluator", "_resource_policy", ("service", "resource_arn")),
    ("ministack.core.iam_evaluator", "_resolve_condition_key", ("key", "ctx")),
    ("ministack.core.iam_evaluator", "parse_policy_document", ("doc",)),
    ("ministack.core.iam_evaluator", "_gather_role_policies", ("role_name", "account_id")),
    ("ministack.core.iam_evaluator", "_service_principal_matches", ("principal", "service")),
    ("ministack.core.iam_evaluator", "EvalContext", None),
    ("ministack.core.iam_evaluator", "AuthError", None),
    ("ministack.core.iam_evaluator", "resolve_principal", ("access_key_id", "account_id", "credential")),
    ("ministack.services.iam", "_roles", None),
    ("ministack.services.iam", "_lookup_policy", ("arn",)),
    ("ministack.services.s3", "handle_request", None),
    ("ministack.services.s3", "_buckets", None),
    ("ministack.services.s3", "_bucket_has_versions", None),
    ("ministack.services.s3", "_put_object", ("bucket_name", "key", "body", "headers")),
    ("ministack.services.s3", "_bucket_default_sse_headers", ("bucket_name",)),
    ("ministack.services.s3", "_put_bucket_encryption", ("name", "body")),
    ("ministack.services.s3", "_delete_bucket_encryption", ("name",)),
    ("ministack.services.kms", "handle_request", ("method", "path", "headers", "body", "query_params")),
    ("ministack.services.kms", "_resolve_key", ("key_id_or_arn",)),
    ("ministack.services.ec2", "_vpcs", None),
    ("ministack.services.ec2", "_subnets", None),
    ("ministack.services.ec2", "_security_groups", None),
    ("ministack.services.ec2", "_vpc_endpoints", None),
    ("ministack.services.ec2", "_route_tables", None),
    ("ministack.services.ec2", "_authorize_sg_ingress", ("p",)),
    ("ministack.services.ec2", "_authorize_sg_egress", ("p",)),
    ("ministack.services.ec2", "_revoke_sg_ingress", ("p",)),
    ("ministack.services.ec2", "_revoke_sg_egress", ("p",)),
    ("ministack.services.ec2", "_create_flow_logs", ("params",)),
    ("ministack.services.ec2", "_delete_flow_logs", ("params",)),
    ("ministack.services.ec2", "_create_nat_gateway", ("params",)),
    ("ministack.services.ec2", "_delete_nat_gateway", ("params",)),
    ("ministack.services.ec2", "_allocate_address", ("p",)),
    ("ministack.services.ec2", "_release_address", ("p",)),
    ("ministack.services.efs", "_file_systems", None),
    ("ministack.services.efs", "_mount_targets", None),
    ("ministack.services.eventbridge", "_invoke_target", ("target", "event", "rule", "view")),
    ("ministack.core.responses", "set_request_account_id", None),
    ("ministack.core.responses", "set_request_region", None),
    ("ministack.services.eventbridge", "_rules", None),
    ("ministack.services.eventbridge", "_targets", None),
    ("ministack.services.scheduler", "_schedules", None),
    ("ministack.services.eventbridge", "_put_events", ("data", "allow_aws_source")),
    ("ministack.services.sns", "_topics", None),
    ("ministack.services.sns", "publish_internal", None),
    ("ministack.services.sqs", "_queue_by_arn", ("arn",)),
    ("ministack.services.sqs", "_act_send_message", ("data", "qurl")),
    ("ministack.services.cloudwatch", "_alarms", None),
    ("ministack.services.cloudwatch", "_composite_alarms", None),
    ("ministack.services.cloudwatch", "_metrics", None),
    ("ministack.services.cloudwatch", "_calc_stats", ("points",)),
    ("ministack.services.cloudwatch", "_stat_value", ("stats", "stat_name", "points")),
    ("ministack.services.cloudwatch", "_dims_key", ("dims",)),
    ("ministack.services.cloudwatch", "_evaluate_alarm", ("alarm",)),
    ("ministack.services.cloudwatch", "_evaluate_all_alarms", ()),
    ("ministack.services.cloudwatch", "_evaluate_parent_alarms", ("child", "seen")),
    ("ministack.services.cloudwatch", "_dispatch_alarm_actions", ("alarm", "old_state", "new_state", "reason")),
    ("ministack.services.cloudwatch", "_record_history", None),
    ("ministack.services.cloudwatch", "record_metric", None),
    ("ministack.services.cloudwatch", "_put_composite_alarm", ("params", "cbor_data", "is_cbor", "is_json")),
    ("ministack.services.cloudwatch", "_delete_alarms", ("params", "cbor_data", "is_cbor", "is_json")),
    ("ministack.services.cloudwatch", "cloudformation_put_metric_alarm", ("alarm",)),
    ("ministack.services.cloudwatch", "cloudformation_delete_metric_alarm", ("name", "refuse_dependents")),
    ("ministack.services.stepfunctions", "handle_request", ("method", "path", "headers", "body", "query_params")),
    ("ministack.services.stepfunctions", "_SERVICE_DISPATCH", None),
    ("ministack.services.stepfunctions", "_run_execution", ("exec_arn",)),
    ("ministack.services.stepfunctions", "_invoke_resource", ("resource", "input_data")),
    ("ministack.services.stepfunctions", "_run_parallel_branches", ("state_def", "raw_input", "execution", "ctx")),
    ("ministack.services.stepfunctions", "_run_sub_machine", ("states", "start_at", "input_data", "execution", "ctx")),
    ("ministack.services.stepfunctions", "_state_query_language", ("state_def", "ctx")),
    ("ministack.services.stepfunctions", "_apply_jsonata_arguments", ("state_def", "raw_input", "ctx")),
    ("ministack.services.stepfunctions", "_apply_jsonata_output", None),
    ("ministack.services.stepfunctions", "_apply_state_assign", None),
    ("ministack.services.stepfunctions", "_ExecutionError", ("error", "cause")),
    ("ministack.services.stepfunctions", "_executions", None),
    ("ministack.services.stepfunctions", "_state_machines", None),
    ("ministack.services.cloudformation.provisioners", "_RESOURCE_HANDLERS", None),
    ("ministack.services.cloudformation.provisioners", "_physical_name", None),
    ("ministack.services.cloudformation.provisioners", "_seeded_create", None),
    ("ministack.services.cloudformation.provisioners", "_custom_resource_create", None),
    ("ministack.services.cloudformation.provisioners", "_cw_metric_alarm_record", ("name", "props")),
    ("ministack.services.cloudformation.stacks", "_runs_on_worker_thread", ("resource_type",)),
)


def check() -> None:
    """Make sure that MiniStack still has every place that we use.

    Raises:
        RuntimeError: It does not; one sentence names each place that is gone or has another shape.
    """
    moved = [f"{module}.{name}" for module, name, parameters in _POINTS if not _stands(module, name, parameters)]
    if moved:
        raise RuntimeError(
            f"this release of MiniStack has moved {', '.join(moved)}, which the embedded AWS builds on: install the "
            "release that requirements-emulator.txt pins, or bring constructs_lib/rehearsal/emulator up to this one"
        )


def _stands(module: str, name: str, parameters: tuple[str, ...] | None) -> bool:
    try:
        found = getattr(import_module(module), name, None)
    except ImportError:
        return False
    if found is None or parameters is None:
        return found is not None
    return tuple(inspect.signature(found).parameters) == parameters
