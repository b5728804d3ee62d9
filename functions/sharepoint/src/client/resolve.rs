//! From what people have (a reference, a web address, an id) to what Graph knows.

use graph::model::{Collection, Drive, DriveItem, List, Resource, SearchAnswer, Site, SitePage};
use graph::text::phrase;
use graph::{Id, ItemPath, Operation};
use platform::{Call, ToolError};
use serde_json::json;

use super::{Client, DRIVE_FIELDS, LIST_FIELDS, PAGE_FIELDS, select, shape};
use crate::address::{Address, Place, has_ending, names};
use crate::reference::Reference;

/// Sites below sites that are tried when a path is in no library.
const MAX_DEPTH: usize = 3;
const MOST: &str = "200";

impl Client {
    /// The thing that an argument names.
    pub(super) async fn resolve(
        &self,
        call: &Call,
        argument: &'static str,
        text: &str,
    ) -> Result<Reference, ToolError> {
        let text = text.trim();
        if text.starts_with("sp:") {
            return text.parse().map_err(|problem: &str| ToolError::invalid(argument, problem));
        }
        if text.contains("://") {
            let address =
                Address::parse(text).map_err(|problem| ToolError::invalid(argument, problem))?;
            return match address {
                Address::Place(place) => self.place(call, place).await,
                Address::Document { place, unique_id, file } => {
                    self.document(call, &place, &unique_id, &file).await
                }
                Address::SharingLink(link) => self.shared(call, argument, &link).await,
            };
        }
        let id = Id::try_from(text).map_err(|_| ToolError::invalid(argument, UNKNOWN_FORM))?;
        if text.starts_with("b!") {
            return Ok(Reference::Drive { drive: id });
        }
        if text == "root" || text.split(',').count() == 3 {
            return Ok(Reference::Site { site: id });
        }
        Err(ToolError::invalid(argument, UNKNOWN_FORM))
    }

    /// A site by its address.
    pub(super) async fn site_at(&self, call: &Call, place: &Place) -> Result<Id, ToolError> {
        let host = Id::try_from(place.host.as_str()).map_err(|_| not_found())?;
        let query = vec![select("id")];
        let found: Site = if place.site.is_empty() {
            self.graph.get(call, &Operation::SiteGet { site: &host }, query).await?
        } else {
            let path =
                ItemPath::new(place.site.iter().map(String::as_str)).map_err(|_| not_found())?;
            self.graph.get(call, &Operation::SiteByPath { host: &host, path: &path }, query).await?
        };
        shape::id(found.id.as_ref()).ok_or_else(not_found)
    }

    async fn place(&self, call: &Call, mut place: Place) -> Result<Reference, ToolError> {
        for _ in 0..MAX_DEPTH {
            let site = self.site_at(call, &place).await?;
            let Some(first) = place.below.first() else {
                return Ok(Reference::Site { site });
            };
            let known = if first.eq_ignore_ascii_case("Lists") && place.below.len() > 1 {
                self.list_at(call, &site, &place).await?
            } else if first.eq_ignore_ascii_case("SitePages") && place.below.len() > 1 {
                self.page_at(call, &site, &place).await?
            } else {
                self.item_at(call, &site, &place).await?
            };
            if let Some(found) = known {
                return Ok(found);
            }
            // No library of this site has that name: perhaps a site below it has.
            let next = place.below.remove(0);
            place.site.push(next);
        }
        Err(not_found())
    }

    async fn item_at(
        &self,
        call: &Call,
        site: &Id,
        place: &Place,
    ) -> Result<Option<Reference>, ToolError> {
        let operation = Operation::SiteDrives { site };
        let query = vec![select(DRIVE_FIELDS), ("$top", MOST.to_owned())];
        let drives: Collection<Drive> = self.graph.get(call, &operation, query).await?;
        let mut wanted = place.site.clone();
        wanted.extend(place.below.iter().cloned());
        let matching = drives.value.iter().filter_map(|drive| {
            let url = url::Url::parse(drive.web_url.as_deref()?).ok()?;
            let own = names(url.path());
            starts_with(&wanted, &own).then_some((own.len(), drive))
        });
        let Some((length, drive)) = matching.max_by_key(|(length, _)| *length) else {
            return Ok(None);
        };
        let drive = shape::id(drive.id.as_ref()).ok_or_else(not_found)?;
        let below: Vec<&str> = wanted.iter().skip(length).map(String::as_str).collect();
        if below.is_empty() {
            return Ok(Some(Reference::Drive { drive }));
        }
        let path = ItemPath::new(below).map_err(|_| not_found())?;
        let operation = Operation::ItemByPath { drive: &drive, path: &path };
        let fields = "id,file,folder,package,remoteItem,parentReference";
        let item: DriveItem = self.graph.get(call, &operation, vec![select(fields)]).await?;
        let own = shape::id(item.id.as_ref()).ok_or_else(not_found)?;
        Ok(Some(if item.folder.is_some() {
            Reference::Folder { drive, item: own }
        } else {
            Reference::File { drive, item: own }
        }))
    }

    async fn list_at(
        &self,
        call: &Call,
        site: &Id,
        place: &Place,
    ) -> Result<Option<Reference>, ToolError> {
        let operation = Operation::SiteLists { site };
        let query = vec![select(LIST_FIELDS), ("$top", MOST.to_owned())];
        let lists: Collection<List> = self.graph.get(call, &operation, query).await?;
        let wanted = place.below.get(1).map(String::as_str).unwrap_or_default();
        let found = lists.value.iter().find(|list| {
            let url = list.web_url.as_deref().and_then(|url| url::Url::parse(url).ok());
            let own = url.map(|url| names(url.path())).unwrap_or_default();
            let mut end = own.iter().rev();
            end.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted))
                && end.next().is_some_and(|name| name.eq_ignore_ascii_case("Lists"))
        });
        let Some(list) = found.and_then(|list| shape::id(list.id.as_ref())) else {
            return Ok(None);
        };
        let site = site.clone();
        let row = place.row.as_deref().and_then(|row| Id::try_from(row).ok());
        Ok(Some(match row {
            Some(row) => Reference::Row { site, list, row },
            None => Reference::List { site, list },
        }))
    }

    async fn page_at(
        &self,
        call: &Call,
        site: &Id,
        place: &Place,
    ) -> Result<Option<Reference>, ToolError> {
        let Some(name) = place.below.last().filter(|name| has_ending(name, "aspx")) else {
            return Ok(None);
        };
        let operation = Operation::SitePages { site };
        let query = vec![select(PAGE_FIELDS), ("$top", MOST.to_owned())];
        let pages: Collection<SitePage> = self.graph.get(call, &operation, query).await?;
        let found = pages
            .value
            .iter()
            .find(|page| page.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)));
        let page = found
            .and_then(|page| shape::id(page.id.as_ref()))
            .ok_or(ToolError::NotFound { what: "the page" })?;
        Ok(Some(Reference::Page { site: site.clone(), page }))
    }

    /// An Office file by its unique id: no operation takes that, but search knows the file by name.
    async fn document(
        &self,
        call: &Call,
        place: &Place,
        unique_id: &str,
        file: &str,
    ) -> Result<Reference, ToolError> {
        if file.is_empty() {
            return Err(not_found());
        }
        let start = place.as_search_path();
        let query = format!("filename:{} AND path:{}", phrase(file), phrase(&start));
        let body = json!({"requests": [{
            "entityTypes": ["driveItem"],
            "query": {"queryString": query},
            "from": 0,
            "size": 25,
        }]});
        let answer: SearchAnswer = self.graph.post(call, &Operation::Search, body).await?;
        let hits = answer.value.iter().flat_map(|one| &one.hits_containers).flat_map(|c| &c.hits);
        for hit in hits {
            let Resource::Item(item) = hit.resource() else { continue };
            let parent = item.parent_reference.as_ref();
            let ids = parent.and_then(|parent| parent.sharepoint_ids.as_ref());
            let own = ids.and_then(|ids| ids.list_item_unique_id.as_deref());
            if own.is_some_and(|own| own.trim_matches(['{', '}']).eq_ignore_ascii_case(unique_id)) {
                let drive = shape::id(parent.and_then(|parent| parent.drive_id.as_ref()));
                let item = shape::id(item.id.as_ref());
                if let (Some(drive), Some(item)) = (drive, item) {
                    return Ok(Reference::File { drive, item });
                }
            }
        }
        Err(not_found())
    }
}

fn starts_with(path: &[String], start: &[String]) -> bool {
    path.len() >= start.len()
        && path.iter().zip(start).all(|(a, b)| a.to_lowercase() == b.to_lowercase())
}

fn not_found() -> ToolError {
    ToolError::NotFound { what: "the address" }
}

const UNKNOWN_FORM: &str = "give the `ref` of a result or a web address; \
     sharepoint_search and sharepoint_find_sites find them";
