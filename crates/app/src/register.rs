//! A visitor becomes known: name, birth date, contact, and the ID number if they like.
//!
//! Nothing is kept until the contact is proven by its one-time code. An ID number told here is a claim:
//! it opens nothing and finds nothing, and facts that the authority imports reach the claimant only
//! where number, name and birth date agree and nobody else claims the same (see `import_people`).

use crate::App;
use crate::delivery::Language;
use crate::error::{AppError, Result};
use crate::one_time_code::{self, CodeFor, CodeSent};
use crate::person_form::{PersonForm, read_contact};
use crate::sign_in::{self, Confirmed};
use std::net::IpAddr;

/// Reads a registration and sends a code to its contact. [`sign_in::confirm_code`] takes the code.
///
/// # Errors
/// All faults at `name`, `birth_date`, `nik` and `contact` at once; too many tries.
pub async fn register(
    app: &App,
    form: &PersonForm,
    contact: &str,
    client: IpAddr,
    language: Language,
) -> Result<CodeSent> {
    let (typed, contact) = match (form.read(app.now()), read_contact(contact)) {
        (Ok(typed), Ok(contact)) => (typed, contact),
        (Err(faults), Ok(_)) => return Err(AppError::Faults(faults)),
        (Ok(_), Err(error)) => return Err(error),
        (Err(mut faults), Err(error)) => {
            if let AppError::Faults(more) = error {
                faults.extend(more);
            }
            return Err(AppError::Faults(faults));
        }
    };
    let expires = one_time_code::send(app, CodeFor::Visitor, &contact, client, language).await?;
    Ok(CodeSent {
        ticket: sign_in::ticket(app, &contact, expires, Some(&typed)),
        expires,
        warnings: typed.warnings(),
    })
}

/// Registers somebody whose contact was proven a moment ago by signing in.
///
/// # Errors
/// All faults at `name`, `birth_date`, `nik`; `ticket_expired` at `ticket`.
pub async fn register_proven(app: &App, form: &PersonForm, ticket: &str) -> Result<Confirmed> {
    let contact = sign_in::proven_contact(app, ticket)?;
    let typed = form.read(app.now()).map_err(AppError::Faults)?;
    sign_in::enter(app, &contact, Some(typed)).await
}
