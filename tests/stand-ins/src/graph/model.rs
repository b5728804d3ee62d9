//! What the company keeps in `SharePoint` and `OneDrive`, without any wire format.

use std::collections::BTreeMap;

use crate::company::{Group, Person};

/// Who may see a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Members of any of these groups.
    pub groups: Vec<Group>,
    /// These people, by object id.
    pub people: Vec<String>,
}

impl Access {
    /// Members of one group.
    pub fn group(group: Group) -> Self {
        Self { groups: vec![group], people: Vec::new() }
    }

    /// People named one by one.
    pub fn people(oids: &[&str]) -> Self {
        Self { groups: Vec::new(), people: oids.iter().map(|oid| (*oid).to_owned()).collect() }
    }

    /// Whether this person is among them.
    pub fn allows(&self, person: &Person) -> bool {
        self.people.iter().any(|oid| oid == person.oid)
            || person.groups.iter().any(|group| self.groups.contains(group))
    }
}

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

/// A sharing link.
#[derive(Clone, Debug)]
pub struct Link {
    /// For whom it works.
    pub scope: Scope,
    /// Whether it allows changes.
    pub edit: bool,
    /// When it runs out.
    pub expires: Option<String>,
}

/// For whom a sharing link works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Whoever has it.
    Anonymous,
    /// Everyone who works here.
    Organization,
    /// These people, by object id.
    Users(Vec<String>),
}

impl Scope {
    /// The word on the wire.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Organization => "organization",
            Self::Users(_) => "users",
        }
    }

    /// Whether it is meant for this person.
    pub fn includes(&self, person: &Person) -> bool {
        match self {
            Self::Anonymous => true,
            Self::Organization => !person.groups.is_empty(),
            Self::Users(people) => people.iter().any(|oid| oid == person.oid),
        }
    }
}

/// A list or a library's list.
#[derive(Clone, Debug)]
pub struct List {
    /// GUID.
    pub id: String,
    /// Site it belongs to.
    pub site: String,
    /// Last part of the address.
    pub name: String,
    /// Title.
    pub title: String,
    /// `genericList`, `documentLibrary`, `webPageLibrary`.
    pub template: &'static str,
    /// Columns.
    pub columns: Vec<Column>,
    /// When it was made.
    pub created: String,
    /// When anything in it last changed.
    pub modified: String,
}

/// A column of a list.
#[derive(Clone, Debug)]
pub struct Column {
    /// Internal name.
    pub name: String,
    /// Title.
    pub title: String,
    /// The facet that tells its type: `text`, `number`, `choice`, `dateTime`, `personOrGroup`.
    pub kind: &'static str,
    /// Whether filters on it are allowed without asking for trouble.
    pub indexed: bool,
    /// What its type alone does not tell.
    pub detail: Detail,
    /// Whether the service fills it.
    pub read_only: bool,
    /// Whether forms leave it out.
    pub hidden: bool,
}

impl Column {
    /// Its name without the ending of columns that hold ids.
    pub fn plain_name(&self) -> &str {
        self.name.strip_suffix("LookupId").unwrap_or(&self.name)
    }
}

/// What a column's type alone does not tell.
#[derive(Clone, Debug, Default)]
pub enum Detail {
    /// Nothing.
    #[default]
    None,
    /// Its choices.
    Choices(&'static [&'static str]),
    /// Its choices, of which a row can have several.
    ManyChoices(&'static [&'static str]),
    /// Several lines of text.
    Lines,
    /// A date with its time.
    Time,
    /// The list and the column that its values come from.
    Lookup(String, &'static str),
    /// A formula, and the type of what comes out.
    Formula(&'static str, &'static str),
}

/// A row of a list.
#[derive(Clone, Debug)]
pub struct Row {
    /// List it is in.
    pub list: String,
    /// Its number.
    pub number: u32,
    /// Unique id.
    pub unique: String,
    /// Values by internal column name.
    pub fields: BTreeMap<String, serde_json::Value>,
    /// When it was made.
    pub created: String,
    /// When it last changed.
    pub modified: String,
    /// By whom.
    pub by: Author,
    /// Whether it was deleted.
    pub deleted: bool,
    /// Count of the world's changes when it last changed.
    pub change: u64,
}

/// A page of a site.
#[derive(Clone, Debug)]
pub struct Page {
    /// Unique id of its list item: the id of the pages API.
    pub id: String,
    /// The id search gives it, which the pages API does not know.
    pub search_id: String,
    /// Site it belongs to.
    pub site: String,
    /// The list of pages it is in.
    pub list: String,
    /// Number in that list.
    pub row: u32,
    /// `News.aspx`.
    pub name: String,
    /// Title.
    pub title: String,
    /// One line about it.
    pub description: String,
    /// HTML of its text parts, in order.
    pub texts: Vec<String>,
    /// Its sections from top to bottom, when it has more than texts.
    pub sections: Vec<Section>,
    /// What stands beside them.
    pub beside: Vec<Block>,
    /// When it was made.
    pub created: String,
    /// When it last changed.
    pub modified: String,
    /// By whom.
    pub by: Author,
}

/// A stripe of a page, by its columns.
#[derive(Clone, Debug)]
pub struct Section {
    /// One to three columns.
    pub columns: Vec<Vec<Block>>,
}

/// A part of a page.
#[derive(Clone, Debug)]
pub enum Block {
    /// Text, as HTML.
    Text(String),
    /// Text, under the other name that this type has.
    OddText(String),
    /// Anything else: what the service found in it, each by its key.
    Part {
        /// Title of its kind.
        title: String,
        /// Texts.
        texts: Vec<(String, String)>,
        /// Addresses.
        links: Vec<(String, String)>,
        /// Addresses of pictures.
        images: Vec<(String, String)>,
    },
}

impl Block {
    /// Its text as the search index has it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(html) | Self::OddText(html) => html.clone(),
            Self::Part { texts, .. } => {
                texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join(" ")
            }
        }
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
