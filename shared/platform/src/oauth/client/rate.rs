//! How often something may happen in one process; what keeps a flood from the store and the
//! network. The firewall in front counts for all processes together.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

const WINDOW_MS: i64 = 60_000;

/// A limit for everybody together and one for each client address, over any minute.
pub(in crate::oauth) struct Rate {
    for_all: usize,
    for_each: usize,
    /// When something happened, and for whom: oldest first, at most `for_all` of them.
    accepted: Mutex<VecDeque<(i64, Option<IpAddr>)>>,
}

impl Rate {
    /// So many times a minute.
    pub(in crate::oauth) fn per_minute(for_all: usize, for_each: usize) -> Self {
        Self { for_all, for_each, accepted: Mutex::default() }
    }

    /// Counts one at this time (milliseconds).
    ///
    /// # Errors
    /// In how many seconds there is room again.
    pub(in crate::oauth) fn admit(&self, who: Option<IpAddr>, now_ms: i64) -> Result<(), u64> {
        let who = who.map(network);
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not open the window anew.
        let now_ms = accepted.back().map_or(now_ms, |(newest, _)| now_ms.max(*newest));
        while accepted.front().is_some_and(|(at, _)| *at <= now_ms - WINDOW_MS) {
            accepted.pop_front();
        }
        let oldest_of_them = accepted
            .iter()
            .rev()
            .filter(|(_, other)| *other == who)
            .nth(self.for_each.saturating_sub(1));
        let full = accepted.len() >= self.for_all;
        let blocking = oldest_of_them.or_else(|| accepted.front().filter(|_| full));
        if let Some((at, _)) = blocking {
            let wait_ms = u64::try_from(at + WINDOW_MS - now_ms).unwrap_or(0);
            return Err(wait_ms.div_ceil(1000).max(1));
        }
        accepted.push_back((now_ms, who));
        Ok(())
    }
}

/// One customer has a whole /64 of IPv6 addresses.
fn network(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V4(ip) => IpAddr::V4(ip),
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 64))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_80_one_address_and_all_together_are_held_to_their_limits() {
        let rate = Rate::per_minute(5, 2);
        let ip = |last: u8| Some(IpAddr::from([203, 0, 113, last]));

        assert_eq!(rate.admit(ip(1), 0), Ok(()));
        assert_eq!(rate.admit(ip(1), 1_000), Ok(()));
        assert_eq!(rate.admit(ip(1), 2_000), Err(58));
        assert_eq!(rate.admit(ip(2), 2_000), Ok(()));
        assert_eq!(rate.admit(None, 2_000), Ok(()));
        assert_eq!(rate.admit(ip(3), 2_000), Ok(()));
        assert_eq!(rate.admit(ip(4), 2_500), Err(58));
        assert_eq!(rate.admit(ip(4), -100_000), Err(58), "a clock that was set back");
        assert_eq!(rate.admit(ip(1), 59_999), Err(1));
        assert_eq!(rate.admit(ip(1), 60_000), Ok(()));
    }

    #[test]
    fn addresses_of_one_customer_count_as_one() {
        let rate = Rate::per_minute(9, 1);
        let ip = |text: &str| Some(text.parse().unwrap());
        assert_eq!(rate.admit(ip("2001:db8::1"), 0), Ok(()));
        assert!(rate.admit(ip("2001:db8::2"), 0).is_err());
        assert_eq!(rate.admit(ip("2001:db8:0:1::1"), 0), Ok(()));
        assert_eq!(rate.admit(ip("203.0.113.1"), 0), Ok(()));
        assert!(rate.admit(ip("::ffff:203.0.113.1"), 0).is_err());
    }
}
