//! How a new version takes over: little by little, and back when an alarm says so.

use serde_json::{Value, json};

use super::Asked;

impl Asked<'_> {
    pub(super) fn release(&mut self) {
        let alias = self.stack.only("AWS::Lambda::Alias");
        self.same("the alias", &alias["Name"], "live");
        let versions: Vec<_> = self.stack.of_type("AWS::Lambda::Version").collect();
        let one = matches!(versions.as_slice(), [(id, _)] if alias["FunctionVersion"] == *id);
        self.holds(one, "the alias does not lead to the one version of this release");
        let shifted = self.stack.of_type("AWS::Lambda::Alias").all(|(_, alias)| {
            alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"].is_string()
        });
        self.holds(shifted, "the alias changes at once: it has no update policy");

        let group = self.stack.only("AWS::CodeDeploy::DeploymentGroup");
        let how = group["DeploymentConfigName"].as_str().unwrap_or_default();
        let slowly = how.starts_with("CodeDeployDefault.LambdaCanary")
            || how.starts_with("CodeDeployDefault.LambdaLinear");
        self.holds(slowly, format!("traffic moves to a new version by {how:?}, all at once"));
        self.same("the release's role", &group["ServiceRoleArn"], self.role("codedeploy"));
        let back = group["AutoRollbackConfiguration"]["Events"].as_array();
        let back = back.is_some_and(|events| events.contains(&json!("DEPLOYMENT_STOP_ON_ALARM")));
        self.holds(back, "an alarm does not take a release back");
        self.guards(&group["AlarmConfiguration"]);
    }

    /// One guard sees the new version alone, and one what people are answered.
    fn guards(&mut self, watched: &Value) {
        self.same("whether alarms guard a release", &watched["Enabled"], true);
        let names = watched["Alarms"].as_array().into_iter().flatten();
        let names: Vec<_> = names.map(|alarm| &alarm["Name"]).collect();
        let guards: Vec<_> = self
            .stack
            .of_type("AWS::CloudWatch::Alarm")
            .map(|(_, alarm)| &alarm["Properties"])
            .filter(|alarm| names.contains(&&alarm["AlarmName"]))
            .collect();
        let known = guards.len() == names.len();
        self.holds(known, format!("a release is guarded by alarms that are not there: {names:?}"));
        let version = self.stack.only("AWS::Lambda::Alias")["FunctionVersion"].clone();
        let sees_version = guards.iter().any(|alarm| {
            alarm["MetricName"] == "Errors"
                && alarm["Dimensions"].as_array().is_some_and(|dimensions| {
                    dimensions.contains(&json!({"Name": "ExecutedVersion", "Value": version}))
                })
        });
        self.holds(sees_version, "no guard of a release counts the errors of the new version");
        let sees_answers =
            guards.iter().any(|alarm| alarm["MetricName"] == "HTTPCode_Target_5XX_Count");
        self.holds(sees_answers, "no guard of a release counts answers with status 5xx");
    }
}
