//! A document that is small on the way and enormous when it is unpacked.

use bytes::Bytes;
use flate2::{Compression, Crc, FlushCompress};

/// How often the same block comes.
const REPEATS: u32 = 3200;
const BLOCK: usize = 1 << 17;

/// A Word document whose one part unpacks to four hundred megabytes.
pub fn swollen() -> Bytes {
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
    let relations = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";
    let mut zip = Zip::default();
    zip.add("[Content_Types].xml", &Entry::small(types.as_bytes()));
    zip.add("_rels/.rels", &Entry::small(relations.as_bytes()));
    zip.add("word/document.xml", &Entry::swollen());
    Bytes::from(zip.finish())
}

/// Compressed bytes, with what a directory says of them.
struct Entry {
    packed: Vec<u8>,
    sum: u32,
    size: u32,
}

impl Entry {
    fn small(bytes: &[u8]) -> Self {
        let mut sum = Crc::new();
        sum.update(bytes);
        let mut packed = block(bytes);
        packed.extend(END);
        Self { packed, sum: sum.sum(), size: sum.amount() }
    }

    /// The same block again and again, compressed only once: blocks that end at a whole byte and
    /// look back at nothing can be put one after the other.
    fn swollen() -> Self {
        let head = b"<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body>";
        let tail = b"</w:body></w:document>";
        let paragraph = "<w:p><w:r><w:t>The same tide again.</w:t></w:r></w:p>";
        let mut text = paragraph.repeat(BLOCK / paragraph.len()).into_bytes();
        text.resize(BLOCK, b' ');
        let (first, middle, last) = (block(head), block(&text), block(tail));
        let mut packed = first;
        let mut sum = Crc::new();
        sum.update(head);
        let mut one = Crc::new();
        one.update(&text);
        for _ in 0..REPEATS {
            packed.extend(&middle);
            sum.combine(&one);
        }
        packed.extend(last);
        sum.update(tail);
        packed.extend(END);
        Self { packed, sum: sum.sum(), size: sum.amount() }
    }
}

/// The empty last block of a compressed stream.
const END: [u8; 2] = [3, 0];

fn block(bytes: &[u8]) -> Vec<u8> {
    let mut compressor = flate2::Compress::new(Compression::best(), false);
    let mut packed = Vec::with_capacity(bytes.len() + 1024);
    // The room is larger than any outcome, so that one step is enough.
    let _ = compressor.compress_vec(bytes, &mut packed, FlushCompress::Full);
    packed
}

/// A ZIP file; the library for them compresses what it is given, and here that is done already.
#[derive(Default)]
struct Zip {
    out: Vec<u8>,
    directory: Vec<u8>,
    count: u16,
}

impl Zip {
    fn add(&mut self, name: &str, entry: &Entry) {
        let packed = u32::try_from(entry.packed.len()).unwrap_or_default();
        let mut common = vec![20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0];
        common.extend(entry.sum.to_le_bytes());
        common.extend(packed.to_le_bytes());
        common.extend(entry.size.to_le_bytes());
        common.extend(u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
        common.extend([0, 0]);
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(&common);
        self.directory.extend([0; 10]);
        self.directory.extend(u32::try_from(self.out.len()).unwrap_or_default().to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.out.extend(b"PK\x03\x04");
        self.out.extend(&common);
        self.out.extend(name.as_bytes());
        self.out.extend(&entry.packed);
        self.count += 1;
    }

    fn finish(mut self) -> Vec<u8> {
        let start = u32::try_from(self.out.len()).unwrap_or_default();
        let length = u32::try_from(self.directory.len()).unwrap_or_default();
        self.out.append(&mut self.directory);
        self.out.extend(b"PK\x05\x06\x00\x00\x00\x00");
        self.out.extend(self.count.to_le_bytes());
        self.out.extend(self.count.to_le_bytes());
        self.out.extend(length.to_le_bytes());
        self.out.extend(start.to_le_bytes());
        self.out.extend([0, 0]);
        self.out
    }
}
