//! Who may call a route: a set of kinds of callers, written in the table of routes beside its address.
//!
//! The table says which kind of caller may knock at all. Whether this officer may touch that place is the handler's
//! question, since the answer depends on the branch of the organisation tree.

use gapura_domain::role::Role;

use crate::caller::Caller;

/// The callers that a route admits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    nobody: bool,
    visitor: bool,
    device: bool,
    roles: u8,
}

impl Access {
    const NONE: Self = Self {
        nobody: false,
        visitor: false,
        device: false,
        roles: 0,
    };
    /// Anybody, signed in or not.
    pub const PUBLIC: Self = Self {
        nobody: true,
        ..Self::NONE
    };
    /// A signed-in visitor.
    pub const VISITOR: Self = Self {
        visitor: true,
        ..Self::NONE
    };
    /// An enrolled device.
    pub const DEVICE: Self = Self {
        device: true,
        ..Self::NONE
    };
    /// A signed-in visitor or an enrolled device.
    pub const VISITOR_OR_DEVICE: Self = Self::VISITOR.or(Self::DEVICE);
    /// Whoever has a staff account, whatever the role.
    pub const ANY_STAFF: Self = Self {
        roles: u8::MAX,
        ..Self::NONE
    };

    /// Staff who have one of these roles somewhere.
    #[must_use]
    pub const fn staff(roles: &[Role]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < roles.len() {
            bits |= bit(roles[index]);
            index += 1;
        }
        Self {
            roles: bits,
            ..Self::NONE
        }
    }

    /// These and those.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            nobody: self.nobody || other.nobody,
            visitor: self.visitor || other.visitor,
            device: self.device || other.device,
            roles: self.roles | other.roles,
        }
    }

    /// Whether strangers may call.
    #[must_use]
    pub const fn admits_nobody(self) -> bool {
        self.nobody
    }

    /// Whether visitors may call.
    #[must_use]
    pub const fn admits_visitors(self) -> bool {
        self.visitor
    }

    /// Whether devices may call.
    #[must_use]
    pub const fn admits_devices(self) -> bool {
        self.device
    }

    /// Whether staff of some role may call.
    #[must_use]
    pub const fn admits_staff(self) -> bool {
        self.roles != 0
    }

    /// Whether staff of this role may call.
    #[must_use]
    pub const fn admits_role(self, role: Role) -> bool {
        self.roles & bit(role) != 0
    }

    /// Whether this caller may call.
    #[must_use]
    pub fn admits(self, caller: &Caller) -> bool {
        match caller {
            Caller::Nobody => self.nobody,
            Caller::Visitor(_) => self.visitor,
            Caller::Device(_) => self.device,
            Caller::Staff(staff) => {
                self.nobody
                    || self.roles == u8::MAX
                    || Role::ALL
                        .into_iter()
                        .any(|role| self.admits_role(role) && staff.principal.has(role))
            }
        }
    }
}

/// There are eight roles, as many as a byte has bits.
const fn bit(role: Role) -> u8 {
    match role {
        Role::Authority => 1,
        Role::Tracer => 1 << 1,
        Role::Inspector => 1 << 2,
        Role::Auditor => 1 << 3,
        Role::VenueManager => 1 << 4,
        Role::Gate => 1 << 5,
        Role::Booth => 1 << 6,
        Role::Operator => 1 << 7,
    }
}
