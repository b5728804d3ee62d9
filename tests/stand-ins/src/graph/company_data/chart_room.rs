//! The chart room: a site with a file of every kind and of every situation a label can be in.

mod kinds;
mod labelled;
mod odd;
mod pages;
mod tables;

use super::{Desk, first_drive, team_site};
use crate::company::Group;
use crate::graph::errors::Outcome;
use crate::graph::model::Access;
use crate::graph::world::{NewSite, World};

/// A site of the watch, which are Ann and Bob; nobody follows it.
pub(super) fn site(world: &mut World) -> Outcome<()> {
    let site = world.add_site(NewSite {
        followers: Vec::new(),
        ..team_site(
            "ChartRoom",
            "Chart room",
            "Sea charts, signals and the keepers' papers",
            Access::group(Group::Watch),
        )
    });
    pages::pages(world, &site);
    tables::tables(world, &site);
    let drive = first_drive(world, &site);
    let mut desk = Desk { world, drive };
    kinds::manuals(&mut desk)?;
    kinds::measurements(&mut desk)?;
    kinds::correspondence(&mut desk)?;
    labelled::labels(&mut desk)?;
    labelled::versions(&mut desk)?;
    odd::protected(&mut desk)?;
    odd::deceptive(&mut desk)?;
    odd::shared(&mut desk)
}
