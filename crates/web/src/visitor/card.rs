//! What a visitor shows at a gate: the pass that renews itself, printed cards, and how to revoke both.

use askama::Template;
use axum::extract::State;
use axum::response::{Redirect, Response};
use gapura_app::companions::companions;
use gapura_app::own_pass::{own_cards, revoke_own_card, revoke_own_passes, show_pass};
use gapura_app::profile::profile;
use gapura_domain::ids::{CardId, PersonId};
use gapura_store::people::Card;

use super::done::Done;
use super::me::HOME_ZONE;
use super::sure::Sure;
use crate::caller::Visitor;
use crate::format;
use crate::ids::PathId;
use crate::page::{Frame, Tab, html};
use crate::problem::Problem;
use crate::qr::{self, Picture};
use crate::state::AppState;
use crate::words::Words;

/// A pass is renewed this long before its end, so that the one on the screen can always be read in time.
const RENEW_BEFORE_S: i64 = 45;

#[derive(Template)]
#[template(path = "visitor/card.html")]
struct CardPage {
    frame: Frame,
    w: Words,
    pass: PassShown,
    people: Vec<Whose>,
    cards: Vec<CardRow>,
}

/// The pass alone, as the script fetches it.
#[derive(Template)]
#[template(path = "visitor/pass.html")]
struct PassPart {
    w: Words,
    pass: PassShown,
}

struct PassShown {
    name: String,
    text: String,
    code: Picture,
    until: String,
    renew_s: i64,
    /// The page and the part of this person's pass.
    href: String,
    source: String,
}

struct Whose {
    name: String,
    href: String,
    is_shown: bool,
}

struct CardRow {
    of: String,
    issued: String,
    mark: &'static str,
    state: String,
    revoke: Option<String>,
}

/// Somebody of the account: the visitor, or somebody who comes along.
struct Member {
    person: PersonId,
    name: String,
}

/// `GET /me/card`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    done: Done,
) -> Result<Response, Problem> {
    let revoked = frame.w.visitor_card_revoked().to_owned();
    let frame = done.tell(frame, [("revoked", revoked)]);
    shown(frame, &state, visitor, visitor.person).await
}

/// `GET /me/card/of/{person}`
pub(super) async fn page_of(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(person): PathId<PersonId>,
) -> Result<Response, Problem> {
    shown(frame, &state, visitor, person).await
}

/// `GET /me/card/of/{person}/pass`
pub(super) async fn part(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(person): PathId<PersonId>,
) -> Result<Response, Problem> {
    let members = members(&state, visitor).await?;
    let pass = pass(&state, frame.w, visitor, member(&members, person)?).await?;
    Ok(html(&PassPart { w: frame.w, pass }))
}

async fn shown(
    frame: Frame,
    state: &AppState,
    visitor: Visitor,
    person: PersonId,
) -> Result<Response, Problem> {
    let w = frame.w;
    let members = members(state, visitor).await?;
    let cards = own_cards(&state.app, visitor.person).await?;
    Ok(html(&CardPage {
        pass: pass(state, w, visitor, member(&members, person)?).await?,
        people: members
            .iter()
            .map(|one| Whose {
                name: one.name.clone(),
                href: address(state, visitor, one.person),
                is_shown: one.person == person,
            })
            .collect(),
        cards: cards
            .iter()
            .map(|card| row(state, w, &members, card))
            .collect(),
        w,
        frame: frame.on(Tab::Card),
    }))
}

async fn members(state: &AppState, visitor: Visitor) -> Result<Vec<Member>, Problem> {
    let own = profile(&state.app, visitor.person).await?;
    let mut members = vec![Member {
        person: visitor.person,
        name: own.record.name.expose().to_owned(),
    }];
    let family = companions(&state.app, visitor.person).await?;
    members.extend(family.into_iter().map(|companion| Member {
        person: companion.person,
        name: companion.name.expose().to_owned(),
    }));
    Ok(members)
}

fn member(members: &[Member], person: PersonId) -> Result<&Member, Problem> {
    let found = members.iter().find(|member| member.person == person);
    found.ok_or_else(Problem::not_found)
}

fn address(state: &AppState, visitor: Visitor, person: PersonId) -> String {
    if person == visitor.person {
        "/me/card".to_owned()
    } else {
        format!("/me/card/of/{}", state.ids.show(person))
    }
}

async fn pass(
    state: &AppState,
    w: Words,
    visitor: Visitor,
    of: &Member,
) -> Result<PassShown, Problem> {
    let pass = show_pass(&state.app, visitor.person, of.person).await?;
    let until = format::local(pass.expires, HOME_ZONE);
    let life_s = pass.expires.since_s(state.app.now());
    Ok(PassShown {
        code: qr::picture(&pass.text).ok_or_else(Problem::broken)?,
        text: pass.text,
        until: w.visitor_card_until(format::clock(&until)),
        renew_s: (life_s - RENEW_BEFORE_S).max(1),
        href: address(state, visitor, of.person),
        source: format!("/me/card/of/{}/pass", state.ids.show(of.person)),
        name: of.name.clone(),
    })
}

fn row(state: &AppState, w: Words, members: &[Member], card: &Card) -> CardRow {
    let name = member(members, card.person).map_or("", |member| &member.name);
    let date = |moment| format::date(w, format::local(moment, HOME_ZONE).date());
    let (mark, said) = match card.revoked_at {
        Some(at) => ("refuse", w.visitor_card_card_revoked(date(at))),
        None => ("admit", w.visitor_card_card_valid().to_owned()),
    };
    CardRow {
        of: w.visitor_card_card_of(name),
        issued: w.visitor_card_card_issued(date(card.issued_at)),
        mark,
        state: said,
        revoke: card
            .revoked_at
            .is_none()
            .then(|| format!("/me/card/{}/revoke", state.ids.show(card.id))),
    }
}

/// `GET /me/card/{card}/revoke`
pub(super) async fn sure_card(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(card): PathId<CardId>,
) -> Result<Response, Problem> {
    let cards = own_cards(&state.app, visitor.person).await?;
    let card = cards.iter().find(|known| known.id == card);
    let card = card.ok_or_else(Problem::not_found)?;
    let w = frame.w;
    let date = format::date(w, format::local(card.issued_at, HOME_ZONE).date());
    Ok(html(&Sure {
        title: w.visitor_card_revoke_title(date),
        what: w.visitor_card_revoke_what(),
        yes: w.visitor_card_revoke_go(),
        no: w.visitor_card_revoke_keep(),
        back: "/me/card",
        w,
        frame: frame.on(Tab::Card),
    }))
}

/// `POST /me/card/{card}/revoke`
pub(super) async fn revoke_card(
    State(state): State<AppState>,
    visitor: Visitor,
    PathId(card): PathId<CardId>,
) -> Result<Redirect, Problem> {
    revoke_own_card(&state.app, visitor.person, card).await?;
    Ok(Redirect::to("/me/card?done=revoked"))
}

/// `GET /me/card/lost`
pub(super) async fn sure_passes(frame: Frame, _: Visitor) -> Response {
    let w = frame.w;
    html(&Sure {
        title: w.visitor_card_lost_title().to_owned(),
        what: w.visitor_card_lost_what(),
        yes: w.visitor_card_lost_yes(),
        no: w.visitor_card_revoke_keep(),
        back: "/me/card",
        w,
        frame: frame.on(Tab::Card),
    })
}

/// `POST /me/card/lost`
pub(super) async fn revoke_passes(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<Redirect, Problem> {
    revoke_own_passes(&state.app, visitor.person).await?;
    // The lost phone is still signed in; what to do about that stands there.
    Ok(Redirect::to("/me/sessions?done=passes"))
}
