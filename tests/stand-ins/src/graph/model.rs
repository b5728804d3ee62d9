//! What the company keeps in `SharePoint` and `OneDrive`, without any wire format.

mod lists;
mod pages;
mod sharing;

pub use lists::{Column, Detail, List, Row};
pub use pages::{Block, Page, Section};
pub use sharing::{Access, Link, Scope};

/// Someone who wrote something: a name, and an account when there still is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Display name.
    pub name: String,
    /// Object id; none for accounts that are gone, and for apps.
    pub oid: Option<String>,
}

/// A site.
#[derive(Clone, Debug)]
pub struct Site {
    /// `host,collection guid,web guid`.
    pub id: String,
    /// Last part of the address.
    pub name: String,
    /// Title.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// Host of its address.
    pub host: String,
    /// Server-relative address, `/sites/Finance`.
    pub path: String,
    /// When it was made.
    pub created: String,
    /// When anything in it last changed.
    pub modified: String,
    /// Who may open it.
    pub access: Access,
    /// The site it lies below.
    pub parent: Option<String>,
    /// The person whose `OneDrive` it is.
    pub personal: Option<String>,
    /// Who follows it.
    pub followers: Vec<String>,
}

impl Site {
    /// Its address.
    pub fn url(&self) -> String {
        format!("https://{}{}", self.host, self.path)
    }

    /// One of the three parts of the id.
    pub fn id_part(&self, index: usize) -> &str {
        self.id.split(',').nth(index).unwrap_or_default()
    }
}

/// A document library or a `OneDrive`.
#[derive(Clone, Debug)]
pub struct Drive {
    /// `b!…`.
    pub id: String,
    /// Site it belongs to.
    pub site: String,
    /// The library's list.
    pub list: String,
    /// Title.
    pub name: String,
    /// Last part of the address, `Shared Documents`.
    pub folder: String,
    /// When it was made.
    pub created: String,
}

/// What an item is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The top of a drive.
    Root,
    /// A folder.
    Folder,
    /// A file; the last version is the current one.
    File(Vec<Version>),
    /// A thing of several files that opens as one, such as a notebook.
    Package(&'static str),
    /// A pointer to an item of another drive.
    Shortcut {
        /// The other drive.
        drive: String,
        /// The item there.
        item: String,
    },
}

/// One state of a file.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its bytes.
    pub bytes: bytes::Bytes,
    /// Its text, as the search index holds it.
    pub text: String,
    /// When it was written.
    pub modified: String,
    /// By whom.
    pub by: Author,
}

/// How a file is labelled, as each of the three places tells it.
#[derive(Clone, Debug, Default)]
pub struct Labelling {
    /// What the library's column says; it can be behind.
    pub column: Option<String>,
    /// What the file itself says: label and tenant.
    pub file: Vec<(String, String)>,
    /// Labels that the file had once, and that were taken off.
    pub removed: Vec<(String, String)>,
    /// What the service extracts, when it is behind the file too.
    pub extracted: Option<Vec<(String, String)>>,
    /// Why the file's label cannot be read.
    pub locked: Option<&'static str>,
}

/// A file, folder, notebook or shortcut.
#[derive(Clone, Debug)]
pub struct Item {
    /// `01…`.
    pub id: String,
    /// Drive it is in.
    pub drive: String,
    /// Folder it is in; none for the root.
    pub parent: Option<String>,
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// When it was made.
    pub created: String,
    /// By whom.
    pub created_by: Author,
    /// When it last changed.
    pub modified: String,
    /// By whom.
    pub modified_by: Author,
    /// Number in the library's list.
    pub row: u32,
    /// Unique id in the library's list.
    pub unique: String,
    /// Labels.
    pub labels: Labelling,
    /// Whether a virus was found in it.
    pub malware: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Who may see it, when that differs from its folder.
    pub access: Option<Access>,
    /// Sharing links to it.
    pub links: Vec<Link>,
    /// Count of the world's changes when it last changed.
    pub change: u64,
}

impl Item {
    /// The current version of a file.
    pub fn current(&self) -> Option<&Version> {
        match &self.kind {
            Kind::File(versions) => versions.last(),
            Kind::Root | Kind::Folder | Kind::Package(_) | Kind::Shortcut { .. } => None,
        }
    }

    /// Whether other items can lie in it.
    pub fn is_folder(&self) -> bool {
        matches!(self.kind, Kind::Root | Kind::Folder)
    }
}

/// A sensitivity label of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// GUID.
    pub id: &'static str,
    /// Name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// Order of strictness.
    pub priority: u32,
    /// Whether it encrypts.
    pub protects: bool,
    /// The label it lies below.
    pub parent: Option<&'static str>,
}
