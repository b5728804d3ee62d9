//! How a client connects to the running platform, for a stranger to copy.

use serde_json::{Value, json};

use super::demo::PERSON;
use super::platform::Site;
use crate::environment::Setting;

/// Prints it for every connector.
pub(super) fn explain(site: &Site<'_>) -> anyhow::Result<()> {
    println!("\n== Connect a client ==");
    for setting in site.settings() {
        println!("\n{}", lines_for(&setting)?);
    }
    println!("\nOther people of the demo company: --user bob, carla or dev.");
    println!("Logs, audit records and the plan: {}", site.folder.display());
    println!("\nServing until Ctrl-C.");
    Ok(())
}

fn lines_for(setting: &Setting<'_>) -> anyhow::Result<String> {
    let name = &setting.connector.name;
    let url = format!("{}/mcp", setting.base_url()?);
    let port = setting.addresses.as_argument();
    let demo = &setting.connector.demo;
    let token = format!("cargo xtask token --user {PERSON} --connector {name}{port}");
    let words: Vec<_> = demo.arguments.iter().map(|(key, value)| word(key, value)).collect();
    let words = words.join(" ");
    let arguments = Value::Object(demo.arguments.clone());
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": demo.tool, "arguments": arguments },
    });
    let tool = &demo.tool;
    let inspector_words: Vec<_> = demo
        .arguments
        .iter()
        .map(|(key, value)| format!("--tool-arg {}", word(key, value)))
        .collect();
    let inspector_words = inspector_words.join(" ");
    Ok(format!(
        "# {name}: {url}
TOKEN=$({token})

# this repository
cargo xtask call {name} {tool} {words}{port}

# curl
curl -s {url} -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\
  -H 'Accept: application/json, text/event-stream' -d '{message}'

# MCP Inspector (Node 22 or newer)
npx -y @modelcontextprotocol/inspector@{inspector} --cli {url} --transport http \\
  --header \"Authorization: Bearer $TOKEN\" --method tools/call --tool-name {tool} {inspector_words}

# Python (pip install mcp)
TOKEN=$TOKEN python3 - <<'PY'
import asyncio, os, httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
async def main():
    headers = {{\"Authorization\": \"Bearer \" + os.environ[\"TOKEN\"]}}
    async with httpx2.AsyncClient(headers=headers) as http:
        async with Client(streamable_http_client(\"{url}\", http_client=http)) as client:
            print((await client.call_tool(\"{tool}\", {arguments})).content[0].text)
asyncio.run(main())
PY

# Claude Code
claude mcp add --transport http {name} {url} --header \"Authorization: Bearer $TOKEN\"",
        inspector = crate::test::INSPECTOR_VERSION,
    ))
}

/// `key=value` as `cargo xtask call` takes it, safe in a shell.
fn word(key: &str, value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c)) {
        format!("{key}={text}")
    } else {
        format!("'{key}={}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::Addresses;
    use crate::repository::Repository;

    #[test]
    fn what_is_printed_names_the_addresses_of_this_run() {
        let repository = Repository::find().unwrap();
        let site = Site::new(&repository, Addresses::starting_at(9200).unwrap()).unwrap();
        let lines = lines_for(&site.settings().next().unwrap()).unwrap();
        for expected in [
            "TOKEN=$(cargo xtask token --user ann --connector sharepoint --port 9200)",
            "cargo xtask call sharepoint sharepoint_search query=budget --port 9200",
            "curl -s http://127.0.0.1:9221/mcp -H \"Authorization: Bearer $TOKEN\"",
            "--tool-name sharepoint_search --tool-arg query=budget",
            "claude mcp add --transport http sharepoint http://127.0.0.1:9221/mcp",
        ] {
            assert!(lines.contains(expected), "{expected} is not in\n{lines}");
        }
        assert!(!lines.contains("8080") && !lines.contains("8101"), "{lines}");
    }

    #[test]
    fn words_survive_a_shell() {
        assert_eq!(word("q", &json!("budget")), "q=budget");
        assert_eq!(word("n", &json!(5)), "n=5");
        assert_eq!(word("q", &json!("it's two")), r"'q=it'\''s two'");
        assert_eq!(word("q", &json!(["a"])), r#"'q=["a"]'"#);
    }
}
