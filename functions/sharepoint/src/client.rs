//! The upstream calls: what each tool asks of Graph, and what becomes of the answers.

mod access;
mod browse;
mod changes;
mod evidence;
mod facts;
mod ranked;
mod read;
mod recent;
mod resolve;
mod row_kind;
mod rows;
mod search;
mod shape;
mod sharing;
mod sites;

use std::sync::Arc;
use std::time::Duration;

use graph::Graph;
use platform::memory::{Bounds, Memory};
use reading::Reader;

use crate::policy::Policy;

/// SharePoint and OneDrive through Graph, under a policy.
#[derive(Clone)]
pub struct Client {
    graph: Graph,
    policy: Arc<Policy>,
    reader: Reader,
    /// Columns of lists, for each person that asked.
    tables: Memory<Arc<rows::Table>>,
    /// The names of people that asked, by tenant and object id.
    people: Memory<Arc<recent::Me>>,
}

/// How long lists and people are remembered, and how many.
const KEPT: Duration = Duration::from_mins(10);
const MAX_KEPT: u64 = 500;

impl Client {
    /// A client that shows content only as the policy says, and reads files in `reader`'s children.
    pub fn new(graph: Graph, policy: Policy, reader: Reader) -> Self {
        let bounds = Bounds::of(MAX_KEPT).for_at_most(KEPT);
        let (tables, people) = (Memory::new(bounds), Memory::new(bounds));
        Self { graph, policy: Arc::new(policy), reader, tables, people }
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
