//! The ports that only containers see.

/// The ports on which the lab listens for containers, on their bridge.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BridgePorts {
    pub(super) aws: Option<u16>,
    pub(super) oidc: Option<u16>,
}
