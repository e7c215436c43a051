//! `gapura pass`: what a code says, whether it is proven, and codes for tests.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use data_encoding::BASE64;
use gapura_app::ambient::Clock;
use gapura_app::keys::{Keys, read_keys_file};
use gapura_pass::{
    Card, CertificateFormat, Credential, Kind, Pass, Scanned, Unverified, Verified, Verifier,
    VerifyError, scan,
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::ambient::SystemClock;
use crate::report::{Outcome, Report, Stop, read_json};

/// Passes, cards and certificates.
#[derive(Args, Debug)]
pub(crate) struct PassArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Says what a code is and what it claims, without proving it.
    Inspect {
        /// The code's text, or `-` to read it from standard input.
        code: String,
    },
    /// Proves a code.
    Verify {
        /// The code's text, or `-` to read it from standard input.
        code: String,
        /// Trusted keys of health certificates: a JSON array of `{"kid", "x5c" or "jwk"}`.
        #[arg(long, required_unless_present = "keys")]
        trust: Option<PathBuf>,
        /// The server's keys file, which proves its own passes and cards.
        #[arg(long)]
        keys: Option<PathBuf>,
        /// The moment at which it must be valid (RFC 3339); now if left out.
        #[arg(long)]
        at: Option<Timestamp>,
    },
    /// Signs a pass or card with the server's key, for trying things out.
    Issue(Issue),
}

#[derive(Args, Debug)]
struct Issue {
    /// What to sign.
    #[arg(value_enum)]
    kind: IssueKind,
    /// The server's keys file.
    #[arg(long)]
    keys: PathBuf,
    /// The pseudonymous number of the visitor.
    #[arg(long)]
    person: u64,
    /// The version of the person's passes, or the card's number.
    #[arg(long, default_value_t = 1)]
    serial: u32,
    /// How long it is valid; five minutes for a pass, five years for a card if left out.
    #[arg(long)]
    seconds: Option<i64>,
    /// The moment of issue (RFC 3339); now if left out.
    #[arg(long)]
    at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum IssueKind {
    Pass,
    Card,
}

pub(crate) fn run(args: &PassArgs) -> Outcome {
    match &args.verb {
        Verb::Inspect { code } => Ok(inspect(&code_text(code)?)),
        Verb::Verify {
            code,
            trust,
            keys,
            at,
        } => {
            // Read even where it proves nothing yet, so that a wrong file is noticed.
            trust.as_deref().map(trusted).transpose()?;
            let keys = keys.as_deref().map(server_keys).transpose()?;
            Ok(verify(&code_text(code)?, keys.as_ref(), moment(*at)))
        }
        Verb::Issue(args) => issue(args),
    }
}

fn moment(at: Option<Timestamp>) -> i64 {
    at.map_or_else(|| SystemClock.now().0, Timestamp::as_second)
}

fn code_text(code: &str) -> Outcome<String> {
    if code != "-" {
        return Ok(code.to_owned());
    }
    let mut text = String::new();
    let longest = u64::try_from(gapura_pass::SCAN_BYTES_MAX).unwrap_or(u64::MAX) + 1;
    std::io::stdin()
        .take(longest)
        .read_to_string(&mut text)
        .map_err(|error| Stop::usage(error, "Give the code as text.").at("standard input"))?;
    Ok(text)
}

fn server_keys(path: &Path) -> Outcome<Keys> {
    let keys = read_keys_file(path).map_err(|error| Stop::usage(error, ""))?;
    keys.ok_or_else(|| {
        let mend = "`gapura keys init` makes one; without --keys only the form is looked at.";
        Stop::usage("there is no such keys file", mend).at(path.display())
    })
}

fn trusted(path: &Path) -> Outcome<usize> {
    let document = read_json(path)?;
    let entries = document.as_array().filter(|entries| {
        entries.iter().all(|entry| {
            entry["kid"].is_string() && (entry["x5c"].is_array() || entry["jwk"].is_object())
        })
    });
    entries.map(Vec::len).ok_or_else(|| {
        let what = "trusted keys are a JSON array of {\"kid\", \"x5c\" or \"jwk\"}";
        Stop::usage(what, "Mend it there.").at(path.display())
    })
}

/// What is known of a code before anything is proven.
struct Look {
    format: &'static str,
    claims: Value,
    kid: Option<String>,
}

fn look(scanned: &Scanned) -> Look {
    match scanned {
        Scanned::Gate(gate, screen) => Look {
            format: "gapura-gate",
            claims: json!({"gate": gate.to_string(), "screen": screen.is_some()}),
            kid: None,
        },
        Scanned::Pass(pass) => look_at(pass),
        Scanned::Card(card) => look_at(card),
        Scanned::Certificate(text) => Look {
            format: match text.format() {
                CertificateFormat::Hc1 => "HC1",
                CertificateFormat::SmartHealthCard => "SHC",
            },
            claims: json!({}),
            kid: None,
        },
    }
}

fn look_at<T: Credential>(code: &Unverified<T>) -> Look {
    Look {
        format: T::KIND.name(),
        claims: json!({
            "issued_at": shown(code.issued_at()),
            "expires_at": shown(code.expires_at()),
        }),
        kid: Some(BASE64.encode(code.key_id().as_bytes())),
    }
}

/// Seconds since 1970 as a person reads them.
fn shown(unix_seconds: i64) -> String {
    Timestamp::from_second(unix_seconds)
        .map_or_else(|_| unix_seconds.to_string(), |time| time.to_string())
}

fn inspect(text: &str) -> Report {
    match scan(text) {
        Ok(scanned) => report(&look(&scanned), None, "form"),
        Err(error) => malformed(&error.to_string()),
    }
}

fn malformed(why: &str) -> Report {
    Report {
        text: format!("unknown: {why}"),
        json: json!({
            "format": "unknown", "outcome": "malformed", "stage": "form", "claims": {}, "kid": null,
            "why": why,
        }),
        is_finding: true,
    }
}

fn verify(text: &str, keys: Option<&Keys>, now: i64) -> Report {
    let code = match scan(text) {
        Ok(code) => code,
        Err(error) => return malformed(&error.to_string()),
    };
    let mut seen = look(&code);
    let verifier = keys.map_or_else(|| Verifier::new([]), |keys| keys.ring().verifier());
    let outcome = match &code {
        Scanned::Pass(pass) => verifier.verify(pass, now),
        Scanned::Card(card) => verifier.verify(card, now),
        // No key for certificates of others is known here yet, and a poster proves nothing.
        Scanned::Certificate(_) => Err(VerifyError::UnknownKey),
        Scanned::Gate(..) => return report(&seen, Some("malformed"), "form"),
    };
    match outcome {
        Ok(verified) => {
            seen.claims = claims(&verified);
            report(&seen, Some("valid"), "time")
        }
        Err(error) => report(&seen, Some(error.code()), stage(error)),
    }
}

const fn stage(error: VerifyError) -> &'static str {
    match error {
        VerifyError::Malformed => "claims",
        VerifyError::UnknownKey | VerifyError::KeyRetired => "key",
        VerifyError::BadSignature => "signature",
        VerifyError::NotYetValid | VerifyError::Expired => "time",
    }
}

fn claims(verified: &Verified) -> Value {
    let serial = match verified.kind() {
        Kind::Pass => "version",
        Kind::Card => "card",
    };
    json!({
        "person": verified.person(),
        serial: verified.serial(),
        "issued_at": shown(verified.issued_at()),
        "expires_at": shown(verified.expires_at()),
    })
}

fn report(look: &Look, outcome: Option<&str>, stage: &str) -> Report {
    let mut lines = vec![match outcome {
        Some(outcome) => format!("{}: {outcome}", look.format),
        None => look.format.to_owned(),
    }];
    let claims = look.claims.as_object().into_iter().flatten();
    lines.extend(claims.map(|(name, value)| format!("  {name}: {value}")));
    Report {
        text: lines.join("\n"),
        json: json!({
            "format": look.format, "outcome": outcome, "stage": stage, "claims": look.claims,
            "kid": look.kid,
        }),
        is_finding: outcome.is_some_and(|outcome| outcome != "valid"),
    }
}

fn issue(args: &Issue) -> Outcome {
    const PASS_SECONDS: i64 = 300;
    const CARD_SECONDS: i64 = 5 * 365 * 86_400;
    let issuer = server_keys(&args.keys)?.ring().issuer();
    let (person, issued_at) = (args.person, moment(args.at));
    let expires = |usual| issued_at.saturating_add(args.seconds.unwrap_or(usual));
    let code = match args.kind {
        IssueKind::Pass => issuer.issue_pass(&Pass {
            person,
            version: args.serial,
            issued_at,
            expires_at: expires(PASS_SECONDS),
        }),
        IssueKind::Card => issuer.issue_card(&Card {
            person,
            serial: args.serial.into(),
            issued_at,
            expires_at: expires(CARD_SECONDS),
        }),
    };
    let code = code.map_err(|error| Stop::usage(error, "Choose another --seconds or --at."))?;
    let json = json!({"code": code});
    Ok(Report::done(code, json))
}

#[cfg(test)]
mod tests {
    use super::{inspect, verify};

    #[test]
    fn what_is_no_code_is_a_finding_and_not_a_fault() {
        let report = inspect("hello there, this is nothing");
        assert!(report.is_finding);
        assert_eq!(report.json["outcome"], "malformed");
        assert_eq!(report.json["format"], "unknown");
    }

    #[test]
    fn a_certificate_is_recognised_and_not_believed() {
        let report = verify("HC1:6BF+70790T9WJWG.FKY*4GO0", None, 0);
        assert_eq!(report.json["format"], "HC1");
        assert_eq!(report.json["outcome"], "unknown-key");
        assert!(report.is_finding);
    }
}
