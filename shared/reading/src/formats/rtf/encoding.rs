//! Which characters bytes stand for: by the font, else by the file's code page.

use std::collections::HashMap;

use encoding_rs::Encoding;

const MAX_FONTS: usize = 10_000;
/// The code page of files that name none.
const USUAL: i32 = 1252;
/// Not a code page: the character set of the font Symbol.
const SYMBOL: i32 = -2;

/// Code pages of the file and its fonts.
#[derive(Default)]
pub(super) struct Fonts {
    usual: Option<i32>,
    pages: HashMap<i32, i32>,
    /// The font that is being described.
    described: Option<i32>,
    has_unknown: bool,
}

impl Fonts {
    /// The file names its code page.
    pub(super) fn page(&mut self, page: i32) {
        self.usual = Some(page);
    }

    /// A font begins in the table of fonts.
    pub(super) fn describe(&mut self, font: i32) {
        self.described = Some(font);
    }

    /// The font that is being described has a character set.
    pub(super) fn charset(&mut self, charset: i32) {
        let page = match charset {
            0 => 1252,
            2 => SYMBOL,
            77 => 10000,
            128 => 932,
            129 => 949,
            134 => 936,
            136 => 950,
            161 => 1253,
            162 => 1254,
            163 => 1258,
            177 => 1255,
            178..=180 => 1256,
            186 => 1257,
            204 => 1251,
            222 => 874,
            238 => 1250,
            // What the file says.
            _ => return,
        };
        self.describe_page(page);
    }

    /// The font that is being described has a code page.
    pub(super) fn describe_page(&mut self, page: i32) {
        if let Some(font) = self.described
            && self.pages.len() < MAX_FONTS
        {
            self.pages.insert(font, page);
        }
    }

    /// Bytes in a font as text.
    pub(super) fn decode(&mut self, font: Option<i32>, bytes: &[u8]) -> String {
        if bytes.is_ascii() {
            return String::from_utf8_lossy(bytes).into_owned();
        }
        let of_font = font.and_then(|font| self.pages.get(&font)).copied();
        let page = of_font.or(self.usual).unwrap_or(USUAL);
        if page == SYMBOL {
            let bullet = |byte: &u8| if *byte == 0xB7 { '\u{2022}' } else { char::from(*byte) };
            return bytes.iter().map(bullet).collect();
        }
        let encoding = encoding(page).unwrap_or_else(|| {
            self.has_unknown = true;
            encoding_rs::WINDOWS_1252
        });
        encoding.decode_without_bom_handling(bytes).0.into_owned()
    }

    /// Whether bytes of a code page were met that nothing here knows.
    pub(super) fn has_unknown(&self) -> bool {
        self.has_unknown
    }
}

fn encoding(page: i32) -> Option<&'static Encoding> {
    Some(match page {
        0 | 1252 | 20127 | 28591 => encoding_rs::WINDOWS_1252,
        866 => encoding_rs::IBM866,
        874 => encoding_rs::WINDOWS_874,
        932 | 10001 => encoding_rs::SHIFT_JIS,
        936 | 10008 => encoding_rs::GBK,
        949 | 10003 => encoding_rs::EUC_KR,
        950 | 10002 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10000 => encoding_rs::MACINTOSH,
        10007 => encoding_rs::X_MAC_CYRILLIC,
        54936 => encoding_rs::GB18030,
        65001 => encoding_rs::UTF_8,
        _ => return None,
    })
}
