//! The front page: what this is in three sentences, and the ways on.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use gapura_domain::ids::PersonId;

use super::done::Done;
use crate::caller::Visitor;
use crate::format;
use crate::page::{Frame, html};
use crate::problem::Problem;
use crate::state::AppState;
use crate::words::Words;

#[derive(Template)]
#[template(path = "visitor/start.html")]
struct Start {
    frame: Frame,
    w: Words,
    inside: Option<Inside>,
    retention_days: u16,
}

struct Inside {
    sentence: String,
    href: String,
}

/// `GET /`
pub(super) async fn page(
    frame: Frame,
    State(state): State<AppState>,
    visitor: Option<Visitor>,
    done: Done,
) -> Result<Response, Problem> {
    let frame = done.tell(
        frame.clone(),
        [("out", frame.w.visitor_sign_out_done().to_owned())],
    );
    let inside = match visitor {
        Some(visitor) => inside(&state, frame.w, visitor.person).await?,
        None => None,
    };
    Ok(html(&Start {
        w: frame.w,
        frame,
        inside,
        retention_days: state.app.config.retention_days,
    }))
}

async fn inside(state: &AppState, w: Words, person: PersonId) -> Result<Option<Inside>, Problem> {
    let Some((visit, _)) = state.app.current_visit(person).await? else {
        return Ok(None);
    };
    let plan = state.app.door_plan(visit.gate).await?;
    Ok(plan.map(|plan| {
        let since = format::time(&format::local(visit.from, plan.plan.zone));
        Inside {
            sentence: w.visitor_start_inside(&plan.venue_name, since),
            href: format!("/visit/{}", state.ids.show(visit.decision)),
        }
    }))
}
