//! The zips in `target/package`, as `cargo xtask package` leaves them: Lambda can start them.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test")]

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use deployment::connectors::Connector;
use deployment::tools::repository;
use object::elf::FileHeader64;
use object::read::elf::{Dyn as _, FileHeader as _};
use object::{Endianness, elf};
use zip::ZipArchive;

/// Amazon Linux 2023 has this version of the C library.
const GLIBC: (u32, u32) = (2, 34);
/// What its smallest image holds; nothing else comes in the zip. The C library's package still brings
/// the names of the parts that became one with it in 2.34.
const LIBRARIES: [&str; 9] = [
    "libc.so.6",
    "libm.so.6",
    "libdl.so.2",
    "libpthread.so.0",
    "librt.so.1",
    "libutil.so.1",
    "libgcc_s.so.1",
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
];

/// What a zip may have.
const MOST_BYTES: u64 = 8_000_000;

/// What a program asks of the system that starts it.
#[derive(Debug, PartialEq, Eq)]
struct Needs {
    machine: u16,
    libraries: BTreeSet<String>,
    /// Versions such as `GLIBC_2.34`, but for those that may be missing.
    versions: BTreeSet<String>,
}

impl Needs {
    fn of(program: &[u8]) -> Self {
        let header = FileHeader64::<Endianness>::parse(program).expect("a 64-bit ELF program");
        let endian = header.endian().unwrap();
        let sections = header.sections(endian, program).unwrap();
        let (dynamic, strings) = sections.dynamic(endian, program).unwrap().expect("it is linked");
        let strings = sections.strings(endian, program, strings).unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let needed = dynamic.iter().filter(|entry| entry.tag(endian) == elf::DT_NEEDED);
        let libraries = needed.map(|entry| text(entry.string(endian, strings).unwrap())).collect();
        let mut versions = BTreeSet::new();
        let (mut files, strings) =
            sections.gnu_verneed(endian, program).unwrap().expect("it needs versions");
        let strings = sections.strings(endian, program, strings).unwrap();
        while let Some((_, mut of_file)) = files.next().unwrap() {
            while let Some(version) = of_file.next().unwrap() {
                if version.vna_flags.get(endian) & elf::VER_FLG_WEAK == 0 {
                    versions.insert(text(version.name(endian, strings).unwrap()));
                }
            }
        }
        Self { machine: header.e_machine(endian), libraries, versions }
    }

    /// Everything that Amazon Linux 2023 does not have.
    fn missing(&self) -> Vec<String> {
        let libraries = self.libraries.iter().filter(|name| !LIBRARIES.contains(&name.as_str()));
        let versions = self.versions.iter().filter(|version| {
            let number = version.strip_prefix("GLIBC_");
            number.is_some_and(|number| number_of(number) > GLIBC)
        });
        libraries.chain(versions).cloned().collect()
    }
}

fn number_of(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(u32::MAX));
    (parts.next().unwrap_or(u32::MAX), parts.next().unwrap_or(0))
}

/// The zips that were made of the connectors of the list.
fn zips() -> Vec<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| repository().join("target"), PathBuf::from);
    let connectors = Connector::all().unwrap().into_iter();
    let zips = connectors.map(|one| target.join("package").join(format!("{}.zip", one.name)));
    zips.filter(|zip| zip.is_file()).collect()
}

#[test]
fn a_zip_has_all_that_lambda_starts_and_asks_for_nothing_it_lacks() {
    let zips = zips();
    if zips.is_empty() {
        eprintln!("SKIPPED: there is no zip in target/package; `cargo xtask package` makes it");
    }
    for path in zips {
        let size = std::fs::metadata(&path).unwrap().len();
        let mut zip = ZipArchive::new(File::open(&path).unwrap()).unwrap();
        let mut bootstrap = zip.by_name("bootstrap").expect("bootstrap at the root");
        assert_eq!(bootstrap.unix_mode().map(|mode| mode & 0o777), Some(0o755));
        let mut program = Vec::new();
        bootstrap.read_to_end(&mut program).unwrap();
        drop(bootstrap);
        zip.by_name("policy.yaml").expect("the policy beside it");

        let needs = Needs::of(&program);
        let megabytes =
            |bytes: u64| format!("{}.{:02} MB", bytes / 1_000_000, bytes % 1_000_000 / 10_000);
        let unzipped = u64::try_from(program.len()).unwrap();
        println!(
            "{}: {}, unzipped {}, {needs:?}",
            path.display(),
            megabytes(size),
            megabytes(unzipped)
        );
        assert!([elf::EM_X86_64, elf::EM_AARCH64].contains(&needs.machine), "{needs:?}");
        assert_eq!(needs.missing(), Vec::<String>::new(), "{}", path.display());
        assert!(size < MOST_BYTES, "{}: {}", path.display(), megabytes(size));
    }
}

#[test]
fn what_amazon_linux_lacks_is_found() {
    // This test is a program too, made on this machine.
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let needs = Needs::of(&own);
    assert!(needs.libraries.contains("libc.so.6"), "{needs:?}");
    assert!(needs.versions.iter().any(|version| version.starts_with("GLIBC_2.")), "{needs:?}");

    let needs = |libraries: &[&str], versions: &[&str]| Needs {
        machine: elf::EM_AARCH64,
        libraries: libraries.iter().copied().map(str::to_owned).collect(),
        versions: versions.iter().copied().map(str::to_owned).collect(),
    };
    let right = needs(&["libc.so.6"], &["GLIBC_2.4", "GLIBC_2.34", "GCC_3.0"]);
    assert_eq!(right.missing(), Vec::<String>::new());
    let wrong = needs(&["libc.so.6", "libssl.so.3"], &["GLIBC_2.17", "GLIBC_2.35", "GLIBC_3.0"]);
    assert_eq!(wrong.missing(), ["libssl.so.3", "GLIBC_2.35", "GLIBC_3.0"]);
}
