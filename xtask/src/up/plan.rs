//! The plan file: what the stand-ins program serves where, and what stands behind the balancer.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::platform::Site;
use crate::addresses::loopback;
use crate::environment::Setting;
use crate::repository::Connector;

/// What stands behind the load balancer for one connector.
#[derive(Debug)]
pub(super) enum Target {
    /// The built program, run as a function.
    Lambda {
        /// The program.
        program: PathBuf,
        /// Its log.
        log: PathBuf,
    },
    /// A server that listens on this port.
    Http {
        /// The port.
        port: u16,
    },
}

/// The plan of this site, with the targets in the order of its connectors.
///
/// # Errors
/// When a connector has no port or no app registration.
pub(super) fn plan_of(site: &Site<'_>, targets: &[Target]) -> anyhow::Result<Value> {
    let mut rules = Vec::new();
    for (setting, target) in site.settings().zip(targets) {
        rules.push(rule(&setting, target)?);
    }
    let addresses = site.addresses;
    Ok(json!({
        "entra": { "listen": listen(addresses.entra()) },
        "graph": { "listen": listen(addresses.graph()) },
        "alb": { "listen": listen(addresses.alb()), "targets": rules },
    }))
}

fn rule(setting: &Setting<'_>, target: &Target) -> anyhow::Result<Value> {
    let connector = setting.connector;
    let target = match target {
        Target::Lambda { program, log } => {
            json!({ "lambda": function(setting, connector, program, log)? })
        }
        Target::Http { port } => json!({ "http": { "url": loopback(*port) } }),
    };
    Ok(json!({
        "name": connector.name,
        "host_patterns": [format!("{}.localhost", connector.host), format!("{}.*", connector.host)],
        "listen": [listen(setting.addresses.connector(setting.place)?)],
        "priority": connector.priority,
        "multi_value_headers": true,
        "target": target,
    }))
}

fn function(
    setting: &Setting<'_>,
    connector: &Connector,
    program: &Path,
    log: &Path,
) -> anyhow::Result<Value> {
    Ok(json!({
        "binary": program,
        "env": setting.variables()?,
        "memory_mb": connector.memory_mb,
        "timeout_s": connector.timeout_s,
        "init_timeout_s": 10,
        "concurrency": connector.concurrency,
        "freeze": true,
        "log_file": log,
    }))
}

fn listen(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::Addresses;
    use crate::repository::Repository;

    fn plan(target: Target) -> Value {
        let repository = Repository::find().unwrap();
        let site = Site::new(&repository, Addresses::starting_at(9200).unwrap()).unwrap();
        plan_of(&site, &[target]).unwrap()
    }

    #[test]
    fn a_function_stands_behind_its_own_port_and_its_host_name() {
        let program = PathBuf::from("/built/sharepoint");
        let plan = plan(Target::Lambda { program, log: PathBuf::from("/run/sharepoint.log") });
        assert_eq!(plan["entra"], json!({ "listen": "127.0.0.1:9210" }));
        assert_eq!(plan["graph"], json!({ "listen": "127.0.0.1:9211" }));
        assert_eq!(plan["alb"]["listen"], "127.0.0.1:9200");

        let mut rule = plan["alb"]["targets"][0].clone();
        let env = rule["target"]["lambda"]["env"].take();
        assert_eq!(env["MCP_BASE_URL"], "http://127.0.0.1:9221");
        assert_eq!(
            rule,
            json!({
                "name": "sharepoint",
                "host_patterns": ["sharepoint.localhost", "sharepoint.*"],
                "listen": ["127.0.0.1:9221"],
                "priority": 100,
                "multi_value_headers": true,
                "target": { "lambda": {
                    "binary": "/built/sharepoint",
                    "env": null,
                    "memory_mb": 512,
                    "timeout_s": 25,
                    "init_timeout_s": 10,
                    "concurrency": 50,
                    "freeze": true,
                    "log_file": "/run/sharepoint.log",
                } },
            })
        );
    }

    #[test]
    fn a_server_is_named_by_its_address_and_gets_no_environment_from_the_plan() {
        let plan = plan(Target::Http { port: 40_123 });
        let target = &plan["alb"]["targets"][0]["target"];
        assert_eq!(target, &json!({ "http": { "url": "http://127.0.0.1:40123" } }));
    }
}
