//! What a gate's screen shows beside its verdicts, as it changes.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use gapura_app::App;
use gapura_app::door_plan::GatePlan;
use gapura_app::feed::Entry;
use gapura_domain::ids::GateId;
use gapura_domain::time::Time;
use gapura_domain::venue::Occupancy;
use gapura_domain::verdict::{Verdict, Way};
use gapura_pass::minute_of;
use serde_json::json;
use tokio::sync::broadcast;
use tokio::time::timeout;

use super::hour;
use crate::caller::DeviceUser;
use crate::format;
use crate::gate_screen::{Figures, Recent, ScreenCode};
use crate::lang::Lang;
use crate::live::{Source, follow};
use crate::problem::Problem;
use crate::qr;
use crate::state::AppState;
use crate::verdict::Outcome;

/// Other gates change the figures too; they are looked at this often, and at every turn of the minute.
const LOOK: Duration = Duration::from_secs(2);

pub(super) async fn stream(
    State(state): State<AppState>,
    lang: Lang,
    device: DeviceUser,
) -> Result<Response, Problem> {
    let (_, live) = state.app.feed.watch(device.gate, state.app.now());
    let board = Board {
        state: state.clone(),
        device,
        lang,
        live,
        code: None,
    };
    follow(&state, board)
}

struct Board {
    state: AppState,
    device: DeviceUser,
    lang: Lang,
    live: broadcast::Receiver<Entry>,
    /// The picture of a minute's code, drawn once a minute.
    code: Option<(i64, ScreenCode)>,
}

impl Source for Board {
    async fn changed(&mut self) {
        let left = 60 - self.state.app.now().0.rem_euclid(60);
        let turn = Duration::from_secs(u64::try_from(left).unwrap_or(1));
        // What was missed lies in the feed all the same.
        let _ = timeout(LOOK.min(turn), self.live.recv()).await;
    }

    async fn now(&mut self) -> Option<String> {
        let app = Arc::clone(&self.state.app);
        if !is_enrolled(&app, self.device).await {
            return None;
        }
        let plan = app.door_plan(self.device.gate).await.ok()??;
        let now = app.now();
        let minute = minute_of(now.0);
        if self.code.as_ref().is_none_or(|(drawn, _)| *drawn != minute) {
            self.code = screen_code(&app, &plan, now).map(|code| (minute, code));
        }
        let figures = figures(&app, &plan, self.lang, now).await.ok()?;
        let code = self.code.as_ref().map(|(_, code)| {
            json!({"size": code.picture.modules, "path": code.picture.path, "typed": code.typed})
        });
        let recent: Vec<_> = entries(&self.state, self.device.gate, now)
            .iter()
            .map(|entry| told(&self.state, entry, &plan))
            .collect();
        let word = word(&app, self.device.gate, now);
        let state = json!({
            "inside": figures.inside, "capacity": figures.capacity,
            "today": figures.today, "quota": figures.quota,
            "word": word, "code": code, "recent": recent,
        });
        Some(state.to_string())
    }
}

/// Whether the device was not revoked since the line was opened.
async fn is_enrolled(app: &App, device: DeviceUser) -> bool {
    let devices = app.store.devices(device.venue).await.unwrap_or_default();
    let found = devices.iter().find(|known| known.id == device.device);
    found.is_some_and(|known| known.revoked_at.is_none())
}

/// Who came through lately, the latest first.
pub(super) fn entries(state: &AppState, gate: GateId, now: Time) -> Vec<Entry> {
    state.app.feed.watch(gate, now).0
}

fn told(state: &AppState, entry: &Entry, plan: &GatePlan) -> serde_json::Value {
    let recent = recent(state, entry, plan);
    json!({
        "id": entry.verdict.map(|_| state.ids.show(entry.id)),
        "initials": recent.initials,
        "verdict": recent.outcome.map_or("left", Outcome::name),
        "word": recent.word,
        "time": recent.time,
        "phone": matches!(entry.way, Some(Way::Poster | Way::Screen)),
        "href": recent.href,
    })
}

/// A line of the list.
pub(super) fn recent(state: &AppState, entry: &Entry, plan: &GatePlan) -> Recent {
    let outcome = entry.verdict.map(outcome);
    let is_open = matches!(entry.verdict, Some(Verdict::Check | Verdict::Refuse));
    let page = || format!("/gate/putusan/{}", state.ids.show(entry.id));
    Recent {
        initials: entry.initials.join(", "),
        outcome,
        word: entry.word.to_owned(),
        time: hour(entry.at, plan),
        href: is_open.then(page),
    }
}

pub(super) const fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Admit => Outcome::Admit,
        Verdict::Check => Outcome::Check,
        Verdict::Refuse => Outcome::Refuse,
    }
}

pub(super) fn word(app: &App, gate: GateId, now: Time) -> &'static str {
    app.keys.gate().minute_word(gate.0, minute_of(now.0))
}

/// The minute's code of a gate's screen.
pub(super) fn screen_code(app: &App, plan: &GatePlan, now: Time) -> Option<ScreenCode> {
    let code = app.keys.gate().screen_code(plan.code, minute_of(now.0));
    let address = plan.code.screen_url(&app.config.public_url, code);
    Some(ScreenCode {
        picture: qr::picture(&address)?,
        typed: code.grouped(),
    })
}

/// How full the room is, or the venue where that is nearer to its limit.
pub(super) async fn figures(
    app: &App,
    plan: &GatePlan,
    lang: Lang,
    now: Time,
) -> Result<Figures, Problem> {
    let plan = &plan.plan;
    let day = plan.zone.day_of(now);
    let room = app.store.room_count(plan.room).await;
    let venue = app.store.venue_count(plan.venue).await;
    let seen = |count: gapura_domain::ledger::Count, bounds| Occupancy {
        inside: count.inside,
        today: if count.day == day { count.today } else { 0 },
        bounds,
    };
    let room = seen(room.map_err(gapura_app::AppError::from)?, plan.room_bounds);
    let venue = seen(
        venue.map_err(gapura_app::AppError::from)?,
        plan.venue_bounds,
    );
    let free = |seen: Occupancy| seen.free().unwrap_or(u32::MAX);
    let nearer = if free(venue) < free(room) {
        venue
    } else {
        room
    };
    let number = |figure: u32| format::number(lang, u64::from(figure));
    let bound = |bound: Option<u32>| bound.map_or_else(|| "–".to_owned(), number);
    Ok(Figures {
        inside: number(nearer.inside),
        capacity: bound(nearer.bounds.capacity),
        today: number(nearer.today),
        quota: bound(nearer.bounds.quota),
    })
}
