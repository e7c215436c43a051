//! `gapura staff`: the first accounts of a new Gapura, made by whoever has the machine.

use clap::{Args, Subcommand};
use gapura_app::AppError;
use gapura_app::delivery::Language;
use gapura_app::invite_staff::{Inviter, Letter, NewColleague, invite};
use gapura_domain::role::{Grant, Role};
use gapura_domain::venue::Label;
use serde_json::json;

use crate::command::serve::ConfigArg;
use crate::report::{Outcome, Report, Stop};
use crate::server::{self, block_on};
use crate::storage::store_stop;

#[derive(Debug, Subcommand)]
pub(crate) enum Staff {
    /// Makes an account and prints the address where its holder sets it up, once, within seven days.
    Invite(Invite),
}

#[derive(Args, Debug)]
pub(crate) struct Invite {
    #[command(flatten)]
    config: ConfigArg,
    /// E-mail address, or a name of small letters, digits, dots and dashes.
    login: String,
    /// The name that colleagues see.
    #[arg(long)]
    name: String,
    /// authority, tracer, inspector, auditor, venue_manager, gate, booth or operator.
    #[arg(long)]
    role: String,
    /// The organisation for whose branch the role counts; all if left out.
    #[arg(long)]
    organisation: Option<String>,
}

pub(crate) fn run(verb: &Staff) -> Outcome {
    let Staff::Invite(args) = verb;
    let role = Role::from_name(&args.role).ok_or_else(|| {
        let names: Vec<&str> = Role::ALL.iter().map(|role| role.name()).collect();
        let mend = format!("It is one of {}.", names.join(", "));
        Stop::usage(format!("there is no role `{}`", args.role), mend).at("--role")
    })?;
    let config = args.config.load()?;
    block_on(async {
        let app = server::open_app(config).await?.app;
        let done = invited(&app, args, role).await;
        app.store.close().await.map_err(store_stop)?;
        done
    })
}

async fn invited(app: &gapura_app::App, args: &Invite, role: Role) -> Outcome {
    let branch = match &args.organisation {
        None => None,
        Some(name) => {
            let tree = app.organisation_tree().await.map_err(store_stop)?;
            let label = Label::parse(name).ok();
            let found = label.and_then(|label| tree.all_named(&label).next().map(|one| one.id));
            Some(found.ok_or_else(|| {
                let mend =
                    "Write its name as on the page of places; organisations sign up at /join.";
                Stop::usage("there is no such organisation", mend).at("--organisation")
            })?)
        }
    };
    let colleague = NewColleague {
        login: args.login.clone(),
        display_name: args.name.clone(),
        grants: vec![Grant { role, branch }],
    };
    let public_url = app.config.public_url.clone();
    let address = move |token: &str| format!("{public_url}/staff/welcome?invitation={token}");
    let letter = Letter {
        address: &address,
        language: Language::Indonesian,
    };
    let made = invite(app, Inviter::CommandLine, &colleague, &letter).await;
    let invitation = match made {
        Ok(invitation) => invitation,
        Err(AppError::Faults(faults)) => {
            let codes: Vec<String> = faults
                .iter()
                .map(|fault| format!("{}: {}", fault.field, fault.code))
                .collect();
            let mend = "A login is an e-mail address or 3 to 64 small letters, digits, dots and dashes, and not taken.";
            return Err(Stop::usage(codes.join(", "), mend));
        }
        Err(error) => return Err(store_stop(error)),
    };
    let address = address(&invitation.token);
    let text = format!(
        "Hand this address over in person. Whoever holds it becomes the holder of the account; it works once, for \
         seven days.\n{address}"
    );
    Ok(Report::done(
        text,
        json!({"login": args.login, "address": address}),
    ))
}
