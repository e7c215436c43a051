//! A place's manager signs an organisation up: in public, with an address that a code proves.
//!
//! Nothing is kept until address and second factor are proven, and only who holds the address learns
//! whether it has an account. The organisation gets no rights by its name: its places wait for the
//! authority like all others.

use crate::App;
use crate::delivery::Language;
use crate::error::{AppError, Fault, Result};
use crate::invite_staff::{Inviter, NewColleague, create};
use crate::one_time_code::{self, CodeFor};
use crate::password;
use crate::staff_sign_in;
use crate::totp::TotpSecret;
use crate::visitor_session::SessionToken;
use gapura_domain::person::Contact;
use gapura_domain::role::{Grant, Role};
use gapura_domain::time::Time;
use gapura_domain::venue::Label;
use std::net::IpAddr;
use zeroize::Zeroizing;

const SIGN_UP: &str = "organisation sign-up 1";

/// What is typed. Has no `Debug`, because it holds a password.
#[derive(Clone, Default)]
pub struct SignUpForm {
    /// The organisation.
    pub organisation: String,
    /// The manager's name, as colleagues see it.
    pub display_name: String,
    /// The manager's e-mail address, which is the login.
    pub email: String,
    /// The password.
    pub password: String,
}

/// The second page of signing up.
#[derive(Debug)]
pub struct SignUpBegun {
    /// To be handed in with both codes.
    pub ticket: String,
    /// Until when the code in the mail counts.
    pub expires: Time,
    /// The second factor to take over into an authenticator app.
    pub second_factor: TotpSecret,
}

/// Reads the form and sends a code to its address.
///
/// # Errors
/// All faults at `organisation`, `display_name`, `email` and `password` at once; too many tries.
pub async fn begin_sign_up(
    app: &App,
    form: &SignUpForm,
    client: IpAddr,
    language: Language,
) -> Result<SignUpBegun> {
    let email = read(form)?;
    check_new(app, &form.organisation).await?;
    let address = Contact::Email(email.clone());
    let sent = one_time_code::send(app, CodeFor::SignUp, &address, client, language).await;
    let expires = sent.map_err(at_email)?;
    let hash = password::hash(app, &form.password).await?;
    let second_factor = TotpSecret::new(app.random::<20>());
    let names = (form.organisation.trim(), form.display_name.trim());
    let content = (names, &*email, &*hash, second_factor.bytes(), expires.0);
    Ok(SignUpBegun {
        ticket: app.keys.seal_ticket(SIGN_UP, &content, app.random()),
        expires,
        second_factor,
    })
}

fn read(form: &SignUpForm) -> Result<String> {
    let mut faults = Vec::new();
    for (field, text) in [
        ("organisation", &form.organisation),
        ("display_name", &form.display_name),
    ] {
        if text.trim().is_empty() {
            faults.push(Fault::new(field, "missing"));
        } else if Label::parse(text).is_err() {
            faults.push(Fault::new(field, "label"));
        }
    }
    let email = match Contact::parse(&form.email) {
        Ok(Contact::Email(email)) => Some(email),
        Ok(Contact::Phone(_)) | Err(_) => {
            faults.push(Fault::new("email", "email"));
            None
        }
    };
    if let Some(code) = password::weakness(&form.password, email.as_deref().unwrap_or_default()) {
        faults.push(Fault::new("password", code));
    }
    email
        .filter(|_| faults.is_empty())
        .ok_or(AppError::Faults(faults))
}

async fn check_new(app: &App, organisation: &str) -> Result<()> {
    let tree = app.organisation_tree().await?;
    let known = Label::parse(organisation).is_ok_and(|name| tree.all_named(&name).next().is_some());
    if known {
        let fault = Fault::new("organisation", "organisation_known");
        return Err(AppError::Faults(vec![fault]));
    }
    Ok(())
}

fn at_email(error: AppError) -> AppError {
    match error {
        AppError::Faults(mut faults) => {
            for fault in &mut faults {
                "email".clone_into(&mut fault.field);
            }
            AppError::Faults(faults)
        }
        other => other,
    }
}

/// What the codes of a ticket are typed for.
pub struct SignUpCodes<'a> {
    /// Of [`SignUpBegun`].
    pub ticket: &'a str,
    /// From the mail.
    pub mailed: &'a str,
    /// From the authenticator app.
    pub second_factor: &'a str,
    /// Browser and system, as the browser tells.
    pub label: &'a str,
    /// The client's address.
    pub client: IpAddr,
}

type Typed = ((String, String), String, String, Vec<u8>, i64);

/// The second factor of a ticket again, after a fault on the second page.
pub fn sign_up_second_factor(app: &App, ticket: &str) -> Option<TotpSecret> {
    let typed: Typed = app.keys.open_ticket(SIGN_UP, ticket)?;
    Some(TotpSecret::new(typed.3))
}

/// Takes both codes, founds the organisation, makes its manager's account and signs in.
///
/// # Errors
/// Faults at `second_factor` and `code` (`code_wrong`), `ticket` (`ticket_expired`), `organisation`
/// (`organisation_known`); `NotNow("login_taken")` where the proven address has an account already.
pub async fn finish_sign_up(app: &App, codes: &SignUpCodes<'_>) -> Result<SessionToken> {
    let fault = |field: &str, code| Err(AppError::Faults(vec![Fault::new(field, code)]));
    let now = app.now();
    let typed: Option<Typed> = app.keys.open_ticket(SIGN_UP, codes.ticket);
    let Some((names, email, hash, secret, _)) = typed.filter(|typed| now < Time(typed.4)) else {
        return fault("ticket", "ticket_expired");
    };
    let hash = Zeroizing::new(hash);
    let second_factor = TotpSecret::new(secret);
    // Looked at first, because it can be typed again and the mailed code cannot.
    let Some(step) = second_factor.step_of(codes.second_factor, now) else {
        return fault("second_factor", "code_wrong");
    };
    let address = Contact::Email(email.clone());
    one_time_code::prove(app, CodeFor::SignUp, &address, codes.mailed, codes.client).await?;
    if app.store.account_by_login(&email).await?.is_some() {
        return Err(AppError::NotNow("login_taken"));
    }
    let (organisation, display_name) = names;
    let organisation = app.sign_up_organisation(&organisation).await;
    let organisation = organisation.map_err(|error| match error {
        AppError::Faults(_) => {
            AppError::Faults(vec![Fault::new("organisation", "organisation_known")])
        }
        other => other,
    })?;
    let colleague = NewColleague {
        login: email,
        display_name,
        grants: vec![Grant {
            role: Role::VenueManager,
            branch: Some(organisation),
        }],
    };
    let by = Inviter::CommandLine;
    let account = create(app, by, &colleague, hash.to_string(), Some(&second_factor)).await?;
    app.store.use_totp_step(account, step).await?;
    staff_sign_in::begin(app, account, codes.label).await
}
