//! Where everything listens on this machine: one number moves all of it.

use std::net::TcpListener;

use anyhow::{Context as _, ensure};

/// The port of the local load balancer when nobody says otherwise.
pub(crate) const DEFAULT_PORT: u16 = 8080;

/// How far the highest port is from the first.
const SPAN: u16 = 60;

/// The loopback ports of one running platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    alb: u16,
}

impl Addresses {
    /// The ports that start at this one.
    ///
    /// # Errors
    /// When the range would leave the ports that ordinary programs may use.
    pub(crate) fn starting_at(port: u16) -> anyhow::Result<Self> {
        let last = u16::MAX - SPAN;
        ensure!((1024..=last).contains(&port), "--port takes 1024 to {last}");
        Ok(Self { alb: port })
    }

    /// The load balancer that routes by host.
    pub(crate) fn alb(self) -> u16 {
        self.alb
    }

    /// The stand-in Entra.
    pub(crate) fn entra(self) -> u16 {
        self.alb + 10
    }

    /// The stand-in Graph.
    pub(crate) fn graph(self) -> u16 {
        self.alb + 11
    }

    /// The load balancer's listener for the connector at this place of the list.
    pub(crate) fn connector(self, place: usize) -> anyhow::Result<u16> {
        let offset = u16::try_from(place).ok().and_then(|place| place.checked_add(21));
        match offset {
            Some(offset) if offset <= SPAN => Ok(self.alb + offset),
            _ => anyhow::bail!("infra/connectors.json lists more connectors than there are ports"),
        }
    }

    /// ` --port N` where a printed command needs it, else nothing.
    pub(crate) fn as_argument(self) -> String {
        match self.alb {
            DEFAULT_PORT => String::new(),
            port => format!(" --port {port}"),
        }
    }
}

/// An address on loopback with scheme and port, without a path.
pub(crate) fn loopback(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// A port on loopback that nothing listens on right now.
///
/// # Errors
/// When the machine has none to give.
pub(crate) fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).context("looking for a free port")?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_moves_every_port() {
        for (port, entra, graph, sharepoint, teams) in
            [(8080, 8090, 8091, 8101, 8103), (9200, 9210, 9211, 9221, 9223)]
        {
            let addresses = Addresses::starting_at(port).unwrap();
            assert_eq!(addresses.alb(), port);
            assert_eq!(addresses.entra(), entra);
            assert_eq!(addresses.graph(), graph);
            assert_eq!(addresses.connector(0).unwrap(), sharepoint);
            assert_eq!(addresses.connector(2).unwrap(), teams);
        }
    }

    #[test]
    fn ports_outside_the_range_are_refused() {
        for port in [0, 80, 1023, u16::MAX - SPAN + 1, u16::MAX] {
            assert!(Addresses::starting_at(port).is_err(), "{port}");
        }
        let last = Addresses::starting_at(u16::MAX - SPAN).unwrap();
        assert!(last.connector(usize::from(SPAN) - 21).is_ok());
        assert!(last.connector(usize::from(SPAN) - 20).is_err());
    }

    #[test]
    fn printed_commands_name_the_port_only_when_it_is_another() {
        assert_eq!(Addresses::starting_at(DEFAULT_PORT).unwrap().as_argument(), "");
        assert_eq!(Addresses::starting_at(9200).unwrap().as_argument(), " --port 9200");
    }
}
