//! PDF files made by hand.

use std::fmt::Write as _;

/// A file: objects by number, from 1. The catalog is 1, the page tree 2, the font 3.
pub(super) struct Made {
    objects: Vec<String>,
    pages: Vec<usize>,
    bookmark: Option<(String, usize)>,
    attached: Vec<String>,
    image: Option<usize>,
}

/// The content of a page with lines of text.
pub(super) fn text_page(lines: &[&str]) -> String {
    let mut content = String::from("BT /F1 11 Tf 14 TL 72 700 Td ");
    for line in lines {
        let _ = write!(content, "({line}) Tj T* ");
    }
    content + "ET"
}

impl Made {
    /// A file with a page for each content.
    pub(super) fn new(contents: &[&str]) -> Self {
        let mut made = Self {
            objects: vec![
                String::new(),
                String::new(),
                "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".into(),
            ],
            pages: Vec::new(),
            bookmark: None,
            attached: Vec::new(),
            image: None,
        };
        for content in contents {
            let stream = made.stream("", content);
            let page =
                format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {stream} 0 R");
            let page = made.add(page);
            made.pages.push(page);
        }
        let kids: String = made.pages.iter().fold(String::new(), |mut kids, page| {
            let _ = write!(kids, "{page} 0 R ");
            kids
        });
        let count = made.pages.len();
        made.replace(2, &format!("<</Type/Pages/Kids[{kids}]/Count {count}>>"));
        made
    }

    /// Adds an object; gives its number.
    fn add(&mut self, object: String) -> usize {
        self.objects.push(object);
        self.objects.len()
    }

    fn stream(&mut self, entries: &str, content: &str) -> usize {
        let length = content.len();
        self.add(format!("<</Length {length}{entries}>>stream\n{content}\nendstream"))
    }

    /// Puts another object at a number.
    pub(super) fn replace(&mut self, number: usize, object: &str) {
        object.clone_into(&mut self.objects[number - 1]);
    }

    /// Adds a bookmark of a page, counted from 1.
    pub(super) fn bookmark(&mut self, title: &str, page: usize) {
        self.bookmark = Some((title.to_owned(), page));
    }

    /// Attaches a file of this name.
    pub(super) fn attach(&mut self, name: &str) {
        let file = self.stream("/Type/EmbeddedFile", "x");
        let file = self.add(format!("<</Type/Filespec/F({name})/EF<</F {file} 0 R>>>>"));
        self.attached.push(format!("({name}) {file} 0 R"));
    }

    /// Adds an image for all pages, `/Im0`.
    pub(super) fn image(&mut self) {
        let entries =
            "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8";
        self.image = Some(self.stream(entries, "x"));
    }

    /// The file.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut objects = self.objects.clone();
        let images = self.image.map(|image| format!("/XObject<</Im0 {image} 0 R>>"));
        let images = images.unwrap_or_default();
        for page in &self.pages {
            let _ = write!(objects[page - 1], "/Resources<</Font<</F1 3 0 R>>{images}>>>>");
        }
        let mut catalog = String::from("<</Type/Catalog/Pages 2 0 R");
        if let Some((title, page)) = &self.bookmark {
            let (outlines, item) = (objects.len() + 1, objects.len() + 2);
            objects.push(format!("<</Type/Outlines/First {item} 0 R/Last {item} 0 R/Count 1>>"));
            let page = self.pages[page - 1];
            objects.push(format!("<</Title({title})/Parent {outlines} 0 R/Dest[{page} 0 R/Fit]>>"));
            let _ = write!(catalog, "/Outlines {outlines} 0 R");
        }
        if !self.attached.is_empty() {
            let _ =
                write!(catalog, "/Names<</EmbeddedFiles<</Names[{}]>>>>", self.attached.join(" "));
        }
        objects[0] = catalog + ">>";
        written(&objects)
    }
}

fn written(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.7\n");
    let mut offsets = String::new();
    for (number, object) in (1..).zip(objects) {
        let _ = writeln!(offsets, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (file.len(), objects.len() + 1);
    let _ = write!(file, "xref\n0 {size}\n0000000000 65535 f \n{offsets}");
    let id = "<00112233445566778899aabbccddeeff>";
    let _ = write!(
        file,
        "trailer\n<</Size {size}/Root 1 0 R/ID[{id}{id}]>>\nstartxref\n{start}\n%%EOF"
    );
    file.into_bytes()
}

/// The same file, encrypted with an owner's password and a user's.
pub(super) fn encrypted(bytes: &[u8], user_password: &str) -> Vec<u8> {
    let mut document = lopdf::Document::load_mem(bytes).unwrap();
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut encrypted = Vec::new();
    document.save_to(&mut encrypted).unwrap();
    encrypted
}
