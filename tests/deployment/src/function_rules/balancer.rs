//! The way from the balancer to the function: target group, permission, rule.

use serde_json::{Value, json};

use super::Asked;
use crate::sam::{ACCOUNT, REGION};

impl Asked<'_> {
    pub(super) fn balancer(&mut self) {
        self.target_group();
        self.permission();
        self.rule();
    }

    fn target_group(&mut self) {
        let group = self.stack.only("AWS::ElasticLoadBalancingV2::TargetGroup");
        self.same("the target group's name", &group["Name"], format!("{}-lambda", self.name()));
        let fits = group["Name"].as_str().is_some_and(|name| name.len() <= 32);
        self.holds(fits, "the target group's name has more than 32 characters");
        self.same("the target group's type", &group["TargetType"], "lambda");
        self.same("the target", &group["Targets"], json!([{"Id": self.alias()}]));
        let attributes = group["TargetGroupAttributes"].as_array().into_iter().flatten();
        let multi = attributes.into_iter().any(|attribute| {
            *attribute == json!({"Key": "lambda.multi_value_headers.enabled", "Value": "true"})
        });
        self.holds(multi, "multi-value headers are off: of two headers, one would be lost");
        self.same("whether health is checked", &group["HealthCheckEnabled"], true);
        self.same("the path of health checks", &group["HealthCheckPath"], "/health");
        let seconds = |property: &str| group[property].as_u64().unwrap_or_default();
        let (interval, timeout) =
            (seconds("HealthCheckIntervalSeconds"), seconds("HealthCheckTimeoutSeconds"));
        self.holds(
            timeout < interval && timeout >= self.connector.timeout_s,
            format!("a health check every {interval} s gives up after {timeout} s"),
        );
    }

    fn permission(&mut self) {
        let permission = self.stack.only("AWS::Lambda::Permission");
        let principal = "elasticloadbalancing.amazonaws.com";
        self.same("who may invoke", &permission["Principal"], principal);
        self.same("what may be invoked", &permission["FunctionName"], self.alias());
        self.same("what is permitted", &permission["Action"], "lambda:InvokeFunction");
        self.same("the account that may invoke", &permission["SourceAccount"], ACCOUNT);
        let groups = format!("arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup");
        let pattern = format!("{groups}/{}-lambda/*", self.name());
        self.same("the target group that may invoke", &permission["SourceArn"], pattern);

        let ids: Vec<_> = self.stack.of_type("AWS::Lambda::Permission").map(|(id, _)| id).collect();
        let kind = "AWS::ElasticLoadBalancingV2::TargetGroup";
        let waits = self.stack.of_type(kind).all(|(_, group)| {
            let before = match &group["DependsOn"] {
                Value::Array(before) => before.clone(),
                one => vec![one.clone()],
            };
            ids.iter().all(|id| before.contains(&json!(id)))
        });
        self.holds(waits, "the target is registered before the balancer may invoke it");
    }

    fn rule(&mut self) {
        let rule = self.stack.only("AWS::ElasticLoadBalancingV2::ListenerRule");
        self.same("the rule's priority", &rule["Priority"], self.connector.priority);
        let host = self.connector.host_in(self.environment);
        let condition = json!([{"Field": "host-header", "HostHeaderConfig": {"Values": [host]}}]);
        self.same("the rule's conditions", &rule["Conditions"], condition);
        let groups = &rule["Actions"][0]["ForwardConfig"]["TargetGroups"];
        let own = groups[0]["TargetGroupArn"].as_str().unwrap_or_default();
        let own = own.contains(&format!(":targetgroup/{}-lambda/", self.name()));
        self.holds(own, "the rule does not lead to the function's target group");
        let weights = groups.as_array().into_iter().flatten();
        let sum: u64 = weights.map(weight).sum();
        self.holds(sum == 100, format!("the weights of the rule make {sum} percent"));
    }
}

/// A weight, as a number or as the text of one.
fn weight(group: &Value) -> u64 {
    let weight = &group["Weight"];
    let text = weight.as_str().and_then(|text| text.parse().ok());
    weight.as_u64().or(text).unwrap_or_default()
}
