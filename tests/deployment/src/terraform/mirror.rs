//! Where the AWS provider lies, in the folder form that `terraform init -plugin-dir` reads.

use std::path::{Path, PathBuf};

use super::Missing;

const PROVIDER: &str = "registry.terraform.io/hashicorp/aws";
/// Folders whose own folders may be a mirror: places for optional software.
const PLACES: [&str; 2] = ["/opt", "/usr/local/lib"];

/// Finds the mirror: `TF_PROVIDER_MIRROR`, or one of the usual places.
pub(super) fn find() -> Result<PathBuf, Missing> {
    if let Some(named) = std::env::var_os("TF_PROVIDER_MIRROR").map(PathBuf::from) {
        let problem = || Missing(format!("TF_PROVIDER_MIRROR has no {PROVIDER}"));
        return if holds(&named) { Ok(named) } else { Err(problem()) };
    }
    usual_places().into_iter().find(|place| holds(place)).ok_or_else(|| {
        let advice = "name a folder with it in TF_PROVIDER_MIRROR (`terraform providers mirror`)";
        Missing(format!("the AWS provider of Terraform is not on this machine; {advice}"))
    })
}

fn usual_places() -> Vec<PathBuf> {
    let own = std::env::var_os("HOME").map(|own| Path::new(&own).join(".terraform.d/plugins"));
    let shared = ["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins"];
    let found = PLACES.iter().flat_map(|place| folders(Path::new(place)));
    own.into_iter().chain(shared.map(PathBuf::from)).chain(found).collect()
}

fn folders(place: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let mut folders: Vec<_> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

fn holds(place: &Path) -> bool {
    place.join(PROVIDER).is_dir()
}
