//! Objects of a PDF, their places in the file, and their encryption.

use std::fmt::Write as _;
use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Encrypts bytes.
pub type Encrypt = Box<dyn Fn(&[u8]) -> Vec<u8>>;

/// How a document is encrypted.
pub struct Seal {
    /// The encryption dictionary.
    pub dictionary: String,
    /// The two ids of the file, in hexadecimal.
    pub id: String,
    /// Encrypts a stream.
    pub encrypt: Encrypt,
}

/// An object: something written out, or a stream with its dictionary.
#[derive(Clone, Default)]
pub(super) struct Object {
    text: String,
    stream: Option<Vec<u8>>,
    may_compress: bool,
}

impl Object {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), stream: None, may_compress: false }
    }

    pub(super) fn stream(dictionary: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { text: dictionary.to_owned(), stream: Some(bytes.into()), may_compress: true }
    }

    pub(super) fn uncompressed(dictionary: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { may_compress: false, ..Self::stream(dictionary, bytes) }
    }
}

/// A document that is being written.
#[derive(Default)]
pub(super) struct Writer {
    objects: Vec<Object>,
    compress: bool,
}

impl Writer {
    /// A document whose streams are compressed.
    pub(super) fn compressed() -> Self {
        Self { objects: Vec::new(), compress: true }
    }

    /// Adds an object; answers its number.
    pub(super) fn add(&mut self, object: Object) -> usize {
        self.objects.push(object);
        self.objects.len()
    }

    /// A number for an object that follows later.
    pub(super) fn reserve(&mut self) -> usize {
        self.add(Object::default())
    }

    /// The object of a reserved number.
    pub(super) fn fill(&mut self, number: usize, object: Object) {
        if let Some(place) = number.checked_sub(1).and_then(|at| self.objects.get_mut(at)) {
            *place = object;
        }
    }

    /// The file; `root` is what its catalogue says.
    pub(super) fn finish(mut self, root: &str, info: Option<usize>, seal: Option<&Seal>) -> Bytes {
        let root = self.add(Object::plain(format!("<< /Type /Catalog {root} >>")));
        let mut trailer = format!("/Root {root} 0 R");
        if let Some(info) = info {
            let _ = write!(trailer, " /Info {info} 0 R");
        }
        if let Some(seal) = seal {
            let number = self.add(Object::plain(seal.dictionary.clone()));
            let _ = write!(trailer, " /Encrypt {number} 0 R /ID [<{0}> <{0}>]", seal.id);
        }
        let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let mut table = String::from("0000000000 65535 f \n");
        for (at, object) in self.objects.iter().enumerate() {
            let _ = writeln!(table, "{:010} 00000 n ", out.len());
            out.extend(format!("{} 0 obj\n", at + 1).into_bytes());
            self.body(object, seal, &mut out);
            out.extend(b"\nendobj\n");
        }
        let start = out.len();
        let count = self.objects.len() + 1;
        out.extend(
            format!(
                "xref\n0 {count}\n{table}trailer\n<< /Size {count} {trailer} >>\nstartxref\n{start}\n%%EOF\n"
            )
            .into_bytes(),
        );
        Bytes::from(out)
    }

    fn body(&self, object: &Object, seal: Option<&Seal>, out: &mut Vec<u8>) {
        let Some(bytes) = &object.stream else {
            out.extend(object.text.as_bytes());
            return;
        };
        let packed = (self.compress && object.may_compress).then(|| deflated(bytes));
        let filter = if packed.is_some() { "/Filter /FlateDecode " } else { "" };
        let bytes = packed.unwrap_or_else(|| bytes.clone());
        let bytes = seal.map_or_else(|| bytes.clone(), |seal| (seal.encrypt)(&bytes));
        out.extend(
            format!("<< {} {filter}/Length {} >>\nstream\n", object.text, bytes.len()).into_bytes(),
        );
        out.extend(bytes);
        out.extend(b"\nendstream");
    }
}

/// A string between parentheses, in the encoding of Windows for Western Europe.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::from("(");
    for letter in text.chars() {
        match letter {
            '\\' | '(' | ')' => {
                out.push('\\');
                out.push(letter);
            }
            ' '..='~' => out.push(letter),
            '\u{a0}'..='\u{ff}' => {
                let _ = write!(out, "\\{:03o}", u32::from(letter));
            }
            '€' => out.push_str("\\200"),
            _ => out.push('?'),
        }
    }
    out.push(')');
    out
}

/// Compressed as PDF and PNG want it.
pub(in crate::graph::files) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Writing into memory does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}
