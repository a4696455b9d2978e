//! Address ranges, as `IpAddress` lists them.

use std::net::IpAddr;

/// An address range.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

impl Network {
    /// CIDR notation or one address. Bits beyond the prefix do not count (grade K).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix_bits = match prefix {
            Some(prefix) if prefix.bytes().all(|byte| byte.is_ascii_digit()) => {
                prefix.parse().ok()?
            }
            Some(_) => return None,
            None => longest,
        };
        (prefix_bits <= longest).then_some(Self {
            address,
            prefix_bits,
        })
    }

    /// Whether the whole range is private (RFC 1918, RFC 4193): `aws:SourceIp` never holds one.
    pub(crate) fn is_private(self) -> bool {
        match self.address {
            IpAddr::V4(address) => address.is_private() && self.prefix_bits >= 8,
            IpAddr::V6(address) => (address.segments()[0] & 0xfe00) == 0xfc00,
        }
    }

    /// The first address of the range, and the one behind its last.
    pub(super) fn edges(self) -> [Option<IpAddr>; 2] {
        let bits = u32::from(self.prefix_bits);
        match self.address {
            IpAddr::V4(address) => {
                let free = u32::MAX.checked_shr(bits).unwrap_or(0);
                let first = u32::from(address) & !free;
                let behind = (first | free).checked_add(1);
                [Some(first), behind].map(|edge| edge.map(|edge| IpAddr::V4(edge.into())))
            }
            IpAddr::V6(address) => {
                let free = u128::MAX.checked_shr(bits).unwrap_or(0);
                let first = u128::from(address) & !free;
                let behind = (first | free).checked_add(1);
                [Some(first), behind].map(|edge| edge.map(|edge| IpAddr::V6(edge.into())))
            }
        }
    }

    pub(super) fn contains(self, address: IpAddr) -> bool {
        let bits = u32::from(self.prefix_bits);
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let difference = u32::from(network) ^ u32::from(address);
                bits == 0 || difference >> (32 - bits) == 0
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let difference = u128::from(network) ^ u128::from(address);
                bits == 0 || difference >> (128 - bits) == 0
            }
            _ => false,
        }
    }
}
