//! Sessions of visitors: begun by a one-time code, found by a secret of 256 bits, ended by their owner.
//!
//! The store keeps a keyed hash of the secret alone. A session lives 90 days from its last use; that is
//! written once a day at most. What the store said is remembered for five minutes, so that a check-in
//! costs no query, and forgotten at once when a session is ended here.

use crate::App;
use crate::error::{AppError, Result};
use crate::keys::HashOf;
use data_encoding::BASE64URL_NOPAD;
use gapura_domain::ids::{PersonId, SessionId};
use gapura_domain::time::Time;
use gapura_store::people::{KeyedHash, VisitorSession};
use zeroize::Zeroizing;

const LIFE_S: i64 = 90 * 86_400;
const EXTEND_AFTER_S: i64 = 86_400;
const REMEMBERED_S: i64 = 300;

/// The secret of a session, for its cookie.
#[derive(Clone)]
pub struct SessionToken(Zeroizing<String>);

impl SessionToken {
    /// A secret of 32 random bytes.
    pub(crate) fn new(random: [u8; 32]) -> Self {
        Self(Zeroizing::new(BASE64URL_NOPAD.encode(&random)))
    }

    /// The text of the cookie: 43 characters.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionToken(…)")
    }
}

/// The hash by which the store finds the session of a secret; `None` if the text is none.
pub(crate) fn token_hash(app: &App, of: HashOf, text: &str) -> Option<KeyedHash> {
    let mut secret = Zeroizing::new([0; 33]);
    let length = BASE64URL_NOPAD.decode_len(text.len()).ok()?;
    let is_length = length == 32;
    let decoded = is_length
        && BASE64URL_NOPAD
            .decode_mut(text.as_bytes(), &mut secret[..32])
            .is_ok();
    decoded.then(|| app.keys.hash(of, &secret[..32]))
}

pub(crate) async fn begin(app: &App, person: PersonId) -> Result<SessionToken> {
    let token = SessionToken::new(app.random());
    let hash = token_hash(app, HashOf::VisitorToken, token.expose()).ok_or(AppError::NotFound)?;
    let now = app.now();
    app.store
        .begin_visitor_session(hash, person, now, now.plus_s(LIFE_S))
        .await?;
    Ok(token)
}

/// Who is signed in with this secret; `None` if it is none, or its session is over.
pub async fn visitor(app: &App, token: &str) -> Result<Option<VisitorSession>> {
    let Some(hash) = token_hash(app, HashOf::VisitorToken, token) else {
        return Ok(None);
    };
    let now = app.now();
    match app.visitor_sessions.get(&hash, now) {
        Some(session) => Ok(Some(session)),
        None => read_session(app, hash, now).await,
    }
}

async fn read_session(app: &App, hash: KeyedHash, now: Time) -> Result<Option<VisitorSession>> {
    let ticket = app.visitor_sessions.begin(&hash);
    let Some(mut session) = app.store.visitor_session(hash, now).await? else {
        return Ok(None);
    };
    let expires = now.plus_s(LIFE_S);
    if expires.since_s(session.expires) >= EXTEND_AFTER_S {
        app.store.extend_visitor_session(hash, expires).await?;
        session.expires = expires;
    }
    let until = session.expires.min(now.plus_s(REMEMBERED_S));
    app.visitor_sessions
        .keep(ticket, hash, session.clone(), now, until);
    Ok(Some(session))
}

/// Ends the session of this secret: signing out. Says nothing about whether there was one.
pub async fn sign_out(app: &App, token: &str) -> Result<()> {
    let Some(hash) = token_hash(app, HashOf::VisitorToken, token) else {
        return Ok(());
    };
    if let Some(session) = app.store.visitor_session(hash, app.now()).await? {
        app.store
            .end_visitor_session(session.person, session.id)
            .await?;
    }
    app.visitor_sessions.forget(&hash);
    Ok(())
}

/// Sessions of a person.
pub async fn sessions(app: &App, person: PersonId) -> Result<Vec<VisitorSession>> {
    Ok(app.store.visitor_sessions(person, app.now()).await?)
}

/// Ends one of a person's sessions, on another phone for example.
///
/// # Errors
/// `NotFound` if this person has no such session.
pub async fn end_session(app: &App, person: PersonId, session: SessionId) -> Result<()> {
    if !app.store.end_visitor_session(person, session).await? {
        return Err(AppError::NotFound);
    }
    // Its secret is not known here, so everything remembered goes; that is rare and soon read again.
    app.visitor_sessions.forget_all();
    Ok(())
}

/// Ends all of a person's sessions but one.
pub(crate) async fn end_others(app: &App, person: PersonId, but: Option<SessionId>) -> Result<()> {
    for session in sessions(app, person).await? {
        if Some(session.id) != but {
            app.store.end_visitor_session(person, session.id).await?;
        }
    }
    app.visitor_sessions.forget_all();
    Ok(())
}
