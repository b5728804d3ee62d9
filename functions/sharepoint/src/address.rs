//! Web addresses of SharePoint: read without opening them, and shown without their secrets.

mod sharing;
mod shown;

use graph::SHAREPOINT_ENDINGS;
use percent_encoding::percent_decode_str;
use url::Url;

pub use sharing::SharingLink;
pub use shown::{shown, shown_text};

/// Where a web address points, as far as it says itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A site, or something below it by path.
    Place(Place),
    /// An Office file that is opened in the browser.
    Document {
        /// The site it is in; nothing below.
        place: Place,
        /// The file's unique id.
        unique_id: String,
        /// The file's name.
        file: String,
    },
    /// A sharing link, which says nothing about where it leads.
    SharingLink(SharingLink),
}

/// A site by path, and names below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Host name.
    pub host: String,
    /// Names that make the path of the site; none for the root site.
    pub site: Vec<String>,
    /// Names below the site.
    pub below: Vec<String>,
    /// Number of a row, when a form shows one.
    pub row: Option<String>,
}

impl Address {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, for the person.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let url = Url::parse(text.trim()).map_err(|_| "not a web address")?;
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        if ["1drv.ms", "onedrive.live.com"].contains(&host.as_str()) {
            return Err("a link of a private OneDrive; only those of a company can be opened here");
        }
        if url.scheme() != "https"
            || !SHAREPOINT_ENDINGS.iter().any(|ending| host.ends_with(ending))
        {
            return Err("not an https address of SharePoint or OneDrive");
        }
        let mut names = names(url.path());
        if let [first, second, ..] = names.as_slice()
            && first.starts_with(':')
        {
            // `/:w:/r/sites/…` is a path in disguise; `/:w:/s/…`, `/:w:/g/…` are keys.
            if second != "r" {
                return Ok(Self::SharingLink(SharingLink::new(url)));
            }
            names.drain(..2);
        }
        if names.first().is_some_and(|first| first.starts_with(':')) {
            return Ok(Self::SharingLink(SharingLink::new(url)));
        }
        if names.last().is_some_and(|last| last.eq_ignore_ascii_case("guestaccess.aspx")) {
            return Ok(Self::SharingLink(SharingLink::new(url)));
        }
        let option = |wanted: &str| {
            let mut options = url.query_pairs();
            options.find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, v)| v.into_owned())
        };
        if let Some(at) = names.iter().position(|name| name.eq_ignore_ascii_case("_layouts")) {
            names.truncate(at);
            let Some(id) = option("sourcedoc").and_then(|id| unique_id(&id)) else {
                return Ok(Self::Place(Place::new(host, names, None)));
            };
            let file = option("file").unwrap_or_default();
            let place = Place { site: names, host, below: Vec::new(), row: None };
            return Ok(Self::Document { place, unique_id: id, file });
        }
        // Views of libraries and lists name the folder beside the path.
        if let Some(folder) = option("id").or_else(|| option("RootFolder"))
            && folder.starts_with('/')
        {
            return Ok(Self::Place(Place::new(host, decoded_names(&folder), None)));
        }
        if let Some(at) = names.iter().position(|name| name.eq_ignore_ascii_case("Forms"))
            && names.last().is_some_and(|last| has_ending(last, "aspx"))
        {
            names.truncate(at);
        }
        let number =
            option("ID").filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit()));
        Ok(Self::Place(Place::new(host, names, number)))
    }
}

impl Place {
    /// Splits names into the site and what is below: `/sites/x`, `/teams/x`, `/personal/x`.
    fn new(host: String, mut names: Vec<String>, row: Option<String>) -> Self {
        let managed = ["sites", "teams", "personal"];
        let is_managed =
            names.first().is_some_and(|name| managed.contains(&name.to_ascii_lowercase().as_str()));
        let below = names.split_off(if is_managed { names.len().min(2) } else { 0 });
        Self { host, site: names, below, row }
    }

    /// The address of all of it, as search knows it: not encoded, no quotes.
    pub fn as_search_path(&self) -> String {
        let mut address = format!("https://{}", self.host);
        for name in self.site.iter().chain(&self.below) {
            address.push('/');
            address.push_str(name);
        }
        address
    }
}

/// Whether the first address is the second or lies below it, upper and lower case alike.
pub fn is_below(address: &str, start: &str) -> bool {
    let parts = |text: &str| -> Option<(String, Vec<String>)> {
        let url = Url::parse(text).ok()?;
        let lower = |name: String| name.to_lowercase();
        Some((url.host_str()?.to_owned(), names(url.path()).into_iter().map(lower).collect()))
    };
    match (parts(address), parts(start)) {
        (Some((host, names)), Some((start_host, start))) => {
            host == start_host && names.starts_with(&start)
        }
        _ => false,
    }
}

/// The decoded names of a path below its site.
pub fn below_site(path: &str) -> Vec<String> {
    Place::new(String::new(), names(path), None).below
}

/// The decoded, non-empty names of a path.
pub fn names(path: &str) -> Vec<String> {
    let decode = |name: &str| percent_decode_str(name).decode_utf8_lossy().into_owned();
    path.split('/').filter(|name| !name.is_empty()).map(decode).collect()
}

fn decoded_names(path: &str) -> Vec<String> {
    path.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn unique_id(text: &str) -> Option<String> {
    let id = uuid::Uuid::parse_str(text.trim_matches(['{', '}'])).ok()?;
    Some(id.hyphenated().to_string())
}

/// Whether a name has this ending.
pub fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, own)| own.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests;
