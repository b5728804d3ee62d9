//! A task at work: what it may touch, where its state is, and how it ends.

use std::fs::read_to_string;

use e2e::{Company, can_write, until};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::task;

const BOOK: &str =
    "https://harbourlight.sharepoint.com/sites/ChartRoom/Shared Documents/Manuals/Signal book.pdf";

/// The lines of `/proc/<pid>/mountinfo` for a place: options of the mount, type, options of the
/// file system.
fn mount(pid: u32, place: &str) -> [String; 3] {
    let all = read_to_string(format!("/proc/{pid}/mountinfo")).unwrap();
    let mut lines = all.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let line = lines.rfind(|line| line[4] == place).unwrap();
    let end = line.iter().position(|word| *word == "-").unwrap();
    [line[5], line[end + 1], line[end + 3]].map(str::to_owned)
}

#[tokio::test]
async fn a_task_can_write_nothing_but_tmp_and_has_no_rights() {
    let company = Company::start().await;
    let Some(connector) = task(&company, |usual| usual).await else { return };
    let pid = connector.pid();
    assert_eq!(read_to_string(format!("/proc/{pid}/comm")).unwrap().trim(), "connector");
    // It works there: a search, and a book that a child of its reads.
    let ann = connector.person("ann");
    assert!(!ann.search("budget").await.items().is_empty());
    let book = ann.call("sharepoint_read", json!({"target": BOOK})).await;
    assert!(!book.data()["passages"].as_array().unwrap().is_empty(), "{}", book.data());

    assert!(mount(pid, "/")[0].starts_with("ro,"), "{:?}", mount(pid, "/"));
    let [options, kind, size] = mount(pid, "/tmp");
    assert_eq!(kind, "tmpfs");
    for option in ["rw", "noexec", "nosuid"] {
        assert!(options.split(',').any(|own| own == option), "{option} in {options}");
    }
    assert!(size.split(',').any(|own| own == "size=65536k"), "{size}");
    // Not even root can, where the task has nothing but its root.
    for folder in ["", "dev", "etc", "etc/ssl/certs"] {
        assert!(!can_write(pid, folder), "/{folder}");
    }
    assert!(can_write(pid, "tmp"));
    let left: Vec<_> = std::fs::read_dir(format!("/proc/{pid}/root/tmp")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");

    if rustix::process::geteuid().is_root() {
        let status = read_to_string(format!("/proc/{pid}/status")).unwrap();
        let of = |field: &str| {
            let line = status.lines().find(|line| line.starts_with(field)).unwrap();
            line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(of("Uid:"), ["65532"; 4]);
        assert_eq!(of("Gid:"), ["65532"; 4]);
        assert!(of("Groups:").iter().all(|group| group == "65532"), "{status}");
        for rights in ["CapEff:", "CapPrm:", "CapInh:", "CapAmb:"] {
            assert_eq!(of(rights), ["0000000000000000"], "{rights}");
        }
    }
    connector.finish().await;
}

#[tokio::test]
async fn a_task_has_its_roles_credentials_and_its_records_leave_by_the_stream() {
    let company = Company::start().await;
    let Some(connector) = task(&company, |usual| usual).await else { return };
    let found = connector.person("ann").search("budget").await;
    assert!(!found.items().is_empty());
    let records = connector.audit();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0]["outcome"], "ok");
    assert_eq!(records[0]["resources_total"], found.items().len());
    // The load balancer's word for it, and not the load balancer's own.
    assert_eq!(records[0]["client_ip"], "127.0.0.1");
    assert!(connector.asked_for_credentials() > 0, "it found other ones");
    assert!(!connector.environment.variables().contains_key("AWS_ACCESS_KEY_ID"));
    connector.finish().await;
}

#[tokio::test]
async fn a_task_that_is_stopped_answers_what_it_began() {
    let company = Company::start().await;
    let Some(mut connector) = task(&company, |usual| usual).await else { return };
    assert!(!connector.person("ann").search("budget").await.items().is_empty());
    let pid = Pid::from_raw(i32::try_from(connector.pid()).unwrap()).unwrap();
    kill_process(pid, Signal::TERM).unwrap();
    connector.logged("stopping", 1).await;
    assert_eq!(connector.ended().await.code(), Some(0));
    until("every record is there", || (connector.audit().len() == 1).then_some(())).await;
    connector.finish().await;
}

#[tokio::test]
async fn the_load_balancer_asks_a_task_for_its_health_without_a_host_or_a_token() {
    let company = Company::start().await;
    let Some(connector) = task(&company, |usual| usual).await else { return };
    let health = connector.send(&e2e::Request::get("/health")).await;
    assert_eq!((health.status, &health.json()["status"]), (200, &Value::from("ok")));
    connector.finish().await;
}
