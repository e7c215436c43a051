//! What doors send: check-ins, manual entries, resolutions, check-outs.

use gapura_domain::door::Intent;
use serde::Deserialize;
use utoipa::ToSchema;

use super::request_id::ClientId;

/// A scan at a gate, or a gate's code opened by a visitor who is signed in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckInBody {
    /// The client's `UUIDv7`; a repeat with the same id gets the first answer.
    #[schema(value_type = String)]
    pub(super) id: ClientId,
    /// The gate. A device may leave it out.
    pub(super) gate: Option<String>,
    /// What was scanned: a pass or card at a device, the gate's own code on a visitor's phone.
    pub(super) credential: Option<String>,
    /// The minute's code of the gate's screen, if the phone read that.
    pub(super) screen_code: Option<String>,
    /// Companions of the visitor's account.
    #[serde(default)]
    pub(super) companions: Vec<String>,
    /// `enter` (if left out), `leave`, or `auto` for a door of both directions.
    #[schema(value_type = Option<String>)]
    #[serde(default)]
    pub(super) intent: Intent,
    /// When it was scanned, RFC 3339. The decision counts from when the server has it.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[expect(
        dead_code,
        reason = "read so that a wrong one is refused; the server's time counts"
    )]
    pub(super) scanned_at: Option<jiff::Timestamp>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ManualBody {
    /// The client's `UUIDv7`.
    #[schema(value_type = String)]
    pub(super) id: ClientId,
    /// The gate. A device may leave it out.
    pub(super) gate: Option<String>,
    /// The name as told.
    pub(super) name: String,
    /// The birth date as told.
    pub(super) birth_date: String,
    /// Why there is no credential, 3 to 300 characters.
    pub(super) reason: String,
    /// Login of the officer who lets the visitor in whatever the rules say.
    pub(super) override_by: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveBody {
    /// The client's `UUIDv7`.
    #[schema(value_type = String)]
    pub(super) id: ClientId,
    /// `admit` or `refuse`.
    pub(super) outcome: Outcome,
    /// Why, 3 to 300 characters.
    pub(super) reason: String,
    /// Login of the officer; a device needs it to override a refusal.
    pub(super) officer: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    Admit,
    Refuse,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckOutBody {
    /// The client's `UUIDv7`. A visit ends once whatever the id.
    #[schema(value_type = String)]
    #[expect(
        dead_code,
        reason = "read so that a wrong one is refused; a visit ends only once"
    )]
    pub(super) id: ClientId,
    /// When the visitor left, RFC 3339, as an officer or device knows it; now if left out or told by the visitor.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) at: Option<jiff::Timestamp>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchBody {
    /// At most 500, in the order in which they were scanned.
    pub(super) items: Vec<CheckInBody>,
}
