//! The rules hold, and each of them finds what it is there for.

use deployment::connectors::{Connector, Environment};
use deployment::function_rules::findings;
use deployment::sam::stacks;
use deployment::tools::Tool;

use crate::{installed, releases, sharepoint};

#[test]
fn every_connector_is_deployed_by_the_rules_in_both_environments() {
    let Some(releases) = releases() else { return };
    assert!(releases.len() >= 2);
    for (connector, environment, stack) in releases {
        let found = findings(stack, connector, *environment);
        assert!(found.is_empty(), "{} in {environment:?}: {found:#?}", connector.name);
    }
}

#[test]
fn the_template_deploys_the_connectors_of_the_list_and_no_other() {
    let Some(releases) = releases() else { return };
    let listed: Vec<_> = Connector::all().unwrap().into_iter().map(|one| one.name).collect();
    for (_, _, stack) in releases {
        assert_eq!(stack.connectors(), listed);
    }
}

/// What stands in the template, what a mistake would make of it, and a word of the finding.
const MISTAKES: [(&str, &str, &str); 37] = [
    ("mcp-${Connector}\n      Description", "${Connector}\n      Description", "function's name"),
    ("mcp-${Connector}-function-role", "mcp-shared-function-role", "function's role"),
    ("Architectures: [arm64]", "Architectures: [x86_64]", "Architectures"),
    ("Runtime: provided.al2023", "Runtime: provided.al2", "Runtime"),
    ("Handler: bootstrap", "Handler: main", "Handler"),
    ("MemoryMb: 512", "MemoryMb: 256", "MemorySize"),
    ("TimeoutS: 25", "TimeoutS: 60", "Timeout of"),
    ("Concurrency: 50", "Concurrency: 500", "ReservedConcurrentExecutions"),
    ("Priority: 100", "Priority: 105", "priority"),
    ("Host: sharepoint", "Host: files", "MCP_BASE_URL"),
    ("SystemLogLevel: INFO", "SystemLogLevel: WARN", "LoggingConfig"),
    ("RecursiveLoop: Terminate", "RecursiveLoop: Allow", "RecursiveLoop"),
    ("MaximumRetryAttempts: 0", "MaximumRetryAttempts: 2", "retries"),
    ("CLIENT_SECRET_SSM: !Sub", "CLIENT_SECRET: !Sub", "stands in the environment"),
    ("${Connector}/storage-encryption-keys", "shared/storage-encryption-keys", "KEYS_SSM"),
    ("cache-mcp-${Connector}-${Environment}", "cache-mcp-${Environment}", "CACHE_DYNAMODB"),
    ("AUDIT_MODE: strict", "AUDIT_MODE: best_effort", "AUDIT_MODE"),
    ("AutoPublishAlias: live", "AutoPublishAlias: latest", "the alias is"),
    ("Default: Canary10Percent5Minutes", "Default: AllAtOnce", "all at once"),
    ("mcp-${Connector}-codedeploy-role", "codedeploy-role", "release's role"),
    ("          - !Ref CanaryErrorsAlarm\n", "", "errors of the new version"),
    ("          - !Ref CanaryAnswersAlarm\n", "", "answers with status 5xx"),
    (
        "        - { Name: ExecutedVersion, Value: !GetAtt Function.Version.Version }\n",
        "",
        "errors of the new version",
    ),
    ("targetgroup/mcp-${Connector}-lambda/*", "targetgroup/*", "group that may invoke"),
    ("      SourceAccount: !Ref AWS::AccountId\n", "", "account that may invoke"),
    ("    DependsOn: BalancerPermission\n", "", "registered before"),
    ("        - Id: !Ref Function.Alias", "        - Id: !Ref Function", "the target is"),
    ("FunctionName: !Ref Function.Alias", "FunctionName: !Ref Function", "may be invoked"),
    (
        "multi_value_headers.enabled\n          Value: \"true\"",
        "x\n          Value: y",
        "multi-value",
    ),
    ("HealthCheckTimeoutSeconds: 30", "HealthCheckTimeoutSeconds: 10", "gives up after"),
    ("HealthCheckEnabled: true", "HealthCheckEnabled: false", "health is checked"),
    ("AlarmName: !Sub mcp-${Connector}", "AlarmName: !Sub ${Connector}", "does not begin with"),
    ("aiconnectors-alarms-${Environment}", "alarms", "does not tell"),
    ("Runbook: docs/runbooks", "See docs/runbooks", "names no runbook"),
    ("MetricName: Throttles", "MetricName: Throttle", "no such metric"),
    ("!Sub \"${Function}:live\"", "!Sub \"${Function}\"", "not this one"),
    (
        "\nOutputs:\n",
        "\n  Role:\n    Type: AWS::IAM::Role\n    Properties: {}\n\nOutputs:\n",
        "belongs to infra/",
    ),
];

#[test]
fn each_mistake_is_found() {
    if !installed(Tool::SamPython) {
        return;
    }
    let doctored = MISTAKES.map(|(old, new, _)| sharepoint().doctored(old, new).unwrap());
    let connectors = Connector::all().unwrap();
    let connector = connectors.iter().find(|one| one.name == "sharepoint").unwrap();
    for ((_, new, word), stack) in MISTAKES.iter().zip(stacks(&doctored).unwrap()) {
        let found = findings(&stack.expect(new), connector, Environment::Dev);
        assert!(found.iter().any(|one| one.contains(word)), "{new}: {found:#?}");
    }
}

#[test]
fn a_stack_for_another_connector_environment_or_artefact_is_refused() {
    if !installed(Tool::SamPython) {
        return;
    }
    let refused = [
        ("Connector", "unheard", "/Connectors/unheard/"),
        ("Environment", "test", "parameter Environment"),
        ("ArtefactSha256", "latest", "parameter ArtefactSha256"),
        ("ArtefactKey", "sharepoint/latest.zip", "parameter ArtefactKey"),
        ("HttpsListenerArn", "/aiconnectors/dev/platform/vpc-id", "nothing publishes"),
        ("Flavour", "lambda", "does not exist"),
    ];
    let releases = refused.map(|(name, value, _)| sharepoint().with(name, value));
    for ((name, value, word), stack) in refused.iter().zip(stacks(&releases).unwrap()) {
        let refusal = stack.expect_err(value);
        assert!(refusal.contains(word), "{name}={value}: {refusal}");
    }
}

#[test]
fn during_the_move_the_old_platform_keeps_the_share_it_is_left() {
    if !installed(Tool::SamPython) {
        return;
    }
    let group = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/old/0a";
    let shares = ["0", "10", "25", "50", "75", "90", "95", "99", "100"];
    let moving = shares
        .map(|share| sharepoint().with("LegacyTargetGroupArn", group).with("LegacyWeight", share));
    for (share, stack) in shares.iter().zip(stacks(&moving).unwrap()) {
        let stack = stack.unwrap();
        let rule = stack.only("AWS::ElasticLoadBalancingV2::ListenerRule");
        let groups = &rule["Actions"][0]["ForwardConfig"]["TargetGroups"];
        assert_eq!(groups[1]["TargetGroupArn"], group, "{share}");
        assert_eq!(groups[1]["Weight"], *share);
        let left: u64 = 100 - share.parse::<u64>().unwrap();
        assert_eq!(groups[0]["Weight"], left, "{share}");
    }
}
