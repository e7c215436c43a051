//! A card is given out, and printed: a page with its number, and the PDF behind a form.

use askama::Template;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use gapura_app::AppError;
use gapura_app::card_desk::{self, Given};
use gapura_app::print_card::PrintedCard;
use gapura_domain::time::Zone;
use gapura_poster::{Bilingual, CardContent, CardWords, card_sheet};
use tokio::task::spawn_blocking;

use crate::format;
use crate::forms::Form;
use crate::lang::Lang;
use crate::page::{Desk, Frame, html};
use crate::people::cards::{PATH, complain, expired, home, person, typed};
use crate::problem::Problem;
use crate::staff::office::Office;
use crate::staff::printing::{fonts, printed};
use crate::words::Words;

#[derive(Template)]
#[template(path = "people/card_given.html")]
struct GivenPage {
    frame: Frame,
    w: Words,
    desk: Desk,
    ticket: String,
    reference: String,
    sentences: Vec<String>,
    back: &'static str,
}

/// Gives the card out.
pub(super) async fn give(office: Office, mut form: Form) -> Result<Response, Problem> {
    let w = office.w;
    let app = &office.state.app;
    let ticket = form.text("ticket").to_owned();
    if !form.has("compare", "yes") {
        form.complain("compare", w.authority_card_compare_missing());
        return again(office, form, &ticket).await;
    }
    let revokes_old = form.has("revoke_old", "yes");
    let id = typed(&form);
    match card_desk::give_card(app, &office.by, &ticket, &id, revokes_old).await {
        Ok(given) => Ok(given_page(office, &given)),
        Err(AppError::Faults(faults)) if faults.iter().any(|fault| fault.field == "ticket") => {
            Ok(expired(office))
        }
        Err(error) => {
            complain(&mut form, w, error)?;
            again(office, form, &ticket).await
        }
    }
}

async fn again(office: Office, form: Form, ticket: &str) -> Result<Response, Problem> {
    match card_desk::again(&office.state.app, &office.by, ticket).await {
        Ok(found) => Ok(person(office, &found, form)),
        Err(AppError::Faults(_)) => Ok(expired(office)),
        Err(error) => Err(error.into()),
    }
}

fn given_page(office: Office, given: &Given) -> Response {
    let office = home(office);
    let w = office.w;
    let mut sentences = vec![w.authority_card_done_text(until(w, &given.card))];
    if given.revoked > 0 {
        sentences.push(w.people_card_old_revoked(given.revoked));
    }
    if given.joined > 0 {
        sentences.push(w.people_card_facts_joined(given.joined));
    }
    html(&GivenPage {
        ticket: given.ticket.clone(),
        reference: office.reference(given.card.card),
        sentences,
        back: PATH,
        frame: office.frame,
        desk: office.desk,
        w,
    })
}

fn until(w: Words, card: &PrintedCard) -> String {
    format::date(w, format::local(card.expires, Zone::Wib).date())
}

/// The card as a document.
pub(super) async fn pdf(office: Office, form: Form) -> Result<Response, Problem> {
    let card = card_desk::card_of(&office.state.app, &office.by, form.text("ticket")).await;
    let card = match card {
        Ok(card) => card,
        Err(AppError::Faults(_)) => return Ok(expired(office)),
        Err(error) => return Err(error.into()),
    };
    let id = Lang::Id.words();
    let content = CardContent {
        name: card.name.expose().to_owned(),
        number: office.reference(card.card),
        valid_until: id.people_card_valid_until(until(id, &card)),
        code: card.code,
    };
    let bytes = spawn_blocking(move || print(&content)).await;
    let bytes = bytes.map_err(|_| Problem::broken())??;
    let headers = [
        (CONTENT_TYPE, "application/pdf"),
        (CONTENT_DISPOSITION, "inline; filename=\"kartu.pdf\""),
    ];
    Ok((headers, bytes).into_response())
}

fn print(content: &CardContent) -> Result<Vec<u8>, Problem> {
    let contents = std::slice::from_ref(content);
    printed(card_sheet(fonts()?, &words(), contents))
}

/// The sentences in both languages, since a card is looked at by everybody.
fn words() -> CardWords<'static> {
    let (id, en) = (Lang::Id.words(), Lang::En.words());
    let both = |first, second| Bilingual { first, second };
    CardWords {
        languages: both(Lang::Id.tag(), Lang::En.tag()),
        title: both(id.people_card_title(), en.people_card_title()),
        number: id.people_card_number(),
        note: both(id.people_card_note(), en.people_card_note()),
    }
}
