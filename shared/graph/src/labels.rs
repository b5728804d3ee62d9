//! Which sensitivity label a file has, and how sure that is.

mod catalogue;

pub use catalogue::{Catalogue, LabelInfo};

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::model::{DriveItem, entries, text};

/// Where a file's label is written in its library, and how to ask for it with the item.
pub const COLUMN_EXPAND: &str = "listItem($expand=fields($select=_IpLabelId,_DisplayName))";

/// The id of a label; upper and lower case are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelId(Uuid);

impl TryFrom<String> for LabelId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Uuid::parse_str(text.trim()).map(Self).map_err(|_| "a label id is a GUID")
    }
}

impl From<LabelId> for String {
    fn from(id: LabelId) -> Self {
        id.to_string()
    }
}

impl From<Uuid> for LabelId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl std::fmt::Display for LabelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// What is known about the label of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labelling {
    /// It has this label.
    Label(LabelId),
    /// It has none.
    Unlabelled,
    /// Nobody could say; treated as the strictest label there is.
    Unknown(Doubt),
    /// It is encrypted, so not even its label can be read.
    Protected,
}

/// Why a label is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Graph did not say.
    NotReported,
    /// Graph said something that is not a label.
    NotUnderstood,
    /// The only labels are of other companies.
    Foreign,
    /// There are several.
    Several,
    /// Graph cannot look into files of this type.
    Refused,
    /// The library's column says one, and may be behind the file.
    Unconfirmed,
}

/// The label in the library's column, when it was asked for with [`COLUMN_EXPAND`].
pub fn from_column(item: &DriveItem) -> Labelling {
    let Some(fields) = item.list_item.as_ref().and_then(|row| row.fields.as_ref()) else {
        return Labelling::Unknown(Doubt::NotReported);
    };
    match fields.get("_IpLabelId") {
        None | Some(Value::Null) => Labelling::Unlabelled,
        Some(Value::String(text)) if text.trim().is_empty() => Labelling::Unlabelled,
        Some(Value::String(text)) => LabelId::try_from(text.clone())
            .map_or(Labelling::Unknown(Doubt::NotUnderstood), Labelling::Label),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Labelling::Unknown(Doubt::NotUnderstood)
        }
    }
}

/// The label in the answer of `extractSensitivityLabels`; only labels of our tenant count.
pub fn from_extraction(body: &[u8], tenant: &str) -> Labelling {
    #[derive(Deserialize)]
    struct Extraction {
        #[serde(deserialize_with = "entries")]
        labels: Vec<Assignment>,
    }
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    struct Assignment {
        #[serde(deserialize_with = "text")]
        sensitivity_label_id: Option<String>,
        #[serde(deserialize_with = "text")]
        tenant_id: Option<String>,
    }

    let Ok(mut body) = serde_json::from_slice::<Value>(body) else {
        return Labelling::Unknown(Doubt::NotUnderstood);
    };
    if let Some(inner) = body.get_mut("value") {
        body = inner.take();
    }
    let listed = body.get("labels").and_then(Value::as_array).map(Vec::len);
    let Ok(Extraction { labels }) = Extraction::deserialize(body) else {
        return Labelling::Unknown(Doubt::NotUnderstood);
    };
    if listed != Some(labels.len()) {
        return Labelling::Unknown(Doubt::NotUnderstood);
    }
    let ours = |label: &&Assignment| {
        label.tenant_id.as_deref().is_some_and(|id| id.eq_ignore_ascii_case(tenant))
    };
    let mut found: Vec<&Assignment> = labels.iter().filter(ours).collect();
    found.dedup_by(|a, b| a.sensitivity_label_id == b.sensitivity_label_id);
    match found.as_slice() {
        [] if labels.is_empty() => Labelling::Unlabelled,
        [] => Labelling::Unknown(Doubt::Foreign),
        [one] => one
            .sensitivity_label_id
            .clone()
            .and_then(|id| LabelId::try_from(id).ok())
            .map_or(Labelling::Unknown(Doubt::NotUnderstood), Labelling::Label),
        _ => Labelling::Unknown(Doubt::Several),
    }
}

/// What a refusal of `extractSensitivityLabels` says about the file.
pub(crate) fn from_refusal(status: StatusCode, code: &str) -> Labelling {
    let encrypted =
        ["fileDoubleKeyEncrypted", "fileDecryptionNotSupported", "fileDecryptionDeferred"];
    if status == StatusCode::LOCKED || encrypted.contains(&code) {
        return Labelling::Protected;
    }
    // Only these speak of the file; a person without rights or a service in trouble says nothing
    // about its label.
    match status {
        StatusCode::BAD_REQUEST | StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            Labelling::Unknown(Doubt::Refused)
        }
        _ => Labelling::Unknown(Doubt::NotReported),
    }
}

#[cfg(test)]
mod tests;
