//! Makes the targets of deliveries from stored endpoints.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::scheduler::{LaneSettings, RateLimit};
use crate::error::Result;
use crate::model::endpoint::Endpoint;
use crate::model::ids::EndpointId;
use crate::model::retry_schedule::RetrySchedule;
use crate::model::signing_key::SigningSecret;
use crate::wire::receiver::Receiver;
use crate::wire::target::Target;

/// What deliveries need of a lane's endpoint.
pub(crate) struct LaneEndpoint {
    pub id: EndpointId,
    pub target: Arc<dyn Target>,
    pub retry_schedule: Option<RetrySchedule>,
    pub max_attempts: Option<u32>,
}

/// Makes the targets of lanes. The engine hands one in.
pub(crate) trait Targets: Send + Sync {
    /// Makes what deliveries to `endpoint` need, and the settings of its lane. `secrets` are sorted from the oldest on.
    fn of(&self, endpoint: Endpoint, secrets: &[SigningSecret]) -> Result<(LaneEndpoint, LaneSettings)>;

    /// Whether targets may be at addresses that are not public.
    fn may_be_local(&self) -> bool;
}

/// Makes each endpoint's own receiver its target.
pub(crate) struct Receivers {
    /// As [`Targets::may_be_local`].
    pub allow_local: bool,
}

impl Targets for Receivers {
    fn of(&self, mut endpoint: Endpoint, secrets: &[SigningSecret]) -> Result<(LaneEndpoint, LaneSettings)> {
        let target = Arc::new(Receiver::of(&mut endpoint, secrets)?);
        let rate_limit = endpoint
            .rate_limit_rps
            .and_then(NonZeroU32::new)
            .map(|rps| RateLimit { rps, burst: endpoint.burst.and_then(NonZeroU32::new).unwrap_or(rps) });
        let lane = LaneEndpoint {
            id: endpoint.id,
            target,
            retry_schedule: endpoint.retry_schedule,
            max_attempts: endpoint.max_attempts,
        };
        Ok((lane, LaneSettings { paused: endpoint.paused, rate_limit }))
    }

    fn may_be_local(&self) -> bool {
        self.allow_local
    }
}
