//! One moto server for the whole test binary. It ends with the process, however that ends.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
};
use platform::aws::Aws;
use platform::clock::Clock;
use platform::config::Vars;
use platform::store::{Store, Table};

struct Moto {
    address: String,
    /// Its standard input is the leash: when this process ends, it reads the end and stops moto.
    _guard: Child,
}

/// The SDK, aimed at moto through a door of this test's own; `None`, said loudly, where moto is not installed.
pub(crate) async fn aws() -> Option<Aws> {
    let address = address()?;
    Some(crate::aws_at(&crate::turns::door_to(address).await).await)
}

/// Where moto listens.
pub(crate) fn address() -> Option<&'static str> {
    static MOTO: OnceLock<Option<Moto>> = OnceLock::new();
    let moto = MOTO.get_or_init(start).as_ref()?;
    Some(&moto.address)
}

/// An empty table of its own in moto.
pub(crate) struct EmptyTable {
    pub(crate) aws: Aws,
    pub(crate) name: String,
}

impl EmptyTable {
    pub(crate) async fn create() -> Option<Self> {
        Some(Self::create_in(aws().await?).await)
    }

    /// A table of its own behind this SDK.
    pub(crate) async fn create_in(aws: Aws) -> Self {
        static TABLES: AtomicUsize = AtomicUsize::new(0);
        let name = format!("table-{}", TABLES.fetch_add(1, Ordering::SeqCst));
        let pk = AttributeDefinition::builder()
            .attribute_name("pk")
            .attribute_type(ScalarAttributeType::S);
        let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash);
        let created = aws
            .dynamodb()
            .create_table()
            .table_name(&name)
            .attribute_definitions(pk.build().unwrap())
            .key_schema(key.build().unwrap())
            .billing_mode(BillingMode::PayPerRequest)
            .send()
            .await;
        if let Err(error) = created {
            // The first request of a server is slow, and may be sent again.
            let twice = error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception);
            assert!(twice, "no table was created: {error:?}");
        }
        Self { aws, name }
    }

    pub(crate) fn store(&self, clock: &Clock) -> Store {
        Store::Dynamodb(Table::new(self.aws.dynamodb(), &self.name, clock.clone()))
    }
}

fn start() -> Option<Moto> {
    let Some(program) = program() else {
        // Not `eprintln!`, which the test harness would swallow.
        let _ = writeln!(
            std::io::stderr(),
            "\nSKIPPED: tests against moto, because moto_server is not installed. \
             `cargo xtask test` installs it, or set MOTO_SERVER.\n"
        );
        return None;
    };
    let mut guard = Command::new("sh")
        .arg("-c")
        .arg(
            r#""$0" -H 127.0.0.1 -p 0 2>&1 </dev/null & server=$!; cat >/dev/null; kill "$server""#,
        )
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sh starts");
    let mut lines = BufReader::new(guard.stdout.take().unwrap()).lines();
    let address = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| Some(line.split_once("Running on ")?.1.trim().to_owned()))
        .expect("moto_server says where it runs");
    // Read on, so that its log never blocks it.
    std::thread::spawn(move || lines.for_each(drop));
    Some(Moto { address, _guard: guard })
}

fn program() -> Option<PathBuf> {
    if let Some(program) = Vars::of_process().get("MOTO_SERVER") {
        return Some(program.into());
    }
    crate::tools().map(|tools| tools.join("python/bin/moto_server")).filter(|it| it.exists())
}
