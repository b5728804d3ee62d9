//! Pages, and what is on them.

use serde_json::{Value, json};

use super::{encode_path, identity};
use crate::graph::ids;
use crate::graph::model::{Block, Page, Section, Site};

/// The address of a page.
pub(super) fn page_url(site: &Site, page: &Page) -> String {
    format!("{}/SitePages/{}", site.url(), encode_path(&page.name))
}

/// A page as `microsoft.graph.sitePage`, without its text.
pub fn page(site: &Site, page: &Page) -> Value {
    let tag = format!("\"{{{}}},2\"", page.id.to_uppercase());
    json!({
        "@odata.type": "#microsoft.graph.sitePage",
        "@odata.etag": tag,
        "id": page.id,
        "eTag": tag,
        "name": page.name,
        "title": page.title,
        "description": page.description,
        "pageLayout": "article",
        "promotionKind": "newsPost",
        "showComments": true,
        "showRecommendedPages": false,
        "createdDateTime": page.created,
        "lastModifiedDateTime": page.modified,
        "createdBy": identity(&page.by),
        "lastModifiedBy": identity(&page.by),
        "webUrl": page_url(site, page),
        "thumbnailWebUrl": Value::Null,
        "parentReference": {"listId": page.list, "siteId": site.id_part(1)},
        "contentType": {"id": "0x0101009D1CB255DA76424F860D91F20E6C4118", "name": "Site Page"},
        "publishingState": {"level": "published", "versionId": "1.0", "checkedOutBy": Value::Null},
        "reactions": {},
        "titleArea": {"enableGradientEffect": true, "layout": "plain", "showPublishedDate": false},
    })
}

/// What is on a page as `microsoft.graph.canvasLayout`.
pub fn canvas(page: &Page) -> Value {
    if page.sections.is_empty() && page.beside.is_empty() {
        return simple(page);
    }
    let mut count = 0;
    let mut part = |block: &Block| {
        count += 1;
        web_part(&ids::guid(&format!("block:{}:{count}", page.id)), block)
    };
    let sections: Vec<Value> = page
        .sections
        .iter()
        .zip(1..)
        .map(|(section, at)| horizontal(section, at, &mut part))
        .collect();
    let beside: Vec<Value> = page.beside.iter().map(part).collect();
    let vertical = json!({"emphasis": "neutral", "webparts": beside});
    let vertical = if page.beside.is_empty() { Value::Null } else { vertical };
    json!({"horizontalSections": sections, "verticalSection": vertical})
}

/// The layout of a page that has texts only: they are in columns, a picture is beside them.
fn simple(page: &Page) -> Value {
    let texts = page.texts.iter().enumerate().map(|(at, html)| {
        let id = ids::guid(&format!("part:{}:{at}", page.id));
        // The samples and the service name this type in two ways.
        let part = if at == 0 { Block::Text(html.clone()) } else { Block::OddText(html.clone()) };
        json!({"id": (at + 1).to_string(), "width": 6, "webparts": [web_part(&id, &part)]})
    });
    let hero = Block::Part {
        title: "Hero".to_owned(),
        texts: vec![("content[0].title".to_owned(), format!("More about {}", page.title))],
        links: Vec::new(),
        images: Vec::new(),
    };
    let columns: Vec<Value> = texts.collect();
    json!({
        "horizontalSections": [
            {"id": "1", "layout": "twoColumns", "emphasis": "none", "columns": columns},
        ],
        "verticalSection": {
            "emphasis": "none",
            "webparts": [web_part(&ids::guid(&format!("facts:{}", page.id)), &hero)],
        },
    })
}

fn horizontal(section: &Section, at: u32, part: &mut impl FnMut(&Block) -> Value) -> Value {
    let (layout, width) = match section.columns.len() {
        1 => ("oneColumn", 12),
        2 => ("twoColumns", 6),
        _ => ("threeColumns", 4),
    };
    let columns: Vec<Value> = section
        .columns
        .iter()
        .zip(1..)
        .map(|(blocks, at): (_, u32)| {
            let parts: Vec<Value> = blocks.iter().map(&mut *part).collect();
            json!({"id": at.to_string(), "width": width, "webparts": parts})
        })
        .collect();
    json!({"id": at.to_string(), "layout": layout, "emphasis": "none", "columns": columns})
}

fn web_part(id: &str, block: &Block) -> Value {
    match block {
        Block::Text(html) => {
            json!({"@odata.type": "#microsoft.graph.textWebPart", "id": id, "innerHtml": html})
        }
        Block::OddText(html) => {
            json!({"@odata.type": "#oneDrive.textWebPart", "id": id, "innerHtml": html})
        }
        Block::Part { title, texts, links, images } => {
            let pairs = |pairs: &[(String, String)]| -> Vec<Value> {
                pairs.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
            };
            json!({
                "@odata.type": "#microsoft.graph.standardWebPart",
                "id": id,
                "webPartType": ids::guid(&format!("web part:{title}")),
                "containerTextWebPartId": Value::Null,
                "data": {
                    "title": title,
                    "description": format!("{title} of the page"),
                    "dataVersion": "1.5",
                    "properties": {"layout": "tiles"},
                    "serverProcessedContent": {
                        "htmlStrings": [],
                        "searchablePlainTexts": pairs(texts),
                        "links": pairs(links),
                        "imageSources": pairs(images),
                    },
                },
            })
        }
    }
}
