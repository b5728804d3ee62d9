//! Names that lead to public addresses and nowhere else: a stranger's URL must not make us ask
//! our own network, the metadata service of the cloud, or ourselves.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolves a name once; the connection goes to what was checked here.
pub(super) struct PublicAddresses;

impl Resolve for PublicAddresses {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.collect();
            // One private address among public ones is a trap, not a mistake to work around.
            if addresses.is_empty() || !addresses.iter().all(|address| is_public(address.ip())) {
                let problem = "the name does not lead to public addresses only";
                return Err(Error::new(ErrorKind::PermissionDenied, problem).into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address is globally reachable unicast (IANA's special-purpose registries, RFC 6890).
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = match ip.octets() {
        // In this order: this network, private, loopback, multicast and what is reserved above;
        // shared by carriers (CGNAT); link-local; private; protocol assignments and documentation;
        // relays of 6to4; private; benchmarks; documentation.
        [0 | 10 | 127 | 224..=255, ..]
        | [100, 64..=127, ..]
        | [169, 254, ..]
        | [172, 16..=31, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [192, 168, ..]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => true,
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // Only 2000::/3 is given out as global unicast: loopback, mapped and translated IPv4
    // (::ffff:0:0/96, 64:ff9b::/96), unique local, link-local and multicast lie outside.
    let special = match ip.segments() {
        // Protocol assignments with Teredo, documentation; 6to4; documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => true,
        [first, ..] => first & 0xe000 != 0x2000,
    };
    !special
}
