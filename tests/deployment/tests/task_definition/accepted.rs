//! That ECS takes the definitions: as botocore checks its calls, and as moto keeps them.

use std::io::Write as _;
use std::process::Stdio;

use deployment::task_definition::SHAPE;
use deployment::tools::Tool;
use serde_json::Value;

use crate::all;

/// What `foreign/ecs.py` answers; nothing, and a word why, when it cannot run here.
fn ask(verb: &str, input: &str) -> Option<Result<Value, String>> {
    let mut python = match Tool::Moto.command() {
        Ok(python) => python,
        Err(missing) => {
            eprintln!("SKIPPED: what ECS says of task definitions: {missing}");
            return None;
        }
    };
    python.args(["tests/deployment/foreign/ecs.py", verb]);
    python.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = python.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Some(Err(said));
    }
    Some(Ok(serde_json::from_slice(&output.stdout).unwrap()))
}

#[test]
fn the_keys_we_know_are_the_keys_ecs_knows() {
    let Some(theirs) = ask("shape", "") else { return };
    let ours: Value = serde_json::from_str(SHAPE).unwrap();
    let advice = "write anew: target/tools/python/bin/python tests/deployment/foreign/ecs.py shape \
                  > tests/deployment/src/task_definition/shape.json";
    assert!(theirs.unwrap() == ours, "{advice}");
}

#[test]
fn ecs_registers_every_definition_and_describes_it_as_it_was_given() {
    for (name, definition, [env, ..]) in all() {
        let Some(described) = ask("register", &definition.json().to_string()) else { return };
        let described = described.unwrap();
        assert_eq!(described["status"], "ACTIVE", "{name} {env}");
        let (given, kept) = (definition.container(), &described["containerDefinitions"][0]);
        for (key, value) in given.as_object().unwrap() {
            if key == "portMappings" {
                continue; // moto adds the host's port.
            }
            assert_eq!(&kept[key], value, "{name} {env}: {key}");
        }
        assert_eq!(described["executionRoleArn"], definition.json()["executionRoleArn"]);
        assert_eq!(described["taskRoleArn"], definition.json()["taskRoleArn"]);
    }
}

#[test]
fn ecs_would_have_refused_what_is_wrong() {
    for (_, definition, _) in all() {
        let mut wrong = definition.json().clone();
        wrong["containerDefinitions"][0]["readonlyRootFileSystem"] = true.into();
        let Some(answer) = ask("register", &wrong.to_string()) else { return };
        assert!(answer.unwrap_err().contains("readonlyRootFileSystem"));
    }
}
