//! Numbers that name things inside. Outside they are shown only as opaque text (see the web crate).

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The number as the signed integer that SQL knows.
            ///
            /// Ids are given out from 1 upwards, far below the sign bit.
            pub fn to_sql(self) -> i64 {
                self.0.cast_signed()
            }

            /// The id behind a signed integer of SQL.
            pub fn from_sql(value: i64) -> Self {
                Self(value.cast_unsigned())
            }
        }
    )*};
}

ids! {
    /// An owner of venues; a node of the organisation tree.
    OrganisationId,
    /// A submitted application for one venue.
    ApplicationId,
    /// One place at one address.
    VenueId,
    /// A space in a venue where people share air.
    RoomId,
    /// A door of a room.
    GateId,
    /// An enrolled screen at a gate.
    DeviceId,
    /// The pseudonym of a person; the name behind it lies in the vault.
    PersonId,
    /// A staff account.
    AccountId,
    /// A decision at a door. The visit that an admission begins has the same number.
    DecisionId,
    /// A printed card.
    CardId,
    /// A rule set in one version, as numbered by this store.
    RulesId,
    /// A signed-in session.
    SessionId,
    /// A message on its way to a person.
    MessageId,
    /// A recorded dose.
    DoseId,
    /// A recorded test result.
    TestId,
}

/// An id chosen by the client (UUIDv7), by which a repeated request is recognised within its venue.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Debug)]
#[serde(transparent)]
pub struct RequestId(pub [u8; 16]);

impl RequestId {
    /// Milliseconds since the Unix epoch in the first 48 bits (RFC 9562, section 5.7).
    pub fn unix_ms(self) -> i64 {
        self.0[..6]
            .iter()
            .fold(0, |sum, byte| (sum << 8) | i64::from(*byte))
    }

    /// Whether version and variant bits say UUIDv7.
    pub fn is_v7(self) -> bool {
        self.0[6] >> 4 == 7 && self.0[8] >> 6 == 0b10
    }
}
