//! A connector whose tools do what tools should not.

#![expect(clippy::needless_pass_by_value, reason = "tools get what they ask for by value")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use platform::config::{ConfigError, Vars};
use platform::schema::portable;
use platform::{Answer, Call, Connector, Decision, Parameters, Platform, Summary, ToolError};
use rmcp::handler::server::tool::ToolRouter;
use rmcp::{ServerHandler, tool, tool_router};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a panic says, and nobody may ever read.
pub(crate) const SECRET: &str = "canary-in-a-panic";

/// Lets `busy` end: it spins until somebody says so.
pub(crate) static RELEASED: AtomicBool = AtomicBool::new(false);
/// Whether `busy` has ended.
pub(crate) static ENDED: AtomicBool = AtomicBool::new(false);
/// The longest that `busy` spins, should the test break.
const SPIN_AT_MOST: Duration = Duration::from_secs(15);

#[derive(Debug)]
pub(crate) struct Probe;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Greeting {
    /// Whom to greet.
    name: String,
    /// How often.
    #[serde(default)]
    times: Option<u8>,
}

#[derive(Serialize, JsonSchema)]
struct Greeted {
    text: String,
}

impl Summary for Greeted {
    fn summary(&self) -> String {
        self.text.clone()
    }
}

/// JSON has no keys of this kind.
#[derive(Serialize)]
struct Unwritable {
    by_pair: HashMap<(u8, u8), u8>,
}

impl Summary for Unwritable {
    fn summary(&self) -> String {
        String::new()
    }
}

#[tool_router]
impl Probe {
    /// Greet somebody.
    #[tool(title = "Greet", input_schema = portable::<Greeting>(), output_schema = portable::<Greeted>())]
    fn greet(call: Call, Parameters(greeting): Parameters<Greeting>) -> Answer<Greeted> {
        call.reveal("person", &greeting.name, None, Decision::Allowed);
        let times = usize::from(greeting.times.unwrap_or(1));
        Answer(Greeted { text: format!("Hello, {}! ", greeting.name).repeat(times) })
    }

    /// Panic.
    #[tool(title = "Panic")]
    fn panics() -> Answer<Greeted> {
        panic!("{SECRET}");
    }

    /// Wait for something that never comes.
    #[tool(title = "Endless")]
    async fn endless() -> Answer<Greeted> {
        std::future::pending().await
    }

    /// Compute without ever yielding.
    #[tool(title = "Busy")]
    fn busy() -> Answer<Greeted> {
        let started = Instant::now();
        while !RELEASED.load(Ordering::Relaxed) && started.elapsed() < SPIN_AT_MOST {
            std::hint::spin_loop();
        }
        ENDED.store(true, Ordering::Relaxed);
        Answer(Greeted { text: "late".into() })
    }

    /// Answer with more than a client takes.
    #[tool(title = "Huge")]
    fn huge() -> Answer<Greeted> {
        Answer(Greeted { text: "x".repeat(600_000) })
    }

    /// Answer with much, but not too much.
    #[tool(title = "Large")]
    fn large() -> Answer<Greeted> {
        Answer(Greeted { text: "words and words ".repeat(4_000) })
    }

    /// Answer with what JSON cannot say.
    #[tool(title = "Unwritable")]
    fn unwritable() -> Answer<Unwritable> {
        Answer(Unwritable { by_pair: HashMap::from([((1, 2), 3)]) })
    }

    /// Find nothing.
    #[tool(title = "Nothing")]
    fn nothing() -> Result<Answer<Greeted>, ToolError> {
        Err(ToolError::NotFound { what: "the greeting" })
    }
}

impl ServerHandler for Probe {}

impl Connector for Probe {
    const NAME: &'static str = "probe";
    const TITLE: &'static str = "Probe";
    const VERSION: &'static str = "1.2.3";
    const INSTRUCTIONS: &'static str = "Nothing here is data.";
    const READS: &'static str = "nothing that is data";
    const DEFAULT_SCOPES: &'static [&'static str] = &[];

    fn build(_platform: &Platform, _vars: &Vars) -> Result<Self, ConfigError> {
        Ok(Self)
    }

    fn tools() -> ToolRouter<Self> {
        Self::tool_router()
    }
}
