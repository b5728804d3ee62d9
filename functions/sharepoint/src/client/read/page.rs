//! Site pages: the texts of their web parts.

use std::fmt::Write as _;

use bytes::Bytes;
use graph::labels::Labelling;
use graph::model::{CanvasLayout, SitePage};
use graph::{Id, Operation};
use platform::{Call, ToolError};
use reading::Request;

use super::file::{Trouble, sentence};
use super::shown::{Shown, told};
use super::wanted::Wanted;
use super::without_text;
use crate::client::facts::meaning;
use crate::client::{Client, PAGE_FIELDS, select};
use crate::model::Document;
use crate::policy::{Class, Content, Verdict};

impl Client {
    /// The text of a site page. Pages carry no label, so their class alone decides, and the text
    /// is asked for only where it may be shown.
    pub(super) async fn read_page(
        &self,
        call: &Call,
        site: &Id,
        page: &Id,
        wanted: &Wanted,
    ) -> Result<Document, ToolError> {
        let verdict = self.policy.judge(Class::Page, Labelling::Unlabelled);
        let mut query = vec![select(PAGE_FIELDS)];
        if verdict == Verdict::Allowed {
            query.push(("$expand", "canvasLayout".to_owned()));
        }
        let operation = Operation::SitePageGet { site, page };
        let found: SitePage = self.graph.get(call, &operation, query).await?;
        let gone = ToolError::NotFound { what: "the page" };
        let item = self.page(site, &found).ok_or(gone)?;
        item.reveal(call);
        if let Some(note) = meaning(verdict, Labelling::Unlabelled) {
            return Ok(without_text(call, item, wanted, note));
        }
        let html = Bytes::from(html(&found.canvas_layout.unwrap_or_default()));
        let stream = futures::stream::iter([Ok(html)]);
        let request = Request { name: "page.html".to_owned(), ..wanted.request("page.html") };
        let reading = match self.read_stream(call, request, stream).await {
            Ok(reading) => reading,
            Err(Trouble::Told(text)) => return Ok(without_text(call, item, wanted, &text)),
            Err(Trouble::Failed(error)) => return Err(error),
        };
        let content = Some(Content::of(reading.content));
        let (_, content) = self.policy.screen(Class::Page, Labelling::Unlabelled, content);
        Ok(match content {
            Some(Ok(extract)) => Shown::new(extract, &item).of(call, item, wanted),
            Some(Err(problem)) => without_text(call, item, wanted, &sentence(&told(&problem))),
            None => without_text(call, item, wanted, "Its content is withheld."),
        })
    }
}

/// The texts of a page as one web page, in the order in which they are read.
fn html(canvas: &CanvasLayout) -> String {
    let mut html = "<!DOCTYPE html><html><body>".to_owned();
    for part in canvas.webparts() {
        if let Some(inner) = &part.inner_html {
            let _ = write!(html, "<div>{inner}</div>");
        }
        let Some(data) = &part.data else { continue };
        let texts = data.server_processed_content.as_ref();
        let plain = texts.into_iter().flat_map(|texts| &texts.searchable_plain_texts);
        for text in data.title.iter().chain(plain.filter_map(|text| text.value.as_ref())) {
            let _ = write!(html, "<p>{}</p>", html_escape::encode_text(text));
        }
        let rich = texts.into_iter().flat_map(|texts| &texts.html_strings);
        for text in rich.filter_map(|text| text.value.as_ref()) {
            let _ = write!(html, "<div>{text}</div>");
        }
    }
    html.push_str("</body></html>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_texts_of_a_page_stand_in_their_order() {
        let canvas: CanvasLayout = serde_json::from_value(serde_json::json!({
            "horizontalSections": [
                {"columns": [
                    {"webparts": [{"@odata.type": "#oneDrive.textWebPart", "innerHtml": "<h2>One</h2>"}]},
                    {"webparts": [{"data": {"title": "Two & more", "serverProcessedContent": {
                        "searchablePlainTexts": [{"key": "t", "value": "Three <b>"}],
                        "htmlStrings": [{"key": "h", "value": "<i>Four</i>"}],
                        "links": [{"key": "l", "value": "https://x"}],
                    }}}, null, {"innerHtml": 7}]},
                ]},
                {"columns": null},
            ],
            "verticalSection": {"webparts": [{"innerHtml": "<p>Five</p>"}]},
        }))
        .unwrap();

        let html = html(&canvas);

        let expected = [
            "<h2>One</h2>",
            "<p>Two &amp; more</p>",
            "<p>Three &lt;b&gt;</p>",
            "<i>Four</i>",
            "<p>Five</p>",
        ];
        let places: Vec<_> = expected.iter().map(|text| html.find(text).unwrap()).collect();
        assert!(places.is_sorted(), "{html}");
    }
}
