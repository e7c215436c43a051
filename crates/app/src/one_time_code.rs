//! One-time codes: six digits to a phone number or address, good for ten minutes and five tries.
//!
//! Asking for a code never looks at who is known: the same rows are written and the same message is
//! sent for everybody, so neither the answer nor its timing tells whether somebody is registered. What
//! was typed until then travels in the form itself, as a ticket that this server alone can open.

use crate::App;
use crate::delivery::{self, Language, MessageText};
use crate::error::{AppError, Fault, Result};
use crate::keys::HashOf;
use crate::tries::Tried;
use gapura_domain::person::Contact;
use gapura_domain::time::Time;
use gapura_store::people::{KeyedHash, OneTimeCode};
use std::net::IpAddr;
use zeroize::Zeroizing;

/// For how long a code counts.
pub const CODE_LIFE_S: i64 = 600;

/// After so many wrong tries a code is worth nothing.
const FAILURES_MAX: u32 = 5;

/// What a code is asked for. A code for one is none for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CodeFor {
    /// A visitor proves a contact.
    Visitor,
    /// Somebody who signs an organisation up proves an address.
    SignUp,
}

/// A code is on its way.
#[derive(Debug)]
pub struct CodeSent {
    /// To be handed in with the code.
    pub ticket: String,
    /// Until when the code counts.
    pub expires: Time,
    /// What is worth a second look and keeps nobody from going on: `nik_region`.
    pub warnings: Vec<&'static str>,
}

/// Sends a code to a contact.
pub(crate) async fn send(
    app: &App,
    code_for: CodeFor,
    to: &Contact,
    client: IpAddr,
    language: Language,
) -> Result<Time> {
    if !app.config.delivery.reaches(to) {
        return Err(AppError::Faults(vec![Fault::new("contact", "unreachable")]));
    }
    let now = app.now();
    app.tries
        .take(Tried::CodeFrom, client_key(app, client), now)?;
    let contact = key(app, code_for, to);
    app.tries.take(Tried::CodeTo, contact, now)?;
    let code = Zeroizing::new(six_digits(app.random()));
    let expires = now.plus_s(CODE_LIFE_S);
    let kept = OneTimeCode {
        code: hash(app, contact, &code),
        expires,
        failures: 0,
    };
    app.store.put_one_time_code(contact, &kept).await?;
    let text = match code_for {
        CodeFor::Visitor => MessageText::VisitorCode(code.to_string()),
        CodeFor::SignUp => MessageText::SignUpCode(code.to_string()),
    };
    delivery::put(app, to, &text, language, expires).await?;
    Ok(expires)
}

/// Whether a typed code is the one that was sent; uses it up.
///
/// # Errors
/// A fault `code_wrong` at `code`, whether it is wrong, too old or was tried too often.
pub(crate) async fn prove(
    app: &App,
    code_for: CodeFor,
    to: &Contact,
    typed: &str,
    client: IpAddr,
) -> Result<()> {
    let now = app.now();
    app.tries
        .take(Tried::ConfirmFrom, client_key(app, client), now)?;
    let digits: Zeroizing<String> = Zeroizing::new(
        typed
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .collect(),
    );
    let contact = key(app, code_for, to);
    let code = hash(app, contact, &digits);
    let is_right = app
        .store
        .try_one_time_code(contact, code, FAILURES_MAX, now)
        .await?;
    if is_right {
        Ok(())
    } else {
        Err(AppError::Faults(vec![Fault::new("code", "code_wrong")]))
    }
}

/// The key under which a client's tries are counted: its address, or its network where addresses are
/// given out by the network (IPv6, 64 bits).
pub(crate) fn client_key(app: &App, client: IpAddr) -> KeyedHash {
    match client.to_canonical() {
        IpAddr::V4(address) => app.keys.hash(HashOf::Client, &address.octets()),
        IpAddr::V6(address) => app.keys.hash(HashOf::Client, &address.octets()[..8]),
    }
}

fn key(app: &App, code_for: CodeFor, to: &Contact) -> KeyedHash {
    match code_for {
        CodeFor::Visitor => app.keys.hash(HashOf::Contact, to.expose().as_bytes()),
        CodeFor::SignUp => {
            let text = Zeroizing::new(format!("sign-up {}", to.expose()));
            app.keys.hash(HashOf::Contact, text.as_bytes())
        }
    }
}

fn hash(app: &App, contact: KeyedHash, digits: &str) -> KeyedHash {
    let text = Zeroizing::new([&contact[..], digits.as_bytes()].concat());
    app.keys.hash(HashOf::OneTimeCode, &text)
}

fn six_digits(random: [u8; 8]) -> String {
    format!("{:06}", u64::from_be_bytes(random) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_always_has_six_digits() {
        assert_eq!(six_digits([0; 8]), "000000");
        assert_eq!(six_digits([0xff; 8]), "551615");
    }
}
