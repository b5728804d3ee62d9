//! The upstream calls: what each tool asks of Graph, and what becomes of the answers.

mod browse;
mod facts;
mod read;
mod resolve;
mod search;
mod shape;
mod sites;

use std::sync::Arc;

use graph::Graph;
use reading::Reader;

use crate::policy::Policy;

/// SharePoint and OneDrive through Graph, under a policy.
#[derive(Clone)]
pub struct Client {
    graph: Graph,
    policy: Arc<Policy>,
    reader: Reader,
}

impl Client {
    /// A client that shows content only as the policy says, and reads files in `reader`'s children.
    pub fn new(graph: Graph, policy: Policy, reader: Reader) -> Self {
        Self { graph, policy: Arc::new(policy), reader }
    }
}

/// Properties of a file or folder that we ask for; never its download address.
const ITEM_FIELDS: &str = "id,name,size,webUrl,file,folder,package,remoteItem,malware,\
     parentReference,createdDateTime,createdBy,lastModifiedDateTime,lastModifiedBy";
const SITE_FIELDS: &str =
    "id,name,displayName,description,webUrl,createdDateTime,lastModifiedDateTime";
const DRIVE_FIELDS: &str = "id,name,driveType,webUrl,createdDateTime,lastModifiedDateTime";
const LIST_FIELDS: &str =
    "id,name,displayName,webUrl,list,parentReference,createdDateTime,lastModifiedDateTime";
const PAGE_FIELDS: &str = "id,name,title,webUrl,createdDateTime,createdBy,lastModifiedDateTime,\
     lastModifiedBy";

/// The one option that every question has.
fn select(fields: &str) -> (&'static str, String) {
    ("$select", fields.to_owned())
}
