//! Where a request comes from, and how often it may come: a few tries at once, then a steady trickle.
//!
//! Only routes that strangers may write to are limited, so that nobody can ask for one-time codes or try passwords by the
//! thousand. Many visitors share one address behind a mall's network, so the measure is generous; what protects a
//! single person's codes is counted by person, in the use cases.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};

use crate::state::AppState;

/// Requests that may come at once.
const BURST: u32 = 60;
/// Requests a second afterwards.
const PER_SECOND: u32 = 2;
/// Locks that share the addresses.
const SHARDS: usize = 16;
/// Addresses that one lock remembers at most.
const CLIENTS_PER_SHARD: usize = 4096;

/// The address of whoever sent a request; of IPv6 the network, since one household has 2⁶⁴ addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Client([u8; 8]);

impl Client {
    /// The sender of a request: the connection's other end, or whom the proxy before us names last.
    #[must_use]
    pub fn of(request: &Request, behind_proxy: bool) -> Self {
        Self::from_address(address(
            request.headers(),
            request.extensions(),
            behind_proxy,
        ))
    }

    fn from_address(address: IpAddr) -> Self {
        let mut bytes = [0; 8];
        match address.to_canonical() {
            IpAddr::V4(address) => {
                // No network of IPv6 begins with two bytes of ones followed by zeros.
                bytes[..2].copy_from_slice(&[0xff, 0xff]);
                bytes[4..].copy_from_slice(&address.octets());
            }
            IpAddr::V6(address) => bytes.copy_from_slice(&address.octets()[..8]),
        }
        Self(bytes)
    }

    fn shard(self) -> usize {
        let sum = self.0.iter().fold(0_usize, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(usize::from(*byte))
        });
        sum % SHARDS
    }
}

/// The whole address, for use cases that count tries themselves.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self(address(
            &parts.headers,
            &parts.extensions,
            state.behind_proxy,
        )))
    }
}

fn address(headers: &HeaderMap, extensions: &Extensions, behind_proxy: bool) -> IpAddr {
    let named = || {
        let line = headers.get_all("x-forwarded-for").iter().next_back()?;
        line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
    };
    let connected = || {
        let info = extensions.get::<ConnectInfo<SocketAddr>>();
        info.map(|info| info.0.ip())
    };
    let address = if behind_proxy { named() } else { None };
    address
        .or_else(connected)
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// How many tries each client has left.
#[derive(Debug, Default)]
pub struct Buckets {
    shards: [Mutex<HashMap<Client, Bucket>>; SHARDS],
}

/// What is left, in thousandths of a try, and when it was counted.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    thousandths: u64,
    at: Duration,
}

impl Bucket {
    const FULL: u64 = BURST as u64 * 1000;

    fn filled(self, now: Duration) -> u64 {
        let passed = now.saturating_sub(self.at).as_millis();
        let more = u64::try_from(passed)
            .unwrap_or(u64::MAX)
            .saturating_mul(u64::from(PER_SECOND));
        self.thousandths.saturating_add(more).min(Self::FULL)
    }
}

impl Buckets {
    /// Takes one try at `now`, a time since any fixed moment.
    ///
    /// # Errors
    /// Seconds to wait, if none is left.
    pub fn take(&self, client: Client, now: Duration) -> Result<(), u32> {
        let mut shard = self.shards[client.shard()]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= CLIENTS_PER_SHARD && !shard.contains_key(&client) {
            shard.retain(|_, bucket| bucket.filled(now) < Bucket::FULL);
            // Somebody with more networks than that is not stopped by counting them.
            if shard.len() >= CLIENTS_PER_SHARD {
                shard.clear();
            }
        }
        let bucket = shard.entry(client).or_insert(Bucket {
            thousandths: Bucket::FULL,
            at: now,
        });
        let filled = bucket.filled(now);
        let left = filled.checked_sub(1000);
        *bucket = Bucket {
            thousandths: left.unwrap_or(filled),
            at: now,
        };
        let missing = 1000 - filled.min(1000);
        let wait = missing.div_ceil(u64::from(PER_SECOND) * 1000).max(1);
        left.map(|_| ()).ok_or(u32::try_from(wait).unwrap_or(1))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, SocketAddr};
    use std::time::Duration;

    use axum::body::Body;
    use axum::extract::{ConnectInfo, Request};

    use super::{BURST, Buckets, Client, PER_SECOND};

    fn client(address: &str) -> Client {
        Client::from_address(address.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn after_a_burst_tries_trickle() {
        let buckets = Buckets::default();
        let now = Duration::from_secs(1000);
        for _ in 0..BURST {
            assert_eq!(buckets.take(client("10.0.0.1"), now), Ok(()));
        }
        assert_eq!(buckets.take(client("10.0.0.1"), now), Err(1));
        assert_eq!(buckets.take(client("10.0.0.2"), now), Ok(()));
        let later = now + Duration::from_secs(1);
        for _ in 0..PER_SECOND {
            assert_eq!(buckets.take(client("10.0.0.1"), later), Ok(()));
        }
        assert_eq!(buckets.take(client("10.0.0.1"), later), Err(1));
    }

    #[test]
    fn a_household_of_ipv6_is_one_client_and_ipv4_within_ipv6_is_ipv4() {
        assert_eq!(client("2001:db8:1:2::1"), client("2001:db8:1:2:9::9"));
        assert_ne!(client("2001:db8:1:2::1"), client("2001:db8:1:3::1"));
        assert_eq!(client("::ffff:10.0.0.1"), client("10.0.0.1"));
    }

    #[test]
    fn only_a_proxy_of_ours_may_say_who_sent_a_request() {
        let mut request = Request::new(Body::empty());
        let header = "198.51.100.9, 203.0.113.5".parse().unwrap();
        request.headers_mut().insert("x-forwarded-for", header);
        let peer: SocketAddr = "10.0.0.1:1".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        assert_eq!(Client::of(&request, false), client("10.0.0.1"));
        assert_eq!(Client::of(&request, true), client("203.0.113.5"));
    }
}
