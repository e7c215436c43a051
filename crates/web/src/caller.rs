//! Who calls: found once for a request, by the table of routes, and taken by handlers as an argument.
//!
//! A handler asks for a [`Visitor`], a [`StaffUser`] or a [`DeviceUser`], or for a whole [`Caller`] where several kinds
//! may come. They never look anything up; the guard has done so before the handler runs.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use gapura_app::staff_sign_in::SignedInStaff;
use gapura_app::{AppError, staff_sign_in, visitor_session};
use gapura_domain::ids::{DeviceId, GateId, PersonId, SessionId, VenueId};
use std::convert::Infallible;
use std::ops::Deref;
use std::sync::Arc;

use crate::access::Access;
use crate::cookies::Jar;
use crate::guard::Passed;
use crate::problem::Problem;
use crate::state::AppState;

/// A signed-in visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub person: PersonId,
    /// By which session.
    pub session: SessionId,
}

/// An enrolled device at its gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceUser {
    /// Which.
    pub device: DeviceId,
    /// At which gate.
    pub gate: GateId,
    /// In which venue.
    pub venue: VenueId,
}

/// A member of staff with an account.
#[derive(Clone, Debug)]
pub struct StaffUser(pub Arc<SignedInStaff>);

impl Deref for StaffUser {
    type Target = SignedInStaff;
    fn deref(&self) -> &SignedInStaff {
        &self.0
    }
}

/// Whoever calls.
#[derive(Clone)]
pub enum Caller {
    /// Somebody whom this route does not know.
    Nobody,
    /// A visitor.
    Visitor(Visitor),
    /// A device.
    Device(DeviceUser),
    /// Somebody with an account.
    Staff(StaffUser),
}

/// A caller, and the cookie's value if it was a cookie that said so. Forms are bound to that value.
pub(crate) struct Known {
    pub(crate) caller: Caller,
    pub(crate) cookie: Option<String>,
}

/// Finds out who calls, among the kinds that the route admits.
///
/// A bearer token is looked at first, since it is sent on purpose; then the cookies of device, staff and visitor. A
/// session that has ended is nobody's.
pub(crate) async fn find(
    access: Access,
    headers: &HeaderMap,
    state: &AppState,
) -> Result<Known, Problem> {
    if access.admits_devices()
        && let Some(token) = bearer(headers)
    {
        let caller = device(state, token)
            .await?
            .map_or(Caller::Nobody, Caller::Device);
        return Ok(Known {
            caller,
            cookie: None,
        });
    }
    let by_https = state.reached.by_https;
    if access.admits_devices()
        && let Some(cookie) = Jar::Device.value(headers, by_https)
        && let Some(device) = device(state, cookie).await?
    {
        return Ok(known(Caller::Device(device), cookie));
    }
    if access.admits_staff()
        && let Some(cookie) = Jar::Staff.value(headers, by_https)
        && let Some(staff) = staff(state, cookie).await?
    {
        return Ok(known(Caller::Staff(staff), cookie));
    }
    if access.admits_visitors()
        && let Some(cookie) = Jar::Visitor.value(headers, by_https)
        && let Some(visitor) = visitor(state, cookie).await?
    {
        return Ok(known(Caller::Visitor(visitor), cookie));
    }
    Ok(Known {
        caller: Caller::Nobody,
        cookie: None,
    })
}

fn known(caller: Caller, cookie: &str) -> Known {
    Known {
        caller,
        cookie: Some(cookie.to_owned()),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let line = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = line.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn device(state: &AppState, token: &str) -> Result<Option<DeviceUser>, Problem> {
    match state.app.device_of_token(token).await {
        Ok(device) => Ok(Some(DeviceUser {
            device: device.id,
            gate: device.gate,
            venue: device.venue,
        })),
        Err(AppError::NotSignedIn) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn visitor(state: &AppState, token: &str) -> Result<Option<Visitor>, Problem> {
    let session = visitor_session::visitor(&state.app, token).await?;
    Ok(session.map(|session| Visitor {
        person: session.person,
        session: session.id,
    }))
}

async fn staff(state: &AppState, token: &str) -> Result<Option<StaffUser>, Problem> {
    let found = staff_sign_in::staff(&state.app, token).await?;
    Ok(found.map(|found| StaffUser(Arc::new(found))))
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts
            .extensions
            .get::<Passed>()
            .map_or(Self::Nobody, |passed| passed.caller.clone()))
    }
}

macro_rules! extracted {
    ($($kind:ident => $variant:ident),* $(,)?) => {$(
        impl<S: Sync> FromRequestParts<S> for $kind {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
                match parts.extensions.get::<Passed>() {
                    Some(Passed { caller: Caller::$variant(found), .. }) => Ok(found.clone()),
                    _ => Err(Problem::unauthenticated()),
                }
            }
        }

        impl<S: Sync> OptionalFromRequestParts<S> for $kind {
            type Rejection = Infallible;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
                Ok(match parts.extensions.get::<Passed>() {
                    Some(Passed { caller: Caller::$variant(found), .. }) => Some(found.clone()),
                    _ => None,
                })
            }
        }
    )*};
}

extracted! {
    Visitor => Visitor,
    DeviceUser => Device,
    StaffUser => Staff,
}
