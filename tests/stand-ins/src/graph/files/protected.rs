//! Files that nobody opens without a password, and compound files with a macro project.

use std::io::{Cursor, Write as _};

use aws_lc_rs::cipher::{
    AES_128, AES_256, EncryptingKey, EncryptionContext, PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use aws_lc_rs::iv::FixedLength;
use bytes::Bytes;

use super::pdf::{self, Seal};

/// The password of every protected file.
pub const PASSWORD: &str = "lantern";
const OWNER: &str = "owner of the lantern";
/// Nothing is allowed but looking.
const PERMISSIONS: i32 = -3904;

/// A PDF that is encrypted with AES-256 as PDF 2.0 has it.
pub fn pdf(text: &str) -> Bytes {
    seal().map(|seal| pdf::sealed(text, &seal)).unwrap_or_default()
}

/// A Word document with a password: a compound file around an encrypted package.
pub fn word() -> Bytes {
    let info = "<encryption xmlns=\"http://schemas.microsoft.com/office/2006/encryption\"><keyData saltSize=\"16\" blockSize=\"16\" keyBits=\"256\" hashSize=\"64\" cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA512\" saltValue=\"bGFudGVybiBzYWx0IDAwMQ==\"/></encryption>";
    // Version 4.4 with agile encryption, then its description.
    let mut header = vec![4, 0, 4, 0, 0x40, 0, 0, 0];
    header.extend(info.as_bytes());
    let package: Vec<u8> = (0..128).flat_map(|at: u8| noise(&format!("package {at}"))).collect();
    let mut content = 4090_u64.to_le_bytes().to_vec();
    content.extend(package);
    compound(&[("/EncryptionInfo", header), ("/EncryptedPackage", content)])
        .map(Bytes::from)
        .unwrap_or_default()
}

/// A macro project of a document: streams that look like one and hold no macro.
pub(super) fn macro_project() -> Vec<u8> {
    let project = b"ID=\"{00000000-0000-0000-0000-000000000000}\"\r\nDocument=ThisDocument/&H00000000\r\nName=\"Project\"\r\n";
    compound(&[
        ("/PROJECT", project.to_vec()),
        ("/VBA/dir", noise("dir")),
        ("/VBA/_VBA_PROJECT", noise("project")),
    ])
    .unwrap_or_default()
}

/// A compound file with these streams; storages on the way are made.
pub(super) fn compound(streams: &[(&str, Vec<u8>)]) -> std::io::Result<Vec<u8>> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new()))?;
    for (path, bytes) in streams {
        if let Some((folder, _)) = path.rsplit_once('/').filter(|(folder, _)| !folder.is_empty()) {
            file.create_storage_all(folder)?;
        }
        file.create_stream(path)?.write_all(bytes)?;
    }
    file.flush()?;
    Ok(file.into_inner().into_inner())
}

/// Bytes without a pattern that are the same every time.
fn noise(seed: &str) -> Vec<u8> {
    digest(&SHA256, seed.as_bytes()).as_ref().to_vec()
}

fn start<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    out
}

/// The standard security handler of PDF 2.0, revision 6.
fn seal() -> anyhow::Result<Seal> {
    let key = noise("file key");
    let (user, user_key) = entry(PASSWORD, "user", &[], &key)?;
    let (owner, owner_key) = entry(OWNER, "owner", &user, &key)?;
    let mut permissions = PERMISSIONS.to_le_bytes().to_vec();
    permissions.extend([0xff, 0xff, 0xff, 0xff]);
    permissions.extend(b"Tadb");
    permissions.extend(start::<4>(&noise("permissions")));
    EncryptingKey::ecb(UnboundCipherKey::new(&AES_256, &key)?)?.encrypt(&mut permissions)?;
    let dictionary = format!(
        "<< /Filter /Standard /V 5 /R 6 /Length 256 /P {PERMISSIONS} /U <{}> /UE <{}> /O <{}> /OE <{}> /Perms <{}> /CF << /StdCF << /CFM /AESV3 /AuthEvent /DocOpen /Length 32 >> >> /StmF /StdCF /StrF /StdCF >>",
        hex::encode(user),
        hex::encode(user_key),
        hex::encode(owner),
        hex::encode(owner_key),
        hex::encode(permissions),
    );
    let encrypt = move |bytes: &[u8]| {
        let iv = start::<16>(&noise("initialisation"));
        let mut out = iv.to_vec();
        out.extend(cbc(&AES_256, &key, iv, bytes, Padding::Kept).unwrap_or_default());
        out
    };
    Ok(Seal { dictionary, id: hex::encode(start::<16>(&noise("id"))), encrypt: Box::new(encrypt) })
}

/// What proves a password, and the file's key as only that password opens it.
fn entry(
    password: &str,
    name: &str,
    user: &[u8],
    key: &[u8],
) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    let check = start::<8>(&noise(&format!("{name} check")));
    let open = start::<8>(&noise(&format!("{name} open")));
    let mut proof = hash(password, &check, user)?;
    proof.extend(check);
    proof.extend(open);
    let wrapping = hash(password, &open, user)?;
    Ok((proof, cbc(&AES_256, &wrapping, [0; 16], key, Padding::Dropped)?))
}

/// Algorithm 2.B of ISO 32000-2.
fn hash(password: &str, salt: &[u8], user: &[u8]) -> anyhow::Result<Vec<u8>> {
    let all = [password.as_bytes(), salt, user].concat();
    let mut key = digest(&SHA256, &all).as_ref().to_vec();
    for round in 1..=1000_u32 {
        let input = [password.as_bytes(), &key, user].concat().repeat(64);
        let iv = start::<16>(key.get(16..32).unwrap_or_default());
        let mixed = cbc(&AES_128, &start::<16>(&key), iv, &input, Padding::Dropped)?;
        let sum: u32 = mixed.iter().take(16).map(|byte| u32::from(*byte)).sum();
        let next: &Algorithm = match sum % 3 {
            0 => &SHA256,
            1 => &SHA384,
            _ => &SHA512,
        };
        key = digest(next, &mixed).as_ref().to_vec();
        let last = mixed.last().copied().map_or(0, u32::from);
        if round >= 64 && last <= round - 32 {
            break;
        }
    }
    key.truncate(32);
    Ok(key)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    Kept,
    Dropped,
}

fn cbc(
    algorithm: &'static aws_lc_rs::cipher::Algorithm,
    key: &[u8],
    iv: [u8; 16],
    bytes: &[u8],
    padding: Padding,
) -> anyhow::Result<Vec<u8>> {
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(UnboundCipherKey::new(algorithm, key)?)?;
    let mut out = bytes.to_vec();
    key.less_safe_encrypt(&mut out, EncryptionContext::Iv128(FixedLength::from(iv)))?;
    if padding == Padding::Dropped {
        out.truncate(bytes.len());
    }
    Ok(out)
}
