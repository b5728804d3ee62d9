//! Rules over the stack of one connector in one environment. Each finding is a sentence for a person.
#![expect(clippy::indexing_slicing, reason = "reading from JSON by an index gives null, no panic")]

mod alarms;
mod balancer;
mod function;
mod release;

use serde_json::Value;

use crate::connectors::{Connector, Environment};
use crate::sam::{ACCOUNT, REGION, Stack};

pub use alarms::runbooks;

/// What the rules are asked about.
struct Asked<'a> {
    stack: &'a Stack,
    connector: &'a Connector,
    environment: Environment,
    findings: Vec<String>,
}

/// Everything that is wrong with a stack; empty when all is well.
pub fn findings(stack: &Stack, connector: &Connector, environment: Environment) -> Vec<String> {
    let mut asked = Asked { stack, connector, environment, findings: Vec::new() };
    asked.owners();
    asked.function();
    asked.settings();
    asked.release();
    asked.balancer();
    asked.alarms();
    asked.findings
}

impl Asked<'_> {
    /// What this template may make; everything else has its owner in `infra/`.
    fn owners(&mut self) {
        const OWN: [&str; 9] = [
            "AWS::CloudWatch::Alarm",
            "AWS::CodeDeploy::Application",
            "AWS::CodeDeploy::DeploymentGroup",
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            "AWS::Lambda::Alias",
            "AWS::Lambda::EventInvokeConfig",
            "AWS::Lambda::Function",
            "AWS::Lambda::Permission",
        ];
        for (id, resource) in self.stack.resources() {
            let kind = resource["Type"].as_str().unwrap_or_default();
            if !OWN.contains(&kind) && kind != "AWS::Lambda::Version" {
                self.findings
                    .push(format!("{id} ({kind}) belongs to infra/, not to template.yaml"));
            }
        }
    }

    /// Finds fault when `found` is not `wanted`.
    fn same(&mut self, what: &str, found: &Value, wanted: impl Into<Value>) {
        let wanted = wanted.into();
        if *found != wanted {
            self.findings.push(format!("{what} is {found} and should be {wanted}"));
        }
    }

    /// Finds fault when something does not hold.
    fn holds(&mut self, holds: bool, fault: impl Into<String>) {
        if !holds {
            self.findings.push(fault.into());
        }
    }

    /// The name that everything of the connector has in it.
    fn name(&self) -> String {
        format!("mcp-{}", self.connector.name)
    }

    fn role(&self, suffix: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:role/{}-{suffix}-role", self.name())
    }

    fn alias(&self) -> String {
        format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}:live", self.name())
    }
}
