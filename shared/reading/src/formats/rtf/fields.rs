//! Fields: of all they can do, links are what is read.

/// Bytes of one instruction.
const MAX_INSTRUCTION: usize = 8 * 1024;

/// Fields that are open, one inside the other.
#[derive(Default)]
pub(super) struct Fields(Vec<Field>);

#[derive(Default)]
struct Field {
    instruction: String,
    /// Where in the paragraph its result begins.
    start: usize,
}

impl Fields {
    /// A field begins.
    pub(super) fn begin(&mut self) {
        self.0.push(Field::default());
    }

    /// Part of what the field does.
    pub(super) fn instruction(&mut self, text: &str) {
        if let Some(field) = self.0.last_mut()
            && field.instruction.len().saturating_add(text.len()) <= MAX_INSTRUCTION
        {
            field.instruction.push_str(text);
        }
    }

    /// Its result begins here in the paragraph.
    pub(super) fn begin_result(&mut self, start: usize) {
        if let Some(field) = self.0.last_mut() {
            field.start = start;
        }
    }

    /// A paragraph ended: what goes on of a result begins with the next one.
    pub(super) fn end_paragraph(&mut self) {
        self.0.iter_mut().for_each(|field| field.start = 0);
    }

    /// Its result ends: where it began and, of a link, where it leads.
    pub(super) fn end_result(&mut self) -> Option<(usize, String)> {
        let field = self.0.last()?;
        Some((field.start, address(&field.instruction)?))
    }

    /// The field ends.
    pub(super) fn end(&mut self) {
        self.0.pop();
    }
}

/// The address in `HYPERLINK "address" \o "tip"`; none for a jump inside the document.
fn address(instruction: &str) -> Option<String> {
    let rest = instruction.trim_start();
    let (name, rest) = rest.split_at_checked("HYPERLINK".len())?;
    if !name.eq_ignore_ascii_case("HYPERLINK") {
        return None;
    }
    let rest = rest.trim_start();
    let address = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => rest.split_whitespace().next().unwrap_or_default(),
    };
    (!address.is_empty() && !address.starts_with('\\')).then(|| address.to_owned())
}
