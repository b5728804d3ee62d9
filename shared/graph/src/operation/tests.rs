use super::*;

fn all<'a>(id: &'a Id, path: &'a ItemPath) -> Vec<Operation<'a>> {
    vec![
        Operation::MyDrive,
        Operation::SitesSearch,
        Operation::SitesFollowed,
        Operation::SiteGet { site: id },
        Operation::SiteByPath { host: id, path },
        Operation::SiteDrives { site: id },
        Operation::SiteLists { site: id },
        Operation::SitePages { site: id },
        Operation::SitePageGet { site: id, page: id },
        Operation::DriveGet { drive: id },
        Operation::DriveRoot { drive: id },
        Operation::ItemGet { drive: id, item: id },
        Operation::ItemByPath { drive: id, path },
        Operation::ItemChildren { drive: id, item: id },
        Operation::ItemExtractLabels { drive: id, item: id },
        Operation::ItemContent { drive: id, item: id },
        Operation::ItemVersionContent { drive: id, item: id, version: id },
        Operation::ListGet { site: id, list: id },
        Operation::ListItemGet { site: id, list: id, row: id },
        Operation::ListItems { site: id, list: id, unindexed: true },
        Operation::ItemVersions { drive: id, item: id },
        Operation::ItemPermissions { drive: id, item: id },
        Operation::DriveDelta { drive: id },
        Operation::Share { link: id },
        Operation::Me,
        Operation::SensitivityLabels,
        Operation::Search,
        Operation::Batch,
    ]
}

fn id() -> Id {
    Id::try_from("X1").unwrap()
}

fn path() -> ItemPath {
    ItemPath::new(["a b", "c"]).unwrap()
}

#[test]
fn every_variable_of_a_path_is_filled() {
    let (id, path) = (id(), path());
    for operation in all(&id, &path) {
        let address = operation.segments().join("/");

        assert!(!address.contains(['{', '}']), "{address}");
        let variables = operation.rule().path.matches('{').count();
        let filled = address.matches("X1").count() + address.matches("a b/c").count();
        assert_eq!(filled, variables, "{address}");
    }
}

#[test]
fn paths_are_addressed_below_their_host_and_drive() {
    let (id, path) = (id(), path());

    let site = Operation::SiteByPath { host: &id, path: &path };
    let item = Operation::ItemByPath { drive: &id, path: &path };

    assert_eq!(site.segments(), ["sites", "X1:", "a b", "c"]);
    assert_eq!(item.segments(), ["drives", "X1", "root:", "a b", "c"]);
}

#[test]
fn only_a_query_without_an_index_carries_a_header_of_its_own() {
    let (id, path) = (id(), path());
    let named: Vec<&str> = all(&id, &path)
        .iter()
        .filter(|operation| operation.header().is_some())
        .map(|operation| operation.rule().name)
        .collect();
    let indexed = Operation::ListItems { site: &id, list: &id, unindexed: false };

    assert_eq!(named, ["list_items"]);
    assert_eq!(indexed.header(), None);
}

#[test]
fn only_three_named_operations_are_posts() {
    let (id, path) = (id(), path());
    let posts: Vec<&str> = all(&id, &path)
        .iter()
        .map(Operation::rule)
        .filter(|rule| rule.method == Method::Post)
        .map(|rule| rule.name)
        .collect();

    assert_eq!(posts, ["item_extract_labels", "search_query", "batch"]);
}

/// The contract that Graph's own schema and permissions file give, when it is at hand.
#[test]
fn every_operation_is_in_graphs_contract() {
    let Some(text) = crate::model::tests::shared("graph/contract.json") else {
        return;
    };
    let contract: serde_json::Value = serde_json::from_str(&text).unwrap();
    let known = contract["operations"].as_array().unwrap();
    let (id, path) = (id(), path());
    for operation in all(&id, &path) {
        let rule = operation.rule();
        let entry = known
            .iter()
            .find(|entry| entry["id"] == rule.name)
            .unwrap_or_else(|| panic!("{} is not in the contract", rule.name));

        assert_eq!(entry["path"], rule.path);
        assert_eq!(entry["read_only"], true, "{}", rule.name);
        let method = if rule.method == Method::Get { "GET" } else { "POST" };
        assert_eq!(entry["method"], method, "{}", rule.name);
        let options = entry["query"].as_array().unwrap();
        for option in rule.query {
            assert!(options.iter().any(|known| known == option), "{} {option}", rule.name);
        }
        // Looking up a sharing link is documented with permissions to write only; whoever is
        // refused is told another way.
        let refusable = entry.get("documented_only_with_write_permissions").is_some();
        assert_eq!(refusable, rule.name == "share_drive_item", "{}", rule.name);
        if let Some((header, _)) = operation.header() {
            assert!(entry["headers"].as_array().unwrap().iter().any(|known| known == header));
        }
    }
}
