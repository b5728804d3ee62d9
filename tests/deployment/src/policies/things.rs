//! What belongs to one connector, by the names that everything is made with.

use crate::plan::Plan;

/// Something of a connector that only its own roles may touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// The connector.
    pub connector: String,
    /// What it is, in words.
    pub what: &'static str,
    /// Its ARN; what AWS adds to a name is made up.
    pub arn: String,
}

/// Everything of every connector of a plan.
pub fn things(plan: &Plan) -> Vec<Thing> {
    plan.connectors.iter().flat_map(|connector| of(plan, connector)).collect()
}

fn of(plan: &Plan, name: &str) -> Vec<Thing> {
    let Plan { environment: env, account, region, .. } = plan;
    let own = format!("{region}:{account}");
    let log = format!("arn:aws:logs:{own}:log-group:/aiconnectors/{env}/{name}");
    let function = format!("arn:aws:lambda:{own}:function:mcp-{name}");
    let balancing = format!("arn:aws:elasticloadbalancing:{own}:targetgroup/mcp-{name}");
    let cluster = format!("aiconnectors-{env}-aiconnectors");
    let table = format!("arn:aws:dynamodb:{own}:table");
    let parameter = format!("arn:aws:ssm:{own}:parameter/aiconnectors/{env}/{name}");
    let role = format!("arn:aws:iam::{account}:role/mcp-{name}");
    let deploy = format!("arn:aws:codedeploy:{own}");
    let things = [
        ("the storage table", format!("{table}/mcp-oauth-storage-mcp-{name}-{env}")),
        ("the cache table", format!("{table}/cache-mcp-{name}-{env}")),
        ("the client id", format!("{parameter}/azure-client-id")),
        ("the client secret", format!("{parameter}/azure-client-secret")),
        ("the keyring", format!("{parameter}/storage-encryption-keys")),
        ("the log group", log.clone()),
        ("a log stream", format!("{log}:log-stream:2026/01/01/x")),
        ("the function", function.clone()),
        ("the function's alias", format!("{function}:live")),
        ("the image repository", format!("arn:aws:ecr:{own}:repository/mcp-{name}")),
        ("the service", format!("arn:aws:ecs:{own}:service/{cluster}/mcp-{name}-main-svc")),
        ("a task definition", format!("arn:aws:ecs:{own}:task-definition/mcp-{name}:1")),
        ("the stack", format!("arn:aws:cloudformation:{own}:stack/mcp-{name}-{env}/0a1b")),
        ("the function's target group", format!("{balancing}-lambda/0123456789abcdef")),
        ("the service's target group", format!("{balancing}-ecs/0123456789abcdef")),
        ("an alarm", format!("arn:aws:cloudwatch:{own}:alarm:mcp-{name}-{env}-errors")),
        ("a traffic shift", format!("{deploy}:application:mcp-{name}-{env}-Shift-0A1B")),
        ("a deployment group", format!("{deploy}:deploymentgroup:mcp-{name}-{env}-Shift-0A1B/x")),
        (
            "an artefact",
            format!("arn:aws:s3:::nn-aiconnectors-artefacts-{env}/mcp-{name}/0a1b.zip"),
        ),
        ("the function's role", format!("{role}-function-role")),
        ("the agent's role", format!("{role}-execution-role")),
        ("the task's role", format!("{role}-task-role")),
        ("the traffic shift's role", format!("{role}-codedeploy-role")),
        ("the release's role", format!("{role}-github-actions")),
    ];
    let connector = name.to_owned();
    let named = things.map(|(what, arn)| Thing { connector: connector.clone(), what, arn });
    named.to_vec()
}
