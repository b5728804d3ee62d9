//! Files made by code, for tests.

use std::io::{Cursor, Write as _};
use std::sync::LazyLock;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// A zip archive with these entries, in this order.
pub(crate) fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    packed(parts).finish().unwrap().into_inner()
}

/// The same with one more entry, whose XML expands beyond all limits.
pub(crate) fn package_with_bomb(parts: &[(&str, &[u8])], name: &str) -> Vec<u8> {
    // Packing it takes a second without optimization, so that is done once.
    static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let text = format!("<x>{}</x>", "a".repeat(22 * 1024 * 1024));
        package(&[("bomb", text.as_bytes())])
    });
    let mut zip = packed(parts);
    let mut bomb = ZipArchive::new(Cursor::new(BOMB.as_slice())).unwrap();
    zip.raw_copy_file_rename(bomb.by_index_raw(0).unwrap(), name).unwrap();
    zip.finish().unwrap().into_inner()
}

fn packed(parts: &[(&str, &[u8])]) -> ZipWriter<Cursor<Vec<u8>>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip
}

/// An OLE file with these streams; storages on the way are made.
pub(crate) fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    for (path, bytes) in streams {
        let (storage, _) = path.rsplit_once('/').unwrap();
        file.create_storage_all(format!("{storage}/")).unwrap();
        file.create_stream(path).unwrap().write_all(bytes).unwrap();
    }
    file.flush().unwrap();
    file.into_inner().into_inner()
}
